/** The network interfaces of a container, with everything resolved that the host decides, and their names inside. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import type {
  Bandwidth,
  DirectMode,
  InterfaceAddress,
  InterfaceRoute,
  VirtualPort,
  Vlan,
} from '../../domain/interface/definition';
import type { SourceLocation } from '../../domain/xml/source-location';

/**
 * What one `<interface>` is connected to: the meaning of its `<source>` on this host, with its network and port group
 * looked up. VLAN, bandwidth and isolation come from the interface, or else from the network.
 */
export type Port =
  | Readonly<{
      kind: 'bridge';
      bridge: string;
      vlan?: Vlan;
      isolated?: boolean;
      mtu?: number;
      bandwidth?: Bandwidth;
      /** The bridge is one of Open vSwitch. */
      virtualPort?: VirtualPort;
      /** The virtual network that it belongs to. */
      network?: string;
      /** IPv4 addresses that the network's DHCP keeps for the interface. */
      reserved?: readonly string[];
      /**
       * Present if ports of the host can be forwarded to it. `loopback`: whether those of 127.0.0.0/8 can be, too,
       * which takes a network whose rules keep its containers from these addresses.
       */
      forwarding?: { readonly loopback: 'led-out' | 'kept' };
      /** Where its dnsmasq finds the names of containers, and the addresses that it is to give them. */
      names?: {
        readonly folder: string;
        readonly pid: string;
        readonly hasNames: boolean;
        readonly dhcp?: {
          readonly leases: string;
          readonly ranges: readonly { readonly start: string; readonly end: string }[];
          readonly kept: readonly string[];
        };
      };
      /** The network enables VLAN filtering, if the kernel supports it, before an interface is connected. */
      filtersVlans?: true;
      /** The bridge does not exist yet: the start that is being planned makes it, with its network. */
      isPreviewed?: true;
    }>
  | Readonly<{ kind: 'direct'; device: string; mode: DirectMode; network?: string }>
  | Readonly<{ kind: 'free' }>;

interface LinkCommon {
  /** Name in the container. */
  readonly guest: string;
  readonly state: 'up' | 'down';
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly InterfaceRoute[];
  /** The element that it comes from, for errors. */
  readonly place: SourceLocation;
}

/** A veth pair. */
export interface VethLink extends LinkCommon {
  readonly kind: 'veth';
  /** Name on the host. */
  readonly host: string;
  readonly hostMac: string;
  readonly mac: string;
  readonly mtu?: number;
  /** The bridge of which the host's side is a port; undefined for `ethernet`. */
  readonly bridge?: string;
  readonly vlan?: Vlan;
  readonly isolated: boolean;
  readonly hostAddresses: readonly InterfaceAddress[];
  readonly hostRoutes: readonly InterfaceRoute[];
}

/** A macvlan, made in the container's network namespace. */
export interface MacvlanLink extends LinkCommon {
  readonly kind: 'macvlan';
  readonly lower: string;
  readonly mode: DirectMode;
  readonly mac: string;
  readonly mtu?: number;
}

/** An interface borrowed from the host. */
export interface MovedLink extends LinkCommon {
  readonly kind: 'moved';
  /** Its name on the host. */
  readonly host: string;
}

export type Link = VethLink | MacvlanLink | MovedLink;

/**
 * The names in the container, one for each `<interface>` in document order: `<guest dev>`, or `ethK`. As in libvirt, K
 * counts the interfaces without a name; a name that another interface has is left out. Interfaces borrowed from the host
 * keep their names.
 */
export function guestNames({
  interfaces,
  hostInterfaces,
}: Pick<DomainDefinition, 'interfaces' | 'hostInterfaces'>): string[] {
  const named = new Set([
    ...interfaces.flatMap(({ guestDevice }) => guestDevice ?? []),
    ...hostInterfaces.map(({ device }) => device),
  ]);
  let next = 0;
  return interfaces.map(({ guestDevice }) => {
    if (guestDevice !== undefined) return guestDevice;
    while (named.has(`eth${next}`)) next += 1;
    next += 1;
    return `eth${next - 1}`;
  });
}
