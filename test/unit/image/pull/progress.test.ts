/** lib/image/pull/progress.ts: what a caller hears of a pull. */
import { Progress } from '../../../../lib/image/pull/progress';
import type { PullProgress } from '../../../../lib/image/types';

function following(): { readonly told: PullProgress[]; readonly progress: Progress } {
  const told: PullProgress[] = [];
  return { told, progress: new Progress((one) => told.push(one)) };
}

test('it begins with nothing, and each change is told once', () => {
  const { told, progress } = following();
  progress.begin();
  progress.update({ phase: 'download', allBytes: 100 });
  progress.update({ phase: 'download', allBytes: 100 });
  progress.layerDone();
  expect(told).toEqual([
    { phase: 'look', layers: 0, allLayers: 0, bytes: 0, allBytes: 0 },
    { phase: 'download', layers: 0, allLayers: 0, bytes: 0, allBytes: 100 },
    { phase: 'unpack', layers: 1, allLayers: 0, bytes: 0, allBytes: 100 },
  ]);
});

test('bytes never decrease, and are never more than all', () => {
  const { told, progress } = following();
  progress.update({ allBytes: 100 });
  for (const bytes of [10, 60, 20, 250, 90]) progress.copied(bytes);
  expect(told.map(({ bytes }) => bytes)).toEqual([0, 10, 60, 100]);
});

test('where it is unknown how many they are, all of them count', () => {
  const { told, progress } = following();
  for (const bytes of [10, 250]) progress.copied(bytes);
  expect(told.map(({ bytes }) => bytes)).toEqual([10, 250]);
});

test('without a listener nothing happens', () => {
  const progress = new Progress(undefined);
  progress.begin();
  expect(() => progress.layerDone()).not.toThrow();
});
