/**
 * Reads the log that a domain's monitor keeps of its first console: the current file and the previous one. Follows the
 * log across rotations by an open descriptor. Needs no monitor, so that a container's last output can be read after its
 * end.
 */
import { closeSync, fstatSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { consoleLogName, logNames, timesName } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { isThere } from '../../host/state/file-error';
import { LineTimes } from './line-times';
import { openUnlessMissing } from './open-log';

const chunkBytes = 64 * 1024;

/** Inserted where a rotation may have been missed because output came faster than it was read. */
const missed: LogPiece = {
  bytes: Buffer.from('\n[tslxc: some output may be missing here]\n'),
  timeAt: () => undefined,
};

/** Whether there is a log of a domain of that name: what its console has put out, which may be nothing, or what was done to it. */
export function keepsLog(paths: StatePaths, name: string): boolean {
  // No domain has such a name, and it must not lead to a file elsewhere.
  if (name.includes('/')) return false;
  return logNames(name).some((file) => isThere(join(paths.logs, file)));
}

/** Bytes of a log, and where its lines' times are to be had. */
export interface LogPiece {
  readonly bytes: Buffer;
  /** When the byte at this index was written; undefined if that is not known. */
  readonly timeAt: (index: number) => Date | undefined;
}

/** A file of the log that is open. */
interface OpenLog {
  readonly fd: number;
  readonly inode: bigint;
  readonly times: LineTimes;
  /** How much of it has been read, in bytes. */
  position: number;
}

export class ConsoleLogReader implements Disposable {
  readonly #path: string;
  readonly #chunk = Buffer.allocUnsafe(chunkBytes);
  #current: OpenLog | undefined;

  constructor(paths: StatePaths, name: string) {
    this.#path = join(paths.logs, consoleLogName(name));
  }

  /** Everything in the log that has not been read yet; nothing when there is no log. @throws what node:fs throws. */
  read(): LogPiece[] {
    if (this.#current !== undefined) return this.#readOn(this.#current);
    const current = this.#open(this.#path);
    const old = this.#open(this.#old);
    // If the log was rotated between the two, both are the same file.
    const isSame = old?.inode === current?.inode;
    const before = old === undefined || isSame ? [] : this.#readAll(old);
    if (old !== undefined) close(old);
    this.#current = current;
    return current === undefined ? before : [...before, ...this.#readAll(current)];
  }

  [Symbol.dispose](): void {
    if (this.#current !== undefined) close(this.#current);
    this.#current = undefined;
  }

  get #old(): string {
    return `${this.#path}.1`;
  }

  #open(path: string): OpenLog | undefined {
    const fd = openUnlessMissing(path);
    if (fd === undefined) return undefined;
    const { ino: inode } = fstatSync(fd, { bigint: true });
    const times = new LineTimes(inode, [this.#path, this.#old].map(timesName));
    return { fd, inode, times, position: 0 };
  }

  #readOn(log: OpenLog): LogPiece[] {
    // Checked before reading: a file that has been rotated by now gets no more output, so that this read sees all of
    // it.
    const isCurrent = inodeAt(this.#path) === log.inode;
    const pieces = this.#readAll(log);
    if (isCurrent) return pieces;
    const successor = this.#successor(log.inode);
    if (successor === undefined) return pieces;
    close(log);
    this.#current = successor.log;
    return [...pieces, ...successor.between, ...this.#readAll(successor.log)];
  }

  /**
   * The file that is written now, and the output between it and the file with inode `left`. Undefined as long as there
   * is no such file.
   */
  #successor(left: bigint): { log: OpenLog; between: LogPiece[] } | undefined {
    const log = this.#open(this.#path);
    if (log === undefined) return undefined;
    const old = this.#open(this.#old);
    if (old === undefined) return { log, between: [] };
    try {
      const known = old.inode === left || old.inode === log.inode;
      return { log, between: known ? [] : [missed, ...this.#readAll(old)] };
    } finally {
      close(old);
    }
  }

  #readAll(log: OpenLog): LogPiece[] {
    const pieces: LogPiece[] = [];
    for (;;) {
      const size = readSync(log.fd, this.#chunk);
      if (size === 0) break;
      const { position, times } = log;
      const bytes = Buffer.from(this.#chunk.subarray(0, size));
      pieces.push({ bytes, timeAt: (index) => times.at(position + index) });
      log.position += size;
    }
    // The time of a piece is recorded before the piece is written.
    if (pieces.length > 0) log.times.refresh();
    return pieces;
  }
}

function close({ fd, times }: OpenLog): void {
  closeSync(fd);
  times[Symbol.dispose]();
}

function inodeAt(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
