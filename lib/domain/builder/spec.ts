/** The description of a container as plain data: a public alternative to XML, for writing and for reading. */
import type { LifecycleAction } from '../definition';
import type { Hardening } from '../../hardening';
import type { CapabilityName } from '../elements/capability-numbers';
import type { Propagation } from '../filesystem/definition';
import type { DirectMode, FilterName, Rate } from '../interface/definition';

/** A size with its unit, such as `64MiB`: powers of 1024, and of 1000 for KB, MB, GB and TB. */
export type Size = `${number}${'B' | 'KiB' | 'MiB' | 'GiB' | 'TiB' | 'KB' | 'MB' | 'GB' | 'TB'}`;

/** A domain: `domainXml` writes it as XML, and `Domain.spec` returns it. Fields that are left out have libvirt's defaults. */
export interface DomainSpec {
  /** The name by which the domain is looked up. */
  readonly name: string;
  /** Default: the uuid of the defined domain of this name, or else a new one. */
  readonly uuid?: string | undefined;
  /** A single line. */
  readonly title?: string | undefined;
  /** Any number of lines. */
  readonly description?: string | undefined;
  /** The memory limit. */
  readonly memory: Size;
  /** The current memory that is reported. Default: `memory`. */
  readonly currentMemory?: Size | undefined;
  /** The number of CPUs that is reported; it is not a limit. Default: 1. */
  readonly vcpus?: number | undefined;
  /** The CPUs that it may run on, such as `0-1,3`. Default: all. */
  readonly cpuset?: string | undefined;
  /** Further limits. Default: none. */
  readonly limits?: LimitSpec | undefined;
  /** The absolute path in the container of the program that becomes PID 1. Default: `/sbin/init`. */
  readonly init?: string | undefined;
  /** The arguments of init; none by default, as with an empty list. libvirt's XML can't express an empty one, which is refused. */
  readonly args?: readonly string[] | undefined;
  /** Environment variables of init. libvirt's XML can't express an empty one, which is refused. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The working directory of init. */
  readonly cwd?: string | undefined;
  /** The user of init: a name or uid in the container. Default: root. */
  readonly user?: string | undefined;
  /** The group of init: a name or gid in the container. Default: root. */
  readonly group?: string | undefined;
  /** The root file system: a directory of the host. Default: the host's own root. */
  readonly root?: string | RootSpec | undefined;
  /** Further file systems, in this order. */
  readonly mounts?: readonly MountSpec[] | undefined;
  /** Devices of the host. Default: none. */
  readonly devices?: readonly DeviceSpec[] | undefined;
  /** Network interfaces. Without one the container is in the host's network, unless `privateNetwork` is set. */
  readonly interfaces?: readonly InterfaceSpec[] | undefined;
  /** The container has its own network namespace even without `interfaces`; it then contains only `lo`. Default: false. */
  readonly privateNetwork?: boolean | undefined;
  /** Number of consoles, up to 253. A start needs at least one. Default: 1. */
  readonly consoles?: number | undefined;
  /**
   * The container's own user and group ids: `auto` for host ids that no other container uses, `host` for the ids of the host, which is no
   * security boundary. Default: `host`; at the level `isolated` `auto`, if it has a root of its own.
   */
  readonly idMap?: 'auto' | 'host' | IdMapSpec | undefined;
  /** The capabilities that processes of the container may have. */
  readonly capabilities?: CapabilitySpec | undefined;
  /** Default: the connection's level; with `idMap: 'host'` at the level `isolated`, `hardened`. */
  readonly hardening?: Hardening | undefined;
  /** No program in the container can gain privileges by set-user-ID bits or file capabilities. Default: false. */
  readonly noNewPrivileges?: boolean | undefined;
  /** Resource limits of init, by the name of the RLIMIT constant in lower case, such as `nofile`. */
  readonly resourceLimits?: Readonly<Record<string, ResourceLimitSpec | undefined>> | undefined;
  /** The signal that asks init to shut down: `SIGQUIT`, `SIGRTMIN+3`. Default: `shutdown` finds out what init takes. */
  readonly stopSignal?: string | undefined;
  /** Default: `utc`. */
  readonly clock?: 'utc' | 'localtime' | undefined;
  /** What happens when init exits. Default: `destroy`. */
  readonly onPoweroff?: LifecycleAction | undefined;
  /** Default: `restart`. */
  readonly onReboot?: LifecycleAction | undefined;
  /** Default: `destroy`. */
  readonly onCrash?: LifecycleAction | undefined;
  /** What happens when init ends, regardless of `onPoweroff` and `onCrash`. Default: no restart. */
  readonly restart?: RestartSpec | undefined;
  /** Periodic health checks. Default: none. */
  readonly health?: HealthSpec | undefined;
  /** The image that it was made from. It is only kept, and read by nothing. */
  readonly image?: ImageOriginSpec | undefined;
}

