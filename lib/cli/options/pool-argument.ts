/** Finds the storage pool and the volume that a command line names: a pool by uuid or name, a volume by name or path, as virsh does. */
import { TslxcError } from '../../errors';
import { CommandError } from '../shell/command-error';
import { suggestion } from '../../suggestion';
import type { Connection, StoragePool, StorageVolume } from '../../index';
import type { Option, Options } from '../shell/arguments';

export type PoolKey = 'uuid' | 'name';

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
export async function findPool(
  connection: Connection,
  text: string,
  keys: readonly PoolKey[] = ['uuid', 'name'],
): Promise<StoragePool> {
  let last: unknown;
  for (const lookup of lookups(connection, text, keys)) {
    try {
      return await lookup();
    } catch (error) {
      last = error;
      if (!TslxcError.is(error, 'NO_STORAGE_POOL')) break;
    }
  }
  const hint = TslxcError.is(last, 'NO_STORAGE_POOL') ? await hintFor(connection, text) : '';
  throw new CommandError(`failed to get pool '${text}'${hint}`, {
    cause: last,
    code: 'NO_STORAGE_POOL',
  });
}

/** Suggests an existing pool with a similar name. */
async function hintFor(connection: Connection, text: string): Promise<string> {
  const pools = await connection.listStoragePools().catch(() => []);
  return suggestion(
    text,
    pools.map(({ name }) => name),
  );
}

function* lookups(
  connection: Connection,
  text: string,
  keys: readonly PoolKey[],
): Generator<() => Promise<StoragePool>> {
  if (keys.includes('uuid') && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    yield () => connection.lookupStoragePoolByUuid(text.toLowerCase());
  }
  if (keys.includes('name')) yield () => connection.lookupStoragePoolByName(text);
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
