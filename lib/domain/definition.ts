/**
 * DomainDefinition: a parsed `<domain type='lxc'>` as readonly plain data, with libvirt's defaults
 * filled in. It is never modified; a change is a new definition.
 */

import type { CapabilityName } from './elements/capability-numbers';
import type {
  FilesystemDefinition,
  FilesystemOptions,
  OverlayOptions,
} from './filesystem/definition';
import type { ResourceLimit } from './elements/resource-limits';
import type { LiveSecurity, SecurityLabel, SourceLabel } from './security/definition';
import type {
  BlockTuning,
  CpuTuning,
  HugepageLimit,
  MemoryTuning,
  NumaTuning,
  Partition,
  ProcessLimit,
} from './tuning/definition';
import type { Position, XmlElement } from './xml/element';
import type { KeptPart, UnsupportedElement } from './xml/unsupported';

/** What `on_poweroff`, `on_reboot` and `on_crash` can say. The first two are carried out, `start` refuses the others. */
export type LifecycleAction =
  'destroy' | 'restart' | 'rename-restart' | 'preserve' | 'coredump-destroy' | 'coredump-restart';

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

/** `compat`: what libvirt leaves open stays open. `hardened`: the default. */
export type Hardening = 'compat' | 'hardened';

export interface OsDefinition {
  /** Kernel's name of the architecture, as uname -m gives it. */
  readonly arch: string;
  /** The program that becomes PID 1. */
  readonly init: string;
  readonly initArgs: readonly string[];
  readonly initEnvironment: readonly EnvironmentVariable[];
  readonly initDirectory?: string;
  /** A name, or a number that is a uid. */
  readonly initUser?: string;
  readonly initGroup?: string;
  /** `<cmdline>`: init finds it in its environment. */
  readonly commandLine?: string;
}

/** A range of an id map: `count` ids from `start` in the container are those from `target` on the host. */
export interface IdRange {
  readonly start: number;
  readonly target: number;
  readonly count: number;
  readonly position: Position;
}

/** `<idmap>`: the container has a user namespace of its own. Ranges are sorted by `start`; both lists map 0. */
export interface IdMap {
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  readonly position: Position;
}

/** `<capabilities>`: where the policy's choice stands, and where the definition has its own. */
export interface CapabilitiesDefinition {
  readonly policy: 'default' | 'allow' | 'deny';
  /** In libvirt's order, as `off`. */
  readonly on: readonly CapabilityName[];
  readonly off: readonly CapabilityName[];
}

export interface FeaturesDefinition {
  /** `<privnet/>`: a network namespace of its own, with nothing but `lo`, when there is no interface. */
  readonly privateNetwork: boolean;
  readonly capabilities: CapabilitiesDefinition;
}

export type SharedNamespaceKind = 'net' | 'ipc' | 'uts';

/** `name`: that of another domain, which has to run. `pid`: that of a process. `netns`: a name of ip-netns(8). */
export type SharedNamespaceSource = 'name' | 'pid' | 'netns';

/** A child of `<lxc:namespace>`: the container has no namespace of this kind for its own. */
export interface SharedNamespace {
  readonly kind: SharedNamespaceKind;
  readonly source: SharedNamespaceSource;
  readonly value: string;
  readonly position: Position;
}

/** What `<tslxc:container>` below `<metadata>` says. */
export interface DomainExtension {
  /** Default: that of the connection. */
  readonly hardening?: Hardening;
  /** No program in the container gains privileges by exec: prctl(2), PR_SET_NO_NEW_PRIVS. */
  readonly noNewPrivileges?: true;
  /** At most one a resource. */
  readonly resourceLimits?: readonly ResourceLimit[];
  readonly processLimit?: ProcessLimit;
  /** At most one a size. */
  readonly hugepageLimits?: readonly HugepageLimit[];
  /** `<tslxc:idmap allocate='auto'>`: an id map with ranges of the host that the driver chooses. */
  readonly idAllocation?: IdAllocation;
  readonly filesystems?: readonly FilesystemOptions[];
  readonly overlays?: readonly OverlayOptions[];
  /** `<tslxc:relabel system='yes'/>`: directories of the host's own system may be relabelled. */
  readonly relabelSystem?: true;
}

