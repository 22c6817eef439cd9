/** Copies an image to this host with skopeo, which checks the digests of what it copies. Layers that are already here are not copied. */
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TslxcError } from '../../errors';
import { parseConfiguration, parseIndex, parseManifest, withoutLayers } from '../config';
import type { Configuration, Descriptor, Manifest } from '../config';
import { hasLayer, sha256 } from '../store/layer-store';
import type { ImagePaths } from '../store/image-paths';
import { runTool } from '../tool';
import type { Looked, SourceLayer } from './look-up';
import { policyWords, tlsWords, type LookUp } from './skopeo-words';
import { lookInterval, type Progress } from './progress';
import { makeOwnFolder } from '../../host/state/own-folder';

export interface Download extends LookUp {
  readonly paths: ImagePaths;
  readonly looked: Looked;
  readonly progress: Progress;
}

export interface Downloaded {
  /** The folder with the blobs. */
  readonly blobs: string;
  readonly manifest: Manifest;
  readonly configuration: Configuration;
  /** Digest of the manifest as it was copied. */
  readonly digest: string;
}

const step = 'copy the image';

/** Bytes. No honest document of an image is longer. */
const longestDocument = 8 * 1024 * 1024;

/** @throws as `runTool`; TslxcError OPERATION_FAILED when a copied document is malformed, or does not have its digest. */
export async function downloadImage(download: Download): Promise<Downloaded> {
  const { source, tls, signal, temporary, looked, progress } = download;
  const blobs = join(temporary, 'blobs');
  const layout = join(temporary, 'layout');
  makeOwnFolder(join(blobs, 'sha256'));
  const needed = await standIn(download, blobs);
  progress.update({ phase: 'download', allBytes: sizeOf(needed) });
  const args = [
    ...policyWords(),
    'copy',
    ...tlsWords('copy', source, tls),
    ...formatWords(looked),
    ...['--dest-shared-blob-dir', blobs, '--quiet'],
    ...[looked.pinned, `oci:${layout}:image`],
  ];
  const over = new AbortController();
  const watching = watch(download, blobs, over.signal);
  try {
    await runTool({ program: 'skopeo', args, step, signal, temporary });
  } finally {
    over.abort();
    await watching;
  }
  progress.copied(Math.max(sizeOf(needed), 0));
  return await readDocuments(layout, blobs);
}

/**
 * Makes a sparse file of the right size in the place of each layer that is already here, which skopeo then does not copy. Returns
 * the layers that have to be copied: if an image contains the same layer twice, it may be here in one of its places and new in
 * the other.
 */
async function standIn({ looked, paths }: Download, blobs: string): Promise<SourceLayer[]> {
  // A layer that is compressed anew gets another digest.
  const isKept = formatWords(looked).length === 0;
  const isHere = ({ chain, size }: SourceLayer): boolean =>
    isKept && size > 0 && chain !== undefined && hasLayer(paths, chain);
  const needed = new Map(
    looked.layers.filter((one) => !isHere(one)).map((one) => [one.digest, one]),
  );
  for (const { digest, size } of looked.layers) {
    if (needed.has(digest)) continue;
    const path = join(blobs, 'sha256', digest.replace(/^sha256:/, ''));
    await writeFile(path, '', { mode: 0o600 });
    await truncate(path, size);
  }
  return [...needed.values()];
}

function sizeOf(layers: readonly SourceLayer[]): number {
  return layers.reduce((sum, { size }) => sum + Math.max(size, 0), 0);
}

/** umoci supports gzip, and nothing newer. */
function formatWords({ layers }: Looked): string[] {
  const isNewer = layers.some(({ mediaType }) => mediaType.endsWith('zstd'));
  return isNewer ? ['--dest-compress-format', 'gzip'] : [];
}

/** Reports how much has been copied, by the growth of the files: skopeo itself reports progress only on a terminal. */
async function watch(
  { progress, temporary }: Download,
  blobs: string,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    await sleep(lookInterval, undefined, { signal: over }).catch(() => undefined);
    const all = await Promise.all(
      [join(blobs, 'sha256'), join(temporary, 'layout'), blobs].map(bytesIn),
    );
    progress.copied(all.reduce((sum, bytes) => sum + bytes, 0));
  }
}

/** Bytes on the disk: the sparse files have no blocks. */
async function bytesIn(folder: string): Promise<number> {
  let sum = 0;
  for (const name of await readdir(folder).catch((): string[] => [])) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true) sum += Math.min(found.size, found.blocks * 512);
  }
  return sum;
}

async function readDocuments(layout: string, blobs: string): Promise<Downloaded> {
  const index = parseIndex(await readFile(join(layout, 'index.json'), 'utf8'));
  const manifest = parseManifest(await readBlob(blobs, index));
  const configuration = parseConfiguration(await readBlob(blobs, manifest.config));
  const [said, there] = [configuration.diffIds.length, manifest.layers.length];
  if (said !== there) {
    const detail = `the image has ${there} layers, and its configuration names ${said}`;
    throw new TslxcError('OPERATION_FAILED', detail, { step });
  }
  if (there === 0) throw withoutLayers({ step });
  return { blobs, manifest, configuration, digest: index.digest };
}

/** @throws TslxcError OPERATION_FAILED when its digest does not match, or it is too long. */
async function readBlob(blobs: string, { digest, size }: Descriptor): Promise<string> {
  const path = join(blobs, 'sha256', digest.slice('sha256:'.length));
  const isLong = size > longestDocument || (await stat(path)).size > longestDocument;
  const content = isLong ? undefined : await readFile(path);
  if (content !== undefined && sha256(content) === digest) return content.toString('utf8');
  const fault = isLong ? 'is too long' : 'is not what its digest says';
  throw new TslxcError('OPERATION_FAILED', `the document ${digest} of the image ${fault}`, {
    step,
  });
}
