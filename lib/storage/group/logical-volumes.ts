/** The volumes of a volume group: found, made, removed. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TslxcError } from '../../errors';
import { fileError, saysMissing } from '../../host/state/file-error';
import type { VolumeDefinition } from '../definition/definition';
import { isPlain } from '../definition/formats';
import { setNodePermissions } from '../volume/create';
import { fileOf } from '../volume/look';
import { copyBytes } from '../volume/tools';
import type { FoundVolume } from '../volume/volume';
import { isActive } from './group';
import { lvm, report, volumeFields } from './lvm';
import { isLvmName } from './lvm-name';

const lookStep = 'look at the volumes of a volume group';
const makeStep = 'create a storage volume';

/** Where the group is, and what it is called. */
export interface Group {
  readonly name: string;
  /** The folder with the nodes of its volumes. */
  readonly target: string;
}

/** Those that have a node, by name. A thin pool, which only holds others, is none. @throws as `report`; SyscallError. */
export async function logicalVolumes(group: Group): Promise<FoundVolume[]> {
  const asked = { group: group.name, fields: volumeFields, step: lookStep };
  const rows = await report('lvs', asked);
  const found: FoundVolume[] = [];
  for (const { lv_name: name, lv_size: size, lv_attr: attributes } of rows) {
    if (attributes.startsWith('t') || !isActive(attributes)) continue;
    const volume = await volumeOf(group, name, Number(size));
    if (volume !== undefined) found.push(volume);
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function volumeOf(
  { target }: Group,
  name: string,
  size: number,
): Promise<FoundVolume | undefined> {
  const path = join(target, name);
  try {
    const stats = await stat(path, { bigint: true });
    if (!stats.isBlockDevice()) return undefined;
    const sizes = { capacity: size, allocation: size, physical: size };
    return { name, type: 'block', ...fileOf(path, 'raw', stats), ...sizes };
  } catch (error) {
    if (saysMissing(error)) return undefined;
    throw fileError(error, lookStep);
  }
}

/**
 * Makes a volume, all of which is taken from the group at once.
 *
 * @throws TslxcError STORAGE_VOL_EXIST; CONFIG_UNSUPPORTED, NO_SUPPORT and OPERATION_INVALID for what can't be made; OPERATION_FAILED
 * with LVM's words; SyscallError.
 */
export async function makeLogicalVolume(
  group: Group,
  definition: VolumeDefinition,
  from?: FoundVolume,
): Promise<void> {
  const { name, format, backingStore, capacity = from?.capacity ?? 0 } = definition;
  const { allocation = capacity } = definition;
  if (!isLvmName(name)) {
    throw new TslxcError('OPERATION_INVALID', `'${name}' can't be the name of a logical volume`);
  }
  if (!isPlain(format)) {
    const detail = `volumes of a pool of type logical are raw: format ${format} can't be made`;
    throw new TslxcError('NO_SUPPORT', detail);
  }
  if (backingStore !== undefined || allocation < capacity) {
    const detail =
      'layers and volumes that take their room later are not made in a pool of type logical';
    throw new TslxcError('NO_SUPPORT', detail);
  }
  if ((await logicalVolumes(group)).some((one) => one.name === name)) {
    throw new TslxcError('STORAGE_VOL_EXIST', `storage volume '${name}' exists already`);
  }
  const path = join(group.target, name);
  await lvm('lvcreate', makeStep, '--yes', '--name', name, '--size', `${capacity}b`, group.name);
  try {
    await setNodePermissions(path, definition);
    if (from !== undefined) await copyBytes(from.path, path, { style: 'any', step: makeStep });
  } catch (error) {
    await removeLogicalVolume(group, name);
    throw error;
  }
}

/** @throws TslxcError OPERATION_FAILED with LVM's words, such as when it is in use. */
export async function removeLogicalVolume({ name: group }: Group, name: string): Promise<void> {
  await lvm('lvremove', 'remove a storage volume', '--yes', `${group}/${name}`);
}
