/** Turns the layers of a copied image into layers of this host: each is checked, and unpacked only once. */
import { rename, statfs } from 'node:fs/promises';
import { constants as system } from 'node:os';
import { join } from 'node:path';
import { SyscallError, TslxcError } from '../../errors';
import { abortedBy } from '../../host/abort-listener';
import { runProgram } from '../../host/program';
import { flushDirectory } from '../../host/state/durable-file';
import { hasErrno } from '../../host/state/file-error';
import type { StatePaths } from '../../host/state/state-paths';
import { reach } from '../failpoint';
import { checkLayer } from '../layer/check';
import type { LayerContent, LayerLimits } from '../layer/entry-check';
import { unpackLayer } from '../layer/unpack';
import { imagePaths, layerPaths, type ImagePaths } from '../store/image-paths';
import { chainsOf, hasLayer, readNote } from '../store/layer-store';
import type { Downloaded } from './download';
import type { Progress } from './progress';

export interface Layering {
  readonly state: StatePaths;
  readonly draft: string;
  readonly downloaded: Downloaded;
  readonly mostBytes: number;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

const { ENOTEMPTY, EEXIST } = system.errno;

/** The most entries in all layers of an image together, since each takes an inode. */
const mostEntries = 10_000_000;
/** Bytes of the disk that are left free for other writers. */
const spared = 64 * 1024 * 1024;

export interface Layered {
  /** From the bottom up. */
  readonly chains: readonly string[];
  readonly bytes: number;
}

/**
 * Unpacks the missing layers in the draft, and moves them to their place when all of them are on the disk: a layer in its place
 * is complete, even after a power failure. Another pull may do the same meanwhile; then the first one is kept.
 *
 * @throws as `checkLayer`, `unpackLayer`; SyscallError ENOSPC if the disk has no room for a layer, before it is unpacked.
 */
export async function takeLayers(layering: Layering): Promise<Layered> {
  const { state, downloaded, signal, mostBytes, progress } = layering;
  const paths = imagePaths(state);
  const chains = chainsOf(downloaded.configuration.diffIds);
  progress.update({ phase: 'unpack', allLayers: chains.length });
  const fresh: Fresh[] = [];
  let below = [join(paths.empty, 'root')];
  let [bytes, entries] = [0, 0];
  for (const [at, chain] of chains.entries()) {
    if (signal?.aborted === true) throw abortedBy(signal);
    const limits = { mostBytes: mostBytes - bytes, mostEntries: mostEntries - entries };
    let content: LayerContent;
    let { root } = layerPaths(paths, chain);
    if (hasLayer(paths, chain)) content = await knownContent(chain, limits.mostBytes, state);
    else {
      const folder = join(layering.draft, `layer-${at}`);
      content = await unpackInto(folder, layering, { at, below, limits });
      root = join(folder, 'root');
      fresh.push({ chain, folder });
    }
    below = [root, ...below];
    bytes += content.bytes;
    entries += content.entries;
    reach('image:after-layer');
    progress.layerDone();
  }
  await putInPlace(paths, layering.draft, fresh);
  return { chains, bytes };
}

/** A layer that lies in the draft. */
interface Fresh {
  readonly chain: string;
  readonly folder: string;
}

interface Layer {
  /** Its index, from the bottom up. */
  readonly at: number;
  /** Directories of the layers below it, from the uppermost on. */
  readonly below: readonly string[];
  readonly limits: LayerLimits;
}

async function unpackInto(
  folder: string,
  { draft, downloaded: { blobs, manifest, configuration }, signal }: Layering,
  { at, below, limits }: Layer,
): Promise<LayerContent> {
  const descriptor = manifest.layers[at];
  const diffId = configuration.diffIds[at];
  if (descriptor === undefined || diffId === undefined) throw new RangeError('a missing layer');
  const path = join(blobs, 'sha256', descriptor.digest.slice('sha256:'.length));
  const reading = await checkLayer({ path, descriptor, diffId, limits, signal });
  reach('image:after-check');
  await checkRoom(draft, reading.content);
  const place = { folder, blobs, lowers: below };
  const content = await unpackLayer({ ...place, descriptor, diffId, reading, limits, signal });
  reach('image:after-unpack');
  return content;
}

/** Milliseconds: a slow disk has to write all that is in memory for it. */
const longestFlush = 30 * 60_000;

/** One flush for all layers: it waits for everything written to the file system, also by other processes. */
async function putInPlace(
  paths: ImagePaths,
  draft: string,
  fresh: readonly Fresh[],
): Promise<void> {
  if (fresh.length === 0) return;
  const args = ['--file-system', draft];
  const sync = { program: 'sync', package: 'coreutils', args, limit: longestFlush } as const;
  await runProgram({ ...sync, step: 'flush the layers' });
  reach('image:after-flush');
  for (const { chain, folder } of fresh) {
    try {
      await rename(folder, layerPaths(paths, chain).folder);
    } catch (error) {
      // Another pull was there first.
      if (!hasErrno(error, ENOTEMPTY) && !hasErrno(error, EEXIST)) throw error;
    }
  }
  await flushDirectory(paths.layers);
}

/** The limit also holds for a layer that is already here. */
async function knownContent(
  chain: string,
  mostBytes: number,
  state: StatePaths,
): Promise<LayerContent> {
  const note = await readNote(imagePaths(state), chain);
  if (note.bytes <= mostBytes) return note;
  const detail = `the layer ${note.diffId} makes the image more than is allowed`;
  throw new TslxcError('OPERATION_DENIED', detail);
}

async function checkRoom(folder: string, { bytes }: LayerContent): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes + spared) return;
  throw new SyscallError({
    errno: system.errno.ENOSPC,
    syscall: 'statfs',
    path: folder,
    step: `make room for a layer of ${bytes} bytes`,
  });
}
