/** The output of an example that may follow something without end: its signal is aborted once it has printed enough. */
import { patience } from '../time/eventually';

/** It is stopped after this many outputs, or this many milliseconds of silence. */
const enough = 5;
const silence = 2500;

/** Milliseconds that it may take until its first output. */
const beginning = 5000 * patience;

export class FollowedOutput implements Disposable {
  readonly #end = new AbortController();
  #timer: NodeJS.Timeout;
  #count = 0;
  #text = '';

  constructor() {
    this.#timer = this.#endAfter(beginning);
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get text(): string {
    return this.#text;
  }

  add(text: string): void {
    this.#text += text;
    this.#count += 1;
    clearTimeout(this.#timer);
    if (this.#count >= enough) this.#end.abort();
    else this.#timer = this.#endAfter(silence);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #endAfter(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.#end.abort(), milliseconds);
  }
}
