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
  TerminalLimit,
} from './tuning/definition';
import type { Position, XmlElement } from './xml/element';
import type { KeptPart, UnknownWord, UnsupportedElement } from './xml/unsupported';

/** Values of `on_poweroff`, `on_reboot` and `on_crash`. Of the others than the first two a part is carried out. */
export type LifecycleAction =
  'destroy' | 'restart' | 'rename-restart' | 'preserve' | 'coredump-destroy' | 'coredump-restart';

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

/** `compat`: as open as a container of libvirt. `hardened`: the default. */
export type Hardening = 'compat' | 'hardened';

export interface OsDefinition {
  /** The kernel's name of the architecture, as `uname -m` prints it. */
  readonly arch: string;
  /** The program that becomes PID 1. */
  readonly init: string;
  readonly initArgs: readonly string[];
  readonly initEnvironment: readonly EnvironmentVariable[];
  readonly initDirectory?: string;
  /** A user name, or a uid in digits. */
  readonly initUser?: string;
  readonly initGroup?: string;
  /** `<cmdline>`: passed to init in its environment. */
  readonly commandLine?: string;
}

/** A range of an id map: `count` ids from `start` on in the container are those from `target` on of the host. */
export interface IdRange {
  readonly start: number;
  readonly target: number;
  readonly count: number;
  readonly position: Position;
}

/** `<idmap>`: the container has its own user namespace. Ranges are sorted by `start`; both lists map id 0. */
export interface IdMap {
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  readonly position: Position;
}

/** `<capabilities>`: the policy, and the capabilities for which the definition overrides it. */
export interface CapabilitiesDefinition {
  readonly policy: 'default' | 'allow' | 'deny';
  /** Sorted in libvirt's order, as `off` is. */
  readonly on: readonly CapabilityName[];
  readonly off: readonly CapabilityName[];
}

export interface FeaturesDefinition {
  /** `<privnet/>`: a container without interfaces has its own network namespace, which contains only `lo`. */
  readonly privateNetwork: boolean;
  readonly capabilities: CapabilitiesDefinition;
}

export type SharedNamespaceKind = 'net' | 'ipc' | 'uts';

/** `name`: of another domain, which must be running. `pid`: of a process. `netns`: a namespace name of ip-netns(8). */
export type SharedNamespaceSource = 'name' | 'pid' | 'netns';

/** A child of `<lxc:namespace>`: the container shares its namespace of this kind. */
export interface SharedNamespace {
  readonly kind: SharedNamespaceKind;
  readonly source: SharedNamespaceSource;
  readonly value: string;
  readonly position: Position;
}

/** The content of `<tslxc:container>` below `<metadata>`. */
export interface DomainExtension {
  /** Default: the connection's level. */
  readonly hardening?: Hardening;
  /** No program in the container can gain privileges by exec: prctl(2), PR_SET_NO_NEW_PRIVS. */
  readonly noNewPrivileges?: true;
  /** At most one for each resource. */
  readonly resourceLimits?: readonly ResourceLimit[];
  readonly processLimit?: ProcessLimit;
  readonly terminalLimit?: TerminalLimit;
  /** At most one for each page size. */
  readonly hugepageLimits?: readonly HugepageLimit[];
  /** `<tslxc:idmap allocate='auto'>`: the driver chooses the host ids of the id map. */
  readonly idAllocation?: IdAllocation;
  readonly filesystems?: readonly FilesystemOptions[];
  readonly overlays?: readonly OverlayOptions[];
  /** `<tslxc:relabel system='yes'/>`: system directories of the host may be relabelled. */
  readonly relabelSystem?: true;
}

/** Maps the container's user and group ids 0 to `count - 1` to a range of host ids that no other container uses. */
export interface IdAllocation {
  readonly count: number;
  readonly position: Position;
}

/** An address of an interface, inside or on the host. */
export interface InterfaceAddress {
  readonly family: 'ipv4' | 'ipv6';
  /** In canonical form: `192.168.122.50`, `fd00::1`. */
  readonly address: string;
  /** Default: IPv4 by class (8, 16, 24), IPv6 64. */
  readonly prefix: number;
  /** What of it is printed: the prefix, where the text has one. */
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
  /** Those of these attributes that the text has; they are printed the same way. */
  readonly written?: {
    readonly family?: string;
    readonly netmask?: string;
    readonly prefix?: string;
  };
  readonly gateway?: string;
  /** Default: the kernel's (0 for IPv4, 1024 for IPv6). */
  readonly metric?: number;
  readonly position: Position;
}

/** One direction of `<bandwidth>`: KiB/s, and KiB for `burst`. At least one of `average` and `floor` is set. */
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

/** `<vlan>` of a bridge port. Frames of a single tag without `trunk` leave the port untagged. */
export interface Vlan {
  readonly trunk: boolean;
  readonly tags: readonly {
    readonly id: number;
    readonly nativeMode?: 'tagged' | 'untagged';
  }[];
  readonly position: Position;
}

/** Filters that libvirt predefines, as far as they are carried out. */
export type FilterName =
  | 'clean-traffic'
  | 'no-mac-spoofing'
  | 'no-ip-spoofing'
  | 'no-arp-spoofing'
  | 'no-arp-mac-spoofing'
  | 'no-arp-ip-spoofing'
  | 'no-mac-broadcast'
  | 'no-other-l2-traffic';

/** `<filterref>`: a filter for what an interface sends, with its `<parameter>` in document order. */
export interface FilterReference {
  readonly filter: FilterName;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly position: Position;
}

