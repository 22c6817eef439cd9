/** The operations on named volumes. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { TslxcError } from '../../errors';
import { flushDirectory } from '../../host/state/durable-file';
import { fileError } from '../../host/state/file-error';
import type { Draft } from '../../host/trees/draft';
import { refuseMounts } from '../../host/trees/tree-removal';
import { isVolumeName, volumeNameRule } from '../../storage/volume/volume-name';
import type { FoundVolume } from '../../storage/volume/volume';
import type { Session } from '../session/session';
import type { KnownPool } from '../storage/lookup';
import { lockRemovals } from '../storage/volume-lock';
import { deleteVolume, findVolume, forget, listVolumes } from '../storage/volumes';
import { draftIn, makeVolume } from './making';
import { poolOfVolumes, preparedPool } from './pool';
import type { VolumeInfo } from './types';
import { readUsers, requireUnused, type VolumeUsers } from './users';

const step = 'remove a volume';

/** @throws TslxcError INVALID_ARG. */
export function checkVolumeName(name: string): void {
  if (isVolumeName(name)) return;
  throw new TslxcError('INVALID_ARG', `'${name}' ${volumeNameRule}`);
}

/** @throws TslxcError INVALID_ARG; as `preparedPool` and `makeVolume`. */
export async function createNamed(session: Session, name: string): Promise<VolumeInfo> {
  checkVolumeName(name);
  await makeVolume(session, await preparedPool(session), { name });
  return await lookUpNamed(session, name);
}

/** @throws as `poolOfVolumes` and `listVolumes`. */
export async function listNamed(session: Session): Promise<VolumeInfo[]> {
  const pool = await poolOfVolumes(session);
  if (pool === undefined) return [];
  const found = await listVolumes(session, pool);
  const users = await readUsers(session, pool.definition.target);
  return found.map((volume) => infoOf(pool, volume, users));
}

/** @throws TslxcError NO_STORAGE_VOL; as `poolOfVolumes`. */
export async function lookUpNamed(session: Session, name: string): Promise<VolumeInfo> {
  const pool = await poolOfVolumes(session);
  if (pool === undefined) throw noVolume(name);
  const users = await readUsers(session, pool.definition.target);
  return infoOf(pool, await findNamed(session, pool, name), users);
}

/** With all that is in it. @throws TslxcError NO_STORAGE_VOL, RESOURCE_BUSY; OPERATION_INVALID when something is mounted in it. */
export async function removeNamed(session: Session, name: string): Promise<void> {
  const pool = await poolOfVolumes(session);
  if (pool === undefined) throw noVolume(name);
  await findNamed(session, pool, name);
  // Removed once the lock is free: that takes its time, and starts wait for the lock.
  await using draft = await draftOf(pool);
  using _removals = await lockRemovals(session.paths);
  const volume = await findNamed(session, pool, name);
  requireUnused(await readUsers(session, pool.definition.target), placed(pool, volume));
  await removeFound(session, { pool, volume, draft });
}

/**
 * Those that no domain has. Resolves to what was removed; one that can't be removed does not keep the others.
 *
 * @throws TslxcError OPERATION_FAILED if a domain can't be read, and the first failure, once all have been tried.
 */
export async function pruneNamed(session: Session): Promise<VolumeInfo[]> {
  const pool = await poolOfVolumes(session);
  if (pool === undefined) return [];
  await using draft = await draftOf(pool);
  using _removals = await lockRemovals(session.paths);
  const users = await readUsers(session, pool.definition.target);
  const removed: VolumeInfo[] = [];
  const failures: unknown[] = [];
  for (const volume of await listVolumes(session, pool)) {
    if (users.of(placed(pool, volume)).length > 0) continue;
    try {
      requireUnused(users, placed(pool, volume));
      await removeFound(session, { pool, volume, draft });
      removed.push(infoOf(pool, volume, users));
    } catch (error) {
      session.logger.warn({ err: error, volume: volume.name }, 'a volume could not be removed');
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return removed;
}

/** Undefined for a volume group, which has no folders. */
async function draftOf({ definition }: KnownPool): Promise<Draft | undefined> {
  return definition.source.group === undefined ? await draftIn(definition.target) : undefined;
}

interface Removal {
  readonly pool: KnownPool;
  readonly volume: FoundVolume;
  /** What it is moved into. */
  readonly draft: Draft | undefined;
}

/** Under the lock of removals. A folder is moved away as a whole: one that is half removed is never taken for a volume. */
async function removeFound(session: Session, { pool, volume, draft }: Removal): Promise<void> {
  const { name, path, type } = volume;
  if (type !== 'dir' || draft === undefined) {
    await deleteVolume(session, { pool, name });
    return;
  }
  try {
    refuseMounts({ path, step });
    await session.lockedPool(pool.name, async () => {
      await rename(path, join(draft.folder, name));
      await flushDirectory(pool.definition.target);
      forget(session, pool, name);
    });
  } catch (error) {
    throw fileError(error, step);
  }
}

async function findNamed(session: Session, pool: KnownPool, name: string): Promise<FoundVolume> {
  try {
    return await findVolume(session, { pool, name });
  } catch (error) {
    throw TslxcError.is(error, 'NO_STORAGE_VOL') ? noVolume(name) : error;
  }
}

function infoOf(pool: KnownPool, volume: FoundVolume, users: VolumeUsers): VolumeInfo {
  const { name, path, type } = volume;
  return { name, path, type, users: users.of(placed(pool, volume)) };
}

function placed({ name: pool }: KnownPool, { name: volume, path }: FoundVolume) {
  return { pool, volume, path };
}

function noVolume(name: string): TslxcError {
  return new TslxcError('NO_STORAGE_VOL', `there is no volume '${name}'`);
}
