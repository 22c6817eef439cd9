/**
 * Makes a volume for a container: at once as a whole, with what the image has at its place, as with docker. One that is there stays as it is,
 * unless it is empty and no domain has it: then it is filled.
 */
import { chmod, mkdir, readdir, rename } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { copyOpenTree } from '../../container/trees/trees';
import { TslxcError } from '../../errors';
import { native } from '../../host/native';
import { flushDirectory } from '../../host/state/durable-file';
import { fileError, hasErrno } from '../../host/state/file-error';
import { takeLock } from '../../host/state/named-lock';
import { makeOwnFolder } from '../../host/state/own-folder';
import {
  makeDraft,
  removeAbandonedDrafts,
  type Draft,
  type DraftPlace,
} from '../../host/trees/draft';
import { draftsName } from '../../storage/pool/folder';
import { knownVolumes } from '../../storage/pool/known-volumes';
import { volumeIn } from '../../storage/volume/look';
import type { FoundVolume } from '../../storage/volume/volume';
import { throwIfAborted } from '../session/abort';
import type { Session } from '../session/session';
import type { KnownPool } from '../storage/lookup';
import { lockRemovals } from '../storage/volume-lock';
import { learn } from '../storage/volumes';
import { readUsers } from './users';

const step = 'make a volume';

/** As that of a folder that docker makes. */
const usualMode = 0o755;

/** What a new volume gets of an image. */
export interface Contents {
  /** A descriptor of the directory, which is closed here; undefined if the image has none there. */
  open(): number | undefined;
  /** Absolute path in the image. */
  readonly path: string;
}

export interface NewVolume {
  readonly name: string;
  readonly contents?: Contents | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws TslxcError CONFIG_UNSUPPORTED if the pool is a volume group; OPERATION_ABORTED; SyscallError. */
export async function makeVolume(
  session: Session,
  pool: KnownPool,
  { name, contents, signal }: NewVolume,
): Promise<void> {
  const { definition } = pool;
  if (definition.source.group !== undefined) throw noFolder(pool.name);
  const lock = { name: `volume:${pool.name}/${name}`, step: 'lock a volume' };
  using _lock = await takeLock(session.paths, lock);
  const found = await volumeIn(definition.target, name);
  if (found !== undefined) await learnOf(session, pool, name);
  if (found !== undefined && !(await isEmpty(found))) return;
  const fd = contents?.open();
  try {
    if (found !== undefined && fd === undefined) return;
    throwIfAborted(signal);
    await using draft = await draftIn(definition.target);
    const made = join(draft.folder, 'made');
    if (fd === undefined) await makeEmpty(made);
    else await copyOpenTree({ fd, from: contents?.path ?? '', to: made, step });
    throwIfAborted(signal);
    const to = join(definition.target, name);
    if (found === undefined) await place(session, pool, { made, to, name });
    else await fill(session, pool, { made, to, name });
  } catch (error) {
    throw fileError(error, step);
  } finally {
    if (fd !== undefined) native().closeDescriptor(fd);
  }
}

function noFolder(pool: string): TslxcError {
  const detail = `pool '${pool}' is a volume group, in which no folder can be made: name one that is there, or redefine the pool`;
  return new TslxcError('CONFIG_UNSUPPORTED', detail);
}

/** What an image has there is not to be seen in one that has files, and what is no folder has none. */
async function isEmpty({ type, path }: FoundVolume): Promise<boolean> {
  return type === 'dir' && (await readdir(path)).length === 0;
}

async function makeEmpty(path: string): Promise<void> {
  await mkdir(path, { mode: usualMode });
  // Whatever the umask is.
  await chmod(path, usualMode);
}

interface Placing {
  /** What was made. */
  readonly made: string;
  readonly to: string;
  readonly name: string;
}

/** Where nothing was. Another program may have made a folder there meanwhile: an empty one is replaced, another one is an error. */
async function place(
  session: Session,
  pool: KnownPool,
  { made, to, name }: Placing,
): Promise<void> {
  await session.lockedPool(pool.name, async () => {
    await rename(made, to);
    await flushDirectory(pool.definition.target);
    learn(session, pool, name);
  });
}

/**
 * In the place of an empty one, if no domain has that: one that is being started with it is waited for. It stays if it has files by then.
 */
async function fill(session: Session, pool: KnownPool, { made, to, name }: Placing): Promise<void> {
  using _removals = await lockRemovals(session.paths);
  const users = readUsers(session);
  const isUsed = users.of({ pool: pool.name, volume: name, path: to }).length > 0;
  if (isUsed || users.unread.length > 0) return;
  try {
    await rename(made, to);
  } catch (error) {
    const { EEXIST, ENOTEMPTY } = constants.errno;
    if (![EEXIST, ENOTEMPTY].some((errno) => hasErrno(error, errno))) throw error;
  }
  await flushDirectory(pool.definition.target);
}

/** One that another program has put there, as a refresh of its pool does. */
async function learnOf(session: Session, pool: KnownPool, name: string): Promise<void> {
  await session.lockedPool(pool.name, () => {
    if (!knownVolumes(session.paths, pool.name).has(name)) learn(session, pool, name);
    return Promise.resolve();
  });
}

/** On the file system of the volumes, so that what is made can be moved. What processes that have died left is removed. */
export async function draftIn(target: string): Promise<Draft> {
  const place: DraftPlace = { drafts: join(target, draftsName) };
  makeOwnFolder(place.drafts);
  await removeAbandonedDrafts(place);
  return makeDraft(place);
}
