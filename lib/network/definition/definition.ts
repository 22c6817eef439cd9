/**
 * NetworkDefinition: a parsed `<network>` as readonly plain data, with libvirt's defaults filled in. It is never
 * modified; a change is a new definition.
 */
import type {
  Bandwidth,
  InterfaceRoute,
  VirtualPort,
  Vlan,
} from '../../domain/interface/definition';
import type { KeptPart, UnknownWord, UnsupportedElement } from '../../domain/xml/unsupported';
import type { Position, XmlElement } from '../../domain/xml/element';

/**
 * `none`: an isolated network, without `<forward>`. In `bridge` and the modes after it, the network has no bridge of its own.
 * `hostdev` is only stored: checkNetworkStartable refuses it.
 */
export type ForwardMode =
  'none' | 'nat' | 'route' | 'open' | 'bridge' | 'private' | 'vepa' | 'passthrough' | 'hostdev';

export interface Forward {
  readonly mode: ForwardMode;
  /** The only interface of the host by which packets may leave; for a pool, the interfaces of the host in order. */
  readonly devices: readonly string[];
  /** `<nat>`. */
  readonly nat?: {
    /** Whether IPv6 is translated too. */
    readonly ipv6: boolean;
    /** Source addresses. Default: that of the device by which a packet leaves. */
    readonly addresses?: { readonly start: string; readonly end: string };
    /** Source ports of TCP and UDP. Default: 1024 to 65535. */
    readonly ports?: { readonly start: number; readonly end: number };
  };
  readonly position: Position;
}

export interface NetworkBridge {
  /** Default, in modes with their own bridge: the lowest free `virbrN`. */
  readonly name?: string;
  /** Spanning tree. Default: on, with a delay of 0; see makeBridge. */
  readonly stp: boolean;
  /** Seconds that a new port listens, and then learns, before it forwards. */
  readonly delay: number;
  readonly position: Position;
}

/** `<tslxc:learned-addresses>`: how many hardware addresses the bridge keeps that it has seen in frames. */
export interface LearnedAddresses {
  readonly max: number;
  readonly position: Position;
}

/** How long a client may keep an address, as written; `expiry` 0 means for ever. */
export interface LeaseTime {
  readonly expiry: number;
  readonly unit: 'hours' | 'minutes' | 'seconds';
}

/** A dynamic range of addresses, both ends included. */
export interface DhcpRange {
  readonly start: string;
  readonly end: string;
  readonly lease?: LeaseTime;
  readonly position: Position;
}

/** A static lease. At least one of `mac` (IPv4 only), `id` (IPv6 only) and `name` identifies the client. */
export interface DhcpHost {
  readonly mac?: string;
  /** The client's DUID: hexadecimal bytes with colons, as written. */
  readonly id?: string;
  readonly name?: string;
  readonly ip: string;
  readonly lease?: LeaseTime;
  readonly position: Position;
}

/** `<ip>`: an address of the bridge, and the services for its subnet. */
export interface NetworkIp {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
  /** The optional attributes that the text has; they are printed the same way. */
  readonly written?: {
    readonly family?: string;
    readonly netmask?: string;
    readonly prefix?: string;
  };
  /** Whether queries for the names of addresses in this network are answered here and never forwarded. Default: no. */
  readonly localPtr?: boolean;
  readonly tftpRoot?: string;
  readonly dhcp?: {
    readonly ranges: readonly DhcpRange[];
    readonly hosts: readonly DhcpHost[];
    readonly bootp?: { readonly file: string; readonly server?: string };
  };
  readonly position: Position;
}

export interface NetworkDns {
  /** Default: yes. */
  readonly enabled?: boolean;
  /** Whether names without a dot are forwarded. Default: yes. */
  readonly forwardPlainNames?: boolean;
  /** Has an address, or a domain, or both. */
  readonly forwarders: readonly { readonly address?: string; readonly domain?: string }[];
  readonly txts: readonly { readonly name: string; readonly value: string }[];
  readonly hosts: readonly { readonly ip: string; readonly names: readonly string[] }[];
  readonly srvs: readonly {
    readonly service: string;
    readonly protocol: string;
    readonly domain?: string;
    readonly target?: string;
    readonly port?: number;
    readonly priority?: number;
    readonly weight?: number;
  }[];
}

/** The settings of interfaces that name this group, or, if this is the default group, that name none. */
export interface Portgroup {
  readonly name: string;
  readonly isDefault: boolean;
  readonly vlan?: Vlan;
  readonly virtualPort?: VirtualPort;
  readonly bandwidth?: Bandwidth;
  /** The parts of the group that are kept as written. */
  readonly kept?: KeptPart;
  readonly position: Position;
}

export interface NetworkDefinition {
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  readonly title?: string;
  readonly description?: string;
  readonly metadata: readonly XmlElement[];
  /** `@ipv6`: containers may use IPv6 with each other, even if the bridge has no IPv6 address. */
  readonly ipv6: boolean;
  readonly forward: Forward;
  readonly bridge: NetworkBridge;
  /** Address of the bridge; generated once. Missing in modes without their own bridge. */
  readonly mac?: string;
  readonly mtu?: number;
  readonly learnedAddresses?: LearnedAddresses;
  readonly domain?: {
    readonly name: string;
    readonly localOnly?: boolean;
    readonly register?: boolean;
  };
  readonly dns: NetworkDns;
  readonly vlan?: Vlan;
  /** Set if the bridge is an Open vSwitch bridge. */
  readonly virtualPort?: VirtualPort;
  readonly bandwidth?: Bandwidth;
  readonly isolated?: boolean;
  readonly ips: readonly NetworkIp[];
  readonly routes: readonly InterfaceRoute[];
  readonly portgroups: readonly Portgroup[];
  /** Lines for dnsmasq's configuration, as written. */
  readonly dnsmasqOptions: readonly DnsmasqOption[];
  /** Parts of the network itself, of `<forward>` and of `<bridge>` that are kept as written, at most one for each path. */
  readonly kept?: readonly KeptPart[];
  /** Everything that `start` must refuse, in document order; empty if all of the definition is supported. */
  readonly unsupported: readonly UnsupportedElement[];
  /** Elements, attributes and texts that libvirt's schema does not know, in document order. They are not printed. */
  readonly unknown?: readonly UnknownWord[];
}

export interface DnsmasqOption {
  readonly value: string;
  readonly position: Position;
}

/** Whether tslxc creates the bridge in this mode. */
export function hasOwnBridge({ forward }: NetworkDefinition): boolean {
  return ['none', 'nat', 'route', 'open'].includes(forward.mode);
}

/** Whether interfaces of the network, or of one of its groups, are ports of Open vSwitch. */
export function isOfSwitch({ virtualPort, portgroups }: NetworkDefinition): boolean {
  return [virtualPort, ...portgroups.map((group) => group.virtualPort)].some(
    (port) => port?.type === 'openvswitch',
  );
}

/** Whether the host forwards packets between the bridge and its other interfaces in this mode. */
export function isForwarded({ forward }: NetworkDefinition): boolean {
  return ['nat', 'route', 'open'].includes(forward.mode);
}
