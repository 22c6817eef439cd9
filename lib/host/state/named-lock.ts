/**
 * Locks by name, one holder at a time across all processes: a queue within this process, then a lock on one byte of
 * the lock file. The byte's number is a hash of the name. The kernel releases the lock when its holder exits. The file
 * is never removed: if it were created again, two processes could hold the same lock.
 *
 * Where the file system is read-only for this process, what runs must still be ended. A write lock can't be had there: a read lock,
 * which excludes those who can write, and a look for other read locks take its place.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { SyscallError } from '../../errors';
import { native } from '../native';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants as system } from 'node:os';
import { hasErrno, isThere, unlessMissing } from './file-error';
import { inTurn } from './in-turn';
import type { StatePaths } from './state-paths';
import { makeOwnFolder } from './own-folder';

export interface NamedLock {
  /** What is locked, such as `domain:web`. */
  readonly name: string;
  /** The step that an error names: `lock the domain`. */
  readonly step: string;
}

const lockFlags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

/** Waits for the lock; `using` releases it. Not re-entrant. */
export async function takeLock(paths: StatePaths, { name, step }: NamedLock): Promise<Disposable> {
  const turn = await inTurn(keyOf(paths, name));
  try {
    const fd = openUnlessReadOnly(paths, () => openLocks(paths, step));
    if (fd === undefined) return await shareByteOf(paths, { name, step }, turn);
    return await lockByteOf(fd, name, turn);
  } catch (error) {
    turn[Symbol.dispose]();
    throw error;
  }
}

/** Runs `action` while it holds the lock. Not re-entrant. */
export async function withLock<T>(
  paths: StatePaths,
  lock: NamedLock,
  action: () => Promise<T>,
): Promise<T> {
  using _lock = await takeLock(paths, lock);
  return await action();
}

/** As `takeLock`; undefined where there is no lock file: no process has done anything under this root. */
export async function takeLockIfAny(
  paths: StatePaths,
  { name, step }: NamedLock,
): Promise<Disposable | undefined> {
  const turn = await inTurn(keyOf(paths, name));
  try {
    const fd = openUnlessReadOnly(paths, () => openIfAny(paths, step) ?? 'none');
    if (fd === undefined) return await shareByteOf(paths, { name, step }, turn);
    if (fd !== 'none') return await lockByteOf(fd, name, turn);
  } catch (error) {
    turn[Symbol.dispose]();
    throw error;
  }
  turn[Symbol.dispose]();
  return undefined;
}

/**
 * Takes the lock if it is free, and returns the descriptor for another process: the lock is held as long as any copy of the
 * descriptor is open, even after this process has exited. Undefined while another process holds it.
 */
export function tryTakeLock(paths: StatePaths, { name, step }: NamedLock): number | undefined {
  const fd = openUnlessReadOnly(paths, () => openLocks(paths, step));
  if (fd === undefined) return tryShareByte(paths, { name, step });
  try {
    if (native().tryLockByte(fd, offsetOf(name))) return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  return undefined;
}

/** Whether this process or another one holds the lock now, also below a read-only root, where it is a read lock. */
export function isLocked(paths: StatePaths, { name }: NamedLock): boolean {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
  const fd = unlessMissing(() => openSync(paths.locks, flags), 'look at a lock');
  if (fd === undefined) return false;
  try {
    return native().isByteHeld(fd, offsetOf(name));
  } finally {
    closeSync(fd);
  }
}

/** Undefined where the file of locks is read-only. Where it can't be made, there is none to read: the error says why. */
function openUnlessReadOnly<T>({ locks }: StatePaths, open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (hasErrno(error, system.errno.EROFS) && isThere(locks)) return undefined;
    throw error;
  }
}

/** Milliseconds between two attempts, at most: those who are in each other's way must not try again at the same time. */
const sharedPause = 50;

/** Holds a read lock once no other holds one. Two that take theirs at the same time both see the other one, and both try again. */
async function shareByteOf(
  paths: StatePaths,
  { name, step }: NamedLock,
  turn: Disposable,
): Promise<Disposable> {
  for (;;) {
    const fd = tryShareByte(paths, { name, step });
    if (fd !== undefined) return heldBy(fd, turn);
    await sleep(Math.random() * sharedPause);
  }
}

function tryShareByte(paths: StatePaths, { name, step }: NamedLock): number | undefined {
  const offset = offsetOf(name);
  const fd = openToRead(paths, step);
  let isTaken = false;
  try {
    isTaken = native().tryLockByteShared(fd, offset) && !native().isByteHeld(fd, offset);
  } finally {
    if (!isTaken) closeSync(fd);
  }
  return isTaken ? fd : undefined;
}

function openToRead(paths: StatePaths, step: string): number {
  try {
    return openSync(paths.locks, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    throw lockFailure(error, paths, step);
  }
}

/** Releasing the lock closes the file, and lets the next caller have its `turn`. */
function heldBy(fd: number, turn: Disposable): Disposable {
  return {
    [Symbol.dispose]() {
      closeSync(fd);
      turn[Symbol.dispose]();
    },
  };
}

function keyOf({ locks }: StatePaths, name: string): string {
  return `${locks}\0${name}`;
}

async function lockByteOf(fd: number, name: string, turn: Disposable): Promise<Disposable> {
  try {
    const offset = offsetOf(name);
    if (!native().tryLockByte(fd, offset)) await native().lockByte(fd, offset);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return heldBy(fd, turn);
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
    makeOwnFolder(run);
    return openSync(locks, lockFlags, 0o600);
  }
}

/** Offsets of the names that were locked last. */
const offsets = new Map<string, number>();
const mostOffsets = 1024;

/**
 * 48 bits of a hash of the name: an exact number, practically unique, and the same in all processes. Not by node:crypto, whose
 * loading takes a tenth of the time of a short command.
 */
export function offsetOf(name: string): number {
  const known = offsets.get(name);
  if (known !== undefined) return known;
  const offset = hashBits(name, 0x811c9dc5) * 2 ** 24 + hashBits(name, 0x9747b28c);
  if (offsets.size === mostOffsets) offsets.clear();
  offsets.set(name, offset);
  return offset;
}

/** 24 bits of a hash: FNV-1a's steps, and the mixing that MurmurHash3 ends with. */
function hashBits(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 8;
}
