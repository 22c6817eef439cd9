/** What a running network says of an interface that is plugged into its bridge: its addresses, its names, and how ports get to it. */
import type { NetworkInterface } from '../../domain/interface/definition';
import { networkPaths } from '../../host/state/state-paths';
import type { NetworkDefinition } from '../../network/definition/definition';
import { wantsDnsmasq } from '../../network/dnsmasq/config';
import { namesOf } from '../../network/dnsmasq/names';
import type { Port } from '../../plan/network/links';
import type { Session } from '../session/session';

/** A network as it runs, or as a start would have it. */
export interface NetworkAtHand {
  readonly definition: NetworkDefinition;
  readonly isPreviewed: boolean;
}

export type PortFacts = Pick<Port & { kind: 'bridge' }, 'reserved' | 'forwarding' | 'names'>;

/** The modes in which the host passes packets on to a container; `open` has no rules that would keep any out. */
export const forwardingModes: Readonly<Record<string, 'led-out' | 'kept'>> = {
  nat: 'led-out',
  route: 'led-out',
  open: 'kept',
};

export function portFacts(
  session: Session,
  wanted: Pick<NetworkInterface, 'mac' | 'filter' | 'portForwards'>,
  network: NetworkAtHand,
): PortFacts {
  return {
    ...reservedFor(wanted, network.definition),
    ...forwardingOf(wanted, network),
    ...namesFor(session, network),
  };
}

function forwardingOf(
  { portForwards }: Pick<NetworkInterface, 'portForwards'>,
  { definition }: NetworkAtHand,
): Pick<Port & { kind: 'bridge' }, 'forwarding'> {
  const loopback = forwardingModes[definition.forward.mode];
  return portForwards === undefined || loopback === undefined ? {} : { forwarding: { loopback } };
}

/** The addresses that the network reserves for the interface: a filter allows it no other, and forwarded ports lead to them. */
function reservedFor(
  { mac, filter }: Pick<NetworkInterface, 'mac' | 'filter'>,
  { ips }: NetworkDefinition,
): { readonly reserved?: readonly string[] } {
  const hosts = ips.flatMap(({ family, dhcp }) => (family === 'ipv4' ? (dhcp?.hosts ?? []) : []));
  const reserved = hosts.flatMap((host) => (host.mac === mac ? [host.ip] : []));
  return filter === undefined && reserved.length === 0 ? {} : { reserved };
}

/** Where the network's dnsmasq learns of its containers; nothing if it has no dnsmasq. */
function namesFor(
  { paths }: Session,
  { definition, isPreviewed }: NetworkAtHand,
): Pick<Port & { kind: 'bridge' }, 'names'> {
  const { name, ips, dns, bridge } = definition;
  if (isPreviewed || bridge.name === undefined || !wantsDnsmasq(definition)) return {};
  const { dnsmasqPid: pid, leases } = networkPaths(paths, name);
  const serving = ips.filter(({ family, dhcp }) => family === 'ipv4' && dhcp !== undefined);
  const ranges = serving.flatMap(({ dhcp }) => dhcp?.ranges ?? []);
  const kept = serving.flatMap(({ address, dhcp }) => [
    address,
    ...(dhcp?.hosts ?? []).map(({ ip }) => ip),
  ]);
  return {
    names: {
      folder: namesOf(bridge.name),
      pid,
      hasNames: dns.enabled !== false,
      ...(ranges.length === 0
        ? {}
        : {
            dhcp: { leases, kept, ranges: ranges.map(({ start, end }) => ({ start, end })) },
          }),
    },
  };
}
