/** The network interfaces of a container, with everything resolved that the host decides, and their names inside. Pure. */
import type {
  Bandwidth,
  DirectMode,
  InterfaceAddress,
  InterfaceRoute,
  Vlan,
  DomainDefinition,
} from '../../domain/definition';
import type { SourceLocation } from '../../domain/xml/source-location';

/**
 * Where one `<interface>` is plugged in: what its `<source>` means on this host, its network and port group looked up.
 * What the network says of VLAN, bandwidth and isolation is merged in; the interface's own has precedence.
 */
export type Port =
  | Readonly<{
      kind: 'bridge';
      bridge: string;
      vlan?: Vlan;
      isolated?: boolean;
      mtu?: number;
      bandwidth?: Bandwidth;
      /** The virtual network that it belongs to. */
      network?: string;
      /** Its network switches the filter of VLANs on, if the kernel has one, before anything is plugged in. */
      filtersVlans?: true;
    }>
  | Readonly<{ kind: 'direct'; device: string; mode: DirectMode; network?: string }>
  | Readonly<{ kind: 'free' }>;

interface LinkCommon {
  /** Name inside. */
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
  /** The bridge that the host's side is a port of; none for `ethernet`. */
  readonly bridge?: string;
  readonly vlan?: Vlan;
  readonly isolated: boolean;
  readonly hostAddresses: readonly InterfaceAddress[];
  readonly hostRoutes: readonly InterfaceRoute[];
}

/** A macvlan, made in the container's namespace. */
export interface MacvlanLink extends LinkCommon {
  readonly kind: 'macvlan';
  readonly lower: string;
  readonly mode: DirectMode;
  readonly mac: string;
  readonly mtu?: number;
}

/** An interface of the host, lent to the container. */
export interface MovedLink extends LinkCommon {
  readonly kind: 'moved';
  /** Its name on the host. */
  readonly host: string;
}

export type Link = VethLink | MacvlanLink | MovedLink;

/**
 * The names inside, one for each `<interface>` in their order: `<guest dev>`, or `ethK`, where K counts those without a
 * name, as in libvirt, and leaves out what another interface is called. Interfaces that the host lends keep their names.
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
