/** Where images are kept: names only, no I/O. */
import { join } from 'node:path';
import type { StatePaths } from '../../host/state/state-paths';

export interface ImagePaths {
  /** All of it; mode 0700, so that no set-uid program in it is within reach of other users. */
  readonly folder: string;
  /** Held shared while layers that no domain uses yet are needed; exclusively while layers that nothing needs are removed. */
  readonly lock: string;
  /** One record for each image: what it is, and which layers it has. */
  readonly records: string;
  /** One folder for each layer, named after its chain, with `root` and `layer.json`. */
  readonly layers: string;
  /** An empty directory, on which the lowest layer is unpacked. */
  readonly empty: string;
  /** Working folders of pulls, each with a claim beside it that the process of the pull has locked. */
  readonly drafts: string;
  /** What containers made from images have written; a note beside a folder says that it is removed together with its domain. */
  readonly containers: string;
  /** Files that are mounted as /etc/resolv.conf, each named after its name server. */
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

/** The path of an image's record. The name is encoded, since it has characters that no file name may have. */
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
  /** The layer's changes to those below it, in the form of overlayfs. */
  readonly root: string;
  /** Exists only when the layer is complete. */
  readonly note: string;
}

/** The files of one layer, by the digest of its chain, which covers all layers up to it. */
export function layerPaths({ layers }: ImagePaths, chain: string): LayerPaths {
  const folder = join(layers, chain.replace(/^sha256:/, ''));
  return { folder, root: join(folder, 'root'), note: join(folder, 'layer.json') };
}
