/** What counts as a shutdown that was asked for, of several that ask at once. */
import {
  isAskedShutdown,
  withAskedEnd,
  withoutAskedEnd,
} from '../../../../lib/container/record/asked-ends';
import type { AskedEnd } from '../../../../lib/container/record/asked-ends';

const shutdown = (id: string, until = 100): AskedEnd => ({ id, until });
const reboot = (id: string): AskedEnd => ({ id });

test('an end is a shutdown as long as one of them says so', () => {
  const asked = [shutdown('a', 100), shutdown('b', 50)];
  expect([50, 100, 101].map((time) => isAskedShutdown(asked, time))).toEqual([true, true, false]);
  expect(isAskedShutdown([], 0)).toBe(false);
});

test('no shutdown before a reboot counts, and one after it does', () => {
  expect(isAskedShutdown([shutdown('a'), reboot('b')], 10)).toBe(false);
  expect(isAskedShutdown([shutdown('a'), reboot('b'), shutdown('c')], 10)).toBe(true);
});

test('each takes back its own, also of two in one millisecond', () => {
  const asked = [shutdown('a'), shutdown('b')];
  expect(withoutAskedEnd(asked, 'a')).toEqual([shutdown('b')]);
  expect(withoutAskedEnd(asked, 'c')).toEqual(asked);
  expect(withoutAskedEnd([shutdown('a')], 'a')).toBeUndefined();
});

test('what says nothing any more goes with the next request', () => {
  const over = [shutdown('a', 9), reboot('b'), reboot('c')];
  expect(withAskedEnd(over, shutdown('d'), 10)).toEqual([shutdown('d')]);
  const asked = [shutdown('a', 10), reboot('b')];
  expect(withAskedEnd(asked, shutdown('d'), 10)).toEqual([...asked, shutdown('d')]);
});

test('who asks again and again fills no record', () => {
  let asked: AskedEnd[] = [];
  for (let index = 0; index < 100; index += 1) {
    asked = withAskedEnd(asked, shutdown(String(index)), 0);
  }
  expect(asked).toHaveLength(32);
  expect(asked.at(-1)).toEqual(shutdown('99'));
});
