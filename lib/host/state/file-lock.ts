/**
 * A flock(2) on an open file. The kernel releases the lock with the descriptor, also if the holder is
 * killed. Waits off the event loop and off libuv's thread pool.
 */
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { TslxcError } from '../../errors';
import { native } from '../native';
import { fileError, hasErrno } from './file-error';
import { describeHolder } from './lock-holder';
import { makeOwnFolder } from './own-folder';

const ENOENT = 2;

/** Takes the lock. Closing the descriptor releases it. */
export async function lockFile(
  fd: number,
  mode: 'shared' | 'exclusive' = 'exclusive',
): Promise<void> {
  // Almost always the lock is free: then one system call is enough, without a thread.
  if (native().tryFlock(fd, mode)) return;
  await native().flock(fd, mode);
}

export interface LimitedWait {
  /** Of the file that is locked, for the error. */
  readonly path: string;
  /** How long the lock is waited for. */
  readonly milliseconds: number;
}

/**
 * As `lockFile`, for a lock that is only held for moments: a holder that is stopped or hangs keeps nobody waiting for longer than this.
 *
 * @throws TslxcError RESOURCE_BUSY, with the `path`, whose message names the holder.
 */
export async function lockFileWithin(
  fd: number,
  { path, milliseconds }: LimitedWait,
): Promise<void> {
  if (native().tryFlock(fd, 'exclusive')) return;
  if (await native().flock(fd, 'exclusive', milliseconds)) return;
  const detail = `the lock of ${path} could not be had in time: ${describeHolder(fd)}`;
  throw new TslxcError('RESOURCE_BUSY', detail, { path });
}

/** A lock that all roots of a host share, below /run/tslxc. The file is made if it is missing, and never removed. */
export interface HostLock {
  readonly path: string;
  /** The step that an error names. */
  readonly step: string;
}

/** Waits for the lock; `using` releases it. */
export async function takeHostLock(
  lock: HostLock,
  mode: 'shared' | 'exclusive' = 'exclusive',
): Promise<Disposable> {
  const fd = openHostLock(lock);
  try {
    await lockFile(fd, mode);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { [Symbol.dispose]: () => closeSync(fd) };
}

/** Takes the lock if no other holder is in the way; else undefined. */
export function tryTakeHostLock(lock: HostLock): Disposable | undefined {
  const fd = openHostLock(lock);
  let isTaken = false;
  try {
    isTaken = native().tryFlock(fd, 'exclusive');
  } finally {
    if (!isTaken) closeSync(fd);
  }
  return isTaken ? { [Symbol.dispose]: () => closeSync(fd) } : undefined;
}

function openHostLock({ path, step }: HostLock): number {
  try {
    return openOrMake(path);
  } catch (error) {
    throw fileError(error, step);
  }
}

function openOrMake(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    if (!hasErrno(error, ENOENT)) throw error;
    makeOwnFolder(dirname(path));
    return openSync(path, 'a', 0o600);
  }
}
