/**
 * The input of a shell, line by line. It is only read while a line is requested, not while a command runs, which may read the
 * same input. Input after the end of a line is kept for the next line.
 */
import type { Readable } from 'node:stream';

/** The end of a line: from a terminal in its raw mode, Enter is a carriage return. No other character has such a byte. */
const [lineFeed, carriageReturn] = [0x0a, 0x0d] as const;

/** Receives a line that is being read. */
export interface LineReader {
  /** Receives input of the line, up to and including its end, which is in the `last` part. */
  take(bytes: Buffer, part: 'last' | 'earlier'): void;
  /** The input has ended before the line; `failure` says that it could not be read on. */
  ended(failure: Error | undefined): void;
}

export class LineGate {
  readonly #input: Readable;
  #waiting: Buffer = Buffer.alloc(0);
  #hasEnded = false;
  #failure: Error | undefined;
  #reader: LineReader | undefined;
  #release = (): void => undefined;

  constructor(input: Readable) {
    this.#input = input;
    // It may end while no line is requested. After a hang-up, a read from a terminal fails.
    input.once('end', () => this.#end()).once('error', (error: Error) => this.#end(error));
  }

  /** Passes one line to `reader`. */
  open(reader: LineReader): void {
    if (this.#pass(reader) === 'whole') return;
    const onData = (chunk: Buffer): void => {
      this.#waiting = Buffer.concat([this.#waiting, chunk]);
      this.#pass(reader);
    };
    this.#reader = reader;
    this.#release = () => {
      this.#input.off('data', onData);
      this.#input.pause();
      this.#reader = undefined;
      this.#release = () => undefined;
    };
    this.#input.on('data', onData);
    this.#input.resume();
  }

  close(): void {
    this.#release();
  }

  #end(failure?: Error): void {
    this.#hasEnded = true;
    this.#failure = failure;
    if (this.#reader !== undefined) this.#pass(this.#reader);
  }

  /** `whole`: the line is complete. */
  #pass(reader: LineReader): 'whole' | 'part' {
    const size = sizeOfLine(this.#waiting);
    const bytes = this.#waiting.subarray(0, size);
    this.#waiting = this.#waiting.subarray(bytes.length);
    const isWhole = size !== undefined || this.#hasEnded;
    if (isWhole) this.close();
    if (bytes.length > 0) reader.take(bytes, size === undefined ? 'earlier' : 'last');
    if (size === undefined && this.#hasEnded) reader.ended(this.#failure);
    return isWhole ? 'whole' : 'part';
  }
}

/** How many bytes the first line has, with its end; undefined if it has none yet. */
function sizeOfLine(bytes: Buffer): number | undefined {
  const feed = bytes.indexOf(lineFeed);
  const line = feed < 0 ? bytes : bytes.subarray(0, feed);
  const at = line.indexOf(carriageReturn);
  if (at >= 0) return at + 1;
  return feed < 0 ? undefined : feed + 1;
}
