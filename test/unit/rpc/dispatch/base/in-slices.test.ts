/** Work for many domains does not keep the event loop. */
import { setImmediate as nextIteration } from 'node:timers/promises';
import { inSlices } from '../../../../../lib/rpc/dispatch/base/in-slices';

test('few are worked for at once, in order, and the event loop goes on', async () => {
  let [now, most, iterations] = [0, 0, 0];
  const over = new AbortController();
  const counting = (async () => {
    for (; !over.signal.aborted; iterations += 1) await nextIteration();
  })();
  const numbers = Array.from({ length: 100 }, (_, index) => index);
  const results = await inSlices(numbers, async (one) => {
    now += 1;
    most = Math.max(most, now);
    // As long as a slice: what is behind the next one is not begun in the same iteration.
    const ends = performance.now() + 1;
    while (performance.now() < ends);
    await Promise.resolve();
    now -= 1;
    return 2 * one;
  });
  over.abort();
  await counting;
  expect(results).toEqual(numbers.map((one) => 2 * one));
  expect(most).toBe(8);
  expect(iterations).toBeGreaterThanOrEqual(12);
});

test('the first failure is the result, and what comes after it is not begun', async () => {
  let begun = 0;
  const failing = inSlices(Array.from({ length: 100 }), () => {
    begun += 1;
    return Promise.reject(new Error('it does not exist'));
  });
  await expect(failing).rejects.toThrow('it does not exist');
  expect(begun).toBe(8);
});
