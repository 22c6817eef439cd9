/** Makes volumes in a folder. Nothing that is there is ever replaced, and what a failure leaves is removed. */
import { constants } from 'node:fs';
import {
  chmod,
  chown,
  mkdir,
  open,
  rm,
  rmdir,
  stat,
  truncate,
  type FileHandle,
} from 'node:fs/promises';
import { constants as system } from 'node:os';
import { join } from 'node:path';
import { TslxcError } from '../../errors';
import { fileError, hasErrno } from '../../host/state/file-error';
import type { VolumeDefinition } from '../definition/definition';
import { isMadeByTool, isPlain } from '../definition/formats';
import { allocate, copyBytes, qemuImg, type CopyStyle } from './tools';
import type { FoundVolume } from './volume';

const step = 'create a storage volume';

/** As libvirt makes them. */
const usualFileMode = 0o600;
/** A container enters its folder as a user of its own. */
const usualFolderMode = 0o711;

/** How a new volume takes its room. */
export interface Making {
  /** `metadata`: an image gets the tables for all of its capacity at once. */
  readonly preallocate?: 'metadata';
}

/** What a volume is copied from. */
export interface Copying extends Making {
  readonly from: FoundVolume;
  readonly style: CopyStyle;
}

/**
 * Makes an empty volume.
 *
 * @throws TslxcError STORAGE_VOL_EXIST; CONFIG_UNSUPPORTED and NO_SUPPORT for what can't be made; OPERATION_UNSUPPORTED when
 * qemu-img is not installed; OPERATION_FAILED with its words, or those of fallocate; SyscallError.
 */
export async function makeVolume(
  folder: string,
  definition: VolumeDefinition,
  making: Making,
): Promise<void> {
  checkMaking(definition, making);
  const path = join(folder, definition.name);
  if (definition.format === 'dir') {
    await makeFolderVolume(path, definition);
    return;
  }
  await makingFile(path, definition, () =>
    isPlain(definition.format) ? fillPlain(path, definition) : fillImage(path, definition, making),
  );
}

/**
 * Makes a copy of a volume. Of the same format it is copied byte for byte, so that nothing is believed that a container may have
 * written; another format is read by qemu-img.
 *
 * @throws as `makeVolume`; TslxcError NO_SUPPORT for what can't be copied.
 */
export async function copyVolume(
  folder: string,
  definition: VolumeDefinition,
  copying: Copying,
): Promise<void> {
  const { from } = copying;
  checkMaking(definition, copying);
  checkCopying(definition, copying);
  const path = join(folder, definition.name);
  await makingFile(path, definition, async () => {
    if (isSameKind(definition, from)) await fillCopy(path, definition, copying);
    else await fillConverted(path, definition, copying);
  });
}

function checkMaking(definition: VolumeDefinition, { preallocate }: Making): void {
  const { format, backingStore } = definition;
  if (preallocate === 'metadata' && format !== 'qcow2') {
    const detail = `metadata preallocation is not supported for ${format} volumes`;
    throw new TslxcError('CONFIG_UNSUPPORTED', detail);
  }
  if (backingStore !== undefined && !isMadeByTool(format)) {
    throw new TslxcError('NO_SUPPORT', `backing storage not supported for ${format} volumes`);
  }
  if (format === 'dir' || isPlain(format) || isMadeByTool(format)) return;
  throw new TslxcError('NO_SUPPORT', `volumes of format ${format} can't be made`);
}

function checkCopying({ format }: VolumeDefinition, { from, style }: Copying): void {
  if (format === 'dir' || from.type === 'dir') {
    const detail = 'a folder is not copied: `tslxc clone` makes a copy of a domain with its trees';
    throw new TslxcError('NO_SUPPORT', detail);
  }
  if (isSameKind({ format }, from)) return;
  if (style === 'shared') {
    const detail = `only a copy of the same format, ${from.format}, can share its blocks`;
    throw new TslxcError('NO_SUPPORT', detail);
  }
  checkReadable(from);
}

/** qemu-img opens whatever the image names, and a container may have written it. @throws TslxcError NO_SUPPORT. */
function checkReadable({ name, format, backing, data }: FoundVolume): void {
  const isAlone = backing === undefined && data === undefined;
  if (isPlain(format) || (isMadeByTool(format) && isAlone)) return;
  const detail = isAlone
    ? `volume '${name}' is of format ${format}, which is not converted`
    : `volume '${name}' has data in other files, and is not converted: those could be any of the host`;
  throw new TslxcError('NO_SUPPORT', detail);
}

function isSameKind({ format }: Pick<VolumeDefinition, 'format'>, from: FoundVolume): boolean {
  return format === from.format || (isPlain(format) && isPlain(from.format));
}

