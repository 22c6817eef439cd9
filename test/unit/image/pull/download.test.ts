/**
 * lib/image/pull/download.ts: what is copied, and that the documents which come are those that were named. skopeo compares the
 * digests as well; here is one that does not.
 */
import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { downloadImage, type Downloaded } from '../../../../lib/image/pull/download';
import { lookUpImage } from '../../../../lib/image/pull/look-up';
import type { LookUp } from '../../../../lib/image/pull/skopeo-words';
import { Progress } from '../../../../lib/image/pull/progress';
import { parseSource } from '../../../../lib/image/reference';
import { imagePaths, layerPaths } from '../../../../lib/image/store/image-paths';
import { chainsOf, prepareFolders } from '../../../../lib/image/store/layer-store';
import type { PullProgress } from '../../../../lib/image/types';
import { mkdir, writeFile } from 'node:fs/promises';
import { FakeSkopeo } from '../../../support/fake/fake-skopeo';
import { digestOf, makeLayout } from '../../../support/image/image-layout';
import { archive, file } from '../../../support/image/tar-archive';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

let mockSkopeo: FakeSkopeo;

jest.mock('../../../../lib/image/tool', () => ({
  runTool: (call: Parameters<FakeSkopeo['run']>[0]) => mockSkopeo.run(call),
}));

removeScratchAfterEach();

const layers = [[file('a', '1')], [file('b', '2')]];
const chains = chainsOf(layers.map((one) => digestOf(archive(one))));

let temporary: string;
let told: PullProgress[];
const paths = () => imagePaths({ images: join(temporary, 'images') });

beforeEach(async () => {
  temporary = scratchDirectory();
  told = [];
  const layout = join(temporary, 'source');
  makeLayout(layout, { layers });
  mockSkopeo = new FakeSkopeo(layout);
  await prepareFolders(paths());
});

/** `meanwhile` happens after the image was looked up. */
async function download(meanwhile: () => void = () => undefined): Promise<Downloaded> {
  const source = parseSource('docker://shop/web:1');
  const asked: LookUp = { source, tls: 'trust', signal: undefined, temporary };
  const looked = await lookUpImage(asked);
  meanwhile();
  const progress = new Progress((one) => told.push(one));
  return await downloadImage({ ...asked, paths: paths(), looked, progress });
}

/** A layer that was pulled before. */
async function keep(chain = ''): Promise<void> {
  const { folder, note } = layerPaths(paths(), chain);
  await mkdir(folder, { recursive: true });
  await writeFile(note, '{}');
}

const refused = (words: string): object => ({
  code: 'OPERATION_FAILED',
  message: expect.stringContaining(words) as string,
});

test('the documents of the image that was looked up are read', async () => {
  const { digest, manifest, configuration, blobs } = await download();
  expect(digest).toBe(mockSkopeo.index().digest);
  expect(manifest.layers).toEqual(mockSkopeo.manifest().layers);
  expect(chainsOf(configuration.diffIds)).toEqual(chains);
  for (const { digest: layer } of manifest.layers) {
    expect(digestOf(readFileSync(join(blobs, 'sha256', layer.slice('sha256:'.length))))).toBe(
      layer,
    );
  }
  expect(mockSkopeo.calls.at(-1)).toEqual([
    ...(mockSkopeo.calls[0]?.filter((word) => word === '--insecure-policy') ?? []),
    ...['copy', '--src-tls-verify=false', '--dest-shared-blob-dir', blobs, '--quiet'],
    ...[`docker://shop/web@${digest}`, `oci:${join(temporary, 'layout')}:image`],
  ]);
  const size = mockSkopeo.manifest().layers.reduce((sum, one) => sum + one.size, 0);
  expect(told.at(0)).toMatchObject({ phase: 'download', bytes: 0, allBytes: size });
  expect(told.at(-1)).toMatchObject({ phase: 'download', bytes: size, allBytes: size });
});

describe.each([
  ['manifest', () => mockSkopeo.index().digest],
  ['configuration', () => mockSkopeo.manifest().config.digest],
] as const)('a %s', (_document, digestOfIt) => {
  test('with another content than its digest says is refused', async () => {
    const digest = digestOfIt();
    const change = (): void => appendFileSync(mockSkopeo.blob(digest), ' ');
    await expect(download(change)).rejects.toMatchObject(
      refused(`the document ${digest} of the image is not what its digest says`),
    );
  });

  test('with more than 8 MiB is refused, and not read', async () => {
    const digest = digestOfIt();
    const change = (): void => truncateSync(mockSkopeo.blob(digest), 8 * 1024 * 1024 + 1);
    await expect(download(change)).rejects.toMatchObject(
      refused(`the document ${digest} of the image is too long`),
    );
  });
});

test('a configuration that names another number of layers is refused', async () => {
  const layout = scratchDirectory();
  makeLayout(layout, { layers, diffIds: [digestOf('one')] });
  mockSkopeo = new FakeSkopeo(layout);
  await expect(download()).rejects.toMatchObject(
    refused('the image has 2 layers, and its configuration names 1'),
  );
});

test.each([{}, { rootfs: { type: 'layers' } }])(
  'an image that has no layers is refused, and that is said, with %j in its configuration',
  async (said) => {
    const layout = scratchDirectory();
    makeLayout(layout, { layers: [] });
    mockSkopeo = new FakeSkopeo(layout);
    if ('rootfs' in said) mockSkopeo.said = { configuration: JSON.stringify(said) };
    await expect(download()).rejects.toMatchObject({
      ...refused('the image has no layers, and so no file that a container could run'),
      step: 'copy the image',
    });
  },
);

describe('a layer that is here', () => {
  test('is not copied again', async () => {
    await keep(chains[0]);
    const { blobs, manifest } = await download();
    const [here, fresh] = manifest.layers.map(({ digest }) =>
      join(blobs, 'sha256', digest.slice('sha256:'.length)),
    );
    // A file of its size, without content.
    const { size, blocks, mode } = statSync(here ?? '');
    expect([size, blocks, mode & 0o777]).toEqual([manifest.layers[0]?.size, 0, 0o600]);
    expect(digestOf(readFileSync(fresh ?? ''))).toBe(manifest.layers[1]?.digest);
    expect(told.at(-1)?.allBytes).toBe(manifest.layers[1]?.size);
  });

  test('on other layers than here is another layer', async () => {
    await keep(digestOf(archive(layers[1] ?? [])));
    const { manifest } = await download();
    expect(told.at(-1)?.allBytes).toBe(manifest.layers.reduce((sum, { size }) => sum + size, 0));
  });

  test('and that will be packed anew is copied, since its digest will be another', async () => {
    await keep(chains[0]);
    mockSkopeo.said = { mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd' };
    const { manifest } = await download();
    expect(mockSkopeo.calls.at(-1)?.join(' ')).toContain('--dest-compress-format gzip');
    expect(told.at(-1)?.allBytes).toBe(manifest.layers.reduce((sum, { size }) => sum + size, 0));
  });
});
