/**
 * Reads the log that a domain's monitor keeps of its first console: the current file and the previous one. Follows the
 * log across rotations by an open descriptor. Needs no monitor, so that a container's last output can be read after its
 * end.
 */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { consoleLogName, logNames } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { isThere } from '../../host/state/file-error';

const chunkBytes = 64 * 1024;

/** In bytes. A longer line is returned in pieces. */
const longestLine = 64 * 1024;

/** Inserted where a rotation may have been missed because output came faster than it was read. */
const missed = Buffer.from('\n[tslxc: some output may be missing here]\n');

/** Whether there is a log of a domain of that name: what its console has put out, which may be nothing, or what was done to it. */
export function keepsLog(paths: StatePaths, name: string): boolean {
  // No domain has such a name, and it must not lead to a file elsewhere.
  if (name.includes('/')) return false;
  return logNames(name).some((file) => isThere(join(paths.logs, file)));
}

export class ConsoleLogReader implements Disposable {
  readonly #path: string;
  readonly #chunk = Buffer.allocUnsafe(chunkBytes);
  #fd: number | undefined;

  constructor(paths: StatePaths, name: string) {
    this.#path = join(paths.logs, consoleLogName(name));
  }

  /** Everything in the log that has not been read yet; nothing when there is no log. @throws what node:fs throws. */
  read(): Buffer[] {
    if (this.#fd !== undefined) return this.#readOn(this.#fd);
    const pieces: Buffer[] = [];
    const current = open(this.#path);
    const old = open(this.#old);
    try {
      // If the log was rotated between the two calls of open, both are the same file.
      const isSame = current !== undefined && old !== undefined && inode(old) === inode(current);
      if (old !== undefined && !isSame) pieces.push(...this.#readAll(old));
    } finally {
      if (old !== undefined) closeSync(old);
    }
    if (current === undefined) return pieces;
    this.#fd = current;
    return [...pieces, ...this.#readAll(current)];
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  get #old(): string {
    return `${this.#path}.1`;
  }

  #readOn(fd: number): Buffer[] {
    // Checked before reading: a file that has been rotated by now gets no more output, so that this read sees all of
    // it.
    const isCurrent = inodeAt(this.#path) === inode(fd);
    const pieces = this.#readAll(fd);
    if (isCurrent) return pieces;
    const successor = this.#successor(inode(fd));
    if (successor === undefined) return pieces;
    closeSync(fd);
    this.#fd = successor.fd;
    return [...pieces, ...successor.between, ...this.#readAll(successor.fd)];
  }

  /**
   * The file that is written now, and the output between it and the file with inode `left`. Undefined as long as there
   * is no such file.
   */
  #successor(left: bigint): { fd: number; between: Buffer[] } | undefined {
    const fd = open(this.#path);
    if (fd === undefined) return undefined;
    const old = open(this.#old);
    if (old === undefined) return { fd, between: [] };
    try {
      const known = inode(old) === left || inode(old) === inode(fd);
      return { fd, between: known ? [] : [missed, ...this.#readAll(old)] };
    } finally {
      closeSync(old);
    }
  }

  #readAll(fd: number): Buffer[] {
    const pieces: Buffer[] = [];
    for (;;) {
      const size = readSync(fd, this.#chunk);
      if (size === 0) return pieces;
      pieces.push(Buffer.from(this.#chunk.subarray(0, size)));
    }
  }
}

/** Splits bytes into lines, without their line ends. Invalid UTF-8 becomes U+FFFD. */
export class LineCutter {
  #rest: Buffer = Buffer.alloc(0);

  /** The lines that these bytes complete. */
  take(pieces: readonly Buffer[]): string[] {
    const bytes = Buffer.concat([this.#rest, ...pieces]);
    const lines: string[] = [];
    let start = 0;
    for (let at = bytes.indexOf('\n'); at >= 0; at = bytes.indexOf('\n', start)) {
      lines.push(...cut(bytes.subarray(start, at)));
      start = at + 1;
    }
    this.#rest = bytes.subarray(start);
    while (this.#rest.length > longestLine) {
      const size = characterStart(this.#rest, longestLine);
      lines.push(this.#rest.toString('utf8', 0, size));
      this.#rest = this.#rest.subarray(size);
    }
    return lines;
  }

  /** What follows the last line end. */
  finish(): string[] {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest.length === 0 ? [] : cut(rest);
  }
}

/** A terminal's line ends with \r\n. */
function cut(line: Buffer): string[] {
  let left = line;
  while (left.at(-1) === 0x0d) left = left.subarray(0, -1);
  const pieces: string[] = [];
  do {
    const size = left.length > longestLine ? characterStart(left, longestLine) : left.length;
    pieces.push(left.toString('utf8', 0, size));
    left = left.subarray(size);
  } while (left.length > 0);
  return pieces;
}

/** Where the UTF-8 character begins that contains the byte at `at`; `at` itself if that is no UTF-8. */
function characterStart(bytes: Buffer, at: number): number {
  for (let back = 0; back < 4; back += 1) {
    if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back;
  }
  return at;
}

function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function inode(fd: number): bigint {
  return fstatSync(fd, { bigint: true }).ino;
}

function inodeAt(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
