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
import type { InterfaceAddress, InterfaceDefinition, InterfaceRoute } from './interface/definition';
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
  /** `<tslxc:stop>`: number of the signal that asks init to end, before any other way. */
  readonly stopSignal?: number;
  readonly restart?: RestartPolicy;
  readonly health?: HealthCheck;
}

/** `<tslxc:health>`: how a container is found to be well, again and again. Times are in milliseconds. */
export interface HealthCheck {
  /** A command that exits with 0, or a TCP port that is listened at. */
  readonly probe: { readonly argv: readonly string[] } | { readonly port: number };
  /** From the end of one check to the next. */
  readonly interval: number;
  /** A command that takes longer has failed. */
  readonly timeout: number;
  /** So many failures in a row make it unhealthy. */
  readonly retries: number;
  /** After the start, failures do not count for so long, until the first success. */
  readonly grace: number;
  /** What is done with one that is unhealthy. */
  readonly action: 'none' | 'restart';
  readonly position: Position;
}

/** `<tslxc:restart>`: a container whose init fails, or is killed, is started again. */
export interface RestartPolicy {
  readonly policy: 'on-failure';
  /** Restarts in a row, none of which ran for ten seconds. Default: any number. */
  readonly max?: number;
  /** Milliseconds before the first of them; each pause after it is twice as long, up to 32 times. Default: 100. */
  readonly delay?: number;
  readonly position: Position;
}

/** Maps the container's user and group ids 0 to `count - 1` to a range of host ids that no other container uses. */
export interface IdAllocation {
  readonly count: number;
  readonly position: Position;
}

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

/** `<log>`: a file that the output of a console goes to as well. */
export interface OutputFile {
  /** Of the host. A start refuses what is no absolute path. */
  readonly file: string;
  /** As written. `on`: what is there stays at a start; else it is removed. */
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
