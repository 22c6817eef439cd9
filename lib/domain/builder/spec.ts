/** What a container is to be, as plain data: the public type that stands for XML, written and read. */
import type { Hardening, LifecycleAction } from '../definition';
import type { CapabilityName } from '../elements/capability-numbers';
import type { Propagation } from '../filesystem/definition';
import type { DirectMode, FilterName, Rate } from '../interface/definition';

/** A size with its unit, such as `64MiB`: powers of 1024, and of 1000 for KB, MB, GB and TB. */
export type Size = `${number}${'B' | 'KiB' | 'MiB' | 'GiB' | 'TiB' | 'KB' | 'MB' | 'GB' | 'TB'}`;

/** A domain: what `domainXml` writes as XML, and `Domain.spec` reads. Whatever is left out has libvirt's default. */
export interface DomainSpec {
  /** It is found by this name. */
  readonly name: string;
  /** Default: that of the defined domain of this name, else a new one. */
  readonly uuid?: string;
  /** One line. */
  readonly title?: string;
  /** Any number of lines. */
  readonly description?: string;
  /** The limit of its memory. */
  readonly memory: Size;
  /** What is reported as its memory. Default: `memory`. */
  readonly currentMemory?: Size;
  /** A number that is reported and limits nothing. Default: 1. */
  readonly vcpus?: number;
  /** The CPUs that it may run on, such as `0-1,3`. Default: all. */
  readonly cpuset?: string;
  /** Further limits. Default: none. */
  readonly limits?: LimitSpec;
  /** The first program, by an absolute path in the container. Default: `/sbin/init`. */
  readonly init?: string;
  /** Its arguments. */
  readonly args?: readonly string[];
  /** Variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its working directory. */
  readonly cwd?: string;
  /** A name or number of the container's. Default: root. */
  readonly user?: string;
  /** Likewise. */
  readonly group?: string;
  /** The root file system: a directory of the host. Default: the host's own root. */
  readonly root?: string | RootSpec;
  /** Further file systems, in this order. */
  readonly mounts?: readonly MountSpec[];
  /** Network interfaces. Without one the container is in the host's network, unless `privateNetwork` is set. */
  readonly interfaces?: readonly InterfaceSpec[];
  /** A network namespace of its own with nothing but `lo`. */
  readonly privateNetwork?: boolean;
  /** Number of consoles. A start needs at least one, which is the default. */
  readonly consoles?: number;
  /** Its own ids of users and groups: `auto` for ranges that no other container has. Default: those of the host. */
  readonly idMap?: 'auto' | IdMapSpec;
  /** What of root's rights its processes may have. */
  readonly capabilities?: CapabilitySpec;
  /** Default: that of the connection. */
  readonly hardening?: Hardening;
  /** No program in it gains rights by set-uid bits or file capabilities. */
  readonly noNewPrivileges?: boolean;
  /** Resource limits of init, by the names of RLIMIT in lower case, such as `nofile`. */
  readonly resourceLimits?: Readonly<Record<string, ResourceLimitSpec>>;
  /** Default: `utc`. */
  readonly clock?: 'utc' | 'localtime';
  /** What is done when init has ended. Default: `destroy`. */
  readonly onPoweroff?: LifecycleAction;
  /** Default: `restart`. */
  readonly onReboot?: LifecycleAction;
  /** Default: `destroy`. */
  readonly onCrash?: LifecycleAction;
  /** What is done when init has failed, whatever `onPoweroff` and `onCrash` say. Default: nothing. */
  readonly restart?: RestartSpec;
  /** How it is found to be well, again and again. Default: nothing is checked. */
  readonly health?: HealthSpec;
}

/** Checks of a running container: a command, or a port. All times are in milliseconds. */
export interface HealthSpec {
  /** A command that exits with 0 when all is well. */
  readonly exec?: readonly string[];
  /** In its place: a TCP port that is listened at, which is looked at from outside. */
  readonly port?: number;
  /** From the end of one check to the next. Default: 10,000. */
  readonly interval?: number;
  /** A command that takes longer has failed. Default: 5000. */
  readonly timeout?: number;
  /** So many failures in a row make it unhealthy. Default: 3. */
  readonly retries?: number;
  /** After the start, failures do not count for so long, until the first success. Default: 0. */
  readonly grace?: number;
  /** `restart`: one that is unhealthy is killed, and started again. Default: `none`. */
  readonly action?: 'none' | 'restart';
}

