/** Paths of tslxc's state below a root that tests and services can change. Only names, no I/O. */
import { join } from 'node:path';

export interface StatePaths {
  /** The root itself. Default: `/`. */
  readonly root: string;
  /** Definitions: `NAME.xml`, and `autostart/`. */
  readonly definitions: string;
  /** Settings of this host. */
  readonly settings: string;
  /** Scripts that are told of what happens to domains and networks: `lxc`, `network`, `lxc.d/` and `network.d/`. */
  readonly hooks: string;
  /** All run state. */
  readonly run: string;
  /** The run folders of domains, one for each, mode 0700. */
  readonly domains: string;
  /** Names of the domains whose health is to be checked, a file for each, mode 0700: see driver/health. */
  readonly checked: string;
  /** The lock file, in which each domain has a byte. Only `purge` removes it. */
  readonly locks: string;
  /** The event log that connections of all processes follow. */
  readonly events: string;
  /** The uuids in the files of definitions. */
  readonly knownIdentities: string;
  readonly logs: string;
  readonly library: string;
  /** Images, their layers, and what the containers made from them have written. Mode 0700. */
  readonly images: string;
  /** The folder of the storage pool `volumes`. Mode 0700. */
  readonly volumes: string;
  /** Held shared while a container is started that has volumes; exclusively while a volume is removed. */
  readonly volumesLock: string;
  /** Definitions of virtual networks: `NAME.xml`, and `autostart/`. */
  readonly networkDefinitions: string;
  /** The run folders of virtual networks, one for each, mode 0700. */
  readonly networks: string;
  /** Secrets: `UUID.xml`, and `UUID.base64` with the value. */
  readonly secrets: string;
  /** The same of those that are never on a disk. */
  readonly ephemeralSecrets: string;
  /** Filters for network traffic: `NAME.xml`. */
  readonly networkFilters: string;
  /** Definitions of storage pools: `NAME.xml`, and `autostart/`. */
  readonly poolDefinitions: string;
  /** The run folders of storage pools, one for each, mode 0700. */
  readonly pools: string;
}

export function statePaths(root: string): StatePaths {
  const run = join(root, 'run/tslxc');
  return {
    root,
    definitions: join(root, 'etc/tslxc/lxc'),
    settings: join(root, 'etc/tslxc/lxc.conf'),
    hooks: join(root, 'etc/tslxc/hooks'),
    run,
    domains: join(run, 'lxc'),
    checked: join(run, 'health'),
    locks: join(run, 'locks'),
    events: join(run, 'events'),
    knownIdentities: join(run, 'identities.json'),
    logs: join(root, 'var/log/tslxc/lxc'),
    library: join(root, 'var/lib/tslxc'),
    images: join(root, 'var/lib/tslxc/images'),
    volumes: join(root, 'var/lib/tslxc/volumes'),
    volumesLock: join(root, 'var/lib/tslxc/volumes.lock'),
    networkDefinitions: join(root, 'etc/tslxc/networks'),
    networks: join(run, 'networks'),
    secrets: join(root, 'etc/tslxc/secrets'),
    ephemeralSecrets: join(run, 'secrets'),
    networkFilters: join(root, 'etc/tslxc/nwfilter'),
    poolDefinitions: join(root, 'etc/tslxc/storage'),
    pools: join(run, 'storage'),
  };
}

/** The file in the folder of logs with the output of a domain's first console. The previous file has the suffix `.1`. */
export function consoleLogName(domain: string): string {
  return `${domain}.console.log`;
}

/** The file beside a console's log that has the times of what is in it. */
export function timesName(log: string): string {
  return `${log}.times`;
}

/** The files in the folder of logs that belong to one domain. */
export function logNames(domain: string): string[] {
  const output = [consoleLogName(domain), `${consoleLogName(domain)}.1`];
  return [...output, ...output.map(timesName), `${domain}.log`, `${domain}.log.1`];
}

/** Directories that a container on the shared root must not see. */
export function hiddenDirectories(paths: StatePaths): string[] {
  return [
    join(paths.root, 'etc/tslxc'),
    paths.run,
    join(paths.root, 'var/log/tslxc'),
    paths.library,
  ];
}

/**
 * The roots of tslxc that have given host ids to domains since the boot. A process that gives more locks this
 * file. Not below a root, since all roots share the host's ids.
 */
export const idRootsPath = '/run/tslxc/id-roots';

/** The record of the host ids that a domain keeps. */
export function idRecordPath(paths: StatePaths, name: string): string {
  return join(paths.library, 'ids', `${name}.json`);
}

/** The record of the sources that are labelled for containers. Like the labels, it outlives a boot of the host. */
export function labelsPath(paths: StatePaths): string {
  return join(paths.library, 'labels.json');
}

/** The files of one domain's run folder. */
export interface RunPaths {
  readonly directory: string;
  /** The options of the start, and what it borrows from the host. Written before any effect. */
  readonly start: string;
  /** Written by the monitor after init's execve has succeeded. */
  readonly running: string;
  /** Written by the monitor when init has ended. */
  readonly exit: string;
  /** Room on the disk that the start reserves, so that the record of the end can be written even if the disk is full by then. */
  readonly exitRoom: string;
  /** The monitor holds a lock on byte 0 while it is alive. */
  readonly monitorLock: string;
  /** The monitor's control socket. */
  readonly control: string;
  /** What the hooks are told when it ends; exists from the first hook of its start until the last one of its end. */
  readonly hooks: string;
  /** The process that changes the devices of the running container holds a lock on byte 0 while it lives. */
  readonly fitterLock: string;
  /** The plan of the next restart under the same monitor; exists once the devices differ from those at the start. */
  readonly plan: string;
  /** Written by the monitor: where the file systems of the definition were mounted before init executed its program. */
  readonly mounts: string;
  /** What its watcher has found: see driver/health. */
  readonly health: string;
}

