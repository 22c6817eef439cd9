/**
 * Locks by name, one holder at a time across all processes: a queue within this process, then a lock on one byte of
 * the lock file. The byte's number is a hash of the name. The kernel releases the lock when its holder exits. The file
 * is never removed: if it were created again, two processes could hold the same lock.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { SyscallError } from '../../errors';
import { native } from '../native';
import type { StatePaths } from './state-paths';

export interface NamedLock {
  /** What is locked, such as `domain:web`. */
  readonly name: string;
  /** The step that an error names: `lock the domain`. */
  readonly step: string;
}

const lockFlags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

const queues = new Map<string, Promise<unknown>>();

/** Runs `action` while it holds the lock. Not re-entrant. */
export async function withLock<T>(
  paths: StatePaths,
  lock: NamedLock,
  action: () => Promise<T>,
): Promise<T> {
  const key = `${paths.locks}\0${lock.name}`;
  return await queued(key, () => withByte(paths, lock, action));
}

/** As `withLock`, but returns undefined without running `action` if there is no lock file: this root is unused. */
export async function withLockIfAny<T>(
  paths: StatePaths,
  lock: NamedLock,
  action: () => Promise<T>,
): Promise<T | undefined> {
  const key = `${paths.locks}\0${lock.name}`;
  return await queued(key, async () => {
    const fd = openIfAny(paths, lock.step);
    return fd === undefined ? undefined : withByteOf(fd, lock, action);
  });
}

/** Whether this process or another one holds the lock now. */
export function isLocked(paths: StatePaths, { name }: NamedLock): boolean {
  let fd: number;
  try {
    fd = openSync(paths.locks, lockFlags & ~constants.O_CREAT);
  } catch {
    return false;
  }
  try {
    return native().isByteLocked(fd, offsetOf(name));
  } finally {
    closeSync(fd);
  }
}

async function queued<T>(key: string, action: () => Promise<T>): Promise<T> {
  const before = queues.get(key) ?? Promise.resolve();
  const mine = before.then(action, action);
  const settled = mine.then(
    () => undefined,
    () => undefined,
  );
  queues.set(key, settled);
  try {
    return await mine;
  } finally {
    if (queues.get(key) === settled) queues.delete(key);
  }
}

async function withByte<T>(
  paths: StatePaths,
  { name, step }: NamedLock,
  action: () => Promise<T>,
): Promise<T> {
  return await withByteOf(openLocks(paths, step), { name }, action);
}

/** Closes the file at the end. */
async function withByteOf<T>(
  fd: number,
  { name }: Pick<NamedLock, 'name'>,
  action: () => Promise<T>,
): Promise<T> {
  try {
    const offset = offsetOf(name);
    if (!native().tryLockByte(fd, offset)) await native().lockByte(fd, offset);
    return await action();
  } finally {
    closeSync(fd);
  }
}

function openIfAny(paths: StatePaths, step: string): number | undefined {
  try {
    return openSync(paths.locks, lockFlags & ~constants.O_CREAT);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw lockFailure(error, paths, step);
  }
}

function openLocks(paths: StatePaths, step: string): number {
  try {
    return openOrMakeLocks(paths);
  } catch (error) {
    throw lockFailure(error, paths, step);
  }
}

function lockFailure(error: unknown, { locks }: StatePaths, step: string): SyscallError {
  const { errno = 0, syscall = 'open', path = locks } = error as NodeJS.ErrnoException;
  return new SyscallError({ errno: -errno, syscall, path, step });
}

function openOrMakeLocks({ run, locks }: StatePaths): number {
  try {
    return openSync(locks, lockFlags, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(run, { recursive: true, mode: 0o700 });
    return openSync(locks, lockFlags, 0o600);
  }
}

/** 48 bits of a hash of the name: an exact number, and practically unique. */
function offsetOf(name: string): number {
  return createHash('sha256').update(name).digest().readUIntBE(0, 6);
}
