/**
 * One operation on a domain at a time, across all processes: a queue within this process, then a byte of the
 * one lock file. The byte's number is taken from the name; the lock dies with its holder; the file is never
 * removed, since a lock file that is made again has two holders.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { SyscallError } from '../errors';
import { native } from '../host/native';
import type { StatePaths } from '../host/state-paths';

const queues = new Map<string, Promise<unknown>>();

/** Runs `action` while this domain is locked. Not re-entrant. */
export async function withDomainLock<T>(
  paths: StatePaths,
  name: string,
  action: () => Promise<T>,
): Promise<T> {
  return await queued(`${paths.locks}\0${name}`, () => withByte(paths, `domain:${name}`, action));
}

/** Runs `action` as the only reaper of this root: many containers that end at once need one. */
export async function withReaperLock<T>(paths: StatePaths, action: () => Promise<T>): Promise<T> {
  return await queued(`${paths.locks}\0\0reaper`, () => withByte(paths, 'reaper', action));
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
  subject: string,
  action: () => Promise<T>,
): Promise<T> {
  const fd = openLocks(paths);
  try {
    const offset = offsetOf(subject);
    if (!native().tryLockByte(fd, offset)) await native().lockByte(fd, offset);
    return await action();
  } finally {
    closeSync(fd);
  }
}

const lockFlags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

function openLocks(paths: StatePaths): number {
  try {
    return openOrMakeLocks(paths);
  } catch (error) {
    const { errno = 0, syscall = 'open', path = paths.locks } = error as NodeJS.ErrnoException;
    throw new SyscallError({ errno: -errno, syscall, path, step: 'lock the domain' });
  }
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

/** 48 bits of the name: exact as a number, and as good as unique. */
function offsetOf(subject: string): number {
  return createHash('sha256').update(subject).digest().readUIntBE(0, 6);
}
