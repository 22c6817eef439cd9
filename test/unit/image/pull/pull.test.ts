/** lib/image/pull/pull.ts: an image exists once its record does, which is written last. Its steps have tests of their own. */
import { existsSync, readdirSync } from 'node:fs';
import { statePaths } from '../../../../lib/host/state/state-paths';
import type { Layering } from '../../../../lib/image/pull/layers';
import { pullImage } from '../../../../lib/image/pull/pull';
import type { LookUp } from '../../../../lib/image/pull/skopeo-words';
import { imagePaths, layerPaths, recordPath } from '../../../../lib/image/store/image-paths';
import { readImageRecords } from '../../../../lib/image/store/records';
import type { PullOptions, PullProgress } from '../../../../lib/image/types';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

/** What each step was given, and what happens in it. */
const mockSteps: { readonly step: string; readonly asked: object }[] = [];
let mockArchiveName: string | undefined;
let mockHappens: (step: string) => void = () => undefined;

const mockDigest = `sha256:${'d'.repeat(64)}`;
const mockConfiguration = {
  ...{ architecture: 'amd64', created: '2026-01-02T03:04:05Z', diffIds: ['a', 'b'] },
  config: { entrypoint: ['sh'] },
};

function mockStep(step: string, asked: object): void {
  mockSteps.push({ step, asked });
  mockHappens(step);
}

jest.mock('../../../../lib/host/program', () => ({ programPath: () => '/bin/true' }));
jest.mock('../../../../lib/image/pull/look-up', () => ({
  lookUpImage: async (asked: object) => {
    mockStep('look up', asked);
    return Promise.resolve({ pinned: 'x', digest: mockDigest, layers: [{}, {}] });
  },
}));
jest.mock('../../../../lib/image/pull/tags', () => ({
  nameInArchive: () => Promise.resolve(mockArchiveName),
}));
jest.mock('../../../../lib/image/pull/download', () => ({
  downloadImage: async (asked: object) => {
    mockStep('download', asked);
    return Promise.resolve({ configuration: mockConfiguration, digest: 'of the copy' });
  },
}));
jest.mock('../../../../lib/image/pull/layers', () => ({
  takeLayers: async (asked: object) => {
    mockStep('layers', asked);
    return Promise.resolve({ chains: ['sha256:low', 'sha256:top'], bytes: 77 });
  },
}));

removeScratchAfterEach();

let root: string;
const paths = () => imagePaths(statePaths(root));

beforeEach(() => {
  root = scratchDirectory();
  mockSteps.length = 0;
  mockHappens = () => undefined;
  mockArchiveName = undefined;
});

const pull = (options: PullOptions = {}, source = 'oci:/x/web:1') =>
  pullImage(statePaths(root), source, options);

const askedOf = (step: string) => mockSteps.find((one) => one.step === step)?.asked ?? {};
const lookedUp = () => askedOf('look up') as LookUp;
const layered = () => askedOf('layers') as Layering;

test('a pull is three steps, and then the record', async () => {
  const records: number[] = [];
  mockHappens = () => records.push(readdirSync(paths().records).length);
  const told: PullProgress[] = [];
  const image = await pull({ onProgress: (one) => told.push(one) });
  expect(mockSteps.map(({ step }) => step)).toEqual(['look up', 'download', 'layers']);
  expect(records).toEqual([0, 0, 0]);
  const said = {
    ...{ name: 'web:1', source: 'oci:/x/web:1', digest: mockDigest, architecture: 'amd64' },
    ...{ created: '2026-01-02T03:04:05Z', config: { entrypoint: ['sh'] }, bytes: 77 },
    pulled: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
  };
  const layers = ['sha256:top', 'sha256:low'].map((chain) => layerPaths(paths(), chain).root);
  expect(image).toEqual({ ...said, layers });
  expect(await readImageRecords(paths())).toEqual([
    { ...said, chains: ['sha256:low', 'sha256:top'] },
  ]);
  expect(told.map(({ phase, allLayers }) => [phase, allLayers])).toEqual([
    ['look', 0],
    ['look', 2],
    ['done', 2],
  ]);
  expect(readdirSync(paths().drafts)).toEqual([]);
});

test('the image of an archive is called by its tag there, unless a name or a tag is given', async () => {
  const named = async (source: string, options: PullOptions = {}): Promise<string> =>
    (await pull(options, source)).name;
  expect(await named('docker-archive:/x/file.tar')).toBe('file:latest');
  mockArchiveName = 'web:3';
  expect(await named('docker-archive:/x/file.tar')).toBe('web:3');
  expect(await named('docker-archive:/x/file.tar', { name: 'mine' })).toBe('mine:latest');
  expect(await named('docker-archive:/x/file.tar:other:2')).toBe('other:2');
  expect(await named('oci:/x/layout')).toBe('layout:latest');
});

test.each(['look up', 'download', 'layers'])(
  'a failure of the step "%s" leaves nothing',
  async (step) => {
    mockHappens = (now) => {
      expect(existsSync(lookedUp().temporary)).toBe(true);
      if (now === step) throw new Error('broken');
    };
    await expect(pull()).rejects.toThrow('broken');
    expect(mockSteps.at(-1)?.step).toBe(step);
    expect(await readImageRecords(paths())).toEqual([]);
    expect(readdirSync(paths().drafts)).toEqual([]);
  },
);

test('an abort after the last step leaves no image', async () => {
  const abort = new AbortController();
  mockHappens = (step) => {
    if (step === 'layers') abort.abort();
  };
  await expect(pull({ signal: abort.signal })).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  expect(existsSync(recordPath(paths(), 'web:1'))).toBe(false);
  mockSteps.length = 0;
  await expect(pull({ signal: abort.signal })).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  expect(mockSteps).toEqual([]);
});

test('by default an image may have 32 GiB, and certificates are verified', async () => {
  await pull();
  expect(layered().mostBytes).toBe(34_359_738_368);
  expect(lookedUp().tls).toBe('verify');
  mockSteps.length = 0;
  await pull({ mostBytes: 1, tls: 'trust', name: 'other' });
  expect(layered().mostBytes).toBe(1);
  expect(lookedUp().tls).toBe('trust');
  expect((await readImageRecords(paths())).map(({ name }) => name)).toEqual([
    'other:latest',
    'web:1',
  ]);
});

test.each([0, -1, 1.5, Number.NaN, Infinity])(
  'a limit of %d bytes is refused',
  async (mostBytes) => {
    await expect(pull({ mostBytes })).rejects.toMatchObject({
      code: 'INVALID_ARG',
      message: expect.stringContaining(`mostBytes is ${mostBytes}, not a whole number`) as string,
    });
    expect(mockSteps).toEqual([]);
  },
);
