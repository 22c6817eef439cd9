/** Virtual networks: which there are, their definitions, how they are started and stopped. */
import type { Network } from '../../../driver/network';
import type { ListFilter } from '../../../driver/lookup/list-filter';
import { networkSectionOf, networkUpdateCommandOf } from '../../../network/definition/update-names';
import { TslxcError } from '../../../errors';
import type { networkProcedures } from '../../protocol/network';
import type { WireNetwork } from '../../protocol/values';
import { done } from '../base/call';
import type { Call, Handlers } from '../base/call';
import { bothAffects, checkFlags, hasFlag, whichOf } from '../base/flags';
import { wireNetwork, withNetwork } from '../base/identities';
import { uuidText } from '../base/uuid';
import { readAnnotation, writeAnnotation } from '../base/annotations';
import { asked } from '../base/parameters';

type Names = Exclude<
  keyof typeof networkProcedures,
  | 'NetworkGetDHCPLeases'
  | 'NetworkListAllPorts'
  | 'NetworkPortLookupByUUID'
  | 'NetworkPortCreateXML'
  | 'NetworkPortGetXMLDesc'
  | 'NetworkPortGetParameters'
  | 'NetworkPortSetParameters'
  | 'NetworkPortDelete'
>;

/** virConnectListAllNetworksFlags: both flags of a pair together filter nothing. */
const listFlags = {
  inactive: 1,
  active: 2,
  persistent: 4,
  transient: 8,
  autostart: 16,
  noAutostart: 32,
} as const;

const allListFlags = Object.values(listFlags).reduce((sum, flag) => sum | flag, 0);

const xmlFlags = { inactive: 1 } as const;
const defineFlags = { validate: 1 } as const;

