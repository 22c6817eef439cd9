/** What is seen inside a running container, read from the host by the PID of its init: lines, by what they are about. */
import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Aspect } from '../../scripts/differences/intended';
import { runProgram } from '../support/process/run-command';

export const insideAspects = [
  'environment',
  'process',
  'capabilities',
  'mounts',
  'devices',
  'limits',
  'network',
] as const satisfies readonly Aspect[];

export type Inside = Readonly<Record<(typeof insideAspects)[number], readonly string[]>>;

/** Files of the container's cgroups of v1 that hold limits, by controller. */
const limitFiles: Readonly<Record<string, readonly string[]>> = {
  memory: [
    ...['memory.limit_in_bytes', 'memory.soft_limit_in_bytes', 'memory.memsw.limit_in_bytes'],
    'memory.swappiness',
  ],
  cpu: ['cpu.shares', 'cpu.cfs_period_us', 'cpu.cfs_quota_us'],
  cpuset: ['cpuset.cpus', 'cpuset.mems', 'cpuset.memory_migrate'],
  blkio: [
    ...['blkio.weight', 'blkio.bfq.weight', 'blkio.throttle.read_bps_device'],
    'blkio.throttle.write_iops_device',
  ],
  devices: ['devices.list'],
};

/** Throws for a container that ends meanwhile; `name` is that of the domain. */
export async function seenInside(init: number, name: string): Promise<Inside> {
  return sorted({
    environment: nullTerminated(init, 'environ'),
    process: processLines(init),
    capabilities: statusLines(init, /^Cap(Inh|Prm|Eff|Bnd|Amb):.*$/gm),
    mounts: mountLines(init),
    devices: deviceLines(init),
    limits: limitLines(init, name),
    network: await networkLines(init),
  });
}

/** The order of what is there counts less than what is there. */
function sorted(inside: Inside): Inside {
  const entries = Object.entries(inside).map(([aspect, lines]) => [aspect, [...lines].sort()]);
  return Object.fromEntries(entries) as Inside;
}

function proc(init: number, file: string): string {
  return readFileSync(`/proc/${init}/${file}`, 'utf8');
}

function nullTerminated(init: number, file: string): string[] {
  return proc(init, file).split('\0').filter(Boolean);
}

function statusLines(init: number, pattern: RegExp): string[] {
  const found = proc(init, 'status').match(pattern) ?? [];
  return found.map((line) => line.replace(/\s+/g, ' ').trim());
}

function processLines(init: number): string[] {
  return [
    ...statusLines(init, /^(Uid|Gid|Groups|NoNewPrivs|Seccomp):.*$/gm),
    `arguments ${nullTerminated(init, 'cmdline').join(' ')}`,
    `folder ${readlinkSync(`/proc/${init}/cwd`)}`,
  ];
}

/** Target, type, and the flags but for those about times of access. */
function mountLines(init: number): string[] {
  const mounts = proc(init, 'mountinfo').trimEnd().split('\n');
  return mounts.map((line) => {
    const words = line.split(' ');
    const [type = ''] = words.slice(words.indexOf('-') + 1);
    const flags = (words[5] ?? '').split(',').filter((flag) => !flag.includes('atime'));
    return `${words[4] ?? ''} ${type} ${flags.join(',')}`;
  });
}

function deviceLines(init: number): string[] {
  const folder = `/proc/${init}/root/dev`;
  return readdirSync(folder).map((name) => `${name} ${deviceWords(join(folder, name))}`);
}

function deviceWords(path: string): string {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (found.isDirectory()) return 'folder';
  const kind = found.isCharacterDevice() ? 'c' : found.isBlockDevice() ? 'b' : 'file';
  const mode = (found.mode & 0o7777).toString(8);
  return `${kind} ${found.rdev >> 8}:${found.rdev & 0xff} ${mode}`;
}

/** The limits of the group that bears the domain's name: init may be in one below it. */
function limitLines(init: number, name: string): string[] {
  const groups = proc(init, 'cgroup').trimEnd().split('\n');
  return groups.flatMap((line) => {
    const [, controllers = '', ...rest] = line.split(':');
    const path = rest.join(':').split('/');
    const depth = path.findIndex((part) => part.includes(name));
    const folder = join('/sys/fs/cgroup', controllers, ...path.slice(0, depth + 1));
    const files = controllers.split(',').flatMap((controller) => limitFiles[controller] ?? []);
    return files.flatMap((file) => linesOf(join(folder, file)).map((text) => `${file} ${text}`));
  });
}

/** The lines of a file; none where this kernel does not have it. */
function linesOf(file: string): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

interface Link {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly address?: string;
  readonly addr_info: readonly {
    readonly local: string;
    readonly prefixlen: number;
    readonly scope: string;
  }[];
}

/** Each interface with its address, MTU, and whether it is up; the addresses, and the routes. */
async function networkLines(init: number): Promise<string[]> {
  const links = JSON.parse(await inNetwork(init, ['ip', '-json', 'address'])) as readonly Link[];
  const routes = ['-4', '-6'].map(async (family) => inNetwork(init, ['ip', family, 'route']));
  return [
    // Where the host's network is shared there may be the other end of a pair of another container.
    ...links.filter(({ ifname }) => !/^vnet\d+$/.test(ifname)).flatMap(linkLines),
    ...(await Promise.all(routes))
      .flatMap((text) => text.split('\n'))
      .filter((line) => line !== '' && !line.startsWith('fe80::'))
      .map((line) => `route ${line.replace(' linkdown', '').trim()}`),
  ];
}

function linkLines({ ifname, flags, mtu, address = '', addr_info: addresses }: Link): string[] {
  return [
    `link ${ifname} ${flags.includes('UP') ? 'up' : 'down'}`,
    `link ${ifname} mtu ${mtu}`,
    `link ${ifname} mac ${address}`,
    ...addresses
      .filter(({ scope }) => scope !== 'link')
      .map(({ local, prefixlen }) => `address ${ifname} ${local}/${prefixlen}`),
  ];
}

async function inNetwork(init: number, argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram([
    ...['nsenter', '-t', String(init), '--net'],
    ...argv,
  ]);
  if (code !== 0) throw new Error(`${argv.join(' ')} of process ${init}: ${stderr}`);
  return stdout;
}
