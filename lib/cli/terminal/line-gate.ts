/**
 * The input of a shell, line by line. It is only read while a line is requested, not while a command runs, which may read the
 * same input. Input after the end of a line is kept for the next line.
 */
import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/** The end of a line: from a terminal in its raw mode, Enter is a carriage return. */
const lineEnd = /[\r\n]/;

/** Receives a line that is being read. */
export interface LineReader {
  /** Receives input of the line, up to and including its end. */
  take(text: string): void;
  /** The input has ended before the line. */
  ended(): void;
}

export class LineGate {
  readonly #input: Readable;
  readonly #decoder = new StringDecoder('utf8');
  #waiting = '';
  #hasEnded = false;
  #reader: LineReader | undefined;
  #release = (): void => undefined;

  constructor(input: Readable) {
    this.#input = input;
    // It may end while no line is requested. After a hang-up, a read from a terminal fails.
    input.once('end', () => this.#end()).once('error', () => this.#end());
  }

  /** Passes one line to `reader`. */
  open(reader: LineReader): void {
    if (this.#pass(reader) === 'whole') return;
    const onData = (chunk: Buffer): void => {
      this.#waiting += this.#decoder.write(chunk);
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

  #end(): void {
    this.#hasEnded = true;
    if (this.#reader !== undefined) this.#pass(this.#reader);
  }

  /** `whole`: the line is complete. */
  #pass(reader: LineReader): 'whole' | 'part' {
    const at = lineEnd.exec(this.#waiting)?.index ?? -1;
    const text = at < 0 ? this.#waiting : this.#waiting.slice(0, at + 1);
    this.#waiting = this.#waiting.slice(text.length);
    const isWhole = at >= 0 || this.#hasEnded;
    if (isWhole) this.close();
    if (text !== '') reader.take(text);
    if (at < 0 && this.#hasEnded) reader.ended();
    return isWhole ? 'whole' : 'part';
  }
}