export const networkHandlers: Handlers<Pick<typeof networkProcedures, Names>> = {
  ConnectListAllNetworks: async (call, { needsResults, flags }) => {
    checkFlags(flags, allListFlags, 'networkConnectListAllNetworks');
    const found = await call.client.connection().listNetworks(filterOf(flags));
    return { networks: needsResults === 0 ? [] : found.map(wireNetwork), count: found.length };
  },
  ConnectNumOfNetworks: async (call) => ({ count: (await inState(call, 'active')).length }),
  ConnectListNetworks: async (call, { most }) => ({
    names: asked(await namesInState(call, 'active'), most),
  }),
  ConnectNumOfDefinedNetworks: async (call) => ({
    count: (await inState(call, 'inactive')).length,
  }),
  ConnectListDefinedNetworks: async (call, { most }) => ({
    names: asked(await namesInState(call, 'inactive'), most),
  }),
  NetworkLookupByName: async ({ client }, { name }) => ({
    network: wireNetwork(await client.connection().lookupNetworkByName(name)),
  }),
  NetworkLookupByUUID: async ({ client }, { uuid }) => ({
    network: wireNetwork(await client.connection().lookupNetworkByUuid(uuidText(uuid))),
  }),
  NetworkDefineXML: (call, { xml }) => define(call, xml, 0),
  NetworkDefineXMLFlags: (call, { xml, flags }) => {
    checkFlags(flags, defineFlags.validate, 'networkDefineXMLFlags');
    return define(call, xml, flags);
  },
  NetworkCreateXML: (call, { xml }) => create(call, xml, 0),
  NetworkCreateXMLFlags: (call, { xml, flags }) => {
    checkFlags(flags, defineFlags.validate, 'networkCreateXMLFlags');
    return create(call, xml, flags);
  },
  NetworkCreate: (call, { network }) => does(call, network, (one) => one.start()),
  NetworkDestroy: (call, { network }) => does(call, network, (one) => one.destroy()),
  NetworkUndefine: (call, { network }) => does(call, network, (one) => one.undefine()),
  NetworkUpdate: (call, { network, command, section, parentIndex, xml, flags }) => {
    checkFlags(flags, bothAffects, 'networkUpdate');
    const verb = networkUpdateCommandOf(command);
    if (verb === undefined) {
      throw new TslxcError('INVALID_ARG', `unrecognized network update command code ${command}`);
    }
    const part = networkSectionOf(section);
    if (part === undefined) {
      throw new TslxcError('NO_SUPPORT', `can't update unrecognized section of network`);
    }
    const parent = parentIndex < 0 ? {} : { parentIndex };
    return does(call, network, (one) =>
      one.update({ command: verb, section: part, xml, ...parent, ...whichOf(flags) }),
    );
  },
  NetworkGetXMLDesc: (call, { network, flags }) => {
    checkFlags(flags, xmlFlags.inactive, 'networkGetXMLDesc');
    const which = hasFlag(flags, xmlFlags.inactive) ? ({ which: 'inactive' } as const) : {};
    return withNetwork(call, network, async (one) => ({ xml: await one.xml(which) }));
  },
  NetworkGetBridgeName: (call, { network }) =>
    withNetwork(call, network, async (one) => {
      const { bridge } = await one.info();
      if (bridge !== undefined) return { name: bridge };
      const detail = `network '${one.name}' does not have a bridge name.`;
      throw new TslxcError('INTERNAL_ERROR', detail);
    }),
  NetworkGetAutostart: (call, { network }) =>
    withNetwork(call, network, async (one) => ({
      autostart: Number((await one.info()).autostart),
    })),
  NetworkSetAutostart: (call, { network, autostart }) =>
    does(call, network, (one) => one.setAutostart(autostart === 0 ? 'off' : 'on')),
  NetworkIsActive: (call, { network }) =>
    withNetwork(call, network, async (one) => ({ active: Number((await one.info()).active) })),
  NetworkIsPersistent: (call, { network }) =>
    withNetwork(call, network, async (one) => ({
      persistent: Number((await one.info()).persistent),
    })),
  NetworkGetMetadata: (call, { network, flags, ...what }) => {
    checkFlags(flags, bothAffects, 'virNetworkObjGetMetadata');
    return withNetwork(call, network, async (one) => ({
      metadata: await readAnnotation(one, {
        ...what,
        ...whichOf(flags),
        missing: 'NO_NETWORK_METADATA',
      }),
    }));
  },
  NetworkSetMetadata: (call, { network, flags, ...what }) => {
    checkFlags(flags, bothAffects, 'networkSetMetadata');
    return does(call, network, (one) => writeAnnotation(one, { ...what, ...whichOf(flags) }));
  },
};

function filterOf(flags: number): ListFilter {
  const has = (name: keyof typeof listFlags): boolean => hasFlag(flags, listFlags[name]);
  return {
    ...(has('active') === has('inactive') ? {} : { state: has('active') ? 'active' : 'inactive' }),
    ...(has('persistent') === has('transient')
      ? {}
      : { persistence: has('persistent') ? 'persistent' : 'transient' }),
    ...(has('autostart') === has('noAutostart')
      ? {}
      : { autostart: has('autostart') ? 'on' : 'off' }),
  };
}

async function namesInState(call: Call, state: 'active' | 'inactive'): Promise<string[]> {
  return (await inState(call, state)).map(({ name }) => name);
}

function inState({ client }: Call, state: 'active' | 'inactive'): Promise<Network[]> {
  return client.connection().listNetworks({ state });
}

async function define(
  { client }: Call,
  xml: string,
  flags: number,
): Promise<{ network: WireNetwork }> {
  return { network: wireNetwork(await client.connection().defineNetwork(xml, checking(flags))) };
}

async function create(
  { client }: Call,
  xml: string,
  flags: number,
): Promise<{ network: WireNetwork }> {
  return { network: wireNetwork(await client.connection().createNetwork(xml, checking(flags))) };
}

function checking(flags: number): { readonly validate?: boolean } {
  return hasFlag(flags, defineFlags.validate) ? { validate: true } : {};
}

async function does(
  call: Call,
  named: WireNetwork,
  action: (network: Network) => Promise<unknown>,
): Promise<typeof done> {
  await withNetwork(call, named, action);
  return done;
}
