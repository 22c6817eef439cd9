/** What `<interface type='network'>` is plugged into: the network's bridge, or one of its devices. */
import type { NetworkInterface, VirtualPort } from '../../domain/interface/definition';
import { mergedPort } from '../../domain/interface/port/virtual-port';
import { definitionError } from '../../domain/xml/source-location';
import type { SourceLocation } from '../../domain/xml/source-location';
import { filterVlans } from '../../network/bridge/bridge';
import { defaultNetwork } from '../../network/lifecycle/default-network';
import { hasOwnBridge } from '../../network/definition/definition';
import type { NetworkDefinition, Portgroup } from '../../network/definition/definition';
import { runningDefinition } from '../../network/lifecycle/reconcile';
import { readNetworkState } from '../../network/lifecycle/state';
import type { NetworkState } from '../../network/lifecycle/state';
import type { Port } from '../../plan/network/links';
import { present } from '../../present';
import { isFreshDefault, makeDefault } from '../networks/autostart';
import { previewNetwork } from '../networks/preview';
import { networkLinks } from '../networks/links';
import { forwardingModes, portFacts, type NetworkAtHand } from '../networks/port-facts';
import { isActive, needsRepair, settleAndRepair } from '../networks/settling';
import { launchNetwork, type StartedNetworks } from '../networks/start';
import type { Session } from '../session/session';

type DirectPort = Port & { kind: 'direct' };

export interface PortContext {
  /** Devices that other interfaces of the same container have. */
  readonly chosen: readonly string[];
  /** `preview` starts no network, and predicts those that a start would bring up. */
  readonly intent: 'start' | 'preview';
  /** Gets the network that is started for this interface. */
  readonly started?: StartedNetworks;
}

/**
 * @throws DefinitionError with the interface's place: NO_NETWORK, OPERATION_INVALID for one that is not active,
 * CONFIG_UNSUPPORTED for an unknown port group; OPERATION_FAILED when a pool has no device left.
 */
export async function networkPort(
  session: Session,
  wanted: NetworkInterface,
  { chosen, intent, started }: PortContext,
): Promise<Port> {
  const place = { path: 'domain/devices/interface', position: wanted.position };
  // Forwarded ports need the network's rules to be complete.
  const look = wanted.portForwards === undefined ? 'quick' : 'thorough';
  const found = await networkFor(session, wanted.network, {
    intent,
    ...present({ started }),
    place,
    look,
  });
  const port = await portIn(session, found, { wanted, place, chosen, intent });
  if (wanted.portForwards !== undefined) await checkForwards(session, wanted, found.definition);
  if (port.kind !== 'bridge') return port;
  return { ...port, ...portFacts(session, wanted, found) };
}

/**
 * @throws DefinitionError CONFIG_UNSUPPORTED in a network that forwards nothing, and for an address of the host whose packets can't be
 * led into it; RESOURCE_BUSY for a port that is forwarded already.
 */
async function checkForwards(
  { containers, paths }: Session,
  { mac, portForwards: forwards = [] }: NetworkInterface,
  { name, forward: { mode } }: NetworkDefinition,
): Promise<void> {
  const [first] = forwards;
  if (first === undefined) return;
  const path = 'domain/devices/interface/portForward';
  if (forwardingModes[mode] === undefined) {
    const detail = `the host forwards nothing into the network '${name}': only with the modes nat, route and open`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, { path, position: first.position });
  }
  for (const { address, position } of forwards) {
    const why = address === undefined ? undefined : whyUnled(address, { name, mode });
    if (why === undefined) continue;
    throw definitionError('CONFIG_UNSUPPORTED', why, { path, position });
  }
  await containers.forwards.check({ mac, forwards }, paths.root);
}

/** Packets for the host's own loopback addresses leave it only where a setting of the bridge allows it, which IPv6 does not have. */
function whyUnled(
  address: string,
  { name, mode }: { readonly name: string; readonly mode: string },
): string | undefined {
  const remedy = 'leave the address out, or give another one of the host';
  if (address === '::1')
    return `ports of ::1 can't be forwarded, since the kernel keeps its packets in the host: ${remedy}`;
  if (!address.startsWith('127.') || forwardingModes[mode] === 'led-out') return undefined;
  return `ports of ${address} can't be forwarded into the network '${name}' of the mode ${mode}, but with nat and route: ${remedy}`;
}

/** What is to be plugged in. */
export interface Plugging extends PortContext {
  readonly wanted: Pick<
    NetworkInterface,
    'portgroup' | 'vlan' | 'bandwidth' | 'isolated' | 'mtu' | 'virtualPort'
  >;
  readonly place: SourceLocation;
}

