/** Where images are kept: names only, no I/O. */
import { join } from 'node:path';
import type { StatePaths } from '../../host/state/state-paths';

export interface ImagePaths {
  /** All of it; mode 0700, so that no set-uid program in it is within reach of other users. */
  readonly folder: string;
  /** Shared by whatever needs layers that are not yet in use; exclusive for the removal of what nothing needs. */
  readonly lock: string;
  /** One record for each image: what it is, and which layers it has. */
  readonly records: string;
  /** One folder for each layer, named after its chain, with `root` and `layer.json`. */
  readonly layers: string;
  /** An empty directory, which the lowest layer lies on while it is unpacked. */
  readonly empty: string;
  /** Pulls at work: a folder each, and beside it a claim that its process holds a lock on. */
  readonly drafts: string;
  /** What containers made from images have written, and a note beside each that goes with its domain. */
  readonly containers: string;
  /** Files that are shown as /etc/resolv.conf, each named after the server that it names. */
  readonly resolvers: string;
}

export function imagePaths({ images }: Pick<StatePaths, 'images'>): ImagePaths {
  return {
    folder: images,
    lock: join(images, 'lock'),
    records: join(images, 'records'),
    layers: join(images, 'layers'),
    empty: join(images, 'empty'),
    drafts: join(images, 'drafts'),
    containers: join(images, 'containers'),
    resolvers: join(images, 'resolvers'),
  };
}

/** The record of an image. Its name has characters that no file name may have. */
export function recordPath({ records }: ImagePaths, name: string): string {
  return join(records, `${encodeURIComponent(name)}.json`);
}

/** The name of the image that a record is of; undefined for another file. */
export function nameOfRecord(file: string): string | undefined {
  return file.endsWith('.json') && !file.startsWith('.')
    ? decodeURIComponent(file.slice(0, -'.json'.length))
    : undefined;
}

export interface LayerPaths {
  readonly folder: string;
  /** What the layer adds to those below it, as overlayfs has it. */
  readonly root: string;
  /** There when the layer is whole. */
  readonly note: string;
}

/** The files of one layer, by the digest of its chain: that of all layers up to it. */
export function layerPaths({ layers }: ImagePaths, chain: string): LayerPaths {
  const folder = join(layers, chain.replace(/^sha256:/, ''));
  return { folder, root: join(folder, 'root'), note: join(folder, 'layer.json') };
}
