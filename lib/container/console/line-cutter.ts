/** Cuts the bytes of a console's log into lines, each with the time of its first byte. */
import type { LogPiece } from './console-log';

/** In bytes. A longer line is returned in pieces. */
const longestLine = 64 * 1024;

/** A line of a console's log. */
export interface LogLine {
  /** What was written, control characters included, without the line end. Invalid UTF-8 is U+FFFD. */
  readonly line: string;
  /** The same byte for byte, with the line end if it has one: the bytes of all lines are what was written. */
  readonly bytes: Buffer;
  /** When its first byte was written, to the millisecond; undefined if that is not known. */
  readonly time: Date | undefined;
}

/** Splits bytes into lines. */
export class LineCutter {
  #rest: Buffer = Buffer.alloc(0);
  #time: Date | undefined;

  /** The lines that these bytes complete. */
  take(pieces: readonly LogPiece[]): LogLine[] {
    return pieces.flatMap((piece) => this.#takeOne(piece));
  }

  /** What follows the last line end. */
  finish(): LogLine[] {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest.length === 0 ? [] : this.#cut(rest);
  }

  #takeOne({ bytes, timeAt }: LogPiece): LogLine[] {
    const lines: LogLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', start)) {
      if (this.#rest.length === 0) this.#time = timeAt(start);
      lines.push(...this.#cut(this.#behindRest(bytes.subarray(start, end + 1))));
      this.#rest = Buffer.alloc(0);
      start = end + 1;
    }
    if (start === bytes.length) return lines;
    if (this.#rest.length === 0) this.#time = timeAt(start);
    this.#rest = this.#behindRest(bytes.subarray(start));
    while (this.#rest.length > longestLine) {
      const size = characterStart(this.#rest, longestLine);
      lines.push({ ...pieceOf(this.#rest, 0, size), time: this.#time });
      this.#rest = this.#rest.subarray(size);
    }
    return lines;
  }

  #behindRest(bytes: Buffer): Buffer {
    return this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
  }

  #cut(line: Buffer): LogLine[] {
    return cut(line).map((piece) => ({ ...piece, time: this.#time }));
  }
}

type Piece = Pick<LogLine, 'line' | 'bytes'>;

/** The pieces of a line; the last has its end, which in the output of a terminal is \r\n. */
function cut(line: Buffer): Piece[] {
  let end = line.at(-1) === 0x0a ? line.length - 1 : line.length;
  while (line[end - 1] === 0x0d) end -= 1;
  const pieces: Piece[] = [];
  let start = 0;
  while (end - start > longestLine) {
    const next = characterStart(line, start + longestLine);
    pieces.push(pieceOf(line, start, next));
    start = next;
  }
  return [...pieces, { ...pieceOf(line, start, end), bytes: line.subarray(start) }];
}

function pieceOf(bytes: Buffer, start: number, end: number): Piece {
  return { line: bytes.toString('utf8', start, end), bytes: bytes.subarray(start, end) };
}

/** Where the UTF-8 character begins that contains the byte at `at`; `at` itself if that is no UTF-8. */
function characterStart(bytes: Buffer, at: number): number {
  for (let back = 0; back < 4; back += 1) {
    if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back;
  }
  return at;
}
