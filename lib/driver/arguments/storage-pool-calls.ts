/** What the methods of a StoragePool take, and those of a Connection that are about storage pools. */
import {
  flag,
  object,
  oneOf,
  optional,
  document,
  text,
  value,
  type Fields,
  type Shape,
} from '../../shape/shape';
import type { StorageVolume } from '../storage-volume';
import type { CopyVolumeOptions, CreateVolumeOptions } from '../storage/types';
import type { CreatePoolOptions } from '../storage/verbs';
import { poolFilter } from './filter-shapes';
import { autostart, defineFields, defineOptions } from './option-shapes';

const createPoolOptions = object<CreatePoolOptions>({ ...defineFields, build: optional(flag) });

export const connectionPoolCalls = {
  defineStoragePool: [
    ['xml', document],
    ['options', optional(defineOptions)],
  ],
  createStoragePool: [
    ['xml', document],
    ['options', optional(createPoolOptions)],
  ],
  lookupStoragePoolByName: [['name', text]],
  lookupStoragePoolByUuid: [['uuid', text]],
  listStoragePools: [['filter', optional(poolFilter)]],
  lookupStorageVolumeByPath: [['path', text]],
} as const;

const createVolumeFields: Fields<CreateVolumeOptions> = {
  preallocate: optional(oneOf('metadata')),
  validate: optional(flag),
};

/** A handle: what it is called, and what its pool is. */
const volume: Shape<StorageVolume> = value({
  words: 'a StorageVolume',
  fits: isVolume,
  example: { name: 'x', pool: { name: 'x', uuid: 'x' } },
});

function isVolume(one: unknown): boolean {
  const { name, pool } = fieldsOf(one);
  const { name: ofPool, uuid } = fieldsOf(pool);
  return [name, ofPool, uuid].every((part) => typeof part === 'string');
}

function fieldsOf(one: unknown): Readonly<Record<string, unknown>> {
  return typeof one === 'object' && one !== null ? (one as Readonly<Record<string, unknown>>) : {};
}

export const storagePoolCalls = {
  xml: [
    [
      'options',
      optional(
        object<{ readonly which?: 'inactive' | undefined }>({ which: optional(oneOf('inactive')) }),
      ),
    ],
  ],
  start: [
    [
      'options',
      optional(object<{ readonly build?: boolean | undefined }>({ build: optional(flag) })),
    ],
  ],
  setAutostart: [['autostart', autostart]],
  lookupVolume: [['name', text]],
  createVolume: [
    ['xml', document],
    ['options', optional(object<CreateVolumeOptions>(createVolumeFields))],
  ],
  createVolumeFrom: [
    ['xml', document],
    ['from', volume],
    [
      'options',
      optional(
        object<CopyVolumeOptions>({
          ...createVolumeFields,
          reflink: optional(oneOf('required')),
        }),
      ),
    ],
  ],
} as const;
