/** How far a pull is, in words and as data. */
import { Output } from '../../../../lib/cli/output/output';
import { describeProgress, jsonReport } from '../../../../lib/cli/output/pull-progress';
import type { ImageInfo } from '../../../../lib/index';

const nothing = { layers: 0, allLayers: 0, bytes: 0, allBytes: 0 };

test.each([
  [{ phase: 'look', allLayers: 0 }, 'looking the image up'],
  [{ phase: 'look', allLayers: 2 }, 'found 2 layers'],
  [{ phase: 'download', bytes: 1_500_000, allBytes: 3_000_000 }, 'copying: 1.5 MB of 3.0 MB'],
  [{ phase: 'download', bytes: 1_500_000, allBytes: 0 }, 'copying: 1.5 MB'],
  [{ phase: 'unpack', layers: 1, allLayers: 2 }, 'unpacking: 1 of 2 layers'],
  [{ phase: 'done', layers: 2, allLayers: 2 }, 'done: 2 of 2 layers'],
] as const)('progress in words: %j', (progress, words) => {
  expect(describeProgress({ ...nothing, ...progress })).toBe(words);
});

test('as data each step is a line, and nothing that an image says of itself can steer a terminal', () => {
  let text = '';
  const output = new Output(
    { write: (more) => (text += String(more)) },
    { write: () => undefined },
    'normal',
  );
  const image: ImageInfo = {
    name: 'web',
    source: 'oci:/srv/web',
    digest: 'sha256:0',
    pulled: '2026-01-01T00:00:00.000Z',
    architecture: 'amd64',
    bytes: 1,
    layers: [],
    config: {
      entrypoint: [],
      cmd: [],
      env: ['TITLE=\u009b31m', 'NAME=\u202etxt'],
      user: '',
      workingDirectory: '/',
      ports: [],
      volumes: [],
    },
  };
  const report = jsonReport(output);
  report.tell({ phase: 'look', ...nothing });
  report.end(image);
  const [first = '', last = '', ...rest] = text.split('\n');
  expect(rest).toEqual(['']);
  expect(JSON.parse(first)).toEqual({ phase: 'look', ...nothing });
  expect(last).toContain('"TITLE=\\u009b31m","NAME=\\u202etxt"');
  expect(JSON.parse(last)).toEqual({ image });
});
