/** Waits for a list of what is wrong, or still there, to become empty. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the list is empty, or the time is over; resolves to the last one. */
export async function untilEmpty(
  ask: () => string[] | Promise<string[]>,
  milliseconds: number,
): Promise<string[]> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const found = await ask();
    if (found.length === 0 || performance.now() >= deadline) return found;
    await sleep(200);
  }
}
