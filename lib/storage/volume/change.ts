/** Changes the size or the content of a volume, or removes it. */
import { constants } from 'node:fs';
import { open, rmdir, truncate, unlink, type FileHandle } from 'node:fs/promises';
import { TslxcError } from '../../errors';
import { runProgram } from '../../host/program';
import { fileError } from '../../host/state/file-error';
import { isPlain } from '../definition/formats';
import { resizeImage } from './create';
import { allocate, patience } from './tools';
import type { FoundVolume } from './volume';

/** How a volume's size is changed. */
export interface Resizing {
  /** Whether it may get smaller. Default: no. */
  readonly shrink?: boolean | undefined;
  /** Whether room for all of it is taken at once. Default: no. */
  readonly allocate?: boolean | undefined;
}

const resizeStep = 'resize a storage volume';

/**
 * @param available - bytes that the pool has left
 * @throws TslxcError INVALID_ARG for a size that is too small; OPERATION_FAILED when there is no room; NO_SUPPORT for a format
 * whose size can't be changed; SyscallError.
 */
export async function resizeVolume(
  volume: FoundVolume,
  capacity: number,
  { available, ...resizing }: Resizing & { readonly available: number },
): Promise<void> {
  checkSize(volume, capacity, resizing);
  const takes = resizing.allocate === true;
  if (takes && capacity > volume.capacity + available) {
    throw new TslxcError('OPERATION_FAILED', 'Not enough space left in storage pool');
  }
  const { path, name, format } = volume;
  if (isPlain(format)) {
    await truncateFile(path, capacity);
    if (takes) await allocate(path, capacity, resizeStep);
  } else if (!takes) await resizeImage(path, volume, capacity);
  else {
    const detail = `all of volume '${name}' can't be allocated: it is of format ${format}`;
    throw new TslxcError('NO_SUPPORT', detail);
  }
}

async function truncateFile(path: string, capacity: number): Promise<void> {
  try {
    await truncate(path, capacity);
  } catch (error) {
    throw fileError(error, resizeStep);
  }
}

/** In libvirt's words. */
function checkSize(
  { capacity: now, allocation }: FoundVolume,
  wanted: number,
  { shrink = false }: Resizing,
): void {
  if (wanted < allocation) {
    throw new TslxcError('INVALID_ARG', "can't shrink capacity below existing allocation");
  }
  if (wanted >= now || shrink) return;
  const detail =
    "Can't shrink capacity below current capacity unless shrink flag explicitly specified";
  throw new TslxcError('INVALID_ARG', detail);
}

/** How a volume is overwritten: `zero`, or one of those of scrub(1). `trim` is known, and refused. */
export type WipeAlgorithm =
  | 'zero'
  | 'nnsa'
  | 'dod'
  | 'bsi'
  | 'gutmann'
  | 'schneier'
  | 'pfitzner7'
  | 'pfitzner33'
  | 'random'
  | 'trim';

/** In the order of libvirt's numbers. */
export const wipeAlgorithms: readonly WipeAlgorithm[] = [
  'zero',
  'nnsa',
  'dod',
  'bsi',
  'gutmann',
  'schneier',
  'pfitzner7',
  'pfitzner33',
  'random',
  'trim',
];

const wipeStep = 'wipe a storage volume';

/**
 * Overwrites everything that is in the file of a volume.
 *
 * @throws TslxcError NO_SUPPORT for `trim`; OPERATION_UNSUPPORTED when scrub is not installed; SyscallError, such as EISDIR.
 */
export async function wipeVolume(
  { path, type, capacity }: FoundVolume,
  algorithm: WipeAlgorithm,
): Promise<void> {
  if (algorithm === 'trim') {
    throw new TslxcError('NO_SUPPORT', "'trim' algorithm not supported");
  }
  if (algorithm !== 'zero') {
    const args = ['-f', '-p', algorithm, path];
    await runProgram({ program: 'scrub', package: 'scrub', args, step: wipeStep, patience });
    return;
  }
  try {
    await using file = await openWritable(path);
    if (type === 'block') await overwriteFirst(file, capacity);
    else await overwrite(file);
    await file.sync();
  } catch (error) {
    throw fileError(error, wipeStep);
  }
}

/** A file with holes keeps none of its blocks. */
async function overwrite(file: FileHandle): Promise<void> {
  const { size, blocks } = await file.stat();
  if (blocks * 512 < size) {
    await file.truncate(0);
    await file.truncate(size);
    return;
  }
  await overwriteFirst(file, size);
}

async function overwriteFirst(file: FileHandle, size: number): Promise<void> {
  const zeros = Buffer.alloc(1024 * 1024);
  for (let at = 0; at < size;) {
    const { bytesWritten } = await file.write(zeros, 0, Math.min(zeros.length, size - at), at);
    at += bytesWritten;
  }
}

/** A file; what else is at the path is refused by the kernel, and never waited for. */
export async function openWritable(path: string): Promise<FileHandle> {
  return await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
}

/** Removes a volume; a folder has to be empty. @throws SyscallError. */
export async function removeVolume({ path, type }: FoundVolume): Promise<void> {
  try {
    await (type === 'dir' ? rmdir(path) : unlink(path));
  } catch (error) {
    throw fileError(error, 'remove a storage volume');
  }
}
