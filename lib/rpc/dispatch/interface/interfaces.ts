/** The network interfaces of the host: which there are, and what is told of one. */
import type { HostInterfaceInfo } from '../../../driver/host-interfaces/types';
import type { ActivityFilter } from '../../../driver/lookup/list-filter';
import type { interfaceProcedures, WireInterface } from '../../protocol/interface';
import type { Call, Handlers } from '../base/call';
import { checkFlags, hasFlag } from '../base/flags';
import { asked } from '../base/parameters';

/** virConnectListAllInterfacesFlags: both together filter nothing, and neither do none. */
const listFlags = { inactive: 1, active: 2 } as const;

const xmlFlags = { inactive: 1 } as const;

export const interfaceHandlers: Handlers<typeof interfaceProcedures> = {
  ConnectNumOfInterfaces: async (call) => ({ count: (await activeNames(call)).length }),
  ConnectListInterfaces: async (call, { most }) => ({
    names: asked(await activeNames(call), most),
  }),
  ConnectNumOfDefinedInterfaces: async (call) => ({ count: (await downNames(call)).length }),
  ConnectListDefinedInterfaces: async (call, { most }) => ({
    names: asked(await downNames(call), most),
  }),
  ConnectListAllInterfaces: async ({ client }, { needsResults, flags }) => {
    checkFlags(flags, listFlags.active | listFlags.inactive, 'udevConnectListAllInterfaces');
    const found = await client.connection().hostInterfaces.list(filterOf(flags));
    return { interfaces: needsResults === 0 ? [] : found.map(wireInterface), count: found.length };
  },
  InterfaceLookupByName: async ({ client }, { name }) => ({
    interface: wireInterface(await client.connection().hostInterfaces.lookup(name)),
  }),
  InterfaceLookupByMACString: async ({ client }, { mac }) => ({
    interface: wireInterface(await client.connection().hostInterfaces.lookupByMac(mac)),
  }),
  InterfaceGetXMLDesc: async ({ client }, { interface: { name }, flags }) => {
    checkFlags(flags, xmlFlags.inactive, 'udevInterfaceGetXMLDesc');
    return { xml: await client.connection().hostInterfaces.xml(name) };
  },
  InterfaceIsActive: async ({ client }, { interface: { name } }) => ({
    active: Number((await client.connection().hostInterfaces.lookup(name)).active),
  }),
};

function wireInterface({ name, mac = '' }: HostInterfaceInfo): WireInterface {
  return { name, mac };
}

function filterOf(flags: number): ActivityFilter {
  const [active, inactive] = [listFlags.active, listFlags.inactive].map((flag) =>
    hasFlag(flags, flag),
  );
  return active === inactive ? {} : { state: active === true ? 'active' : 'inactive' };
}

async function activeNames({ client }: Call): Promise<string[]> {
  const found = await client.connection().hostInterfaces.list({ state: 'active' });
  return found.map(({ name }) => name);
}

/** As in libvirt, those that the kernel calls down, and not those of which it says nothing, such as `lo`. */
async function downNames({ client }: Call): Promise<string[]> {
  const found = await client.connection().hostInterfaces.list({ state: 'inactive' });
  return found.flatMap(({ name, operationalState }) => (operationalState === 'down' ? [name] : []));
}
