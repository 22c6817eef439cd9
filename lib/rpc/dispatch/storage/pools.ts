/** Storage pools: which there are, their definitions, how they are started and stopped. */
import type { StoragePool } from '../../../driver/storage-pool';
import type { StoragePoolFilter } from '../../../driver/storage/types';
import { TslxcError } from '../../../errors';
import { knownPoolTypes, poolTypes } from '../../../storage/definition/formats';
import type { poolProcedures } from '../../protocol/storage/pools';
import type { WireStoragePool } from '../../protocol/storage/values';
import { done } from '../base/call';
import type { Call, Handlers } from '../base/call';
import { checkFlags, hasFlag } from '../base/flags';
import { asked } from '../base/parameters';
import { uuidText } from '../base/uuid';
import { poolOf, wirePool } from './identities';

/** virConnectListAllStoragePoolsFlags: both flags of a pair together filter nothing. */
const listFlags = {
  inactive: 1,
  active: 2,
  persistent: 4,
  transient: 8,
  autostart: 16,
  noAutostart: 32,
} as const;

/** The flags of types, from the first on. In libvirt's numbering of them, iscsi-direct is the last. */
const typeFlags = [...knownPoolTypes.filter((type) => type !== 'iscsi-direct'), 'iscsi-direct'];
const firstTypeFlag = 6;
const allListFlags = 2 ** (firstTypeFlag + typeFlags.length) - 1;

const createFlags = { build: 1 } as const;
const defineFlags = { validate: 1 } as const;
const xmlFlags = { inactive: 1 } as const;

/** virStoragePoolState. */
const states = { inactive: 0, running: 2 } as const;

export const poolHandlers: Handlers<typeof poolProcedures> = {
  ConnectListAllStoragePools: async ({ client }, { needsResults, flags }) => {
    checkFlags(flags, allListFlags, 'storageConnectListAllStoragePools');
    const found = await client.connection().listStoragePools(filterOf(flags));
    return { pools: needsResults === 0 ? [] : found.map(wirePool), count: found.length };
  },
  ConnectNumOfStoragePools: async (call) => ({ count: (await inState(call, 'active')).length }),
  ConnectListStoragePools: async (call, { most }) => ({
    names: asked(await namesInState(call, 'active'), most),
  }),
  ConnectNumOfDefinedStoragePools: async (call) => ({
    count: (await inState(call, 'inactive')).length,
  }),
  ConnectListDefinedStoragePools: async (call, { most }) => ({
    names: asked(await namesInState(call, 'inactive'), most),
  }),
  StoragePoolLookupByName: async ({ client }, { name }) => ({
    pool: wirePool(await client.connection().lookupStoragePoolByName(name)),
  }),
  StoragePoolLookupByUUID: async ({ client }, { uuid }) => ({
    pool: wirePool(await client.connection().lookupStoragePoolByUuid(uuidText(uuid))),
  }),
  StoragePoolLookupByVolume: async ({ client }, { volume }) => ({
    pool: wirePool(await client.connection().lookupStoragePoolByName(volume.pool)),
  }),
  StoragePoolLookupByTargetPath: async (call, { path }) => ({
    pool: wirePool(await poolAt(call, path)),
  }),
  StoragePoolDefineXML: async ({ client }, { xml, flags }) => {
    checkFlags(flags, defineFlags.validate, 'storagePoolDefineXML');
    const validate = hasFlag(flags, defineFlags.validate);
    return { pool: wirePool(await client.connection().defineStoragePool(xml, { validate })) };
  },
  StoragePoolCreateXML: async ({ client }, { xml, flags }) => {
    checkFlags(flags, createFlags.build, 'storagePoolCreateXML');
    const build = hasFlag(flags, createFlags.build);
    return { pool: wirePool(await client.connection().createStoragePool(xml, { build })) };
  },
  StoragePoolCreate: (call, { pool, flags }) => {
    checkFlags(flags, createFlags.build, 'storagePoolCreate');
    return does(call, pool, (one) => one.start({ build: hasFlag(flags, createFlags.build) }));
  },
  StoragePoolBuild: (call, { pool, flags }) => {
    checkFlags(flags, 0, 'storagePoolBuild');
    return does(call, pool, (one) => one.build());
  },
  StoragePoolDestroy: (call, { pool }) => does(call, pool, (one) => one.destroy()),
  StoragePoolDelete: (call, { pool, flags }) => {
    checkFlags(flags, 0, 'storagePoolDelete');
    return does(call, pool, (one) => one.delete());
  },
  StoragePoolUndefine: (call, { pool }) => does(call, pool, (one) => one.undefine()),
  StoragePoolRefresh: (call, { pool, flags }) => {
    checkFlags(flags, 0, 'storagePoolRefresh');
    return does(call, pool, (one) => one.refresh());
  },
  StoragePoolGetInfo: async (call, { pool }) => {
    const { active, capacity, allocation, available } = await (await poolOf(call, pool)).info();
    return {
      state: active ? states.running : states.inactive,
      capacity: BigInt(capacity),
      allocation: BigInt(allocation),
      available: BigInt(available),
    };
  },
  StoragePoolGetXMLDesc: async (call, { pool, flags }) => {
    checkFlags(flags, xmlFlags.inactive, 'storagePoolGetXMLDesc');
    const which = hasFlag(flags, xmlFlags.inactive) ? ({ which: 'inactive' } as const) : {};
    return { xml: await (await poolOf(call, pool)).xml(which) };
  },
  StoragePoolGetAutostart: async (call, { pool }) => ({
    autostart: Number((await (await poolOf(call, pool)).info()).autostart),
  }),
  StoragePoolSetAutostart: (call, { pool, autostart }) =>
    does(call, pool, (one) => one.setAutostart(autostart === 0 ? 'off' : 'on')),
  StoragePoolIsActive: async (call, { pool }) => ({
    active: Number((await (await poolOf(call, pool)).info()).active),
  }),
  StoragePoolIsPersistent: async (call, { pool }) => ({
    persistent: Number((await (await poolOf(call, pool)).info()).persistent),
  }),
};

