/** What can be read of one network: its state, its XML, its leases. Changes nothing, except that it repairs a network. */
import type { Identity } from '../../host/state/definitions/definition-store';
import { networkPaths } from '../../host/state/state-paths';
import { parseMac } from '../../domain/interface/mac-address';
import { TslxcError } from '../../errors';
import type { NetworkDefinition } from '../../network/definition/definition';
import { formatNetwork } from '../../network/definition/format';
import { readLeases } from '../../network/dnsmasq/leases';
import type { Lease } from '../../network/dnsmasq/leases';
import { runningDefinition } from '../../network/lifecycle/reconcile';
import { countConnections } from './links';
import { unreadableWords } from '../lookup/lookup';
import { currentNetwork, noNetwork } from './lookup';
import type { FoundNetwork } from './lookup';
import { isActive } from './settling';
import type { Session } from '../session/session';
import type { NetworkInfo } from '../types';

/** @throws TslxcError NO_NETWORK. */
export async function networkInfo(session: Session, identity: Identity): Promise<NetworkInfo> {
  const found = await currentNetwork(session, identity);
  const { name, state } = found;
  const unreadable = session.networks.identity(name)?.unreadable;
  const bridge = definitionOf(session, found)?.bridge.name;
  return {
    active: isActive(state),
    persistent: found.persistence === 'persistent',
    autostart: session.networks.isAutostarted(name),
    ...(bridge === undefined ? {} : { bridge }),
    connections: await countConnections(session, { network: name, bridge }),
    ...(unreadable === undefined ? {} : { unreadable: unreadableWords(unreadable) }),
  };
}

/**
 * The XML of the running network, or of the next start; by default the live one if there is one.
 *
 * @throws TslxcError OPERATION_INVALID for the live XML of a network that is off, NO_NETWORK.
 */
export async function networkXml(
  session: Session,
  identity: Identity,
  which: 'live' | 'inactive' | undefined,
): Promise<string> {
  const found = await currentNetwork(session, identity);
  const { name, state } = found;
  if (!isActive(state)) {
    if (which === 'live') throw notActive(name);
    return formatNetwork(stored(session, identity));
  }
  if (which === 'inactive' && session.networks.has(name)) {
    return formatNetwork(stored(session, identity));
  }
  const definition = runningDefinition(state.record);
  if (which === 'inactive') return formatNetwork(definition);
  const { name: bridge } = definition.bridge;
  const connections = await countConnections(session, { network: name, bridge });
  return formatNetwork(definition, { connections });
}

/**
 * As libvirt's networkGetDHCPLeases: the address is checked first, and a network that is off has the leases that its last run has
 * left, with which its next one goes on.
 *
 * @throws TslxcError INVALID_ARG for what is no MAC address, NO_NETWORK; SyscallError.
 */
export async function networkLeases(
  session: Session,
  identity: Identity,
  mac: string | undefined,
): Promise<Lease[]> {
  const wanted = mac === undefined ? undefined : parseMac(mac);
  if (mac !== undefined && wanted === undefined) {
    throw new TslxcError('INVALID_ARG', `'${mac}' is not a MAC address`);
  }
  const found = await currentNetwork(session, identity);
  const { state } = found;
  const definition = isActive(state) ? runningDefinition(state.record) : stored(session, found);
  const paths = networkPaths(session.paths, definition.name);
  const leases = await readLeases({ definition, paths });
  return wanted === undefined ? leases : leases.filter((lease) => lease.mac === wanted);
}

export function notActive(name: string): TslxcError {
  return new TslxcError('OPERATION_INVALID', `network '${name}' is not active`);
}

/**
 * What `net-edit` begins with: the XML of the next start, or the text of a stored file that is not a valid definition.
 *
 * @throws TslxcError NO_NETWORK; SyscallError.
 */
export async function editableNetworkXml(session: Session, identity: Identity): Promise<string> {
  const { name } = await currentNetwork(session, identity);
  const unreadable = session.networks.identity(name)?.unreadable;
  const text = unreadable === undefined ? undefined : session.networks.text(name);
  return text ?? networkXml(session, identity, 'inactive');
}

/** Undefined if the network is off and its definition can't be read. */
function definitionOf(session: Session, found: FoundNetwork): NetworkDefinition | undefined {
  if (isActive(found.state)) return runningDefinition(found.state.record);
  return found.unreadable === undefined ? stored(session, found) : undefined;
}

function stored(session: Session, { name, uuid }: Identity): NetworkDefinition {
  const definition = session.networks.read(name);
  if (definition !== undefined) return definition;
  throw noNetwork(`no network with matching uuid '${uuid}' (${name})`);
}
