/**
 * lib/image/pull/layers.ts: which layers are checked and unpacked, the limit for all of them, and when they are put in place.
 * The layers are read as they are; umoci's unpacking needs root, and is tested with containers.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfiguration, parseManifest } from '../../../../lib/image/config';
import type { UnpackedLayer } from '../../../../lib/image/layer/unpack';
import { takeLayers, type Layered } from '../../../../lib/image/pull/layers';
import { Progress } from '../../../../lib/image/pull/progress';
import { imagePaths, layerPaths } from '../../../../lib/image/store/image-paths';
import { chainsOf, prepareFolders } from '../../../../lib/image/store/layer-store';
import { statePaths } from '../../../../lib/host/state/state-paths';
import type { PullProgress } from '../../../../lib/image/types';
import { FakeSkopeo } from '../../../support/fake/fake-skopeo';
import { digestOf, makeLayout } from '../../../support/image/image-layout';
import { archive, file, type ArchiveEntry } from '../../../support/image/tar-archive';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

const mockUnpacked: UnpackedLayer[] = [];
const mockFlushed: { readonly words: readonly string[]; readonly inPlace: number }[] = [];
let mockLayers = '';

jest.mock('../../../../lib/image/layer/unpack', () => ({
  unpackLayer: (layer: UnpackedLayer) => {
    mockUnpacked.push(layer);
    mkdirSync(join(layer.folder, 'root'), { recursive: true });
    const { content } = layer.reading;
    const note = { ...content, diffId: layer.diffId };
    writeFileSync(join(layer.folder, 'layer.json'), JSON.stringify(note));
    return Promise.resolve(content);
  },
}));
jest.mock('../../../../lib/host/program', () => ({
  runProgram: ({ program, args }: { program: string; args: readonly string[] }) => {
    const inPlace = readdirSync(mockLayers).length;
    mockFlushed.push({ words: [program, ...args], inPlace });
    return Promise.resolve();
  },
}));

removeScratchAfterEach();

const KiB = 1024;
const layerOf = (name: string, size = KiB): ArchiveEntry[] => [file(name, 'x'.repeat(size))];
const chainsFor = (layers: readonly ArchiveEntry[][]): string[] =>
  chainsOf(layers.map((one) => digestOf(archive(one))));

let folder: string;
let told: PullProgress[];
const state = () => statePaths(folder);
const paths = () => imagePaths(state());

beforeEach(async () => {
  folder = scratchDirectory();
  told = [];
  mockUnpacked.length = 0;
  mockFlushed.length = 0;
  mockLayers = paths().layers;
  await prepareFolders(paths());
});

interface Taken {
  readonly mostBytes?: number;
  readonly signal?: AbortSignal;
}

async function take(layers: readonly ArchiveEntry[][], options: Taken = {}): Promise<Layered> {
  const { mostBytes = 1024 * KiB, signal } = options;
  const layout = scratchDirectory();
  makeLayout(layout, { layers });
  const skopeo = new FakeSkopeo(layout);
  const read = (digest: string): string => readFileSync(skopeo.blob(digest), 'utf8');
  const { digest } = skopeo.index();
  const manifest = parseManifest(read(digest));
  const configuration = parseConfiguration(read(manifest.config.digest));
  const draft = scratchDirectory();
  const downloaded = { blobs: join(layout, 'blobs'), manifest, configuration, digest };
  const progress = new Progress((one) => told.push(one));
  return await takeLayers({ state: state(), draft, downloaded, mostBytes, progress, signal });
}

test('each layer is unpacked on those below it, and all are flushed before the first is in place', async () => {
  const layers = ['a', 'b', 'c'].map((name) => layerOf(name));
  const chains = chainsFor(layers);
  await expect(take(layers)).resolves.toEqual({ chains, bytes: 3 * KiB });
  const empty = join(paths().empty, 'root');
  const [one, two, three] = mockUnpacked;
  expect(one?.lowers).toEqual([empty]);
  expect(two?.lowers).toEqual([join(one?.folder ?? '', 'root'), empty]);
  expect(three?.lowers).toEqual([join(two?.folder ?? '', 'root'), ...(two?.lowers ?? [])]);
  const draft = join(one?.folder ?? '', '..');
  expect(mockFlushed).toEqual([{ words: ['sync', '--file-system', draft], inPlace: 0 }]);
  expect(chains.map((chain) => existsSync(layerPaths(paths(), chain).note))).toEqual(
    chains.map(() => true),
  );
  expect(told.at(0)).toMatchObject({ phase: 'unpack', layers: 0, allLayers: 3 });
  expect(told.at(-1)).toMatchObject({ layers: 3 });
});

test('a layer that is here is neither unpacked nor flushed, and the next lies on it', async () => {
  const [a, b] = [layerOf('a'), layerOf('b')];
  const [chain = ''] = (await take([a])).chains;
  await expect(take([a, b])).resolves.toMatchObject({ bytes: 2 * KiB });
  expect(mockUnpacked.map(({ lowers }) => lowers[0])).toEqual([
    join(paths().empty, 'root'),
    layerPaths(paths(), chain).root,
  ]);
  await take([a, b]);
  expect([mockUnpacked.length, mockFlushed.length]).toEqual([2, 2]);
});

test('the same layer on another one is another layer', async () => {
  await take([layerOf('a')]);
  await take([layerOf('b'), layerOf('a')]);
  expect(mockUnpacked).toHaveLength(3);
});

describe('the limit', () => {
  const two = [layerOf('a', 3 * KiB), layerOf('b', 3 * KiB)];
  const refused = (words: string): object => ({
    code: 'OPERATION_DENIED',
    message: expect.stringContaining(words) as string,
  });

  test('is for all layers together', async () => {
    await expect(take(two, { mostBytes: 6 * KiB })).resolves.toMatchObject({ bytes: 6 * KiB });
  });

  test('refuses what only the layers together exceed, and puts none in place', async () => {
    await expect(take(two, { mostBytes: 6 * KiB - 1 })).rejects.toMatchObject(
      refused(`entry "b" makes it more than ${3 * KiB - 1} bytes`),
    );
    expect(readdirSync(paths().layers)).toEqual([]);
    expect(mockUnpacked).toHaveLength(1);
  });

  test('counts layers that are here', async () => {
    await take(two.slice(0, 1));
    await expect(take(two, { mostBytes: 5 * KiB })).rejects.toMatchObject(
      refused(`entry "b" makes it more than ${2 * KiB} bytes`),
    );
    await take(two);
    await expect(take(two, { mostBytes: 5 * KiB })).rejects.toMatchObject(
      refused('makes the image more than is allowed'),
    );
  });
});

test('after an abort no further layer is read', async () => {
  const signal = AbortSignal.abort();
  await expect(take([layerOf('a')], { signal })).rejects.toMatchObject({
    code: 'OPERATION_ABORTED',
  });
  expect(mockUnpacked).toEqual([]);
});

test('what another pull has put in place meanwhile stays', async () => {
  const a = layerOf('a');
  const [chain = ''] = chainsFor([a]);
  const { folder: place, root } = layerPaths(paths(), chain);
  const note = join(root, 'of another pull');
  // Complete but for its note, when this pull looks.
  mkdirSync(root, { recursive: true });
  writeFileSync(note, '');
  await take([a]);
  expect(mockUnpacked).toHaveLength(1);
  expect(readdirSync(place)).toEqual(['root']);
  expect(existsSync(note)).toBe(true);
});
