/** Where tslxc keeps its state below a root that tests and services can move. Pure names, no I/O. */
import { join } from 'node:path';

export interface StatePaths {
  /** The root itself, `/` unless moved. */
  readonly root: string;
  /** Definitions: `NAME.xml`, and `autostart/`. */
  readonly definitions: string;
  /** Settings of this host. */
  readonly settings: string;
  /** All run state. */
  readonly run: string;
  /** One folder a domain, 0700. */
  readonly domains: string;
  /** The one lock file: each domain has a byte of it. Never removed. */
  readonly locks: string;
  /** The event log that connections of all processes follow. */
  readonly events: string;
  readonly logs: string;
  readonly library: string;
  /** Definitions of virtual networks: `NAME.xml`, and `autostart/`. */
  readonly networkDefinitions: string;
  /** Run state of virtual networks, one folder each, 0700. */
  readonly networks: string;
}

export function statePaths(root: string): StatePaths {
  const run = join(root, 'run/tslxc');
  return {
    root,
    definitions: join(root, 'etc/tslxc/lxc'),
    settings: join(root, 'etc/tslxc/lxc.conf'),
    run,
    domains: join(run, 'lxc'),
    locks: join(run, 'locks'),
    events: join(run, 'events'),
    logs: join(root, 'var/log/tslxc/lxc'),
    library: join(root, 'var/lib/tslxc'),
    networkDefinitions: join(root, 'etc/tslxc/networks'),
    networks: join(run, 'networks'),
  };
}

/** What the first console of a domain has put out, in the folder of logs; the file before it has `.1` behind that. */
export function consoleLogName(domain: string): string {
  return `${domain}.console.log`;
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
 * The roots of tslxc that have given ids of the host to domains since the boot; the lock of whoever
 * gives more. Not below a root, since all roots share the host's ids.
 */
export const idRootsPath = '/run/tslxc/id-roots';

/** Which ids of the host a domain keeps. */
export function idRecordPath(paths: StatePaths, name: string): string {
  return join(paths.library, 'ids', `${name}.json`);
}

/** Which sources have the labels of containers; outlives a boot of the host, as labels do. */
export function labelsPath(paths: StatePaths): string {
  return join(paths.library, 'labels.json');
}

/** The files of one domain's run folder. */
export interface RunPaths {
  readonly directory: string;
  /** What the start was asked and what it borrows from the host: written before any effect. */
  readonly start: string;
  /** Written by the monitor once init's execve succeeded. */
  readonly running: string;
  /** Written by the monitor when init has ended. */
  readonly exit: string;
  /** The monitor holds a lock on byte 0 while it lives. */
  readonly monitorLock: string;
  /** The monitor's control socket. */
  readonly control: string;
}

export function runPaths(paths: StatePaths, name: string): RunPaths {
  const directory = join(paths.domains, name);
  return {
    directory,
    start: join(directory, 'start.json'),
    running: join(directory, 'running.json'),
    exit: join(directory, 'exit.json'),
    monitorLock: join(directory, 'monitor.lock'),
    control: join(directory, 'control'),
  };
}

/** The files of one virtual network. */
export interface NetworkPaths {
  readonly directory: string;
  /** What runs and what it borrows from the host: written before any effect. */
  readonly state: string;
  /** The keeper of the network's dnsmasq holds a lock on byte 0 while it lives. */
  readonly keeperLock: string;
  /** There while dnsmasq serves; by its keeper. */
  readonly dnsmasqPid: string;
  /** dnsmasq's own, with its number in the PID namespace of its keeper. */
  readonly dnsmasqOwnPid: string;
  readonly dnsmasqConfig: string;
  /** dnsmasq's own file; outlives a boot of the host. */
  readonly leases: string;
  /** Each end of dnsmasq that nobody asked for. What it does is in the host's system log. */
  readonly log: string;
}

export function networkPaths(paths: StatePaths, name: string): NetworkPaths {
  const directory = join(paths.networks, name);
  return {
    directory,
    state: join(directory, 'state.json'),
    keeperLock: join(directory, 'keeper.lock'),
    dnsmasqPid: join(directory, 'dnsmasq.pid'),
    dnsmasqOwnPid: join(directory, 'dnsmasq.own-pid'),
    dnsmasqConfig: join(directory, 'dnsmasq.conf'),
    leases: join(paths.library, 'dnsmasq', `${name}.leases`),
    log: join(paths.root, 'var/log/tslxc/networks', `${name}.log`),
  };
}

/**
 * The lock of whoever chooses bridges and subnets of this host, or changes its IP forwarding. Not below a root, since
 * all roots share the host's network.
 */
export const hostNetworksPath = '/run/tslxc/networks.lock';

/** The lock of whoever makes or removes cgroups of partitions, which all roots share as well. */
export const hostPartitionsPath = '/run/tslxc/partitions.lock';

/** Which networks of all roots need IP forwarding in a network namespace (its inode), and what it was without them. */
export function forwardingPath(namespace: string): string {
  return `/run/tslxc/forwarding-${namespace}.json`;
}

/**
 * One byte for each number of a `vnetN`, locked while a start has chosen it and not made it yet. Not below a root:
 * names of interfaces are the host's.
 */
export const linkNumbersPath = '/run/tslxc/links';

/**
 * Which pairs of SELinux categories the running domains of all roots have; see category-folder.ts.
 * Not below a root: a process of any container may be kept from another's files by nothing else.
 */
export const categoriesPath = '/run/tslxc/categories';
