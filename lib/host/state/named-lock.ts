/**
 * One operation on a subject at a time, across all processes: a queue within this process, then a byte of the
 * one lock file. The byte's number is taken from the subject; the lock dies with its holder; the file is never
 * removed, since a lock file that is made again has two holders.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { SyscallError } from '../../errors';
import { native } from '../native';
import type { StatePaths } from './state-paths';

export interface Subject {
  /** What is locked, such as `domain:web`. */
  readonly subject: string;
  /** In words, for errors: `lock the domain`. */
  readonly step: string;
}

const lockFlags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

const queues = new Map<string, Promise<unknown>>();

/** Runs `action` while this subject is locked. Not re-entrant. */
export async function withLock<T>(
  paths: StatePaths,
  subject: Subject,
  action: () => Promise<T>,
): Promise<T> {
  const key = `${paths.locks}\0${subject.subject}`;
  return await queued(key, () => withByte(paths, subject, action));
}

/** As `withLock`; undefined, and nothing done, where there is no lock file: nobody has done anything under this root. */
export async function withLockIfAny<T>(
  paths: StatePaths,
  subject: Subject,
  action: () => Promise<T>,
): Promise<T | undefined> {
  const key = `${paths.locks}\0${subject.subject}`;
  return await queued(key, async () => {
    const fd = openIfAny(paths, subject.step);
    return fd === undefined ? undefined : withByteOf(fd, subject, action);
  });
}

/** Whether somebody, in this process or another, works on the subject now. */
export function isLocked(paths: StatePaths, { subject }: Subject): boolean {
  let fd: number;
  try {
    fd = openSync(paths.locks, lockFlags & ~constants.O_CREAT);
  } catch {
    return false;
  }
  try {
    return native().isByteLocked(fd, offsetOf(subject));
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
  { subject, step }: Subject,
  action: () => Promise<T>,
): Promise<T> {
  return await withByteOf(openLocks(paths, step), { subject }, action);
}

/** Closes the file at the end. */
async function withByteOf<T>(
  fd: number,
  { subject }: Pick<Subject, 'subject'>,
  action: () => Promise<T>,
): Promise<T> {
  try {
    const offset = offsetOf(subject);
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

/** 48 bits of the subject: exact as a number, and as good as unique. */
function offsetOf(subject: string): number {
  return createHash('sha256').update(subject).digest().readUIntBE(0, 6);
}
