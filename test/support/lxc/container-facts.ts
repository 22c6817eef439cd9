/** What a container is, seen from the host through its init: the same questions for every runtime. */
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../process/run-command';

export interface ContainerFacts {
  readonly hostname: string;
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: readonly string[];
  /** The directory that is its root, as the host has it; an overlay is one of its own each time. */
  readonly root: string;
  readonly inRoot: readonly string[];
  readonly mounts: readonly string[];
  readonly ids: string;
  readonly idMap: string;
  readonly capabilities: string;
  readonly noNewPrivileges: string;
  readonly resourceLimits: readonly string[];
  readonly network: unknown;
  readonly cgroupLimits: Readonly<Record<string, string>>;
}

export interface AskedFacts {
  /** Names of variables of init's environment. */
  readonly variables: readonly string[];
  /** Names of /proc/PID/limits. */
  readonly limits: readonly string[];
}

export async function containerFacts(
  pid: number,
  { variables, limits }: AskedFacts,
): Promise<ContainerFacts> {
  const proc = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  const status = (name: string): string =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(proc('status'))?.[1] ?? '';
  const environment = proc('environ').split('\0');
  const hostname = await runProgram(['nsenter', '-t', String(pid), '--uts', 'hostname']);
  return {
    hostname: hostname.stdout.trim(),
    command: proc('cmdline').split('\0').slice(0, -1),
    directory: readlinkSync(`/proc/${pid}/cwd`),
    environment: environment.filter((one) => variables.includes(one.split('=')[0] ?? '')).sort(),
    root: rootOf(pid, proc('mountinfo')),
    inRoot: readdirSync(`/proc/${pid}/root/`).sort(),
    mounts: mountsOf(proc('mountinfo')),
    ids: `${status('Uid')} ${status('Gid')}`,
    idMap: `${proc('uid_map')}${proc('gid_map')}`.replace(/ +/g, ' '),
    capabilities: `${status('CapBnd')} ${status('CapEff')}`,
    noNewPrivileges: status('NoNewPrivs'),
    resourceLimits: proc('limits')
      .split('\n')
      .filter((line) => limits.some((name) => line.startsWith(name)))
      .map((line) => line.replace(/ +/g, ' ').trim()),
    network: await networkOf(pid),
    cgroupLimits: cgroupLimits(proc('cgroup')),
  };
}

function rootOf(pid: number, mountinfo: string): string {
  const { dev, ino } = statSync(`/proc/${pid}/root/`);
  const isOverlay = /^\S+ \S+ \S+ \S+ \/ .* - overlay /m.test(mountinfo);
  return isOverlay ? 'overlay' : `${dev}:${ino}`;
}

/** Below /proc, /sys and /dev each runtime has its own; of the others, what is mounted where, and whether it may be written. */
function mountsOf(mountinfo: string): string[] {
  return mountinfo
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, , device = '', root = '', target = '', options = ''] = line.split(' ');
      if (/^\/($|proc|sys|dev)/.test(target)) return [];
      const [type = ''] = (line.split(' - ')[1] ?? '').split(' ');
      // A tmpfs is a device of its own each time.
      const source = type === 'tmpfs' ? type : `${device} ${root}`;
      return [`${target} ${source} ${options.split(',')[0] ?? ''}`];
    })
    .sort();
}

interface Link {
  readonly ifname: string;
  readonly address?: string;
  readonly mtu: number;
  readonly flags: readonly string[];
  readonly addr_info: readonly {
    readonly local: string;
    readonly prefixlen: number;
    readonly scope: string;
  }[];
}

interface Route {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev: string;
}

async function networkOf(pid: number): Promise<unknown> {
  const ask = async <T>(...words: readonly string[]): Promise<T> => {
    const argv = ['nsenter', '-t', String(pid), '--net', 'ip', '-json', ...words];
    return JSON.parse((await runProgram(argv)).stdout || '[]') as T;
  };
  const links = await ask<readonly Link[]>('address');
  const routes = [
    ...(await ask<readonly Route[]>('route')),
    ...(await ask<readonly Route[]>('-6', 'route')),
  ];
  return {
    links: links.map(({ ifname, address, mtu, flags, addr_info: addresses }) => ({
      ifname,
      address,
      mtu,
      isUp: flags.includes('UP'),
      addresses: addresses
        // That of a link follows from its Ethernet address, and comes when the kernel has noticed the carrier.
        .filter(({ scope }) => scope !== 'link')
        .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
        .sort(),
    })),
    routes: routes
      .filter(({ dst }) => !/^(ff00|fe80)/.test(dst))
      .map(({ dst, gateway = '', dev }) => `${dst} ${gateway} ${dev}`)
      .sort(),
  };
}

/** Files of cgroups v1 and v2 by controller, and how one with no limit reads. */
const limitFiles = [
  { controller: 'memory', v1: 'memory.limit_in_bytes', v2: 'memory.max' },
  { controller: 'cpu', v1: 'cpu.shares', v2: 'cpu.weight' },
  { controller: 'cpu', v1: 'cpu.cfs_quota_us', v2: 'cpu.max' },
  { controller: 'cpuset', v1: 'cpuset.cpus', v2: 'cpuset.cpus' },
  { controller: 'pids', v1: 'pids.max', v2: 'pids.max' },
];

const unlimited = /^(max.*|-1|1024|100|9223372036854771712|)$/;

/** What holds for init: the nearest limit of its cgroup and those above. */
function cgroupLimits(cgroup: string): Record<string, string> {
  return Object.fromEntries(
    limitFiles.map(({ controller, v1, v2 }) => {
      const own = cgroup
        .split('\n')
        .find((line) => line.split(':')[1]?.split(',').includes(controller));
      const unified = cgroup.split('\n').find((line) => line.startsWith('0::'));
      const [line, mount, file] =
        own === undefined
          ? [unified, '/sys/fs/cgroup', v2]
          : [own, join('/sys/fs/cgroup', own.split(':')[1] ?? ''), v1];
      return [v2, nearestLimit(mount, line?.split(':')[2] ?? '/', file)];
    }),
  );
}

function nearestLimit(mount: string, path: string, file: string): string {
  for (let at = path; at !== '/' && at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const value = readIfThere(join(mount, at, file));
    if (!unlimited.test(value) && !isAll(value)) return value;
  }
  return 'none';
}

/** All memory that there is. */
function isAll(value: string): boolean {
  return Number(value) >= totalmem();
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
