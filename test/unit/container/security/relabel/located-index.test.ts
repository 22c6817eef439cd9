/** The index of sources finds what a comparison of each pair finds. */
import {
  LocatedIndex,
  overlaps,
  type Located,
} from '../../../../../lib/container/security/relabel/labelled-place';

const paths = ['/', '/a', '/a/', '/a/b', '/a/./b/c', '/ab', '/b'];
const devices = [undefined, '0:1', '0:12'];

const all: readonly Located[] = paths.flatMap((path) =>
  devices.flatMap((device): Located[] =>
    device === undefined
      ? [{ path }]
      : ['/', '/x', '/x/y', '/xy'].map((place) => ({ path, place: { device, path: place } })),
  ),
);

test('one is found if and only if it overlaps, wherever both are mounted', () => {
  for (const one of all) {
    const index = new LocatedIndex<Located>();
    index.add(one, one);
    for (const other of all) {
      expect([one, other, index.overlapping(other) === one]).toEqual([
        one,
        other,
        overlaps(one, other),
      ]);
    }
  }
});

test('among many, one is found if there is any', () => {
  for (let start = 0; start < all.length; start += 1) {
    const few = all.slice(start, start + 3);
    const index = new LocatedIndex<Located>();
    for (const one of few) index.add(one, one);
    for (const other of all) {
      const isAny = few.some((one) => overlaps(one, other));
      const found = index.overlapping(other);
      expect([other, found !== undefined]).toEqual([other, isAny]);
      if (found !== undefined) expect(overlaps(found, other)).toBe(true);
    }
  }
});
