/** What an example prints that may follow something: its signal comes when it has shown what it will. */
import { patience } from '../time/eventually';

/** So many times it has printed something, or so many milliseconds nothing more. */
const enough = 5;
const silence = 2500;

/** Milliseconds that it may take until its first word. */
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
