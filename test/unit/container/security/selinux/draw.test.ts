/** The choice of two categories. */
import {
  boundsOf,
  drawPair,
  formatRange,
  keyOf,
} from '../../../../../lib/container/security/selinux/draw';

const all = Array.from({ length: 1024 }, (_, category) => category);
const ofRange = (range: string): ReturnType<typeof boundsOf> => boundsOf(`u:r:t:${range}`);
const nobody = new Set<number>();

test.each([
  ['s0-s0:c0.c1023', 's0', 1024],
  ['s0', 's0', 1024],
  ['s0-s0', 's0', 1024],
  ['s1-s3:c10.c19', 's1', 10],
  ['s0:c0.c6,c9', 's0', 8],
])('a caller of %s gives away what it has', (range, sensitivity, count) => {
  const bounds = ofRange(range);
  expect(bounds.sensitivity).toBe(sensitivity);
  expect(bounds.categories).toHaveLength(count);
});

test('a caller without a range has all', () => {
  expect(boundsOf('u:r:t')).toEqual({ sensitivity: 's0', categories: all });
});

test('one category, or less than eight, are too few', () => {
  const failure = (message: string): Error =>
    expect.objectContaining({
      code: 'INTERNAL_ERROR',
      message: `internal error: ${message}`,
    }) as Error;
  expect(() => ofRange('s0:c5')).toThrow(failure('No category range available in u:r:t:s0:c5'));
  expect(() => ofRange('s0-s0:c3.c9')).toThrow(failure('Category range c3-c9 too small'));
});

test('the lower comes first, both are the caller’s, and each of the pairs comes up', () => {
  const bounds = ofRange('s0:c2.c8,c100');
  const seen = new Set<string>();
  for (let draw = 0; draw < 2000; draw += 1) {
    const [first, second] = drawPair(bounds, nobody) ?? [0, 0];
    expect(first).toBeLessThan(second);
    expect(bounds.categories).toEqual(expect.arrayContaining([first, second]));
    seen.add(formatRange(bounds, [first, second]));
  }
  expect(seen.size).toBe(28);
  expect(seen).toContain('s0:c8,c100');
});

test('the last free pair of half a million is found, and then there is none', () => {
  const bounds = ofRange('s0');
  const taken = { has: (key: number) => key !== keyOf([17, 1023]) };
  expect(drawPair(bounds, taken)).toEqual([17, 1023]);
  expect(drawPair(bounds, { has: () => true })).toBeUndefined();
});
