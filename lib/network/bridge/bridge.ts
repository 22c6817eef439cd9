/** The bridge of a network: made with its addresses and routes, and deleted with all of them. */
import { constants } from 'node:os';
import { definitionError } from '../../domain/xml/source-location';
import type { SourceLocation } from '../../domain/xml/source-location';
import { SyscallError, TslxcError } from '../../errors';
import { native } from '../../host/native';
import { writeNetworkParameter } from '../../host/kernel/sysctl';
import { broadcastAddress, parseIp } from '../../domain/interface/ip-address';
import { usualMetric } from '../../plan/constants';
import type { ActiveNetwork } from '../active-network';
import { usualLearnedAddresses } from '../elements/extension';
import type { NetworkDefinition, NetworkIp } from '../definition/definition';

const { EEXIST, ENODEV, ENOENT, EOPNOTSUPP } = constants.errno;

/** Per second: the kernel counts the delay in hundredths of a second. */
const delayUnit = 100;

/**
 * With the kernel's spanning tree, a new port does not forward for twice the delay, which is at least 2 seconds: a
 * container would wait 4 s for its first lease. So `stp='on' delay='0'`, libvirt's default, makes a bridge without
 * spanning tree: its ports are containers only, so it has no loops. With a delay, spanning tree is on.
 *
 * @throws TslxcError OPERATION_FAILED if an interface of that name exists.
 */
export async function makeBridge({ definition, bridge }: ActiveNetwork): Promise<void> {
  const { mac, mtu, learnedAddresses } = definition;
  const { stp, delay } = definition.bridge;
  try {
    await native().createLink({
      kind: 'bridge',
      name: bridge,
      stp: stp && delay > 0,
      forwardDelay: delay * delayUnit,
      learnedAddresses: learnedAddresses?.max ?? usualLearnedAddresses,
      ...(mac === undefined ? {} : { address: mac }),
    });
    // An MTU that is set explicitly is not changed by ports that are added or removed.
    if (mtu !== undefined) await native().changeLink(bridge, { mtu });
    const vlan = firstVlan(definition);
    if (vlan !== undefined) await filterVlans(bridge, vlan);
  } catch (error) {
    if (error instanceof SyscallError && error.errno === EEXIST) throw bridgeInUse(bridge);
    throw withStep(error, `make the bridge ${bridge}`);
  }
}

/** Enables VLAN filtering on a bridge. @throws DefinitionError CONFIG_UNSUPPORTED if the kernel lacks it. */
export async function filterVlans(bridge: string, location: SourceLocation): Promise<void> {
  try {
    await native().changeLink(bridge, { vlanFiltering: true });
  } catch (error) {
    if (!(error instanceof SyscallError) || error.errno !== EOPNOTSUPP) throw error;
    throw definitionError(
      'CONFIG_UNSUPPORTED',
      'the kernel of this host has no VLANs of bridges',
      location,
    );
  }
}

export function bridgeInUse(bridge: string): TslxcError {
  return new TslxcError('OPERATION_FAILED', `bridge name '${bridge}' already in use.`);
}

/** Turns IPv6 off on a bridge without an IPv6 address, and makes the bridge ignore router advertisements of containers. */
export function setBridgeParameters({ definition, bridge }: ActiveNetwork): void {
  const hasIpv6 = definition.ips.some(({ family }) => family === 'ipv6');
  const isThere = writeNetworkParameter(`ipv6/conf/${bridge}/disable_ipv6`, hasIpv6 ? '0' : '1');
  if (!isThere && hasIpv6) {
    const location = { path: 'network/ip', position: firstOf(definition, 'ipv6').position };
    throw definitionError('CONFIG_UNSUPPORTED', 'the kernel of this host has no IPv6', location);
  }
  writeNetworkParameter(`ipv6/conf/${bridge}/accept_ra`, '0');
  writeNetworkParameter(`ipv6/conf/${bridge}/autoconf`, '0');
}

export async function addBridgeAddresses({ definition, bridge }: ActiveNetwork): Promise<void> {
  for (const { family, address, prefix } of definition.ips) {
    const ip = parseIp(address);
    const broadcast =
      family === 'ipv4' && prefix < 31 && ip !== undefined
        ? broadcastAddress(ip, prefix).address
        : '';
    try {
      await native().addAddress(bridge, { address, prefix, peer: '', broadcast });
    } catch (error) {
      throw withStep(error, `give ${bridge} the address ${address}/${prefix}`);
    }
  }
}

export async function bringBridgeUp({ bridge }: ActiveNetwork): Promise<void> {
  await native().changeLink(bridge, { state: 'up' });
}

/** Adds each `<route>` of the network to its bridge. */
export async function addBridgeRoutes({ definition, bridge }: ActiveNetwork): Promise<void> {
  for (const { address, prefix, gateway = '', metric = usualMetric } of definition.routes) {
    try {
      await native().addRoute(bridge, { address, prefix, gateway, metric });
    } catch (error) {
      throw withStep(error, `add the route to ${address}/${prefix} by ${bridge}`);
    }
  }
}

/** Whether the network's bridge exists. */
export async function hasBridge({ name, mac }: { name: string; mac: string }): Promise<boolean> {
  const links = await native().listLinks();
  return links.some((link) => link.name === name && link.kind === 'bridge' && link.address === mac);
}

/** Sets the bridge down, so that it forwards no more packets. */
export async function bringBridgeDown(bridge: { name: string; mac: string }): Promise<void> {
  if (!(await hasBridge(bridge))) return;
  await unlessGone(native().changeLink(bridge.name, { state: 'down' }));
}

/** Deletes the bridge with its addresses and routes; its ports stay. A bridge with another address is left alone. */
export async function deleteBridge(bridge: { name: string; mac: string }): Promise<void> {
  if (!(await hasBridge(bridge))) return;
  await unlessGone(native().deleteLink(bridge.name));
}

async function unlessGone(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (error) {
    const isGone = error instanceof SyscallError && [ENODEV, ENOENT].includes(error.errno);
    if (!isGone) throw error;
  }
}

function firstVlan({ vlan, portgroups }: NetworkDefinition): SourceLocation | undefined {
  if (vlan !== undefined) return { path: 'network/vlan', position: vlan.position };
  const found = portgroups.flatMap((group) => group.vlan ?? [])[0];
  return found && { path: 'network/portgroup/vlan', position: found.position };
}

function firstOf({ ips }: NetworkDefinition, family: NetworkIp['family']): NetworkIp {
  const found = ips.find((ip) => ip.family === family);
  if (found === undefined) throw new RangeError(`no ${family} address`);
  return found;
}

/** The same error, with the step. */
function withStep(error: unknown, step: string): unknown {
  if (!(error instanceof SyscallError)) return error;
  const { errno, syscall, path } = error;
  return new SyscallError({ errno, syscall, step, ...(path === undefined ? {} : { path }) });
}
