/**
 * DomainDefinition: a parsed `<domain type='lxc'>` as readonly plain data, with libvirt's defaults
 * filled in. It is never modified; a change is a new definition.
 */

import type { CapabilityName } from './capability-numbers';
import type { ResourceName } from './resource-limits';

/** A place in the XML text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** An element kept as it was written. */
export interface XmlElement {
  /** Qualified name, as written (`lxc:namespace`). */
  readonly name: string;
  /** Namespace URI, or '' for none. */
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  /** Child elements and text in document order; no comments, no processing instructions. */
  readonly children: readonly (XmlElement | string)[];
  readonly position: Position;
}

export interface XmlAttribute {
  /** Qualified name; namespace declarations (`xmlns`, `xmlns:x`) are kept. */
  readonly name: string;
  readonly value: string;
}

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

/** `<tslxc:rlimit>`: one of init's resource limits, getrlimit(2). */
export interface ResourceLimit {
  readonly name: ResourceName;
  readonly soft: bigint;
  readonly hard: bigint;
  readonly position: Position;
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
  /** `<tslxc:idmap allocate='auto'>`: an id map with ranges of the host that the driver chooses. */
  readonly idAllocation?: IdAllocation;
  readonly filesystems?: readonly FilesystemOptions[];
  readonly overlays?: readonly OverlayOptions[];
}

/** The ids 0 to `count - 1` of the container, users and groups alike, on a range of the host that nobody else has. */
export interface IdAllocation {
  readonly count: number;
  readonly position: Position;
}

export type Propagation = 'private' | 'slave' | 'shared';

/** `<tslxc:filesystem>`: more about the `<filesystem>` of the same target. */
export interface FilesystemOptions {
  readonly target: string;
  /** Whether what is mounted below the source comes along. Default: `yes` for the root, else `no`. */
  readonly recursive?: 'yes' | 'no';
  /** Whether mounts that are made later reach the container (slave), and the host too (shared). Default: neither. */
  readonly propagation?: Propagation;
  readonly position: Position;
}

/** `<tslxc:overlay>`: the `<filesystem>` of the same target is only read; what the container writes goes to `upper`. */
export interface OverlayOptions {
  readonly target: string;
  /** Absolute path of a directory on the host; has `upper` and `work` inside. */
  readonly upper: string;
  readonly position: Position;
}

interface FilesystemCommon {
  /** `mapped`: shown with the container's ids. Absent only where the text of a running container has it absent. */
  readonly accessMode?: 'passthrough' | 'mapped';
  /** Absolute path in the container. */
  readonly target: string;
  readonly readonly: boolean;
  readonly position: Position;
}

/** A tree of the host. */
export interface MountFilesystem extends FilesystemCommon {
  readonly type: 'mount';
  /** Absolute path on the host. */
  readonly source: string;
}

/** A tree of the container, once more. */
export interface BindFilesystem extends FilesystemCommon {
  readonly type: 'bind';
  /** Absolute path in the container, as assembled so far. */
  readonly source: string;
}

/** A raw image. */
export interface FileFilesystem extends FilesystemCommon {
  readonly type: 'file';
  /** Absolute path on the host. */
  readonly source: string;
  /** As far as it is written out; there is no other. */
  readonly driver?: { readonly type: 'loop'; readonly format?: 'raw' };
}

export interface BlockFilesystem extends FilesystemCommon {
  readonly type: 'block';
  /** Absolute path of the device on the host. */
  readonly source: string;
}

export interface RamFilesystem extends FilesystemCommon {
  readonly type: 'ram';
  /** At most so many KiB. */
  readonly usage: number;
}

/** Other types are kept in `later`. */
export type FilesystemDefinition =
  MountFilesystem | BindFilesystem | FileFilesystem | BlockFilesystem | RamFilesystem;

/** `<hostdev mode='capabilities'>`: a device of the host, at its place below the container's /dev. */
export interface HostDeviceDefinition {
  /** `storage` is a block device, `misc` a character device. */
  readonly type: 'storage' | 'misc';
  /** Absolute path on the host. */
  readonly source: string;
  readonly position: Position;
}

/** Buses that libvirt knows for a disk's name; printed, and without an effect in a container. */
export type DiskBus =
  'ide' | 'fdc' | 'scsi' | 'virtio' | 'xen' | 'usb' | 'uml' | 'sata' | 'sd' | 'none';

/** `<disk type='block'>`: a block device of the host as /dev/TARGET of the container. */
export interface DiskDefinition {
  /** Absolute path on the host. */
  readonly source: string;
  readonly target: string;
  readonly bus: DiskBus;
  readonly readonly: boolean;
  readonly shareable: boolean;
  readonly position: Position;
}

export interface ConsoleDefinition {
  /** Character device type as written; `start` refuses all but 'pty'. */
  readonly type: string;
  readonly position: Position;
  /** The element as written, when it says more than `<console type='pty'/>` can. */
  readonly raw?: XmlElement;
}

/**
 * An element, attribute or value that libvirt knows and this version stores and prints but does not
 * carry out: `start` refuses the definition and names it.
 */
export interface LaterElement {
  /** Path such as `domain/devices/interface`, or `domain/vcpu/@cpuset` for an attribute. */
  readonly path: string;
  readonly position: Position;
  /** The value at fault, where other values of the element or attribute are carried out. */
  readonly value?: string;
  /** What `start` says of it, where the value says too little or libvirt has words of its own. */
  readonly words?: string;
}

/** What is kept raw of an element whose other parts are carried out. */
export interface KeptPart {
  /** Path of that element, such as `domain/os`. */
  readonly path: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
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
    readonly cpuset?: string;
    readonly placement: 'static' | 'auto';
  };
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
  /** Elements of `<domain>` itself that are kept raw, in libvirt's output order. */
  readonly otherElements: readonly XmlElement[];
  /** Elements of `<devices>` that are kept raw, in libvirt's output order. */
  readonly otherDevices: readonly XmlElement[];
  /** Raw parts of other elements, at most one a path. */
  readonly kept?: readonly KeptPart[];
  /** Everything that `start` has to refuse, in document order; empty when all is carried out. */
  readonly later: readonly LaterElement[];
  /** Start of `<devices>`, or of `<domain>` when it has none. */
  readonly devicesPosition?: Position;
}

/** What a running container adds to the XML of its definition. */
export interface LiveState {
  /** The monitor's pid. */
  readonly id: number;
  /** Host pty of each console, in order: `/dev/pts/3`. */
  readonly consolePaths: readonly string[];
}
