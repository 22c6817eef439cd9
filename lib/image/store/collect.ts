/**
 * Removes what nothing needs any more: layers that belong to no image and no domain, and what was written by transient domains
 * that no longer exist. Only while nothing is being pulled, or made from an image.
 */
import { renameSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tryTakeHostLock } from '../../host/state/file-lock';
import { flushDirectory } from '../../host/state/durable-file';
import { refuseMounts } from '../../host/trees/tree-removal';
import { containerNoteSuffix } from '../container-layer';
import { makeDraft, removeAbandonedDrafts } from '../../host/trees/draft';
import { layerPaths, type ImagePaths } from './image-paths';
import { layerFolders } from './layer-store';
import { readImageRecords } from './records';
import { isThere, unlessMissing } from '../../host/state/file-error';

/** Absolute paths that stored and running domains name; undefined if some of these domains can't be read. */
export type UsedPaths = () => Promise<ReadonlySet<string> | undefined>;

/** Does nothing while another process pulls, makes a container from an image, or collects: a pull collects when it ends. */
export async function collect(paths: ImagePaths, usedPaths: UsedPaths): Promise<void> {
  if (!isThere(paths.folder)) return;
  using lock = tryTakeHostLock({ path: paths.lock, step: 'lock the images' });
  if (lock === undefined) return;
  await removeAbandonedDrafts(paths);
  const used = await usedPaths();
  // A domain that can't be read may need any of them.
  if (used === undefined) return;
  await removeUnusedLayers(paths, used);
  await removeWritten(paths, used);
}

async function removeUnusedLayers(paths: ImagePaths, used: ReadonlySet<string>): Promise<void> {
  const records = await readImageRecords(paths);
  const needed = new Set(
    records.flatMap(({ chains }) => chains.map((chain) => layerPaths(paths, chain).folder)),
  );
  const unused = (await layerFolders(paths))
    .map((name) => layerPaths(paths, name))
    .filter(({ folder, root }) => !needed.has(folder) && !used.has(root));
  for (const { folder } of unused) await removeTree(paths, folder);
}

async function removeWritten(paths: ImagePaths, used: ReadonlySet<string>): Promise<void> {
  const { containers } = paths;
  if (!isThere(containers)) return;
  for (const name of await readdir(containers)) {
    if (!name.endsWith(containerNoteSuffix)) continue;
    const folder = join(containers, name.slice(0, -containerNoteSuffix.length));
    if (!used.has(folder)) await removeContainerLayer(paths, folder, () => false);
  }
}

/**
 * Removes what one container has written, and the note beside it, unless it is used.
 *
 * @throws errors of node:fs and SyscallError.
 */
export async function removeContainerLayer(
  paths: ImagePaths,
  folder: string,
  isUsed: () => boolean,
): Promise<void> {
  if (isThere(folder)) await removeTree(paths, folder, isUsed);
  else if (isUsed()) return;
  if (!isThere(folder)) await rm(`${folder}${containerNoteSuffix}`, { force: true });
}

/**
 * Moves the tree into a draft first, so that a half-removed tree is never taken for a complete one. One that is used by then stays, and
 * one that another process has removed meanwhile is gone.
 */
async function removeTree(
  paths: ImagePaths,
  folder: string,
  isUsed: () => boolean = () => false,
): Promise<void> {
  refuseMounts({ path: folder, step: 'remove files of an image' });
  await using draft = await makeDraft(paths);
  if (isUsed()) return;
  unlessMissing(() => renameSync(folder, join(draft.folder, 'removed')));
  await flushDirectory(join(folder, '..'));
}
