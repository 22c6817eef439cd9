/** How far a pull is, in words. */
import { describeProgress } from '../../../../lib/cli/output/pull-progress';

test.each([
  [{ phase: 'look', allLayers: 0 }, 'looking the image up'],
  [{ phase: 'look', allLayers: 2 }, 'found 2 layers'],
  [{ phase: 'download', bytes: 1_500_000, allBytes: 3_000_000 }, 'copying: 1.5 MB of 3.0 MB'],
  [{ phase: 'download', bytes: 1_500_000, allBytes: 0 }, 'copying: 1.5 MB'],
  [{ phase: 'unpack', layers: 1, allLayers: 2 }, 'unpacking: 1 of 2 layers'],
  [{ phase: 'done', layers: 2, allLayers: 2 }, 'done: 2 of 2 layers'],
] as const)('progress in words: %j', (progress, words) => {
  const nothing = { layers: 0, allLayers: 0, bytes: 0, allBytes: 0 };
  expect(describeProgress({ ...nothing, ...progress })).toBe(words);
});