/** The image that a domain was made from, and what that says of itself. */
export interface ImageOriginSpec {
  /** What it was called on this host. */
  readonly name: string;
  /** Digest of its manifest: `sha256:` and 64 digits. */
  readonly digest: string;
  /** What its program listens on: `80/tcp`, `7000-7009/udp`. */
  readonly ports?: readonly string[] | undefined;
  /** Absolute paths in the container at which it keeps data. */
  readonly volumes?: readonly string[] | undefined;
}

/** A device of the host in the container's `/dev`, with the mode that it has on the host. */
export interface DeviceSpec {
  /** `character`, such as `/dev/fuse`, or `block`. */
  readonly type: 'character' | 'block';
  /** Its absolute path on the host. In the container it has the same path below `/dev`. */
  readonly source: string;
}

/** Where what the container writes into a file system is kept. The layers below are not changed. */
export interface OverlaySpec {
  /** A directory of the host for the files that the container writes. */
  readonly upper: string;
  /** Directories of the host below the source, from the uppermost on. Default: none. */
  readonly lower?: readonly string[] | undefined;
}

/** Periodic health checks of a running container: of a command, or of a port. All times are in milliseconds, of at most an hour. */
export type HealthSpec = CommandHealth | PortHealth;

/** Checks that run a command in the container. */
export interface CommandHealth extends HealthCheckSpec {
  /** Its program, and its arguments. It exits with 0 if the container is healthy. */
  readonly exec: readonly string[];
}

/** Checks of a TCP port, which run no command. */
export interface PortHealth extends HealthCheckSpec {
  /** The port, on which a process of the container must listen. */
  readonly port: number;
}

/** Fields of all health checks. */
export interface HealthCheckSpec {
  /** From the end of one check to the next, but at most 500 while the health is `starting`. Default: 10,000. */
  readonly interval?: number | undefined;
  /** The check fails if the command takes longer. Default: 5000. */
  readonly timeout?: number | undefined;
  /** Number of consecutive failures that make the container unhealthy, up to 1000. Default: 3. */
  readonly retries?: number | undefined;
  /** For this time after the start, or until the first success, failures do not count. Default: 0. */
  readonly grace?: number | undefined;
  /** `restart`: an unhealthy container is killed and started again. Default: `none`. */
  readonly action?: 'none' | 'restart' | undefined;
}

/** Starts a container again that has ended without having been asked to, even if its caller is gone. */
export interface RestartSpec {
  /** `on-failure`: when init has exited with a code other than 0, or was killed. `always`: however it has ended. */
  readonly policy: 'on-failure' | 'always';
  /** Maximum number of consecutive restarts after runs of less than ten seconds. Default: no maximum. */
  readonly max?: number | undefined;
  /**
   * Milliseconds before a restart after a run of at least ten seconds, and before the first restart after a shorter run. The next
   * restarts in a row pause twice as long each, up to 32 times this delay. Default: no pause after a run of at least ten seconds,
   * otherwise 100.
   */
  readonly delay?: number | undefined;
}

/** Limits other than the memory limit. */
export interface LimitSpec {
  /** Memory limit during contention. */
  readonly softMemory?: Size | undefined;
  /** Memory and swap together. */
  readonly memoryAndSwap?: Size | undefined;
  /** Weight relative to other containers, 2 to 262144. Default: 1024. */
  readonly cpuShares?: number | undefined;
  /** Microseconds, 1000 to 1000000. */
  readonly cpuPeriod?: number | undefined;
  /** Microseconds of all CPUs together in each period. */
  readonly cpuQuota?: number | undefined;
  /** Weight relative to other containers for block devices, 1 to 10000. */
  readonly blockWeight?: number | undefined;
  /** Processes and threads together. */
  readonly processes?: number | undefined;
  /** Cgroups that the container may make below its own; 2000 by default. */
  readonly cgroups?: number | undefined;
  /** Pseudo-terminals, consoles included. */
  readonly terminals?: number | undefined;
}