export function runPaths(paths: StatePaths, name: string): RunPaths {
  // Normalized once: they are asked for with each look at a domain.
  const directory = join(paths.domains, name);
  return {
    directory,
    start: `${directory}/start.json`,
    running: `${directory}/running.json`,
    exit: `${directory}/exit.json`,
    exitRoom: `${directory}/exit.room`,
    monitorLock: `${directory}/monitor.lock`,
    control: `${directory}/control`,
    hooks: `${directory}/hooks.json`,
    fitterLock: `${directory}/fitter.lock`,
    plan: `${directory}/plan`,
    mounts: `${directory}/mounts`,
    health: `${directory}/health.json`,
  };
}

/** The files of one virtual network. */
export interface NetworkPaths {
  readonly directory: string;
  /** The running definition, and what it borrows from the host. Written before any effect. */
  readonly state: string;
  /** The ports that were made without a container: see driver/networks/created-ports.ts. */
  readonly ports: string;
  /** What the hook for `stopped` is told; exists from the first hook of its start until the last one of its end. */
  readonly hooks: string;
  /** The keeper of the network's dnsmasq holds a lock on byte 0 while it is alive. */
  readonly keeperLock: string;
  /** Written by the keeper; exists while dnsmasq serves. */
  readonly dnsmasqPid: string;
  /** Written by dnsmasq, with its pid in the PID namespace of its keeper. */
  readonly dnsmasqOwnPid: string;
  readonly dnsmasqConfig: string;
  /** Written by dnsmasq; outlives a boot of the host. */
  readonly leases: string;
  /** Unexpected ends of dnsmasq. Its other messages are in the host's system log. */
  readonly log: string;
}

export function networkPaths(paths: StatePaths, name: string): NetworkPaths {
  const directory = join(paths.networks, name);
  return {
    directory,
    state: join(directory, 'state.json'),
    ports: join(directory, 'ports'),
    hooks: join(directory, 'hooks.json'),
    keeperLock: join(directory, 'keeper.lock'),
    dnsmasqPid: join(directory, 'dnsmasq.pid'),
    dnsmasqOwnPid: join(directory, 'dnsmasq.own-pid'),
    dnsmasqConfig: join(directory, 'dnsmasq.conf'),
    leases: join(paths.library, 'dnsmasq', `${name}.leases`),
    log: join(paths.root, 'var/log/tslxc/networks', `${name}.log`),
  };
}

/** The files of one storage pool. */
export interface PoolPaths {
  readonly directory: string;
  /** Whether it is active, and the active definition. */
  readonly state: string;
  /** The names of its volumes, as of the last refresh. */
  readonly volumes: string;
}

export function poolPaths(paths: StatePaths, name: string): PoolPaths {
  const directory = join(paths.pools, name);
  return {
    directory,
    state: join(directory, 'state.json'),
    volumes: join(directory, 'volumes.json'),
  };
}

/**
 * The lock for choosing bridges and subnets of this host, and for changing its IP forwarding. Not below a root, since
 * all roots share the host's network.
 */
export const hostNetworksPath = '/run/tslxc/networks.lock';

/** The lock for making and removing cgroups of partitions, which all roots share too. */
export const hostPartitionsPath = '/run/tslxc/partitions.lock';

/** The lock for choosing projects of file systems, whose quotas all roots share too. */
export const hostProjectsPath = '/run/tslxc/projects.lock';

/**
 * The lock for taking ports of the host, which all roots share: held from the check which ports are taken until the new ones are
 * recorded.
 */
export const hostPortsPath = '/run/tslxc/ports.lock';

/** The records of which ports are taken by whom, in all network namespaces; see port-claims.ts. */
export const portClaimsPath = '/run/tslxc/ports';

/** The lock that keeps the cgroups of all containers and monitors: shared by starts, exclusive for their removal. */
export const hostCgroupsPath = '/run/tslxc/cgroups.lock';

/** The record of the networks of all roots that need IP forwarding in a network namespace, and of the former setting. */
export function forwardingPath(namespace: string): string {
  return `/run/tslxc/forwarding-${namespace}.json`;
}

/**
 * The names and addresses of containers for the dnsmasq of a bridge. It reads them as an unprivileged user, so they are neither
 * below a root nor in a folder that only root may enter. A bridge has its name in one network namespace.
 */
export function namesPath(namespace: string, bridge: string): string {
  return `${namesFolder}/${namespace}-${bridge}`;
}

export const namesFolder = '/run/tslxc-names';

/**
 * One byte for each number of a `vnetN`, and for each interface that ports of the host are forwarded to, locked from the choice
 * until the interface is made. Not below a root, since all roots share the names of interfaces.
 */
export const linkNumbersPath = '/run/tslxc/links';

/**
 * The block devices of the images of all containers; see image-claims.ts. Not below a root, since all roots share the
 * devices.
 */
export const imageDevicesPath = '/run/tslxc/images';

/**
 * The pairs of SELinux categories of the running domains of all roots; see category-folder.ts. Not below a root: all
 * containers of the host must have different pairs, which may be all that keeps one from the files of another.
 */
export const categoriesPath = '/run/tslxc/categories';
