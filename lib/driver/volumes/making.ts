/**
 * Makes a volume for a container: at once as a whole, with what the image has at its place, as with docker. One that is there stays as it is,
 * unless it is empty and no domain has it: then it is filled.
 */
import { chmod, lstat, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { copyOpenTree } from '../../container/trees/trees';
import { TslxcError } from '../../errors';
import { native } from '../../host/native';
import { flushDirectory } from '../../host/state/durable-file';
import { fileError, hasErrno, isThere, saysMissing } from '../../host/state/file-error';
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
import { granted, throwIfAborted } from '../session/abort';
import type { Session } from '../session/session';
import type { KnownPool } from '../storage/lookup';
import { lockRemovals } from '../storage/volume-lock';
import { learn, listVolumes } from '../storage/volumes';
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
  if (definition.source.group !== undefined) {
    if ((await listVolumes(session, pool)).some((volume) => volume.name === name)) return;
    throw noFolder(pool.name);
  }
  const lock = { name: `volume:${pool.name}/${name}`, step: 'lock a volume' };
  using _lock = await takeLock(session.paths, lock);
  const to = join(definition.target, name);
  const placing = { to, name, signal };
  const before = await seenAt(definition.target, name);
  if (before !== 'nothing') await learnOf(session, pool, name);
  if (before === 'kept') return;
  const fd = contents?.open();
  try {
    if (before === 'empty' && (fd === undefined || (await isUsed(session, pool, placing)))) return;
    throwIfAborted(signal);
    await using draft = await draftIn(definition.target);
    const made = join(draft.folder, 'made');
    if (fd === undefined) await makeEmpty(made);
    else await copyOpenTree({ fd, from: contents?.path ?? '', to: made, step });
    throwIfAborted(signal);
    if (before === 'nothing' && (await place(session, pool, { ...placing, made }))) return;
    if (fd !== undefined) await fill(session, pool, { ...placing, made });
  } catch (error) {
    throw fileError(error, step);
  } finally {
    if (fd !== undefined) native().closeDescriptor(fd);
  }
}

function noFolder(pool: string): TslxcError {
  const detail = `pool '${pool}' is a volume group, in which no folder can be made: name one of its volumes, or redefine the pool`;
  return new TslxcError('CONFIG_UNSUPPORTED', detail);
}

/** `kept`: a volume that stays as it is. What an image has there is not to be seen in one that has files, and what is no folder has none. */
async function seenAt(target: string, name: string): Promise<'nothing' | 'empty' | 'kept'> {
  const path = join(target, name);
  const found = await volumeIn(target, name);
  const stats = await lstat(path).catch(ofMissing);
  // Another process may have removed it since it was found.
  if (stats === undefined) return 'nothing';
  if (found === undefined) {
    const what = stats.isSymbolicLink()
      ? 'a link that leads nowhere'
      : 'neither a folder nor a file';
    throw new TslxcError('OPERATION_INVALID', `'${path}' is no volume, but ${what}`, {
      path,
      step,
    });
  }
  // Neither a link nor what is mounted there is moved away.
  const isPlain = stats.isDirectory() && stats.dev === (await stat(target)).dev;
  if (found.type !== 'dir' || !isPlain) return 'kept';
  const names = await readdir(path).catch(ofMissing);
  return names === undefined ? 'nothing' : names.length === 0 ? 'empty' : 'kept';
}

function ofMissing(error: unknown): undefined {
  if (!saysMissing(error)) throw error;
}

async function makeEmpty(path: string): Promise<void> {
  await mkdir(path, { mode: usualMode });
  // Whatever the umask is.
  await chmod(path, usualMode);
}

interface Place {
  readonly to: string;
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

interface Placing extends Place {
  /** What was made. */
  readonly made: string;
}

/** Where nothing was. False if another caller has made a volume there meanwhile, which a domain may have by now. */
async function place(
  session: Session,
  pool: KnownPool,
  { made, to, name }: Placing,
): Promise<boolean> {
  return await session.lockedPool(pool.name, async () => {
    // First, since a name without a folder is no volume, and a folder without a name is one that nobody sees.
    learn(session, pool, name);
    if (isThere(to)) return false;
    await rename(made, to);
    await flushDirectory(pool.definition.target);
    return true;
  });
}

/**
 * In the place of an empty one, if no domain has that: one that is being started with it is waited for. It stays if it has files by then.
 */
async function fill(session: Session, pool: KnownPool, placing: Placing): Promise<void> {
  const { made, to, name, signal } = placing;
  using _removals = await granted(lockRemovals(session.paths), signal);
  const { target } = pool.definition;
  if ((await seenAt(target, name)) !== 'empty' || (await isUsed(session, pool, placing))) return;
  try {
    await rename(made, to);
  } catch (error) {
    const { EEXIST, ENOTEMPTY } = constants.errno;
    if (![EEXIST, ENOTEMPTY].some((errno) => hasErrno(error, errno))) throw error;
  }
  await flushDirectory(target);
}

async function isUsed(session: Session, pool: KnownPool, { to, name }: Place): Promise<boolean> {
  const users = await readUsers(session, pool.definition.target);
  return (
    users.of({ pool: pool.name, volume: name, path: to }).length > 0 || users.unread.length > 0
  );
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
