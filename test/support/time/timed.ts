/** How long something takes, and for how long the event loop is busy meanwhile. */
import { slowness } from './eventually';

/**
 * What an event loop may be busy for, and how much later than promised a call may end, in milliseconds. Generous, since a busy
 * machine holds both up, and since what waits for something that never answers waits for ever.
 */
export const latitude = 5000 * slowness;

/** What `action` resolves with, and after how many milliseconds. */
export async function timed<T>(action: Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  return [await action, performance.now() - began];
}

/** The longest time for which a timer of this process has not been called. */
export class Ticking implements Disposable {
  #last = performance.now();
  #longest = 0;
  readonly #timer = setInterval(() => this.#tick(), 10);

  /** Milliseconds. */
  get longest(): number {
    this.#tick();
    return this.#longest;
  }

  #tick(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
