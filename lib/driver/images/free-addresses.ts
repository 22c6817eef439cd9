/** Addresses of a virtual network that no domain has: for a container from an image, and for a clone. */
import type { DhcpChoice } from '../../container/interfaces/port/dhcp-choice';
import { freeAddresses } from '../../container/interfaces/port/link-name';
import { TslxcError } from '../../errors';
import { networkPaths } from '../../host/state/state-paths';
import type { NetworkDefinition, NetworkIp } from '../../network/definition/definition';
import { namesOf } from '../../network/dnsmasq/names';
import { runningDefinition } from '../../network/lifecycle/reconcile';
import { readNetworkState } from '../../network/lifecycle/state';
import { previewNetwork } from '../networks/preview';
import { isActive } from '../networks/settling';
import type { Session } from '../session/session';
import { hostRange, interfaceId } from './subnet';
import { definitionsOf } from '../lookup/all-definitions';

/** The network as a start would bring it up, as it runs, or as it is stored; undefined if there is none. */
export async function networkAtHand(
  session: Session,
  name: string,
): Promise<NetworkDefinition | undefined> {
  const state = readNetworkState(session.paths, name);
  const previewed = await previewNetwork(session, name, state);
  if (previewed !== undefined) return previewed;
  return isActive(state) ? runningDefinition(state.record) : session.networks.read(name);
}

/** An interface that is to have an address, and addresses that are about to be given to others. */
export interface Choice {
  readonly mac: string;
  readonly taken?: readonly string[];
}

/**
 * An address for the interface in this subnet of the network, with its prefix: one of IPv4 that no domain and no client of DHCP has, or
 * the one of IPv6 that follows from the MAC address. Undefined for IPv6 in a subnet that is too small for those.
 *
 * @throws TslxcError OPERATION_FAILED when no address is left.
 */
export function freeAddress(
  session: Session,
  network: NetworkDefinition,
  { ip, choice }: { readonly ip: NetworkIp; readonly choice: Choice },
): string | undefined {
  if (ip.family === 'ipv4') return ofIpv4(session, network, { ip, choice });
  return ip.prefix > 64 ? undefined : interfaceId(ip, choice.mac);
}

function ofIpv4(
  session: Session,
  { name, bridge }: NetworkDefinition,
  { ip, choice: { mac, taken = [] } }: { readonly ip: NetworkIp; readonly choice: Choice },
): string {
  const { ranges = [], hosts = [] } = ip.dhcp ?? {};
  const dhcp: DhcpChoice = {
    leases: networkPaths(session.paths, name).leases,
    ranges: ranges.length > 0 ? ranges : [hostRange(ip)],
    kept: [ip.address, ...hosts.map((host) => host.ip), ...addressesOfDomains(session), ...taken],
  };
  const folder = bridge.name === undefined ? '' : namesOf(bridge.name);
  for (const address of freeAddresses({ folder, mac }, dhcp)) return `${address}/${ip.prefix}`;
  throw new TslxcError('OPERATION_FAILED', `the network '${name}' has no address left`);
}

/** The addresses in all definitions of domains. A definition that can't be read is skipped: it can't be started either. */
function* addressesOfDomains(session: Session): Iterable<string> {
  const unread = (err: unknown): void =>
    session.logger.warn({ err }, 'addresses of a domain that can’t be read are taken for free');
  for (const { interfaces } of definitionsOf(session, unread)) {
    for (const { addresses } of interfaces) yield* addresses.map(({ address }) => address);
  }
}