function filterOf(flags: number): StoragePoolFilter {
  const has = (name: keyof typeof listFlags): boolean => hasFlag(flags, listFlags[name]);
  const types = poolTypes.filter((type) =>
    hasFlag(flags, 2 ** (firstTypeFlag + typeFlags.indexOf(type))),
  );
  const asksForTypes = flags >= 2 ** firstTypeFlag;
  return {
    ...(has('active') === has('inactive') ? {} : { state: has('active') ? 'active' : 'inactive' }),
    ...(has('persistent') === has('transient')
      ? {}
      : { persistence: has('persistent') ? 'persistent' : 'transient' }),
    ...(has('autostart') === has('noAutostart')
      ? {}
      : { autostart: has('autostart') ? 'on' : 'off' }),
    ...(asksForTypes ? { types } : {}),
  };
}

async function namesInState(call: Call, state: 'active' | 'inactive'): Promise<string[]> {
  return (await inState(call, state)).map(({ name }) => name);
}

function inState({ client }: Call, state: 'active' | 'inactive'): Promise<StoragePool[]> {
  return client.connection().listStoragePools({ state });
}

async function poolAt(call: Call, path: string): Promise<StoragePool> {
  const wanted = path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  for (const pool of await inState(call, 'active')) {
    if ((await pool.info()).target === wanted) return pool;
  }
  const detail = `no storage pool with matching target path '${path}'`;
  throw new TslxcError('NO_STORAGE_POOL', detail);
}

async function does(
  call: Call,
  named: WireStoragePool,
  action: (pool: StoragePool) => Promise<void>,
): Promise<typeof done> {
  await action(await poolOf(call, named));
  return done;
}
