/** The records of images: what `list` reports, and what keeps their layers from being removed. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { TslxcError } from '../../errors';
import { flushDirectory, replaceFile } from '../../host/state/durable-file';
import { inKnownFormat, withFormat } from '../../host/state/record-format';
import { hasErrno, isThere } from '../../host/state/file-error';
import { suggestion } from '../../suggestion';
import { howToPull, isPlace, storedNames } from '../reference';
import type { ImageInfo } from '../types';
import { layerPaths, nameOfRecord, recordPath, type ImagePaths } from './image-paths';

const ENOENT = 2;

/** What is stored of an image: its ImageInfo, with the chains of its layers in place of their directories. */
export interface ImageRecord extends Omit<ImageInfo, 'layers'> {
  /** From the bottom up. */
  readonly chains: readonly string[];
}

export function infoOf(paths: ImagePaths, { chains, ...rest }: ImageRecord): ImageInfo {
  const layers = [...chains].reverse().map((chain) => layerPaths(paths, chain).root);
  return { ...rest, layers };
}

export async function writeImageRecord(paths: ImagePaths, record: ImageRecord): Promise<void> {
  await replaceFile(recordPath(paths, record.name), `${JSON.stringify(withFormat(record))}\n`);
}

export async function removeImageRecord(paths: ImagePaths, name: string): Promise<void> {
  await rm(recordPath(paths, name), { force: true });
  await flushDirectory(paths.records);
}

/** Sorted by name. */
export async function readImageRecords(paths: ImagePaths): Promise<ImageRecord[]> {
  const files = await readdir(paths.records).catch((error: unknown) => {
    if (hasErrno(error, ENOENT)) return [];
    throw error;
  });
  const names = files.map(nameOfRecord).filter((name) => name !== undefined);
  const records = await Promise.all(names.sort().map((name) => readIfThere(paths, name)));
  return records.filter((record) => record !== undefined);
}

/**
 * The image with that name, which may lack its tag. `wanted`: what for, which decides what the error advises.
 *
 * @throws TslxcError NO_IMAGE when there is none, INVALID_ARG for what can't be a name.
 */
export async function findImageRecord(
  paths: ImagePaths,
  name: string,
  wanted: 'to run it' | 'as it is',
): Promise<ImageRecord> {
  const possible = isPlace(name) ? [] : storedNames(name);
  for (const full of isThere(paths.records) ? possible : []) {
    const found = await readIfThere(paths, full);
    if (found !== undefined) return found;
  }
  const names = (await readImageRecords(paths)).map((one) => one.name);
  const meant = suggestion(name, [...names, ...names.map((one) => one.replace(/:latest$/, ''))]);
  const advice = wanted === 'to run it' && meant === '' ? `: ${howToPull(name)}` : meant;
  throw new TslxcError('NO_IMAGE', `no image '${possible.at(-1) ?? name}' on this host${advice}`);
}

async function readIfThere(paths: ImagePaths, name: string): Promise<ImageRecord | undefined> {
  try {
    const path = recordPath(paths, name);
    return inKnownFormat(path, JSON.parse(await readFile(path, 'utf8')) as ImageRecord);
  } catch (error) {
    if (hasErrno(error, ENOENT)) return undefined;
    throw error;
  }
}