/** The ids 0 to `count - 1` of the container, users and groups alike, on a range of the host that nobody else has. */
export interface IdAllocation {
  readonly count: number;
  readonly position: Position;
}

/** An address of an interface, inside or on the host. */
export interface InterfaceAddress {
  readonly family: 'ipv4' | 'ipv6';
  /** In canonical text: `192.168.122.50`, `fd00::1`. */
  readonly address: string;
  /** Default: IPv4 by class (8, 16, 24), IPv6 64. */
  readonly prefix: number;
  /** The other end of a point-to-point link. */
  readonly peer?: string;
  readonly position: Position;
}

/** A route of an interface. The default route is the unspecified address with prefix 0. */
export interface InterfaceRoute {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
  readonly gateway?: string;
  /** Default: the kernel's (0 for IPv4, 1024 for IPv6). */
  readonly metric?: number;
  readonly position: Position;
}

/** One direction of `<bandwidth>`: KiB/s, and KiB for `burst`. At least one of average and floor is there. */
export interface Rate {
  /** KiB/s in the long run. */
  readonly average?: number;
  /** KiB/s at most, while `burst` lasts. */
  readonly peak?: number;
  /** KiB that may be sent at the speed of `peak`. */
  readonly burst?: number;
  /** Guaranteed share of a network's inbound; only with `type='network'`. */
  readonly floor?: number;
}

/** `<bandwidth>`, from the container's point of view: inbound is what it receives. */
export interface Bandwidth {
  readonly inbound?: Rate;
  readonly outbound?: Rate;
  readonly position: Position;
}

/** `<vlan>` of a bridge port. One tag without `trunk` is untagged at the port. */
export interface Vlan {
  readonly trunk: boolean;
  readonly tags: readonly {
    readonly id: number;
    readonly nativeMode?: 'tagged' | 'untagged';
  }[];
  readonly position: Position;
}

/** How a macvlan's frames leave it, in libvirt's words. */
export type DirectMode = 'vepa' | 'bridge' | 'private' | 'passthrough';

interface InterfaceCommon {
  /** Lower case, six bytes with colons; generated once when the text has none. */
  readonly mac: string;
  /** Name of the host's side, as asked; the driver's own names (`vnetN`, `macvlanN`) are not kept. */
  readonly targetDevice?: string;
  /** Name inside, as asked. Default: the lowest free `ethN`. */
  readonly guestDevice?: string;
  readonly mtu?: number;
  /** Default: up. */
  readonly linkState?: 'up' | 'down';
  /** Printed and listed, without an effect in a container. */
  readonly model?: string;
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly InterfaceRoute[];
  readonly bandwidth?: Bandwidth;
  readonly vlan?: Vlan;
  /** `<port isolated='yes'/>`: no frames to other isolated ports of the bridge. */
  readonly isolated?: boolean;
  readonly position: Position;
}

/** A veth pair with its host side on a bridge of the host's. */
export interface BridgeInterface extends InterfaceCommon {
  readonly type: 'bridge';
  readonly bridge: string;
}

/** As the virtual network says. */
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

/** A veth pair with its host side free. `hostAddresses` and `hostRoutes` come from `<source>`. */
export interface EthernetInterface extends InterfaceCommon {
  readonly type: 'ethernet';
  readonly hostAddresses: readonly InterfaceAddress[];
  readonly hostRoutes: readonly InterfaceRoute[];
}

/** Other types are kept in `later`. */
export type InterfaceDefinition =
  BridgeInterface | NetworkInterface | DirectInterface | EthernetInterface;

/** `<hostdev mode='capabilities'>`: a device of the host, at its place below the container's /dev. */
export interface HostDeviceDefinition {
  /** `storage` is a block device, `misc` a character device. */
  readonly type: 'storage' | 'misc';
  /** Absolute path on the host. */
  readonly source: string;
  readonly sourceLabels?: readonly SourceLabel[];
  readonly position: Position;
}

