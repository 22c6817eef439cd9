/** `<interface>` as readonly plain data: part of DomainDefinition. */
import type { Position } from '../xml/element';
import type { KeptPart } from '../xml/unsupported';

/** An address of an interface, inside or on the host. */
export interface InterfaceAddress {
  readonly family: 'ipv4' | 'ipv6';
  /** In canonical form: `192.168.122.50`, `fd00::1`. */
  readonly address: string;
  /** Default: IPv4 by class (8, 16, 24), IPv6 64. */
  readonly prefix: number;
  /** The optional attributes that are printed: the prefix, if the text has one. */
  readonly written?: { readonly prefix?: string };
  /** The other end of a point-to-point link. */
  readonly peer?: string;
  readonly position: Position;
}

/** A route of an interface. The default route is the unspecified address with prefix 0. */
export interface InterfaceRoute {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
  /** The optional attributes that the text has; they are printed the same way. */
  readonly written?: {
    readonly family?: string;
    readonly netmask?: string;
    readonly prefix?: string;
  };
  readonly gateway?: string;
  /** Default: 1, as in libvirt. */
  readonly metric?: number;
  readonly position: Position;
}

/** One direction of `<bandwidth>`: KiB/s, and KiB for `burst`. At least one of `average` and `floor` is set. */
export interface Rate {
  /** KiB/s in the long run. */
  readonly average?: number | undefined;
  /** KiB/s at most, while `burst` lasts. */
  readonly peak?: number | undefined;
  /** KiB that may be sent at the speed of `peak`. */
  readonly burst?: number | undefined;
  /** Guaranteed share of a network's inbound; only with `type='network'`. */
  readonly floor?: number | undefined;
}

/** `<bandwidth>`, from the container's point of view: inbound is what it receives. */
export interface Bandwidth {
  readonly inbound?: Rate;
  readonly outbound?: Rate;
  readonly position: Position;
}

/** `<vlan>` of a bridge port. Frames of a single tag without `trunk` leave the port untagged. */
export interface Vlan {
  readonly trunk: boolean;
  readonly tags: readonly {
    readonly id: number;
    readonly nativeMode?: 'tagged' | 'untagged';
  }[];
  readonly position: Position;
}

/** The predefined filters of libvirt that are carried out. */
export type FilterName =
  | 'clean-traffic'
  | 'no-mac-spoofing'
  | 'no-ip-spoofing'
  | 'no-arp-spoofing'
  | 'no-arp-mac-spoofing'
  | 'no-arp-ip-spoofing'
  | 'no-mac-broadcast'
  | 'no-other-l2-traffic';

/** `<filterref>`: a filter for the frames that an interface sends, with its `<parameter>` elements in document order. */
export interface FilterReference {
  readonly filter: FilterName;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly position: Position;
}

/** `<virtualport>`: the port of an Open vSwitch bridge. */
export interface VirtualPort {
  /** May be missing in an interface of a network, and in a port group: the network's type applies then. */
  readonly type?: 'openvswitch';
  /** A uuid by which controllers of the switch identify the interface; see port-ids.ts. */
  readonly interfaceId?: string;
  /** Only of a port without a type. Printed; a port of Open vSwitch has none. */
  readonly instanceId?: string;
  readonly profileId?: string;
  readonly position: Position;
}

/** The mode of a macvlan interface, in libvirt's words. */
export type DirectMode = 'vepa' | 'bridge' | 'private' | 'passthrough';

/** `<portForward>`: ports of the host that are forwarded to the container. */
export interface PortForward {
  readonly protocol: 'tcp' | 'udp';
  /** The address of the host on which they are forwarded. Default: all. */
  readonly address?: string;
  /** The network interface of the host by which the packets arrive. Default: all. */
  readonly device?: string;
  /** Default: all ports. */
  readonly ranges: readonly PortRange[];
  readonly position: Position;
}

export interface PortRange {
  readonly start: number;
  /** Default: `start`. */
  readonly end?: number;
  /** The port of the container to which `start` is forwarded. Default: `start`. */
  readonly to?: number;
  /** The ports of this range are excluded from the other ranges. */
  readonly exclude?: boolean;
}

interface InterfaceCommon {
  /** Six bytes in lower case with colons; generated once if the text has none. */
  readonly mac: string;
  /** Requested name of the host's side; names that the driver chose (`vnetN`, `macvlanN`) are not kept. */
  readonly targetDevice?: string;
  /** Requested name in the container. Default: the lowest free `ethN`. */
  readonly guestDevice?: string;
  readonly mtu?: number;
  /** Default: up. */
  readonly linkState?: 'up' | 'down';
  /** Printed and listed; has no effect in a container. */
  readonly model?: string;
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly InterfaceRoute[];
  readonly bandwidth?: Bandwidth;
  readonly vlan?: Vlan;
  /** `<port isolated='yes'/>`: frames are not forwarded between isolated ports of the bridge. */
  readonly isolated?: boolean;
  readonly filter?: FilterReference;
  readonly virtualPort?: VirtualPort;
  /** Only of an interface in a virtual network. */
  readonly portForwards?: readonly PortForward[];
  readonly kept?: readonly KeptPart[];
  readonly position: Position;
}

/** A veth pair whose host side is a port of a bridge of the host. */
export interface BridgeInterface extends InterfaceCommon {
  readonly type: 'bridge';
  readonly bridge: string;
}

/** An interface of the kind that the virtual network provides. */
export interface NetworkInterface extends InterfaceCommon {
  readonly type: 'network';
  readonly network: string;
  readonly portgroup?: string;
}

/** A macvlan on a device of the host. */
export interface DirectInterface extends InterfaceCommon {
  readonly type: 'direct';
  readonly device: string;
  readonly mode: DirectMode;
}

/** A veth pair whose host side is not a port of a bridge. `hostAddresses` and `hostRoutes` come from `<source>`. */
export interface EthernetInterface extends InterfaceCommon {
  readonly type: 'ethernet';
  readonly hostAddresses: readonly InterfaceAddress[];
  readonly hostRoutes: readonly InterfaceRoute[];
}

/** Other types are in `unsupported`. */
export type InterfaceDefinition =
  BridgeInterface | NetworkInterface | DirectInterface | EthernetInterface;
