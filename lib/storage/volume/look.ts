/** Finds the volumes in a folder of the host: files and folders, by what they are and what their first bytes say. Changes nothing. */
import type { BigIntStats } from 'node:fs';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { constants } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileError, saysMissing } from '../../host/state/file-error';
import { Slice } from '../../host/slices';
import { present } from '../../present';
import { draftsName } from '../pool/folder';
import { volumeFormats, type VolumeFormat } from '../definition/formats';
import { headerBytes, readImageHeader, type ImageHeader } from './image-header';
import type { FoundFile, FoundVolume } from './volume';

const step = 'look at the volumes of a storage pool';

/** A block of `st_blocks`: stat(2). */
const blockBytes = 512n;

/**
 * Those of a folder that have these names, by name. What is neither a file nor a folder is no volume.
 *
 * @throws SyscallError if the folder or a file in it can't be read.
 */
export async function volumesIn(
  folder: string,
  names: ReadonlySet<string>,
): Promise<FoundVolume[]> {
  const found: FoundVolume[] = [];
  const slice = new Slice();
  for (const name of (await volumeNames(folder)).sort()) {
    if (!names.has(name)) continue;
    const volume = await volumeIn(folder, name);
    if (volume !== undefined) found.push(volume);
    await slice.rest();
  }
  return found;
}

/**
 * All names in a folder that a volume can have: those with a control character, which XML can't hold, are left out.
 *
 * @throws SyscallError.
 */
export async function volumeNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isVolumeName);
  } catch (error) {
    throw fileError(error, step);
  }
}

function isVolumeName(name: string): boolean {
  if (name === draftsName) return false;
  // What is not UTF-8 is read with replacement characters, and would not be found again.
  return name !== '' && name !== '.' && name !== '..' && !/[/\p{Cc}\ufffd]/u.test(name);
}

/** One of them; undefined if there is none of that name. @throws SyscallError if it can't be read. */
export async function volumeIn(folder: string, name: string): Promise<FoundVolume | undefined> {
  if (!isVolumeName(name)) return undefined;
  const path = join(folder, name);
  const seen = await lookAt(path);
  if (seen === undefined) return undefined;
  const { stats, header } = seen;
  if (header === undefined) {
    return { name, type: 'dir', ...fileOf(path, 'dir', stats), ...nothing };
  }
  return {
    name,
    type: 'file',
    ...fileOf(path, header.format, stats),
    ...(await imageOf(path, seen)),
  };
}

/** A folder has no size. */
const nothing = { capacity: 0, allocation: 0, physical: 0 } as const;

interface Seen {
  readonly stats: BigIntStats;
  /** Undefined for a folder. */
  readonly header?: ImageHeader;
}

/** Undefined if it is neither a file nor a folder, and for a link that leads nowhere. A link to either is that. */
async function lookAt(path: string): Promise<Seen | undefined> {
  try {
    const before = await stat(path, { bigint: true });
    if (before.isDirectory()) return { stats: before };
    // Opened only then: a fifo would wait for a writer, a device may do anything.
    if (!before.isFile()) return undefined;
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat({ bigint: true });
    return stats.isFile() ? { stats, header: await headerOf(file) } : undefined;
  } catch (error) {
    if (saysMissing(error)) return undefined;
    throw fileError(error, step);
  }
}

async function headerOf(file: FileHandle): Promise<ImageHeader> {
  const buffer = Buffer.allocUnsafe(headerBytes);
  const { bytesRead } = await file.read(buffer, 0, headerBytes, 0);
  return readImageHeader(buffer.subarray(0, bytesRead));
}

/** What is known of any file or node. */
export function fileOf(path: string, format: VolumeFormat, stats: BigIntStats): FoundFile {
  const { mode, uid, gid } = stats;
  return {
    path,
    format,
    permissions: { mode: Number(mode) & 0o7777, owner: Number(uid), group: Number(gid) },
    times: {
      accessed: stats.atimeNs,
      modified: stats.mtimeNs,
      changed: stats.ctimeNs,
      born: stats.birthtimeNs,
    },
  };
}

async function imageOf(
  path: string,
  { stats, header = { format: 'raw' } }: Seen,
): Promise<Omit<FoundVolume, 'name' | 'type' | keyof FoundFile>> {
  const { capacity, compat, clusterSize, lazyRefcounts, data } = header;
  return {
    capacity: capacity ?? Number(stats.size),
    allocation: Number(stats.blocks * blockBytes),
    physical: Number(stats.size),
    ...present({
      compat,
      clusterSize,
      lazyRefcounts,
      data,
      backing: await backingOf(path, header),
    }),
  };
}

/** What the image names as the one below is looked at, and not opened. */
async function backingOf(path: string, { backing }: ImageHeader): Promise<FoundVolume['backing']> {
  if (backing === undefined) return undefined;
  const below = resolve(dirname(path), backing.path);
  const format = volumeFormats.find((one) => one === backing.format) ?? 'raw';
  try {
    return fileOf(below, format, await stat(below, { bigint: true }));
  } catch (error) {
    if (saysMissing(error)) return { path: below, format };
    throw fileError(error, step);
  }
}
