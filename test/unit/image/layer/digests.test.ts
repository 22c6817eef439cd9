/** lib/image/layer/check.ts: a layer has the digests that the image says, packed and unpacked. skopeo has looked at the first, too. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkLayer } from '../../../../lib/image/layer/check';
import type { LayerContent } from '../../../../lib/image/layer/entry-check';
import { digestOf } from '../../../support/image/image-layout';
import { archive, file } from '../../../support/image/tar-archive';

const folder = mkdtempSync(join(tmpdir(), 'tslxc-digests-'));
afterAll(() => rmSync(folder, { recursive: true }));

const plain = archive([file('a', 'x'.repeat(1000))]);
const other = digestOf('another content');

interface Said {
  readonly packed: Buffer;
  readonly mediaType: string;
  /** In place of the true ones. */
  readonly digest?: string;
  readonly diffId?: string;
}

async function check({ packed, mediaType, digest, diffId }: Said): Promise<LayerContent> {
  const path = join(folder, 'layer');
  writeFileSync(path, packed);
  const descriptor = { mediaType, digest: digest ?? digestOf(packed), size: packed.length };
  const limits = { mostBytes: 10_000, mostEntries: 10 };
  const asked = { path, descriptor, diffId: diffId ?? digestOf(plain), limits, signal: undefined };
  return (await checkLayer(asked)).content;
}

const kind = 'application/vnd.oci.image.layer.v1.tar';
const kinds: readonly Said[] = [
  { mediaType: kind, packed: plain },
  { mediaType: `${kind}+gzip`, packed: gzipSync(plain) },
  { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', packed: gzipSync(plain) },
];

test.each(kinds)('a layer of the kind $mediaType with both is taken', async (said) => {
  await expect(check(said)).resolves.toMatchObject({ bytes: 1000, entries: 1 });
});

test.each(kinds)(
  'a layer of the kind $mediaType with another digest is refused',
  async ({ mediaType, packed }) => {
    const words = `the layer is not what the image says: its digest is ${digestOf(packed)}, not ${other}`;
    await expect(check({ mediaType, packed, digest: other })).rejects.toMatchObject({
      code: 'OPERATION_FAILED',
      message: expect.stringContaining(words) as string,
    });
  },
);

test.each(kinds)(
  'a layer of the kind $mediaType with another content is refused',
  async ({ mediaType, packed }) => {
    const words = `the content of the layer is not what the image says: its digest is ${digestOf(plain)}, not ${other}`;
    await expect(check({ mediaType, packed, diffId: other })).rejects.toMatchObject({
      code: 'OPERATION_FAILED',
      message: expect.stringContaining(words) as string,
    });
  },
);

test('bytes behind the packed layer belong to its digest', async () => {
  const mediaType = `${kind}+gzip`;
  const packed = gzipSync(plain);
  const longer = Buffer.concat([packed, gzipSync('')]);
  await expect(check({ mediaType, packed: longer })).resolves.toMatchObject({ entries: 1 });
  await expect(
    check({ mediaType, packed: longer, digest: digestOf(packed) }),
  ).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
});

test('a layer of another kind is refused, by its digest and kind', async () => {
  const mediaType = `${kind}+zstd`;
  await expect(check({ mediaType, packed: plain })).rejects.toMatchObject({
    code: 'OPERATION_UNSUPPORTED',
    message: expect.stringContaining(
      `layer ${digestOf(plain)} is of the kind '${mediaType}'`,
    ) as string,
  });
});
