/** Finds the storage pool and the volume that a command line names: a pool by uuid or name, a volume by name or path, as virsh does. */
import { TslxcError } from '../../errors';
import { CommandError } from '../shell/command-error';
import type { Connection, StoragePool, StorageVolume } from '../../index';
import type { Option, Options } from '../shell/arguments';
import { findNamed, type NameKey } from './find-named';

/** The option that names the pool in most commands. */
export const poolOption: Option = {
  name: 'pool',
  kind: 'string',
  help: 'pool name or uuid',
  positional: 'required',
};

/** The options that name a volume. */
export const volumeOption: Option = {
  name: 'vol',
  kind: 'string',
  help: 'vol name, key or path',
  positional: 'required',
};
export const poolOfVolumeOption: Option = {
  name: 'pool',
  kind: 'string',
  help: 'pool name or uuid',
  positional: 'optional',
};

/** Rejects with `failed to get pool 'x'`, and the library's error of the last look-up. */
export function findPool(
  connection: Connection,
  text: string,
  keys?: readonly NameKey[],
): Promise<StoragePool> {
  const kind = {
    noun: 'pool',
    missing: 'NO_STORAGE_POOL',
    byUuid: (uuid: string) => connection.lookupStoragePoolByUuid(uuid),
    byName: (name: string) => connection.lookupStoragePoolByName(name),
    list: () => connection.listStoragePools(),
  } as const;
  return findNamed(kind, text, keys);
}

/** The volume that the option `vol` names, in the pool that this option names, if it is given. */
export async function findVolume(
  connection: Connection,
  options: Options,
  poolFrom: 'pool' | 'inputpool' | 'noOption' = 'pool',
): Promise<StorageVolume> {
  const text = options.required('vol');
  const poolName = poolFrom === 'noOption' ? undefined : options.string(poolFrom);
  const pool = poolName === undefined ? undefined : await findPool(connection, poolName);
  if (pool !== undefined && !(await pool.info()).active) {
    throw new CommandError(`pool '${poolName ?? ''}' is not active`, { code: 'OPERATION_INVALID' });
  }
  const inPool = await found(async () => pool?.lookupVolume(text));
  if (inPool !== undefined) return inPool;
  try {
    const volume = await connection.lookupStorageVolumeByPath(text);
    if (pool === undefined || volume.pool.uuid === pool.uuid) return volume;
  } catch (error) {
    const mightHelp = poolFrom !== 'noOption' && pool === undefined;
    const hint = mightHelp ? `, specifying --${poolFrom} might help` : '';
    throw new CommandError(`failed to get vol '${text}'${hint}`, { cause: error });
  }
  const detail = `Requested volume '${text}' is not in pool '${poolName ?? ''}'`;
  throw new CommandError(detail, { code: 'NO_STORAGE_VOL' });
}

/** Undefined for a volume that there is not. */
async function found(
  look: () => Promise<StorageVolume | undefined>,
): Promise<StorageVolume | undefined> {
  try {
    return await look();
  } catch (error) {
    if (TslxcError.is(error, 'NO_STORAGE_VOL')) return undefined;
    throw error;
  }
}
