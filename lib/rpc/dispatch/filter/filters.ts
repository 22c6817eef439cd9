/** Filters for network traffic: which there are, their definitions, and the interfaces that they are in force for. */
import type {
  NetworkFilterBinding,
  NetworkFilterInfo,
} from '../../../driver/network-filters/types';
import { TslxcError } from '../../../errors';
import type { filterProcedures, WireFilter } from '../../protocol/filter';
import { done } from '../base/call';
import type { Call, Handlers } from '../base/call';
import { checkFlags, hasFlag } from '../base/flags';
import { asked } from '../base/parameters';
import { uuidBytes, uuidText } from '../base/uuid';

const defineFlags = { validate: 1 } as const;

export const filterHandlers: Handlers<typeof filterProcedures> = {
  ConnectNumOfNWFilters: async (call) => ({ count: (await filtersOf(call)).length }),
  ConnectListNWFilters: async (call, { most }) => {
    const names = (await filtersOf(call)).map(({ name }) => name);
    return { names: asked(names, most) };
  },
  ConnectListAllNWFilters: async (call, { needsResults, flags }) => {
    checkFlags(flags, 0, 'nwfilterConnectListAllNWFilters');
    const found = await filtersOf(call);
    return { filters: needsResults === 0 ? [] : found.map(wireFilter), count: found.length };
  },
  NWFilterLookupByName: async ({ client }, { name }) => ({
    filter: wireFilter(await client.connection().networkFilters.lookup(name)),
  }),
  NWFilterLookupByUUID: async ({ client }, { uuid }) => ({
    filter: wireFilter(await client.connection().networkFilters.lookupByUuid(uuidText(uuid))),
  }),
  NWFilterDefineXML: (call, { xml }) => define(call, xml, 0),
  NWFilterDefineXMLFlags: async (call, { xml, flags }) => {
    checkFlags(flags, defineFlags.validate, 'nwfilterDefineXMLFlags');
    return define(call, xml, flags);
  },
  NWFilterGetXMLDesc: async (call, { filter, flags }) => {
    checkFlags(flags, 0, 'nwfilterGetXMLDesc');
    const name = await nameOf(call, filter);
    return { xml: await call.client.connection().networkFilters.xml(name) };
  },
  NWFilterUndefine: async (call, { filter }) => {
    const name = await nameOf(call, filter);
    await call.client.connection().networkFilters.undefine(name);
    return done;
  },
  ConnectListAllNWFilterBindings: async ({ client }, { needsResults, flags }) => {
    checkFlags(flags, 0, 'nwfilterConnectListAllNWFilterBindings');
    const found = await client.connection().networkFilters.bindings();
    return { bindings: needsResults === 0 ? [] : found.map(wireBinding), count: found.length };
  },
  NWFilterBindingLookupByPortDev: async ({ client }, { port }) => {
    const all = await client.connection().networkFilters.bindings();
    const found = all.find((one) => one.port === port);
    if (found !== undefined) return { binding: wireBinding(found) };
    throw new TslxcError('NO_NWFILTER_BINDING', `no nwfilter binding for port dev '${port}'`);
  },
  NWFilterBindingGetXMLDesc: async ({ client }, { binding: { port }, flags }) => {
    checkFlags(flags, 0, 'nwfilterBindingGetXMLDesc');
    return { xml: await client.connection().networkFilters.bindingXml(port) };
  },
};

function filtersOf({ client }: Call): Promise<NetworkFilterInfo[]> {
  return client.connection().networkFilters.list();
}

/** As in libvirt, the uuid identifies it. */
async function nameOf({ client }: Call, { uuid }: WireFilter): Promise<string> {
  return (await client.connection().networkFilters.lookupByUuid(uuidText(uuid))).name;
}

async function define(
  { client }: Call,
  xml: string,
  flags: number,
): Promise<{ readonly filter: WireFilter }> {
  const options = hasFlag(flags, defineFlags.validate) ? { validate: true } : {};
  return { filter: wireFilter(await client.connection().networkFilters.define(xml, options)) };
}

function wireFilter({ name, uuid }: NetworkFilterInfo): WireFilter {
  return { name, uuid: uuidBytes(uuid) };
}

function wireBinding({ port, filter }: NetworkFilterBinding) {
  return { port, filter };
}