/** The port in a network that has been found. @throws as `networkPort`. */
export async function portIn(
  session: Session,
  { definition, isPreviewed }: NetworkAtHand,
  { wanted, place, chosen, intent }: Plugging,
): Promise<Port> {
  const group = portgroupOf(definition, wanted, place);
  const virtualPort = mergedPort(wanted.virtualPort, group?.virtualPort, definition.virtualPort);
  if (virtualPort !== undefined) checkSwitch(definition, virtualPort, place);
  const { name: bridge } = definition.bridge;
  if (bridge === undefined) return pickDevice(session, definition, { place, chosen });
  const vlan = wanted.vlan ?? group?.vlan ?? definition.vlan;
  const bandwidth = wanted.bandwidth ?? group?.bandwidth;
  const isolated = wanted.isolated ?? definition.isolated;
  const mtu = wanted.mtu ?? definition.mtu;
  // The network's own bridge may have been made before an interface with a VLAN was defined.
  const filtersVlans = vlan !== undefined && hasOwnBridge(definition);
  if (filtersVlans && intent === 'start') await filterVlans(bridge, place);
  return {
    kind: 'bridge',
    bridge,
    network: definition.name,
    ...(vlan === undefined ? {} : { vlan }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(isolated === undefined ? {} : { isolated }),
    ...(virtualPort === undefined ? {} : { virtualPort }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(filtersVlans ? { filtersVlans } : {}),
    ...(isPreviewed && hasOwnBridge(definition) ? { isPreviewed: true } : {}),
  };
}

/** Refuses a `<virtualport>` that the network can't have, in libvirt's words where it has some. */
function checkSwitch(
  definition: NetworkDefinition,
  { type }: VirtualPort,
  place: SourceLocation,
): void {
  const { name, bridge } = definition;
  const refuse = (detail: string): never => {
    throw definitionError('CONFIG_UNSUPPORTED', detail, place);
  };
  if (type === undefined) {
    refuse(`neither the interface nor the network '${name}' says the type of its <virtualport>`);
  }
  const refusal = `<virtualport type='openvswitch'> not supported for network '${name}' which uses`;
  if (hasOwnBridge(definition)) refuse(`${refusal} IP forwarding`);
  if (bridge.name === undefined) refuse(`${refusal} a macvtap device`);
}

/** What the network is needed for, and how thoroughly it is checked whether it needs a repair. */
interface NetworkUse extends Omit<PortContext, 'chosen'> {
  readonly place: SourceLocation;
  readonly look: 'quick' | 'thorough';
}

/** The network as the start uses it, or would use it. */
async function networkFor(
  session: Session,
  name: string,
  { intent, started, place, look }: NetworkUse,
): Promise<NetworkAtHand> {
  if (intent === 'start') {
    const state = await stateForStart(session, name, { look, ...present({ started }) });
    return { definition: activeDefinition(session, { name, state, place }), isPreviewed: false };
  }
  const state = readNetworkState(session.paths, name);
  const previewed = await previewNetwork(session, name, state);
  if (previewed !== undefined) return { definition: previewed, isPreviewed: true };
  return { definition: activeDefinition(session, { name, state, place }), isPreviewed: false };
}

function activeDefinition(
  session: Session,
  { name, state, place }: { name: string; state: NetworkState; place: SourceLocation },
): NetworkDefinition {
  if (isActive(state)) {
    if (state.place === 'here') return runningDefinition(state.record);
    const detail = `network '${name}' runs in another network namespace of this host`;
    throw definitionError('OPERATION_INVALID', detail, place);
  }
  if (!session.networks.has(name)) {
    throw definitionError('NO_NETWORK', `no network with matching name '${name}'`, place);
  }
  const detail = `network '${name}' is not active: net-start starts it`;
  throw definitionError('OPERATION_INVALID', detail, place);
}

/** The state of the network, repaired if need be. The default network is made and started if this is its first use. */
async function stateForStart(
  session: Session,
  name: string,
  { look, started }: Pick<NetworkUse, 'look' | 'started'>,
): Promise<NetworkState> {
  const state = readNetworkState(session.paths, name);
  // A network that is stopping is waited for: its bridge may be deleted at any moment.
  if (state.phase === 'running' && !(await needsRepair(session, name, { state, look })))
    return state;
  if (name === defaultNetwork) await makeDefault(session);
  return session.lockedNetwork(name, async () => {
    const settled = await settleAndRepair(session, name);
    if (!isFreshDefault(session, name, settled)) return settled;
    const definition = session.networks.read(name);
    if (definition !== undefined) {
      await launchNetwork(session, definition);
      started?.add(definition);
    }
    return readNetworkState(session.paths, name);
  });
}

function portgroupOf(
  { name, portgroups }: NetworkDefinition,
  { portgroup }: Pick<NetworkInterface, 'portgroup'>,
  place: SourceLocation,
): Portgroup | undefined {
  if (portgroup === undefined) return portgroups.find(({ isDefault }) => isDefault);
  const found = portgroups.find((group) => group.name === portgroup);
  if (found !== undefined) return found;
  const detail = `network '${name}' has no portgroup named '${portgroup}'`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, {
    ...place,
    path: `${place.path}/@portgroup`,
  });
}

/** The device with the fewest users; with `passthrough`, a device has one user at most. */
async function pickDevice(
  session: Session,
  { name, forward }: NetworkDefinition,
  { place, chosen }: { readonly place: SourceLocation; readonly chosen: readonly string[] },
): Promise<DirectPort> {
  const { mode } = forward;
  if (mode !== 'bridge' && mode !== 'private' && mode !== 'vepa' && mode !== 'passthrough') {
    throw new RangeError(`a network with mode '${mode}' has a bridge`);
  }
  const links = await networkLinks(session, name);
  const used = [...links.map(({ device }) => device), ...chosen];
  const users = (device: string): number => used.filter((other) => other === device).length;
  const [device] = forward.devices.toSorted((a, b) => users(a) - users(b));
  if (device === undefined || (mode === 'passthrough' && users(device) > 0)) {
    const detail = `network '${name}' requires exclusive access to interfaces, but none are available`;
    throw definitionError('OPERATION_FAILED', detail, place);
  }
  return { kind: 'direct', device, mode, network: name };
}
