/**
 * NetworkDefinition: a parsed `<network>` as readonly plain data, with libvirt's defaults filled in. It is never
 * modified; a change is a new definition.
 */
import type { Bandwidth, InterfaceRoute, Vlan } from '../../domain/definition';
import type { KeptPart, UnsupportedElement } from '../../domain/xml/unsupported';
import type { Position, XmlElement } from '../../domain/xml/element';

/**
 * `none`: no `<forward>`, an isolated network. From `bridge` on there is no bridge of the network's own. `hostdev` is
 * only stored: checkNetworkStartable refuses it.
 */
export type ForwardMode =
  'none' | 'nat' | 'route' | 'open' | 'bridge' | 'private' | 'vepa' | 'passthrough' | 'hostdev';

export interface Forward {
  readonly mode: ForwardMode;
  /** The only device that packets may leave by; for pools the devices of `<interface>`, in order. */
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
  /** Default, in modes with a bridge of their own: the lowest free `virbrN`. */
  readonly name?: string;
  /** Spanning tree. Default: on, without the delay that it would bring. */
  readonly stp: boolean;
  /** Seconds of listening and learning at a new port. */
  readonly delay: number;
  readonly position: Position;
}

/** A dynamic range of addresses, both ends included. `lease` in seconds, 0 for infinite. */
export interface DhcpRange {
  readonly start: string;
  readonly end: string;
  readonly lease?: number;
  readonly position: Position;
}

/** A static lease. One of `mac` (IPv4 only), `id` (IPv6 only) and `name` tells whose. */
export interface DhcpHost {
  readonly mac?: string;
  /** The client's DUID: bytes in hexadecimal digits, with colons. */
  readonly id?: string;
  readonly name?: string;
  readonly ip: string;
  readonly lease?: number;
  readonly position: Position;
}

/** `<ip>`: an address of the bridge, and what is served from it. */
export interface NetworkIp {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
  /** The text has a netmask instead of a prefix, and is printed so. */
  readonly hasNetmask?: true;
  /** Whether names of addresses in this network are answered here and never forwarded. */
  readonly localPtr: boolean;
  readonly tftpRoot?: string;
  readonly dhcp?: {
    readonly ranges: readonly DhcpRange[];
    readonly hosts: readonly DhcpHost[];
    readonly bootp?: { readonly file: string; readonly server?: string };
  };
  readonly position: Position;
}

export interface NetworkDns {
  readonly enabled: boolean;
  /** Whether names without a dot are forwarded. */
  readonly forwardPlainNames: boolean;
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

/** What an interface takes from the network when it names this group, or none and this is the default. */
export interface Portgroup {
  readonly name: string;
  readonly isDefault: boolean;
  readonly vlan?: Vlan;
  readonly bandwidth?: Bandwidth;
  /** What is kept raw of it. */
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
  /** `@ipv6`: containers may talk IPv6 with each other though the bridge has no such address. */
  readonly ipv6: boolean;
  readonly forward: Forward;
  readonly bridge: NetworkBridge;
  /** Of the bridge; generated once. Absent in modes without a bridge of their own. */
  readonly mac?: string;
  readonly mtu?: number;
  readonly domain?: {
    readonly name: string;
    readonly localOnly: boolean;
    readonly register?: boolean;
  };
  readonly dns: NetworkDns;
  readonly vlan?: Vlan;
  readonly bandwidth?: Bandwidth;
  readonly isolated?: boolean;
  readonly ips: readonly NetworkIp[];
  readonly routes: readonly InterfaceRoute[];
  readonly portgroups: readonly Portgroup[];
  /** Lines for dnsmasq's configuration, as written. */
  readonly dnsmasqOptions: readonly DnsmasqOption[];
  /** Raw parts of the network itself, of `<forward>` and `<bridge>`, at most one a path. */
  readonly kept?: readonly KeptPart[];
  /** Everything that `start` has to refuse, in document order; empty when all is carried out. */
  readonly unsupported: readonly UnsupportedElement[];
}

export interface DnsmasqOption {
  readonly value: string;
  readonly position: Position;
}

/** Modes whose bridge tslxc makes. */
export function hasOwnBridge({ forward }: NetworkDefinition): boolean {
  return ['none', 'nat', 'route', 'open'].includes(forward.mode);
}

/** Modes in which the host passes packets on between the bridge and its other interfaces. */
export function isForwarded({ forward }: NetworkDefinition): boolean {
  return ['nat', 'route', 'open'].includes(forward.mode);
}