/** `<virtualport>`: the port of a bridge of Open vSwitch. */
export interface VirtualPort {
  /** May be missing in an interface of a network, and in a port group: then it is that of the network. */
  readonly type?: 'openvswitch';
  /** A uuid, for controllers of the switch. Default: one made of the domain's uuid and the interface's address. */
  readonly interfaceId?: string;
  readonly profileId?: string;
  readonly position: Position;
}

/** The mode of a macvlan interface, in libvirt's words. */
export type DirectMode = 'vepa' | 'bridge' | 'private' | 'passthrough';

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

/** `<hostdev>` but of type net: a device of the host, under the same path below the container's /dev. */
export interface HostDeviceDefinition {
  /** `storage` is a block device, `misc` and `usb` are character devices. */
  readonly type: 'storage' | 'misc' | 'usb';
  /** Absolute path on the host; '' for a USB device that is still to be found. */
  readonly source: string;
  /** Of type usb. */
  readonly usb?: UsbDevice;
  readonly sourceLabels?: readonly SourceLabel[];
  readonly kept?: readonly KeptPart[];
  readonly position: Position;
}

/** A USB device by what it is, by where it is plugged in, or both. */
export interface UsbDevice {
  readonly vendor?: number;
  readonly product?: number;
  readonly bus?: number;
  readonly device?: number;
  /** `optional`: a container starts without a device that is not there. */
  readonly startupPolicy?: 'mandatory' | 'requisite' | 'optional';
}

/** The disk buses that libvirt knows. Printed; has no effect in a container. */
export type DiskBus =
  'ide' | 'fdc' | 'scsi' | 'virtio' | 'xen' | 'usb' | 'uml' | 'sata' | 'sd' | 'none';

/** `<driver>` of an image. */
export interface DiskDriver {
  readonly name?: 'loop' | 'nbd';
  /** By libvirt's name: `raw`, `qcow2`. */
  readonly format?: string;
}

/** `<disk>`: a block device of the host, or an image that is made one, as /dev/TARGET of the container. */
export interface DiskDefinition {
  /** Of `file`, a loop device shows the bytes of the source, or qemu-nbd what they mean. */
  readonly type: 'block' | 'file';
  /** As far as the element says it; only of type `file`. There is no other driver. */
  readonly driver?: DiskDriver;
  /** Printed; a `cdrom` is read-only. Default: `disk`. */
  readonly device?: 'cdrom' | 'floppy' | 'lun';
  readonly kept?: readonly KeptPart[];
  /** Absolute path on the host. */
  readonly source: string;
  readonly sourceLabels?: readonly SourceLabel[];
  readonly target: string;
  readonly bus: DiskBus;
  readonly readonly: boolean;
  readonly shareable: boolean;
  readonly position: Position;
}

/** `<hostdev mode='capabilities' type='net'>`: an interface of the host that moves into the container while it runs. */
export interface HostInterfaceDefinition {
  /** Its name on the host. */
  readonly device: string;
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly InterfaceRoute[];
  readonly kept?: readonly KeptPart[];
  readonly position: Position;
}

/** `<timer name='rtc'/>` or `<timer name='hpet'/>`: that of the host under this name in /dev, which can be read. */
export interface TimerDevice {
  readonly name: 'rtc' | 'hpet';
  readonly position: Position;
}

export interface ConsoleDefinition {
  /** Character device type as written; `start` refuses all but 'pty'. */
  readonly type: string;
  /** `@type` of `<target>`, if it is not `lxc`. Printed; has no effect. */
  readonly targetType?: string;
  readonly kept?: readonly KeptPart[];
  /** Printed; has no effect, since consoles are on the container's own devpts. */
  readonly sourceLabels?: readonly SourceLabel[];
  readonly position: Position;
  /** The element as written, if it is no pty. */
  readonly raw?: XmlElement;
}

export interface DomainDefinition {
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  readonly title?: string;
  readonly description?: string;
  /** Children of `<metadata>`, one for each namespace. */
  readonly metadata: readonly XmlElement[];
  /** Memory limit in KiB. */
  readonly memory: number;
  /** In KiB. Reported, but not applied. */
  readonly currentMemory: number;
  readonly vcpu: {
    readonly count: number;
    readonly current?: number;
    /** In canonical form: `0-1,3`. */
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
  /** Those of its `<timer>` that are devices of the host; with the offset `localtime` only, as in libvirt. */
  readonly timers?: readonly TimerDevice[];
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
  /** Children of `<domain>` that are kept as written, in libvirt's output order. */
  readonly otherElements: readonly XmlElement[];
  /** Children of `<devices>` that are kept as written, in libvirt's output order. */
  readonly otherDevices: readonly XmlElement[];
  /** Parts of other elements that are kept as written, at most one for each path. */
  readonly kept?: readonly KeptPart[];
  /** Everything that is not carried out, in document order: `start` warns of it, or refuses it. */
  readonly unsupported: readonly UnsupportedElement[];
  /** Words of the text that libvirt's schema does not know, in document order. They are not printed. */
  readonly unknown?: readonly UnknownWord[];
  /** Position of `<devices>`, or of `<domain>` if it has none. */
  readonly devicesPosition?: Position;
}

/** What a running container adds to the XML of its definition. */
export interface LiveState {
  /** The monitor's pid; absent of a container that is gone. */
  readonly id?: number;
  /** The host's pty of each console, in order: `/dev/pts/3`. */
  readonly consolePaths: readonly string[];
  /** The actual names of each interface, in the order of the definition. */
  readonly interfaces?: readonly LiveInterface[];
  readonly security?: LiveSecurity;
}

export interface LiveInterface {
  /** Name of the host's side. A macvlan has none. */
  readonly target?: string;
  /** Name in the container. */
  readonly guest: string;
  /** For an interface of a virtual network: the bridge that it is connected to. */
  readonly bridge?: string;
}
