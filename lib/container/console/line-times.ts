/**
 * When the output in a log was written, from the files that the monitor keeps beside it: a first record that says which file
 * the times are of, and one for each piece of output. Format: native/monitor/line-times.h. What no record covers, such as the
 * output of a monitor that kept no times, has none.
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { openUnlessMissing } from './open-log';

const format = 1n;

/** Of the header and of each record, in bytes. */
const recordBytes = 16;

/** A piece of the log, in bytes, and when it was written, in milliseconds since 1970. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly time: number;
}

export class LineTimes implements Disposable {
  readonly #paths: readonly string[];
  readonly #inode: bigint;
  readonly #pieces: Piece[] = [];
  #fd: number | undefined;
  #end = recordBytes;

  /** `paths` are those that the times of the log with this inode may have by now. */
  constructor(inode: bigint, paths: readonly string[]) {
    this.#inode = inode;
    this.#paths = paths;
  }

  /** Takes in what was recorded meanwhile. @throws what node:fs throws. */
  refresh(): void {
    this.#fd ??= this.#open();
    if (this.#fd === undefined) return;
    const size = fstatSync(this.#fd).size;
    // The last record may have grown, and the file may have been emptied.
    const from = Math.max(recordBytes, Math.min(this.#end, size) - recordBytes);
    const bytes = Buffer.alloc(Math.max(0, size - from));
    const read = readSync(this.#fd, bytes, 0, bytes.length, from);
    const whole = read - (read % recordBytes);
    for (let at = 0; at < whole; at += recordBytes) this.#add(pieceAt(bytes, at));
    this.#end = from + whole;
  }

  /** When the byte at this position was written; undefined if that is not known. */
  at(position: number): Date | undefined {
    let [low, high] = [0, this.#pieces.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pieces[middle]?.from ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    const piece = this.#pieces[low - 1];
    return piece !== undefined && position < piece.to ? new Date(piece.time) : undefined;
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #open(): number | undefined {
    for (const path of this.#paths) {
      const fd = openUnlessMissing(path);
      if (fd === undefined) continue;
      if (isAbout(fd, this.#inode)) return fd;
      closeSync(fd);
    }
    return undefined;
  }

  /** A later record is right about what it covers: the piece before it was cut short, or the log was emptied. */
  #add(piece: Piece): void {
    while ((this.#pieces.at(-1)?.from ?? -1) >= piece.from) this.#pieces.pop();
    this.#pieces.push(piece);
  }
}

function isAbout(fd: number, inode: bigint): boolean {
  const header = Buffer.alloc(recordBytes);
  if (readSync(fd, header, 0, recordBytes, 0) < recordBytes) return false;
  return header.readBigUInt64LE(0) === format && header.readBigUInt64LE(8) === inode;
}

function pieceAt(bytes: Buffer, at: number): Piece {
  const from = bytes.readUInt32LE(at);
  const time = Number(bytes.readBigUInt64LE(at + 8));
  return { from, to: from + bytes.readUInt32LE(at + 4), time };
}