/** A root file system. */
export interface RootSpec {
  /** A directory of the host. */
  readonly source: string;
  /** Default: false. */
  readonly readonly?: boolean | undefined;
  /** A directory of the host for the files that the container writes, or also further layers; the source is not changed. */
  readonly overlay?: string | OverlaySpec | undefined;
}

/** Fields of all mounts. */
export interface CommonMountSpec {
  /** An absolute path in the container. */
  readonly target: string;
  /** Default: false. */
  readonly readonly?: boolean | undefined;
}

/** A directory of the host. */
export interface DirectoryMount extends CommonMountSpec {
  /** Default: `mount`. */
  readonly type?: 'mount' | undefined;
  /** An absolute path on the host. */
  readonly source: string;
  /** Whether mounts below the source are included. Default: false. */
  readonly recursive?: boolean | undefined;
  /** Default: `private`. */
  readonly propagation?: Propagation | undefined;
  /**
   * Which ids own its files in a container with ids of its own. `mapped`: those that own them on disk, which no other user of the host may
   * then be able to reach. `passthrough`: what belongs to the host's root or another user is out of reach. Default: `passthrough`; in a
   * container from an image `mapped` where that is possible.
   */
  readonly accessMode?: 'passthrough' | 'mapped' | undefined;
  /** A directory of the host for the files that the container writes, or also further layers; the source is not changed. */
  readonly overlay?: string | OverlaySpec | undefined;
}

/** A directory of the container, mounted a second time. */
export interface BindMount extends CommonMountSpec {
  /** The kind of mount. */
  readonly type: 'bind';
  /** An absolute path in the container. */
  readonly source: string;
}

/** A file system in memory. */
export interface RamMount extends CommonMountSpec {
  /** The kind of mount. */
  readonly type: 'ram';
  /** Maximum size. */
  readonly size: Size;
}

/** The file system of an image, or of a block device of the host. */
export interface ImageMount extends CommonMountSpec {
  /** `file`: an image; `block`: a block device. */
  readonly type: 'file' | 'block';
  /** An absolute path on the host. */
  readonly source: string;
}

/** A volume of a storage pool: a folder, an image or a block device. */
export interface VolumeMount extends CommonMountSpec {
  /** The kind of mount. */
  readonly type: 'volume';
  /** Name of the pool, which has to be active when the container starts. Default: `volumes`, the pool of `Connection.volumes`. */
  readonly pool?: string | undefined;
  /** Name of the volume in it. A container from an image makes one that is missing in the pool `volumes`. */
  readonly volume: string;
  /** As that of a `DirectoryMount`. Only a folder can be `mapped`: the files of an image have the container's ids by themselves. */
  readonly accessMode?: 'passthrough' | 'mapped' | undefined;
}

/** A file system of a container. */
export type MountSpec = DirectoryMount | BindMount | RamMount | ImageMount | VolumeMount;

/** Fields of all interfaces. */
export interface CommonInterfaceSpec {
  /** Ethernet address. Default: generated once, and then kept. */
  readonly mac?: string | undefined;
  /** Its name in the container. Default: the lowest free `ethN`. */
  readonly guest?: string | undefined;
  /** The name of the host's side. Default: a free `vnetN`. */
  readonly target?: string | undefined;
  /** In bytes. */
  readonly mtu?: number | undefined;
  /** Default: `up`. */
  readonly link?: 'up' | 'down' | undefined;
  /** Addresses with their prefixes: `192.168.122.5/24`, `fd00::5/64`. Default: none; init may then use DHCP. */
  readonly addresses?: readonly string[] | undefined;
  /** Routes. */
  readonly routes?: readonly RouteSpec[] | undefined;
  /** Default: no limit. */
  readonly bandwidth?: BandwidthSpec | undefined;
  /** Frames are not forwarded between isolated ports of the bridge. */
  readonly isolated?: boolean | undefined;
  /** A filter for the frames that the container sends. */
  readonly filter?: FilterName | undefined;
}

