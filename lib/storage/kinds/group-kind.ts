/** Pools of type logical: volumes are the logical volumes of a volume group of LVM. */
import { TslxcError } from '../../errors';
import type { GroupSource, PoolDefinition } from '../definition/definition';
import { isPlain } from '../definition/formats';
import { lookAtGroup, makeGroup, removeGroup } from '../group/group';
import {
  logicalVolumes,
  makeLogicalVolume,
  removeLogicalVolume,
  type Group,
} from '../group/logical-volumes';
import type { PoolKind } from './pool-kind';

export const groupKind: PoolKind = {
  build: (pool) => makeGroup(sourceOf(pool)),
  remove: (pool) => removeGroup(sourceOf(pool)),
  look: (pool) => lookAtGroup(sourceOf(pool), pool.target),
  names: async (pool) => (await logicalVolumes(groupOf(pool))).map(({ name }) => name),
  volumes: async (pool, names) =>
    (await logicalVolumes(groupOf(pool))).filter(({ name }) => names.has(name)),
  volume: async (pool, wanted) =>
    (await logicalVolumes(groupOf(pool))).find(({ name }) => name === wanted),
  make: (pool, definition, { preallocate }) => {
    if (preallocate !== undefined) throw unsupported('has no metadata to allocate');
    return makeLogicalVolume(groupOf(pool), definition);
  },
  copy: (pool, definition, { from, style }) => {
    if (from.type === 'dir' || !isPlain(from.format))
      throw unsupported('can only be a copy of a raw volume');
    if (style === 'shared') throw unsupported("can't share its blocks with another");
    if ((definition.capacity ?? from.capacity) < from.capacity)
      throw unsupported('has to be as large as what is copied into it');
    return makeLogicalVolume(groupOf(pool), definition, from);
  },
  removeVolume: (pool, { name }) => removeLogicalVolume(groupOf(pool), name),
  resize: () =>
    Promise.reject(
      new TslxcError('NO_SUPPORT', 'storage pool does not support changing of volume capacity'),
    ),
};

function unsupported(what: string): TslxcError {
  return new TslxcError('NO_SUPPORT', `a volume of a pool of type logical ${what}`);
}

function sourceOf({ name, source }: PoolDefinition): GroupSource {
  if (source.group !== undefined) return source.group;
  throw new RangeError(`pool '${name}' has no volume group`);
}

function groupOf(pool: PoolDefinition): Group {
  return { name: sourceOf(pool).name, target: pool.target };
}