/** Makes the file, for `fill` to fill. It is removed if that fails. */
async function makingFile(
  path: string,
  definition: VolumeDefinition,
  fill: () => Promise<void>,
): Promise<void> {
  await attempt(definition, async () => {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
    await using file = await open(path, flags, usualFileMode);
    try {
      await fill();
      await setOwner(file, definition);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  });
}

async function setOwner(file: FileHandle, { permissions }: VolumeDefinition): Promise<void> {
  const { mode = usualFileMode, owner, group } = permissions;
  const { uid, gid } = await file.stat();
  await file.chown(owner ?? uid, group ?? gid);
  await file.chmod(mode);
  await file.sync();
}

/** Of a device node: what the definition does not say is left as it is. @throws SyscallError. */
export async function setNodePermissions(
  path: string,
  { permissions: { mode, owner, group } }: VolumeDefinition,
): Promise<void> {
  try {
    if (owner !== undefined || group !== undefined) {
      const { uid, gid } = await stat(path);
      await chown(path, owner ?? uid, group ?? gid);
    }
    if (mode !== undefined) await chmod(path, mode);
  } catch (error) {
    throw fileError(error, step);
  }
}

async function makeFolderVolume(path: string, definition: VolumeDefinition): Promise<void> {
  const { mode = usualFolderMode, owner = 0, group = 0 } = definition.permissions;
  await attempt(definition, async () => {
    await mkdir(path, { mode: 0o700 });
    try {
      await chown(path, owner, group);
      await chmod(path, mode);
    } catch (error) {
      await rmdir(path);
      throw error;
    }
  });
}

async function attempt({ name }: VolumeDefinition, make: () => Promise<void>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (hasErrno(error, system.errno.EEXIST)) {
      throw new TslxcError('STORAGE_VOL_EXIST', `storage volume '${name}' exists already`);
    }
    throw fileError(error, step);
  }
}

/** As in libvirt, a file has at least the size of what is allocated. */
async function fillPlain(path: string, definition: VolumeDefinition): Promise<void> {
  const { capacity = 0, allocation = capacity } = definition;
  await truncate(path, capacity);
  await allocate(path, allocation, step);
}

async function fillImage(
  path: string,
  definition: VolumeDefinition,
  making: Making,
): Promise<void> {
  const { format, backingStore, capacity } = definition;
  const below =
    backingStore === undefined
      ? []
      : ['-b', backingStore.path, '-F', toolName(backingStore.format)];
  const size = capacity === undefined ? [] : [String(capacity)];
  const options = imageOptions(definition, making);
  await qemuImg(step, 'create', '-q', '-f', format, ...options, ...below, path, ...size);
}

/** qemu's name of a format. */
function toolName(format: VolumeDefinition['format']): string {
  return isPlain(format) ? 'raw' : format;
}

function imageOptions(definition: VolumeDefinition, { preallocate }: Making): string[] {
  const { format, compat, clusterSize, lazyRefcounts, capacity, allocation } = definition;
  if (format !== 'qcow2') return [];
  const isWhole = capacity !== undefined && (allocation ?? capacity) >= capacity;
  const options = [
    ...(compat === undefined ? [] : [`compat=${compat}`]),
    ...(clusterSize === undefined ? [] : [`cluster_size=${clusterSize}`]),
    ...(lazyRefcounts ? ['lazy_refcounts=on'] : []),
    ...(preallocate === undefined ? [] : [`preallocation=${isWhole ? 'falloc' : 'metadata'}`]),
  ];
  return options.length === 0 ? [] : ['-o', options.join(',')];
}

async function fillCopy(
  path: string,
  definition: VolumeDefinition,
  { from, style }: Copying,
): Promise<void> {
  const { capacity = from.capacity, format } = definition;
  await copyBytes(from.path, path, { style, step });
  if (capacity <= from.capacity) return;
  if (isPlain(format)) await truncate(path, capacity);
  else await resizeImage(path, { ...from, name: definition.name }, capacity);
}

/** Those that can have another image below. */
const layered: readonly VolumeDefinition['format'][] = ['qcow', 'qcow2', 'qed', 'vmdk'];

/** An image as qemu-img opens it: without another below, whatever the header says by now. */
function aloneImage({ format, path }: FoundVolume): string {
  const below = layered.includes(format) ? { backing: null } : {};
  const file = { driver: 'file', filename: path };
  return `json:${JSON.stringify({ driver: format, ...below, file })}`;
}

async function fillConverted(
  path: string,
  definition: VolumeDefinition,
  copying: Copying,
): Promise<void> {
  const { from } = copying;
  const { format, capacity = from.capacity } = definition;
  const options = imageOptions(definition, copying);
  const input = isPlain(from.format) ? ['-f', 'raw', from.path] : [aloneImage(from)];
  await qemuImg(step, 'convert', '-q', '-O', toolName(format), ...options, ...input, path);
  if (capacity <= from.capacity) return;
  if (isPlain(format)) await truncate(path, capacity);
  else await qemuImg(step, 'resize', '-q', '-f', format, path, String(capacity));
}

/** Changes the size of the disk in an image. @throws TslxcError NO_SUPPORT for a format whose size can't be changed. */
export async function resizeImage(
  path: string,
  volume: Pick<FoundVolume, 'name' | 'format' | 'data'>,
  capacity: number,
): Promise<void> {
  const { name, format, data } = volume;
  if (format !== 'qcow2' || data !== undefined) {
    const why = data === undefined ? `of format ${format}` : 'in another file';
    throw new TslxcError('NO_SUPPORT', `the size of volume '${name}', ${why}, can't be changed`);
  }
  const words = ['resize', '-q', '--shrink', '-f', format, path, String(capacity)];
  await qemuImg('resize a storage volume', ...words);
}
