/**
 * DomainDefinition: a parsed `<domain type='lxc'>` as readonly plain data, with libvirt's defaults
 * filled in. It is never modified; a change is a new definition.
 */

import type { Hardening } from '../hardening';
import type { VolumeSource } from './devices/volume-source';
import type { CapabilityName } from './elements/capability-numbers';
import type {
  FilesystemDefinition,
  FilesystemOptions,
  OverlayOptions,
} from './filesystem/definition';
import type { InterfaceAddress, InterfaceDefinition, InterfaceRoute } from './interface/definition';
import type { ResourceLimit } from './elements/extension/resource-limits';
import type { LiveSecurity, SecurityLabel, SourceLabel } from './security/definition';
import type {
  BlockTuning,
  CpuTuning,
  HugepageLimit,
  MemoryTuning,
  NumaTuning,
  Partition,
  CgroupLimit,
  ProcessLimit,
  TerminalLimit,
} from './tuning/definition';
import type { Position, XmlElement } from './xml/element';
import type { KeptPart, UnknownWord, UnsupportedElement } from './xml/unsupported';

/** Values of `on_poweroff`, `on_reboot` and `on_crash`. Those after the first two are carried out in part: see `carriedOutAction`. */
export type LifecycleAction =
  'destroy' | 'restart' | 'rename-restart' | 'preserve' | 'coredump-destroy' | 'coredump-restart';

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

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

/** A range of an id map: maps `count` ids of the container, from `start` on, to those of the host from `target` on. */
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
  /** There for the level `isolated`: the definition itself asks for no ids. */
  readonly byLevel?: true;
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
  readonly cgroupLimit?: CgroupLimit;
  readonly terminalLimit?: TerminalLimit;
  /** At most one for each page size. */
  readonly hugepageLimits?: readonly HugepageLimit[];
  /** `<tslxc:idmap allocate='auto'>`: the driver chooses the host ids of the id map. */
  readonly idAllocation?: IdAllocation;
  /** `<tslxc:idmap allocate='none'>`: the ids of the host, also where the level of others would give it ids of its own. */
  readonly hostIds?: true;
  readonly filesystems?: readonly FilesystemOptions[];
  readonly overlays?: readonly OverlayOptions[];
  /** `<tslxc:relabel system='yes'/>`: system directories of the host may be relabelled. */
  readonly relabelSystem?: true;
  /** `<tslxc:stop>`: number of the signal that asks init to shut down; it is tried before any other way. */
  readonly stopSignal?: number;
  readonly restart?: RestartPolicy;
  readonly health?: HealthCheck;
}

/** `<tslxc:health>`: periodic health checks of a running container. Times are in milliseconds. */
export interface HealthCheck {
  /** A command that must exit with 0, or a TCP port on which a process of the container must listen. */
  readonly probe: { readonly argv: readonly string[] } | { readonly port: number };
  /** From the end of one check to the next, but at most 500 while the health is `starting`. */
  readonly interval: number;
  /** The check fails if the command takes longer. */
  readonly timeout: number;
  /** Number of consecutive failures that make the container unhealthy. */
  readonly retries: number;
  /** For this time after the start, or until the first success, failures do not count. */
  readonly grace: number;
  /** What is done with an unhealthy container. */
  readonly action: 'none' | 'restart';
  readonly position: Position;
}

/** `<tslxc:restart>`: a container whose init fails, or is killed, is started again; with `always`, however it has ended. */
export interface RestartPolicy {
  readonly policy: 'on-failure' | 'always';
  /** Maximum number of consecutive restarts after runs of less than ten seconds. Default: no maximum. */
  readonly max?: number;
  /**
   * Milliseconds before a restart after a run of at least ten seconds, and before the first restart after a shorter run. The next
   * restarts in a row pause twice as long each, up to 32 times this delay. Default: no pause after a run of at least ten seconds,
   * otherwise 100.
   */
  readonly delay?: number;
  readonly position: Position;
}