/** Rates from the container's point of view, in KiB a second. */
export interface BandwidthSpec {
  /** For traffic to the container. */
  readonly inbound?: Rate | undefined;
  /** For traffic from the container. */
  readonly outbound?: Rate | undefined;
}

/** An interface in a virtual network. */
export interface NetworkInterfaceSpec extends CommonInterfaceSpec {
  /** The kind of interface. */
  readonly type: 'network';
  /** Name of the network. */
  readonly network: string;
  /** Name of a port group of the network. */
  readonly portgroup?: string | undefined;
  /** Ports of the host that are forwarded to the container, in networks of the modes nat, route and open. */
  readonly portForwards?: readonly PortForwardSpec[] | undefined;
}

/** Ports of the host that are forwarded to a container. */
export interface PortForwardSpec {
  /** Default: `tcp`. */
  readonly protocol?: 'tcp' | 'udp' | undefined;
  /** The address of the host on which they are forwarded; `0.0.0.0` and `::` are all of their family. Default: all. */
  readonly address?: string | undefined;
  /** The network interface of the host by which the packets arrive. Default: all. */
  readonly device?: string | undefined;
  /** The ports to forward, and those to exclude. Default: all ports. */
  readonly ranges?: readonly PortRangeSpec[] | undefined;
}

/** Ports of the host, and the ports of the container to which they are forwarded. */
export interface PortRangeSpec {
  /** The first port. */
  readonly start: number;
  /** The last port. Default: `start`. */
  readonly end?: number | undefined;
  /** The port of the container to which `start` is forwarded. Default: `start`. */
  readonly to?: number | undefined;
  /** The ports of this range are excluded from the other ranges. Default: false. */
  readonly exclude?: boolean | undefined;
}

/** An interface whose host side is a port of a bridge of the host. */
export interface BridgeInterfaceSpec extends CommonInterfaceSpec {
  /** The kind of interface. */
  readonly type: 'bridge';
  /** Name of the bridge. */
  readonly bridge: string;
}

/** A macvlan on a network interface of the host. */
export interface DirectInterfaceSpec extends CommonInterfaceSpec {
  /** The kind of interface. */
  readonly type: 'direct';
  /** Name of the host's interface. */
  readonly device: string;
  /** Default: `vepa`, as in libvirt. */
  readonly mode?: DirectMode | undefined;
}

/** An interface whose host side is not a port of a bridge. */
export interface EthernetInterfaceSpec extends CommonInterfaceSpec {
  /** The kind of interface. */
  readonly type: 'ethernet';
}

/** A network interface of a container. */
export type InterfaceSpec =
  NetworkInterfaceSpec | BridgeInterfaceSpec | DirectInterfaceSpec | EthernetInterfaceSpec;

/** A route of an interface. */
export interface RouteSpec {
  /** Address and prefix: `10.0.0.0/8`, or for the default route `0.0.0.0/0` or `::/0`. */
  readonly to: string;
  /** The gateway. */
  readonly via: string;
  /** Default: 1. */
  readonly metric?: number | undefined;
}

/** Maps of user and group ids; both must map id 0. */
export interface IdMapSpec {
  /** Ranges of user ids. */
  readonly uids: readonly IdRangeSpec[];
  /** Ranges of group ids. */
  readonly gids: readonly IdRangeSpec[];
}

/** `count` ids from `start` on in the container are those from `target` on of the host. */
export interface IdRangeSpec {
  /** The first id in the container. */
  readonly start: number;
  /** The first id on the host. */
  readonly target: number;
  /** The number of ids. */
  readonly count: number;
}

/** The policy, and the capabilities for which it is overridden. */
export interface CapabilitySpec {
  /** For capabilities that are not named in `on` or `off`. Default: `default`. */
  readonly policy?: 'default' | 'allow' | 'deny' | undefined;
  /** Capabilities that the container has: names in lower case without `cap_`, such as `net_admin`. */
  readonly on?: readonly CapabilityName[] | undefined;
  /** Capabilities that the container does not have. */
  readonly off?: readonly CapabilityName[] | undefined;
}

/** A resource limit. A process may raise its soft limit up to the hard limit. */
export interface ResourceLimitSpec {
  /** In the unit of setrlimit(2). */
  readonly soft: number | 'unlimited';
  /** In the unit of setrlimit(2). */
  readonly hard: number | 'unlimited';
}
