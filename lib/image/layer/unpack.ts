/**
 * Unpacks one layer with umoci, into an overlay on top of the layers below it. So the kernel itself keeps what the layer adds,
 * changes and removes apart from what is below, in the very form in which containers get it; and a hard link to a file of a lower
 * layer, or a name that goes through a link there, means what it would in the container.
 */
import { chmod, chown, mkdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { native } from '../../host/native';
import { removeTree } from '../../host/trees/tree-removal';
import type { Descriptor } from '../config';
import { sha256, type LayerNote } from '../store/layer-store';
import { runTool } from '../tool';
import type { LayerContent, LayerLimits, LayerReading } from './entry-check';
import { mountLayers } from './mounted-layers';
import { checkUnpacked } from './unpacked-check';
import { makeOwnFolder } from '../../host/state/own-folder';

export interface UnpackedLayer {
  /** A folder that does not exist yet, on the file system of the layers. */
  readonly folder: string;
  readonly descriptor: Descriptor;
  /** Digest of the layer, decompressed. */
  readonly diffId: string;
  readonly reading: LayerReading;
  readonly limits: LayerLimits;
  /** The folder with the blobs of the image. */
  readonly blobs: string;
  /** Directories of the layers below, from the uppermost on, with the empty one at the end. */
  readonly lowers: readonly string[];
  readonly signal: AbortSignal | undefined;
}

const step = 'unpack a layer';

/**
 * Afterwards the folder contains `root` and `layer.json`. Resolves to what that says.
 *
 * @throws TslxcError OPERATION_DENIED if something else has been unpacked than was read, or too much; OPERATION_FAILED;
 * OPERATION_ABORTED; SyscallError.
 */
export async function unpackLayer(layer: UnpackedLayer): Promise<LayerContent> {
  const { folder, lowers, reading, limits, signal, diffId } = layer;
  const upper = join(folder, 'upper');
  const root = join(upper, 'root');
  makeOwnFolder(upper);
  await mkdir(root);
  await unpackInto(upper, layer);
  const copied = await checkUnpacked({ ...reading, root, lowers, limits, signal });
  // Afterwards, since umoci gives the root to 0:0 before it reads the layer.
  if (reading.content.root === 'inherited') await makeLike(lowers[0] ?? '', root);
  await rename(root, join(folder, 'root'));
  for (const name of ['upper', 'work', 'layout'])
    await removeTree({ path: join(folder, name), step });
  const content = { ...reading.content, bytes: reading.content.bytes + copied };
  const note: LayerNote = { ...content, diffId };
  await writeFile(join(folder, 'layer.json'), `${JSON.stringify(note)}\n`, { mode: 0o600 });
  return content;
}

async function unpackInto(upper: string, layer: UnpackedLayer): Promise<void> {
  const { folder, lowers, signal } = layer;
  const work = join(folder, 'work');
  await mkdir(work);
  const layout = await singleLayout(layer);
  // The image's root is a directory in the overlay, so that the root given to umoci is not itself a link of /proc.
  const overlay = mountLayers({
    lowers: lowers.map((path) => join(path, '..')),
    options: [`upperdir=${upper}`, `workdir=${work}`],
    attributes: 0,
  });
  try {
    await runTool({
      program: 'umoci',
      args: ['raw', 'unpack', '--image', `${layout}:layer`, '/proc/self/fd/3/root'],
      step,
      signal,
      temporary: folder,
      descriptor: overlay,
    });
  } finally {
    native().closeDescriptor(overlay);
  }
}

/** The root has the owner and mode of the layer below, unless this layer gives others. */
async function makeLike(lower: string, root: string): Promise<void> {
  const { mode, uid, gid } = await stat(lower);
  await chown(root, uid, gid);
  await chmod(root, mode & 0o7777);
}

/** An OCI layout of an image with only this layer, since umoci unpacks whole images. Its blob is a link to that of the real image. */
async function singleLayout({ folder, descriptor, diffId, blobs }: UnpackedLayer): Promise<string> {
  const layout = join(folder, 'layout');
  const sha = join(layout, 'blobs', 'sha256');
  makeOwnFolder(sha);
  const write = async (document: object, mediaType: string): Promise<Descriptor> => {
    const text = JSON.stringify(document);
    const digest = sha256(text);
    await writeFile(join(sha, digest.slice('sha256:'.length)), text);
    return { mediaType, digest, size: Buffer.byteLength(text) };
  };
  const blob = descriptor.digest.slice('sha256:'.length);
  await symlink(join(blobs, 'sha256', blob), join(sha, blob));
  const rootfs = { type: 'layers', diff_ids: [diffId] };
  const platform = { architecture: 'amd64', os: 'linux' };
  const kind = 'application/vnd.oci.image';
  const config = await write({ ...platform, config: {}, rootfs }, `${kind}.config.v1+json`);
  const { digest, size, mediaType } = descriptor;
  const packing = mediaType.endsWith('gzip') ? '+gzip' : '';
  const layers = [{ mediaType: `${kind}.layer.v1.tar${packing}`, digest, size }];
  const manifest = await write({ schemaVersion: 2, config, layers }, `${kind}.manifest.v1+json`);
  const annotations = { 'org.opencontainers.image.ref.name': 'layer' };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return layout;
}
