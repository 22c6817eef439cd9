/** Which domains there are. */
import type { SeenDomain } from '../../../driver/connection';
import { TslxcError } from '../../../errors';
import type { ListFilter } from '../../../driver/lookup/list-filter';
import type { domainProcedures } from '../../protocol/domain';
import type { Call, Handlers } from '../base/call';
import { checkFlags, hasFlag } from '../base/flags';
import { inSlices } from '../base/in-slices';
import { asked } from '../base/parameters';
import { wireDomain, wireSeen } from '../base/identities';
import { uuidText } from '../base/uuid';

type Names =
  | 'ConnectListAllDomains'
  | 'ConnectListDomains'
  | 'ConnectNumOfDomains'
  | 'ConnectListDefinedDomains'
  | 'ConnectNumOfDefinedDomains'
  | 'DomainLookupByID'
  | 'DomainLookupByName'
  | 'DomainLookupByUUID';

/** Filters. Several flags about the same property mean any of them; none of them means all. */
export const listFlags = {
  active: 1,
  inactive: 2,
  persistent: 4,
  transient: 8,
  running: 16,
  paused: 32,
  shutoff: 64,
  other: 128,
  managedSave: 256,
  noManagedSave: 512,
  autostart: 1024,
  noAutostart: 2048,
  snapshot: 4096,
  noSnapshot: 8192,
  checkpoint: 16_384,
  noCheckpoint: 32_768,
} as const;

/** What libvirt's driver for containers does not have: its list of the domains that have it is empty, and so is this one. */
const absent = [
  [listFlags.managedSave, listFlags.noManagedSave],
  [listFlags.snapshot, listFlags.noSnapshot],
  [listFlags.checkpoint, listFlags.noCheckpoint],
] as const;

const allFlags = Object.values(listFlags).reduce((sum, flag) => sum | flag, 0);

export const listHandlers: Handlers<Pick<typeof domainProcedures, Names>> = {
  ConnectListAllDomains: async (call, { needsResults, flags }) => {
    checkFlags(flags, allFlags, 'lxcConnectListAllDomains');
    const found = await listed(call, flags);
    const domains = needsResults === 0 ? [] : found.map(wireSeen);
    return { domains, count: found.length };
  },
  ConnectListDomains: async (call, { most }) => {
    const found = await seen(call, { state: 'active' });
    return {
      ids: asked(
        found.flatMap(({ id }) => (id === undefined ? [] : [id])),
        most,
      ),
    };
  },
  ConnectNumOfDomains: async (call) => ({ count: (await seen(call, { state: 'active' })).length }),
  ConnectListDefinedDomains: async (call, { most }) => {
    const found = await seen(call, { state: 'inactive' });
    return {
      names: asked(
        found.map(({ domain }) => domain.name),
        most,
      ),
    };
  },
  ConnectNumOfDefinedDomains: async (call) => ({
    count: (await seen(call, { state: 'inactive' })).length,
  }),
  DomainLookupByID: async ({ client }, { id }) => ({
    domain: wireDomain(await client.connection().lookupDomainById(id)),
  }),
  DomainLookupByName: async ({ client }, { name }) => ({
    domain: wireDomain(await client.connection().lookupDomainByName(name)),
  }),
  DomainLookupByUUID: async ({ client }, { uuid }) => ({
    domain: wireDomain(await client.connection().lookupDomainByUuid(uuidText(uuid))),
  }),
};

function seen({ client }: Call, filter: ListFilter): Promise<SeenDomain[]> {
  return client.connection().listSeenDomains(filter);
}

/** The domains that pass the filters. */
export async function listed(call: Call, flags: number): Promise<SeenDomain[]> {
  if (absent.some(([has, lacks]) => hasFlag(flags, has) && !hasFlag(flags, lacks))) return [];
  const found = await seen(call, filterOf(flags));
  const passing = await inSlices(found, async (one) => ((await passes(one, flags)) ? [one] : []));
  return passing.flat();
}

function filterOf(flags: number): ListFilter {
  const active = hasFlag(flags, listFlags.active);
  const persistent = hasFlag(flags, listFlags.persistent);
  const marked = hasFlag(flags, listFlags.autostart);
  const isState = active !== hasFlag(flags, listFlags.inactive);
  const isPersistence = persistent !== hasFlag(flags, listFlags.transient);
  return {
    ...(isState ? { state: active ? 'active' : 'inactive' } : {}),
    ...(isPersistence ? { persistence: persistent ? 'persistent' : 'transient' } : {}),
    ...(marked === hasFlag(flags, listFlags.noAutostart)
      ? {}
      : { autostart: marked ? 'on' : 'off' }),
  };
}

const stateFlags = listFlags.running | listFlags.paused | listFlags.shutoff | listFlags.other;

/** Applies the filters that the library does not have. A domain that has gone meanwhile passes none. */
async function passes({ state }: SeenDomain, flags: number): Promise<boolean> {
  if (!hasFlag(flags, stateFlags)) return true;
  try {
    const { state: now } = await state();
    return hasFlag(flags, listFlags[now === 'nostate' ? 'other' : now]);
  } catch (error) {
    if (TslxcError.is(error, 'NO_DOMAIN')) return false;
    throw error;
  }
}
