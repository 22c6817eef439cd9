/** Storage pools and volumes as clients name them, and as the library does. */
import type { StoragePool } from '../../../driver/storage-pool';
import type { StorageVolume } from '../../../driver/storage-volume';
import { TslxcError } from '../../../errors';
import type { WireStoragePool, WireStorageVolume } from '../../protocol/storage/values';
import type { Call } from '../base/call';
import { uuidBytes, uuidText } from '../base/uuid';

export function wirePool({ name, uuid }: StoragePool): WireStoragePool {
  return { name, uuid: uuidBytes(uuid) };
}

export function wireVolume({ pool, name, path }: StorageVolume): WireStorageVolume {
  return { pool: pool.name, name, key: path };
}

/** The pool that a client names: as in libvirt, by its uuid. @throws TslxcError NO_STORAGE_POOL in libvirt's words. */
export async function poolOf(
  { client }: Call,
  { name, uuid }: WireStoragePool,
): Promise<StoragePool> {
  const text = uuidText(uuid);
  try {
    return await client.connection().lookupStoragePoolByUuid(text);
  } catch (error) {
    if (!TslxcError.is(error, 'NO_STORAGE_POOL')) throw error;
    const detail = `no storage pool with matching uuid '${text}' (${name})`;
    throw new TslxcError('NO_STORAGE_POOL', detail);
  }
}

/** The volume that a client names: as in libvirt, by the names of its pool and its own. @throws TslxcError NO_STORAGE_POOL, NO_STORAGE_VOL. */
export async function volumeOf(
  { client }: Call,
  { pool, name }: WireStorageVolume,
): Promise<StorageVolume> {
  return (await client.connection().lookupStoragePoolByName(pool)).lookupVolume(name);
}