/** Maps the container's user and group ids 0 to `count - 1` to a range of host ids that no other container uses. */
export interface IdAllocation {
  readonly count: number;
  readonly position: Position;
  /** There for the level `isolated`: the definition itself asks for no ids. */
  readonly byLevel?: true;
}

/** A `<hostdev>` of any type but net: a device of the host, under the same path below the container's /dev. */
export interface HostDeviceDefinition {
  /** `storage` is a block device, `misc` and `usb` are character devices. */
  readonly type: 'storage' | 'misc' | 'usb';
  /** Absolute path on the host; '' for a USB device that has not been looked up yet. */
  readonly source: string;
  /** Set for type usb only. */
  readonly usb?: UsbDevice;
  readonly sourceLabels?: readonly SourceLabel[];
  readonly kept?: readonly KeptPart[];
  readonly position: Position;
}

/** A USB device, identified by vendor and product, by bus and device number, or by both. */
export interface UsbDevice {
  readonly vendor?: number;
  readonly product?: number;
  readonly bus?: number;
  readonly device?: number;
  /** `optional`: the container starts even if the device is missing. */
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

interface DiskCommon {
  /** Only of images, and only the attributes that the element has; a block device has no driver. */
  readonly driver?: DiskDriver;
  /** Printed; a `cdrom` is read-only. Default: `disk`. */
  readonly device?: 'cdrom' | 'floppy' | 'lun';
  readonly kept?: readonly KeptPart[];
  readonly sourceLabels?: readonly SourceLabel[];
  readonly target: string;
  readonly bus: DiskBus;
  readonly readonly: boolean;
  readonly shareable: boolean;
  readonly position: Position;
}

/** A block device of the host, or an image that is turned into one. */
export interface HostDisk extends DiskCommon {
  /** For `file`, the block device is a loop device (a raw image) or an nbd device that qemu-nbd serves (other formats). */
  readonly type: 'block' | 'file';
  /** Absolute path on the host. */
  readonly source: string;
}

/** A volume of a storage pool. A start puts a HostDisk in its place: a running domain has none. */
export interface VolumeDisk extends DiskCommon {
  readonly type: 'volume';
  readonly volume: VolumeSource;
}

/** `<disk>`: /dev/TARGET of the container. */
export type DiskDefinition = HostDisk | VolumeDisk;

/** `<hostdev mode='capabilities' type='net'>`: an interface of the host that moves into the container while it runs. */
export interface HostInterfaceDefinition {
  /** Its name on the host. */
  readonly device: string;
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly InterfaceRoute[];
  readonly kept?: readonly KeptPart[];
  readonly position: Position;
}

/** `<timer name='rtc'/>` or `<timer name='hpet'/>`: the container can read the host's device of this name in /dev. */
export interface TimerDevice {
  readonly name: 'rtc' | 'hpet';
  readonly position: Position;
}

/** `<log>`: a file to which the output of a console is also written. */
export interface OutputFile {
  /** Path on the host. A start refuses a path that is not absolute. */
  readonly file: string;
  /** As written. `on`: a start keeps the file's content; otherwise it removes it. */
  readonly append?: 'on' | 'off';
  readonly position: Position;
}

export interface ConsoleDefinition {
  /** Character device type as written; `start` refuses all but 'pty'. */
  readonly type: string;
  readonly log?: OutputFile;
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
  /** The timers of `<clock>` that are devices of the host; as in libvirt, only with the offset `localtime`. */
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
  /** Elements, attributes and texts that libvirt's schema does not know, in document order. They are not printed. */
  readonly unknown?: readonly UnknownWord[];
  /** Position of `<devices>`, or of `<domain>` if it has none. */
  readonly devicesPosition?: Position;
}

/** What a running container adds to the XML of its definition. */
export interface LiveState {
  /** The monitor's pid; missing if the container is gone. */
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
  /** For an interface of a virtual network: the uuid of its port there, while the network runs. */
  readonly portId?: string;
  /** For an interface of a virtual network: the bridge that it is connected to. */
  readonly bridge?: string;
}
