/** Waits for something that takes its time to become true. Never sleeps longer than it must. */
import { setTimeout as sleep } from 'node:timers/promises';

/** How many times slower than a usual machine this one is: test:vm sets it, as nothing else knows. For what is promised. */
export const slowness = Number(process.env['TSLXC_TEST_SLOWNESS'] ?? 1);

/**
 * How many times longer than usual a test waits for something. What is slow: the start and the end of a container or a network, which
 * are several processes each and the kernel's removal of their cgroups and namespaces, and programs that a test starts, while three
 * lanes, one of which compiles C++, share two processors. That hides no defect: a wait ends as soon as its condition holds, so that more
 * patience costs a passing test nothing, and a condition that never holds still fails. A time that the product promises is measured
 * by the test that is about it, with `slowness` in the place of this, unless the start of a program is part of it.
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