/** A container whose init exits with a code other than 0, or is killed, is started again, by whichever process there is. */
export interface RestartSpec {
  /** The only policy there is. */
  readonly policy: 'on-failure';
  /** Restarts in a row, none of which ran for ten seconds. Default: any number. */
  readonly max?: number;
  /** Milliseconds before the first of them; each pause after it is twice as long, up to 32 times. Default: 100. */
  readonly delay?: number;
}

/** Limits beside that of memory. */
export interface LimitSpec {
  /** Memory during contention. */
  readonly softMemory?: Size;
  /** Memory and swap together. */
  readonly memoryAndSwap?: Size;
  /** Weight relative to other containers, 2 to 262144; 1024 where it is not set. */
  readonly cpuShares?: number;
  /** Microseconds, 1000 to 1000000. */
  readonly cpuPeriod?: number;
  /** Microseconds of all CPUs together in each period. */
  readonly cpuQuota?: number;
  /** Weight relative to other containers for block devices, 1 to 10000. */
  readonly blockWeight?: number;
  /** Processes and threads together. */
  readonly processes?: number;
  /** Pseudo-terminals, consoles included. */
  readonly terminals?: number;
}

/** A root file system. */
export interface RootSpec {
  /** A directory of the host. */
  readonly source: string;
  /** Default: false. */
  readonly readonly?: boolean;
  /** A directory of the host for what the container writes: the source stays as it is. */
  readonly overlay?: string;
}

/** What all mounts have. */
export interface CommonMountSpec {
  /** An absolute path in the container. */
  readonly target: string;
  /** Default: false. */
  readonly readonly?: boolean;
}

/** A directory of the host. */
export interface DirectoryMount extends CommonMountSpec {
  /** Default: `mount`. */
  readonly type?: 'mount';
  /** An absolute path on the host. */
  readonly source: string;
  /** Whether mounts below the source are included. Default: false. */
  readonly recursive?: boolean;
  /** Default: `private`. */
  readonly propagation?: Propagation;
  /** A directory of the host for what the container writes: the source stays as it is. */
  readonly overlay?: string;
}

/** A directory of the container, a second time. */
export interface BindMount extends CommonMountSpec {
  /** Says which kind it is. */
  readonly type: 'bind';
  /** An absolute path in the container. */
  readonly source: string;
}

/** A file system in memory. */
export interface RamMount extends CommonMountSpec {
  /** Says which kind it is. */
  readonly type: 'ram';
  /** How large it may become. */
  readonly size: Size;
}

/** The file system of an image, or of a block device of the host. */
export interface ImageMount extends CommonMountSpec {
  /** Says which kind it is. */
  readonly type: 'file' | 'block';
  /** An absolute path on the host. */
  readonly source: string;
}

/** A file system of a container. */
export type MountSpec = DirectoryMount | BindMount | RamMount | ImageMount;

/** What interfaces of all kinds have. */
export interface CommonInterfaceSpec {
  /** Default: one is made, and kept. */
  readonly mac?: string;
  /** Its name in the container. Default: the lowest free `ethN`. */
  readonly guest?: string;
  /** The name of the host's side. Default: a free `vnetN`. */
  readonly target?: string;
  /** Bytes. */
  readonly mtu?: number;
  /** Default: `up`. */
  readonly link?: 'up' | 'down';
  /** Addresses with their prefixes: `192.168.122.5/24`, `fd00::5/64`. Without one, init asks for one by DHCP, if it does. */
  readonly addresses?: readonly string[];
  /** Routes. */
  readonly routes?: readonly RouteSpec[];
  /** Default: no limit. */
  readonly bandwidth?: BandwidthSpec;
  /** Frames are not forwarded between isolated ports of the bridge. */
  readonly isolated?: boolean;
  /** A filter for what the container sends. */
  readonly filter?: FilterName;
}

