/** The volume group of a pool of type logical: made, activated, looked at, removed. */
import { stat } from 'node:fs/promises';
import { fileError, saysMissing } from '../../host/state/file-error';
import type { GroupSource } from '../definition/definition';
import type { LivePool } from '../definition/format-pool';
import { TslxcError } from '../../errors';
import { lvm, report, volumeFields } from './lvm';

const lookStep = 'look at a volume group';

/**
 * Makes the group of its devices. One with anything on it that LVM knows is not taken.
 *
 * @throws TslxcError OPERATION_INVALID if it has none; OPERATION_UNSUPPORTED when lvm2 is not installed; OPERATION_FAILED with LVM's words.
 */
export async function makeGroup({ name, devices }: GroupSource): Promise<void> {
  if (devices.length === 0) {
    const detail = `the pool names no <device> to make the volume group '${name}' of`;
    throw new TslxcError('OPERATION_INVALID', detail);
  }
  await lvm('vgcreate', 'build a storage pool', name, ...devices);
}

/** Removes the group, which may have no volumes, and LVM's mark on its devices. @throws as `makeGroup`. */
export async function removeGroup({ name, devices }: GroupSource): Promise<void> {
  const step = 'remove the volume group of a storage pool';
  await lvm('vgremove', step, name);
  if (devices.length > 0) await lvm('pvremove', step, ...devices);
}

/** Whether any volume of the group has a device node, by whoever. @throws as `report`. */
export async function isGroupActive(group: string): Promise<boolean> {
  const rows = await report('lvs', { group, fields: volumeFields, step: lookStep });
  return rows.some(({ lv_attr: attributes }) => isActive(attributes));
}

/** The fifth character of lv_attr: lvs(8). */
export function isActive(attributes: string): boolean {
  return attributes[4] === 'a';
}

/** Makes the nodes of all its volumes. @throws as `makeGroup`. */
export async function activateGroup(name: string): Promise<void> {
  await lvm('vgchange', 'start a storage pool', '--activate', 'y', name);
}

/** Takes the nodes away. @throws TslxcError OPERATION_FAILED when a volume is in use: then nothing changes. */
export async function deactivateGroup(name: string): Promise<void> {
  await lvm('vgchange', 'stop a storage pool', '--activate', 'n', name);
}

/** The room in the group. The folder below /dev is there only while a volume has a node. @throws as `report`. */
export async function lookAtGroup({ name }: GroupSource, target: string): Promise<LivePool> {
  const [row] = await report('vgs', {
    group: name,
    fields: ['vg_size', 'vg_free'],
    step: lookStep,
  });
  const [capacity, available] = [Number(row?.vg_size), Number(row?.vg_free)];
  if (!Number.isSafeInteger(capacity) || !Number.isSafeInteger(available)) {
    throw new TslxcError(
      'OPERATION_FAILED',
      `vgs does not say how large '${name}' is (${lookStep})`,
    );
  }
  return {
    capacity,
    available,
    allocation: capacity - available,
    permissions: await permissionsOf(target),
  };
}

async function permissionsOf(target: string): Promise<LivePool['permissions']> {
  try {
    const { mode, uid, gid } = await stat(target);
    return { mode: mode & 0o7777, owner: uid, group: gid };
  } catch (error) {
    if (saysMissing(error)) return {};
    throw fileError(error, lookStep);
  }
}
