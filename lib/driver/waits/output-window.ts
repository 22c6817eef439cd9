/** The output of a console as it is searched: so much of it as a match may span. */
import { StringDecoder } from 'node:string_decoder';

/** How many characters are kept: a match may span several chunks, but not more than this. */
const windowSize = 64 * 1024;

export class OutputWindow {
  readonly #decoder = new StringDecoder('utf8');
  #text = '';

  get text(): string {
    return this.#text;
  }

  /** The text with that chunk at its end. */
  take(chunk: Buffer): string {
    this.#text = (this.#text + this.#decoder.write(chunk)).slice(-windowSize);
    return this.#text;
  }
}

/** The expression from the beginning of a text on: with the flags g and y a search would begin where the last one ended. */
export function fromStart(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
}
