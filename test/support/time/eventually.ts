/** Waits for something that takes its time to become true. Never sleeps longer than it must. */
import { setTimeout as sleep } from 'node:timers/promises';

/** How many times slower than a usual machine this one is: test:vm sets it, as nothing else knows. For what is promised. */
export const slowness = Number(process.env['TSLXC_TEST_SLOWNESS'] ?? 1);

/**
 * How many times longer than usual a test waits for something, since three lanes share two processors. A passing test is not
 * slowed down by it, and times that the product promises are not multiplied by it.
 */
export const patience = Math.max(slowness, 4);

/** Repeats `assertion` until it throws nothing; its last error is thrown when it takes `patience` times `milliseconds`. */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  milliseconds = 5000,
): Promise<T> {
  const deadline = Date.now() + milliseconds * patience;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
    await sleep(pause);
  }
}
