/**
 * Unpacked layers, each of them once for all images and containers. A layer is named after its chain, the digest that OCI defines
 * for its own content together with everything below it: two images share a layer only if all layers below it are the same, too.
 */
import { createHash } from 'node:crypto';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrno, isThere } from '../../host/state/file-error';
import type { LayerContent } from '../layer/entry-check';
import { layerPaths, type ImagePaths } from './image-paths';
import { makeOwnFolder } from '../../host/state/own-folder';

const ENOENT = 2;

/** What `layer.json` says of a layer. */
export interface LayerNote extends LayerContent {
  /** Digest of the layer, decompressed. */
  readonly diffId: string;
}

/** Digests of the chains, from the bottom up. */
export function chainsOf(diffIds: readonly string[]): string[] {
  const chains: string[] = [];
  for (const diffId of diffIds) {
    const below = chains.at(-1);
    chains.push(below === undefined ? diffId : sha256(`${below} ${diffId}`));
  }
  return chains;
}

export function sha256(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Whether the layer is unpacked; if it is there, it is complete. */
export function hasLayer(paths: ImagePaths, chain: string): boolean {
  return isThere(layerPaths(paths, chain).note);
}

/** @throws Error of node:fs when the layer is not there. */
export async function readNote(paths: ImagePaths, chain: string): Promise<LayerNote> {
  return JSON.parse(await readFile(layerPaths(paths, chain).note, 'utf8')) as LayerNote;
}

/** Names of the folders of all layers. */
export async function layerFolders({ layers }: ImagePaths): Promise<string[]> {
  try {
    return await readdir(layers);
  } catch (error) {
    if (hasErrno(error, ENOENT)) return [];
    throw error;
  }
}

/** Makes the folders that everything else lies in. */
export async function prepareFolders(paths: ImagePaths): Promise<void> {
  const { folder, records, layers, empty, drafts, containers } = paths;
  for (const path of [folder, records, layers, empty, drafts, containers]) {
    makeOwnFolder(path);
  }
  // The root of an image has this mode, unless a layer sets another.
  const root = join(empty, 'root');
  makeOwnFolder(root, 0o755);
  await chmod(root, 0o755);
}
