/** What counts as a shutdown that was asked for, of several that ask at once. */
import {
  askedEnd,
  isAskedShutdown,
  withAskedEnd,
  withoutAskedEnd,
} from '../../../../lib/container/record/asked-ends';
import type { AskedEnd } from '../../../../lib/container/record/asked-ends';

const shutdown = (id: string, until = 100): AskedEnd => ({ id, until });
const reboot = (id: string): AskedEnd => ({ id });
/** A clock that nobody sets. */
const at = (time: number) => ({ time, sinceBoot: time });

test('an end is a shutdown as long as one of them says so', () => {
  const asked = [shutdown('a', 100), shutdown('b', 50)];
  expect([50, 100, 101].map((time) => isAskedShutdown(asked, at(time)))).toEqual([
    true,
    true,
    false,
  ]);
  expect(isAskedShutdown([], at(0))).toBe(false);
});

test('no shutdown before a reboot counts, and one after it does', () => {
  expect(isAskedShutdown([shutdown('a'), reboot('b')], at(10))).toBe(false);
  expect(isAskedShutdown([shutdown('a'), reboot('b'), shutdown('c')], at(10))).toBe(true);
});

test('each takes back its own, also of two in one millisecond', () => {
  const asked = [shutdown('a'), shutdown('b')];
  expect(withoutAskedEnd(asked, 'a')).toEqual([shutdown('b')]);
  expect(withoutAskedEnd(asked, 'c')).toEqual(asked);
  expect(withoutAskedEnd([shutdown('a')], 'a')).toBeUndefined();
});

test('what says nothing any more goes with the next request', () => {
  const over = [shutdown('a', 9), reboot('b'), reboot('c')];
  expect(withAskedEnd(over, shutdown('d'), at(10))).toEqual([shutdown('d')]);
  const asked = [shutdown('a', 10), reboot('b')];
  expect(withAskedEnd(asked, shutdown('d'), at(10))).toEqual([...asked, shutdown('d')]);
});

test('who asks again and again fills no record', () => {
  let asked: AskedEnd[] = [];
  for (let index = 0; index < 100; index += 1) {
    asked = withAskedEnd(asked, shutdown(String(index)), at(0));
  }
  expect(asked).toHaveLength(32);
  expect(asked.at(-1)).toEqual(shutdown('99'));
});

test.each([
  ['ahead', 500_000],
  ['behind', -500_000],
])('how long ago it was asked is not told by a clock that was %s then', (_, wrong) => {
  const asked = [askedEnd('a', { time: 1_000_000 + wrong, sinceBoot: 7000 }, 1000)];
  const end = (later: number) => ({ time: 1_000_000 + later, sinceBoot: 7000 + later });
  expect([999, 1000, 1001].map((later) => isAskedShutdown(asked, end(later)))).toEqual([
    true,
    true,
    false,
  ]);
  expect(withAskedEnd(asked, reboot('b'), end(1000))).toEqual([...asked, reboot('b')]);
  expect(withAskedEnd(asked, reboot('b'), end(1001))).toEqual([reboot('b')]);
});

test('a monitor or a request of an older version has the time of day alone', () => {
  const now = { time: 1_000_000, sinceBoot: 7000 };
  const asked = [askedEnd('a', now, 1000)];
  expect(asked).toEqual([{ id: 'a', until: 1_001_000, untilSinceBoot: 8000 }]);
  const ends = [1_001_000, 1_001_001];
  expect(ends.map((time) => isAskedShutdown(asked, { time }))).toEqual([true, false]);
  const older = [shutdown('a', 1_001_000)];
  expect(ends.map((time) => isAskedShutdown(older, { time, sinceBoot: 0 }))).toEqual([true, false]);
  // An older version takes what has no `until` for a reboot.
  expect(askedEnd('b', now, undefined)).toEqual({ id: 'b' });
});