/** Rates from the container's point of view, in KiB a second. */
export interface BandwidthSpec {
  /** Of what it receives. */
  readonly inbound?: Rate;
  /** Of what it sends. */
  readonly outbound?: Rate;
}

/** An interface in a virtual network. */
export interface NetworkInterfaceSpec extends CommonInterfaceSpec {
  /** Says which kind it is. */
  readonly type: 'network';
  /** Name of the network. */
  readonly network: string;
  /** Name of a port group of the network. */
  readonly portgroup?: string;
  /** Ports of the host that lead to the container, in networks of the modes nat, route and open. */
  readonly portForwards?: readonly PortForwardSpec[];
}

/** Ports of the host that lead to a container. */
export interface PortForwardSpec {
  /** Default: `tcp`. */
  readonly protocol?: 'tcp' | 'udp';
  /** The address of the host that they are ports of. Default: each. */
  readonly address?: string;
  /** The device of the host that packets for them come in by. Default: each. */
  readonly device?: string;
  /** Which ports, and which are left out. Default: all. */
  readonly ranges?: readonly PortRangeSpec[];
}

/** Ports of the host, and those of the container that they lead to. */
export interface PortRangeSpec {
  /** The first one. */
  readonly start: number;
  /** The last one. Default: `start`. */
  readonly end?: number;
  /** The port of the container that `start` leads to. Default: `start`. */
  readonly to?: number;
  /** They are left out of the other ranges. Default: false. */
  readonly exclude?: boolean;
}

/** An interface whose host side is a port of a bridge of the host. */
export interface BridgeInterfaceSpec extends CommonInterfaceSpec {
  /** Says which kind it is. */
  readonly type: 'bridge';
  /** Name of the bridge. */
  readonly bridge: string;
}

/** A macvlan on a device of the host. */
export interface DirectInterfaceSpec extends CommonInterfaceSpec {
  /** Says which kind it is. */
  readonly type: 'direct';
  /** Name of the device. */
  readonly device: string;
  /** Default: `vepa`, as in libvirt. */
  readonly mode?: DirectMode;
}

/** An interface whose host side is a port of nothing. */
export interface EthernetInterfaceSpec extends CommonInterfaceSpec {
  /** Says which kind it is. */
  readonly type: 'ethernet';
}

/** A network interface of a container. */
export type InterfaceSpec =
  NetworkInterfaceSpec | BridgeInterfaceSpec | DirectInterfaceSpec | EthernetInterfaceSpec;

/** A route of an interface. */
export interface RouteSpec {
  /** Address and prefix: `10.0.0.0/8`, and `0.0.0.0/0` or `::/0` for all. */
  readonly to: string;
  /** The gateway. */
  readonly via: string;
  /** Default: 1. */
  readonly metric?: number;
}

/** Ranges of ids of users and groups; both have to map 0. */
export interface IdMapSpec {
  /** Of users. */
  readonly uids: readonly IdRangeSpec[];
  /** Of groups. */
  readonly gids: readonly IdRangeSpec[];
}

/** `count` ids from `start` on in the container are those from `target` on of the host. */
export interface IdRangeSpec {
  /** In the container. */
  readonly start: number;
  /** On the host. */
  readonly target: number;
  /** How many. */
  readonly count: number;
}

/** The policy, and for which capabilities it does not hold. */
export interface CapabilitySpec {
  /** Default: `default`. */
  readonly policy?: 'default' | 'allow' | 'deny';
  /** Names in lower case without `cap_`, such as `net_admin`. */
  readonly on?: readonly CapabilityName[];
  /** Likewise. */
  readonly off?: readonly CapabilityName[];
}

/** A limit that the process may raise, up to the hard one. */
export interface ResourceLimitSpec {
  /** In the unit of setrlimit(2). */
  readonly soft: number | 'unlimited';
  /** In the unit of setrlimit(2). */
  readonly hard: number | 'unlimited';
}