/** Buses that libvirt knows for a disk's name; printed, and without an effect in a container. */
export type DiskBus =
  'ide' | 'fdc' | 'scsi' | 'virtio' | 'xen' | 'usb' | 'uml' | 'sata' | 'sd' | 'none';

/** `<disk type='block'>`: a block device of the host as /dev/TARGET of the container. */
export interface DiskDefinition {
  /** Absolute path on the host. */
  readonly source: string;
  readonly sourceLabels?: readonly SourceLabel[];
  readonly target: string;
  readonly bus: DiskBus;
  readonly readonly: boolean;
  readonly shareable: boolean;
  readonly position: Position;
}

/** `<hostdev mode='capabilities' type='net'>`: a network interface of the host, the container's while it runs. */
export interface HostInterfaceDefinition {
  /** Its name on the host. */
  readonly device: string;
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly InterfaceRoute[];
  readonly position: Position;
}

export interface ConsoleDefinition {
  /** Character device type as written; `start` refuses all but 'pty'. */
  readonly type: string;
  /** Printed, and without an effect: consoles are the container's own. */
  readonly sourceLabels?: readonly SourceLabel[];
  readonly position: Position;
  /** The element as written, when it says more than `<console type='pty'/>` can. */
  readonly raw?: XmlElement;
}

export interface DomainDefinition {
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  readonly title?: string;
  readonly description?: string;
  /** Children of `<metadata>`, one a namespace. */
  readonly metadata: readonly XmlElement[];
  /** Memory limit in KiB. */
  readonly memory: number;
  /** In KiB; reported, not applied. */
  readonly currentMemory: number;
  readonly vcpu: {
    readonly count: number;
    readonly current?: number;
    /** In canonical text: `0-1,3`. */
    readonly cpuset?: string;
    readonly placement: 'static' | 'auto';
    readonly position?: Position;
  };
  readonly memoryTuning?: MemoryTuning;
  readonly cpuTuning?: CpuTuning;
  readonly blockTuning?: BlockTuning;
  readonly numaTuning?: NumaTuning;
  readonly partition?: Partition;
  readonly os: OsDefinition;
  readonly idMap?: IdMap;
  readonly features: FeaturesDefinition;
  readonly extension: DomainExtension;
  readonly sharedNamespaces: readonly SharedNamespace[];
  /** `@offset` of `<clock>`. */
  readonly clockOffset: string;
  readonly onPoweroff: LifecycleAction;
  readonly onReboot: LifecycleAction;
  readonly onCrash: LifecycleAction;
  readonly emulator: string;
  readonly filesystems: readonly FilesystemDefinition[];
  readonly consoles: readonly ConsoleDefinition[];
  readonly disks: readonly DiskDefinition[];
  readonly hostDevices: readonly HostDeviceDefinition[];
  readonly interfaces: readonly InterfaceDefinition[];
  readonly hostInterfaces: readonly HostInterfaceDefinition[];
  readonly securityLabels: readonly SecurityLabel[];
  /** Elements of `<domain>` itself that are kept raw, in libvirt's output order. */
  readonly otherElements: readonly XmlElement[];
  /** Elements of `<devices>` that are kept raw, in libvirt's output order. */
  readonly otherDevices: readonly XmlElement[];
  /** Raw parts of other elements, at most one a path. */
  readonly kept?: readonly KeptPart[];
  /** Everything that `start` has to refuse, in document order; empty when all is carried out. */
  readonly unsupported: readonly UnsupportedElement[];
  /** Start of `<devices>`, or of `<domain>` when it has none. */
  readonly devicesPosition?: Position;
}

/** What a running container adds to the XML of its definition. */
export interface LiveState {
  /** The monitor's pid. */
  readonly id: number;
  /** Host pty of each console, in order: `/dev/pts/3`. */
  readonly consolePaths: readonly string[];
  /** What each interface has become, in their order. */
  readonly interfaces?: readonly LiveInterface[];
  readonly security?: LiveSecurity;
}

export interface LiveInterface {
  /** Name of the host's side; a macvlan has none. */
  readonly target?: string;
  /** Name inside. */
  readonly guest: string;
  /** Of a virtual network: the bridge that it is plugged into. */
  readonly bridge?: string;
}
