/**
 * Work for many containers, in slices between which the event loop goes on: a service has other things to do. A slice
 * takes some milliseconds at most, unless one thing takes longer.
 */
import { setImmediate as nextIteration } from 'node:timers/promises';

/** Milliseconds. With what else comes in the same iteration of the event loop, it stays below 10. */
const sliceMilliseconds = 2;

/** For a loop over many things: `await slice.rest()` after each. */
export class Slice {
  #ends = performance.now() + sliceMilliseconds;

  /** Lets the event loop go on when the slice is over. */
  async rest(): Promise<void> {
    if (performance.now() < this.#ends) return;
    await nextIteration();
    this.#ends = performance.now() + sliceMilliseconds;
  }
}

/** Those that wait for their turn, in the order in which they have asked. */
const waiting: (() => void)[] = [];
let isTaken = false;

/**
 * Resolves when it is the caller's turn: one in each iteration of the event loop, in the order of the calls. So hundreds of
 * calls at once are not hundreds of beginnings at once. Without others that wait it is the caller's turn at once.
 */
export function turn(): Promise<void> {
  if (isTaken) return new Promise((resolve) => waiting.push(resolve));
  isTaken = true;
  setImmediate(passOn);
  return Promise.resolve();
}

function passOn(): void {
  const next = waiting.shift();
  isTaken = next !== undefined;
  if (next === undefined) return;
  setImmediate(passOn);
  next();
}
