/**
 * The event log: one line of JSON for each change, written by the process that makes the change and
 * followed by the connections of all processes. A file begins with a line that holds its generation; when full it
 * becomes `events.1` and the next generation takes its name, so that both together stay below 1 MiB.
 * Lines are only ever appended, under a lock on the file itself.
 */
import { closeSync, constants, fstatSync, linkSync, openSync } from 'node:fs';
import { readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DomainEvent, NetworkEvent } from '../types';
import { fileError, hasErrno } from '../../host/state/file-error';
import { inTurn } from '../../host/state/in-turn';
import { lockFileWithin } from '../../host/state/file-lock';
import { readPlain } from '../../host/state/plain-file';
import { makeOwnFolder } from '../../host/state/own-folder';

/** Bytes of one file, half of what the log holds: the previous file is kept. */
const fileBytes = 512 * 1024;
const newline = 0x0a;
const ENOENT = 2;
const step = 'write the event log';
const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
const logFlags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW;

/**
 * Milliseconds. The lock is held for as long as it takes to write some lines, without fsync: one that is not to be had for so long is
 * held by a process that was stopped, or hangs, and no change on the host may wait for that.
 */
const longestWait = 5000;

/** For tests. */
interface AppendOptions {
  /** Bytes of one file. */
  readonly limit?: number;
  /** How long the lock of the log is waited for, in milliseconds. */
  readonly patience?: number;
}

/** The previous file of the log, which was full when the one at `path` was begun. */
export function previousLog(path: string): string {
  return `${path}.1`;
}

/** Opens the log, made if there is none. The caller closes it. */
export function openLog(path: string): number {
  try {
    return openOrMake(path);
  } catch (error) {
    throw fileError(error, 'open the event log');
  }
}

function openOrMake(path: string): number {
  try {
    return openSync(path, logFlags, 0o600);
  } catch (error) {
    if (!hasErrno(error, ENOENT)) throw error;
    makeOwnFolder(dirname(path));
    return openSync(path, logFlags, 0o600);
  }
}

/**
 * Appends events. When it resolves, every follower will see them, after all that were appended before.
 *
 * @throws SyscallError; TslxcError RESOURCE_BUSY, which names the process that holds the lock of the log, when it has been waited for as
 * long as `patience` says, among those of this process that were called before as well. The events are lost then.
 */
export async function appendEvents(
  path: string,
  events: readonly (DomainEvent | NetworkEvent)[],
  { limit = fileBytes, patience = longestWait }: AppendOptions = {},
): Promise<void> {
  const until = performance.now() + patience;
  const lines = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  // In turn within this process: each caller that waits for the file's lock would block a thread.
  using _turn = await inTurn(path);
  for (;;) {
    const fd = openLog(path);
    try {
      const left = Math.max(0, Math.ceil(until - performance.now()));
      await lockFileWithin(fd, { path, milliseconds: left });
      // The process that had the lock before may have rotated the log: nothing may be appended to the old file.
      if (!isCurrent(fd, path)) continue;
      if (appendLocked(fd, lines) >= limit) rotate(fd, path);
      return;
    } catch (error) {
      throw fileError(error, step);
    } finally {
      closeSync(fd);
    }
  }
}

/** True while `path` still names the open file. */
export function isCurrent(fd: number, path: string): boolean {
  const named = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (named === undefined) return false;
  const opened = fstatSync(fd, { bigint: true });
  return named.ino === opened.ino && named.dev === opened.dev;
}

/** Which file of the log's history this is, counted from 1; 0 while nothing has been written to it. */
export function generationOf(fd: number): number {
  const head = Buffer.alloc(64);
  const text = head.toString('latin1', 0, readSync(fd, head, 0, head.length, 0));
  return Number(/^\{"generation":(\d+)\}\n/.exec(text)?.[1] ?? 0);
}

/** The domain event in a line; undefined for the first line, for what a killed writer has left, and for events of networks. */
export function parseDomainEvent(line: string): DomainEvent | undefined {
  const value = parseObject(line);
  return 'event' in value && 'domain' in value ? (value as DomainEvent) : undefined;
}

/** The network event in a line; undefined for every other line. */
export function parseNetworkEvent(line: string): NetworkEvent | undefined {
  const value = parseObject(line);
  return 'event' in value && 'network' in value ? (value as NetworkEvent) : undefined;
}

/** The last domain event in the log that `matches`; undefined when there was none, or it is no longer kept. */
export function lastEvent(
  path: string,
  matches: (event: DomainEvent) => boolean,
): DomainEvent | undefined {
  for (const file of [path, previousLog(path)]) {
    const found = readPlain(file);
    if (found.kind !== 'file') continue;
    for (const line of found.content.split('\n').reverse()) {
      const event = parseDomainEvent(line);
      if (event !== undefined && matches(event)) return event;
    }
  }
  return undefined;
}

function parseObject(line: string): object {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function firstLine(generation: number): Buffer {
  return Buffer.from(`{"generation":${generation}}\n`);
}

/** Returns the size of the file afterwards. */
function appendLocked(fd: number, lines: Buffer): number {
  const { size } = fstatSync(fd);
  // A writer that was killed in the middle of a line leaves it without an end.
  const prefix = size === 0 ? firstLine(1) : endsLine(fd, size) ? [] : [newline];
  const bytes = prefix.length === 0 ? lines : Buffer.concat([Uint8Array.from(prefix), lines]);
  writeAll(fd, bytes);
  return size + bytes.length;
}

function endsLine(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last[0] === newline;
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(fd, bytes, written);
  }
}

/** Under the lock of `fd`. At each moment `path` names a complete log, even if this process is killed in between. */
function rotate(fd: number, path: string): void {
  const next = `${path}.new`;
  rmSync(next, { force: true });
  const fresh = openSync(next, 'wx', 0o600);
  try {
    writeAll(fresh, firstLine(generationOf(fd) + 1));
  } finally {
    closeSync(fresh);
  }
  rmSync(previousLog(path), { force: true });
  linkSync(path, previousLog(path));
  renameSync(next, path);
}
