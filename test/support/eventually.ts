/** Waits for something that takes its time to become true. Never sleeps longer than it must. */
import { setTimeout as sleep } from 'node:timers/promises';

/** How many times slower than a usual machine this one is: test:vm sets it, as nothing else knows. */
export const slowness = Number(process.env['TSLXC_TEST_SLOWNESS'] ?? 1);

/** Repeats `assertion` until it throws nothing; after `milliseconds` of a usual machine its last error is thrown. */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  milliseconds = 5000,
): Promise<T> {
  const deadline = Date.now() + milliseconds * slowness;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
    await sleep(pause);
  }
}
