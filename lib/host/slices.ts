/**
 * Splits work for many containers into slices, between which the event loop continues: a service has other things to do. A slice
 * takes some milliseconds at most, unless a single step takes longer.
 */
import { setImmediate as nextIteration } from 'node:timers/promises';

/** Milliseconds. Together with other work in the same iteration of the event loop, it stays below 10. */
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

/** The callers that wait for their turn, in the order of their calls. */
const waiting: (() => void)[] = [];
let isTaken = false;

/**
 * Resolves when it is the caller's turn: one turn in each iteration of the event loop, in the order of the calls, so that
 * hundreds of calls at once do not all begin at once. If no other caller has had its turn in this iteration, it resolves
 * immediately.
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
