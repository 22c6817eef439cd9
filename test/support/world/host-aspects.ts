/**
 * What a container could leave on the host, each aspect as a list of lines that are compared. Only reads:
 * /proc, /sys, the files that it is told, and what ip and nft print.
 */
import { spawnSync } from 'node:child_process';
import { type Dirent, lstatSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownerOf } from '../../../lib/container/record/undo';
import { unescapeMountPath } from '../../../lib/host/kernel/mount-table';
import { isOfAnotherLane } from '../fake/marked-disk';
import { listProcesses } from '../process/processes';
import { isInMade, isOfOthers } from './made-folders';
import { isOurs as comesFromUs } from './own-processes';

/** Cgroups that stay once they were made: the parents of all containers and of all monitors. */
const permanentCgroups = ['libvirt', 'libvirt/lxc', 'libvirt/tslxc-monitor'];

const vanished = new Set(['ENOENT', 'ESRCH', 'EINVAL', 'ENODEV']);

/** Runs a reader; what vanished while it was read counts as not there. */
function tolerant<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (vanished.has((error as NodeJS.ErrnoException).code ?? '')) return otherwise;
    throw error;
  }
}

function readText(path: string): string {
  return tolerant(() => readFileSync(path, 'utf8').trim(), '');
}

function listFolder(path: string): Dirent[] {
  return tolerant(() => readdirSync(path, { withFileTypes: true }), []);
}

/** The mounts that this process sees, as in proc_pid_mountinfo(5), but for those in folders of others. */
export function mounts(): string[] {
  return allMounts().filter((line) => !isOfOthers(unescapeMountPath(line.split(' ')[4] ?? '')));
}

function allMounts(): string[] {
  return readText('/proc/self/mountinfo').split('\n');
}

/**
 * What `ip` prints for these commands, and nft of its rules; nothing where there is no such program. By one shell: to start a
 * process costs this large one more than it costs a small one.
 */
const readNetwork = `
if command -v ip >/dev/null; then printf 'address show\\nroute show table all\\n' | ip -json -batch -; fi
printf '\\0'
if command -v nft >/dev/null; then nft --stateless list ruleset; fi`;

/** The answers of `ip`, one a line, and the rules of nftables. */
function printedNetwork(): { readonly answers: readonly string[]; readonly rules: string } {
  const { error, status, stdout, stderr } = spawnSync('sh', ['-ec', readNetwork], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ip and nft: ${stderr}`, { cause: error });
  const [answers = '', rules = ''] = stdout.split('\0');
  return { answers: answers.split('\n'), rules };
}

/** As `ip -json address` has it, in part. */
interface PrintedLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly address?: string;
  readonly mtu: number;
  readonly master?: string;
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number }[];
}

/** What of this process's own network namespace is compared, which is not that of /sys in tests that have one of their own. */
export interface NetworkAspects {
  readonly links: string[];
  /** Of all tables. */
  readonly routes: string[];
  /** Rules of nftables, without their counters. */
  readonly firewall: string[];
  /** What the dnsmasq of virtual networks is told of containers. */
  readonly names: string[];
}

export function network(): NetworkAspects {
  const { answers, rules } = printedNetwork();
  const [links = [], routes = []] = answers
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as object[]);
  return {
    links: (links as PrintedLink[]).map(describeLink),
    // The seconds that a route is still valid for differ from look to look.
    routes: routes.map((route) => JSON.stringify({ ...route, expires: undefined })),
    firewall: [rules],
    names: toldNames(),
  };
}

const namesFolder = '/run/tslxc-names';

/** The files of the networks in this process's own network namespace. */
function toldNames(): string[] {
  const namespace = tolerant(() => String(statSync('/proc/self/ns/net').ino), '');
  return listFolder(namesFolder)
    .filter(({ name }) => name.startsWith(`${namespace}-`))
    .flatMap(({ name }) => filesBelow(join(namesFolder, name)));
}

function filesBelow(folder: string): string[] {
  return listFolder(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...filesBelow(path)] : [path];
  });
}

/** A network interface: index, name, hardware address, MTU, bridge and addresses. */
function describeLink(link: PrintedLink): string {
  const { ifindex, ifname, address = '', mtu, master = '', addr_info: addresses } = link;
  const own = addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  return [`${ifindex}:`, ifname, address, `mtu ${mtu}`, master, ...own.sort()].join(' ').trim();
}

/**
 * Directories of every cgroup hierarchy below the one that is ours; other programs make theirs at any time. Those of containers say
 * which root they are of, and that of others is in a folder of theirs.
 */
export function cgroups(): string[] {
  const hierarchies = allMounts()
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '');
  return [...new Set(hierarchies)].flatMap((root) => {
    const ignored = permanentCgroups.map((name) => join(root, name));
    const made = subfolders(join(root, 'libvirt')).filter((path) => !ignored.includes(path));
    return made.filter((path) => !isOfOthers(rootOf(path, root)));
  });
}

/** The root of tslxc whose container has the cgroup or one above it; '' for one that says nothing. */
function rootOf(cgroup: string, hierarchy: string): string {
  if (cgroup === hierarchy) return '';
  return tolerant(() => ownerOf(cgroup), '') || rootOf(dirname(cgroup), hierarchy);
}

function subfolders(path: string): string[] {
  return listFolder(path)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [join(path, name), ...subfolders(join(path, name))]);
}

export interface HostProcess {
  readonly pid: string;
  readonly command: string;
  readonly words: readonly string[];
}

/** Of the whole host, for `processes` and `networkServers`. Zombies have gone. */
export function hostProcesses(): HostProcess[] {
  return listProcesses()
    .map(String)
    .flatMap((pid) => {
      const stat = readText(`/proc/${pid}/stat`);
      const command = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      if (stat === '' || stat.startsWith(' Z', stat.lastIndexOf(')') + 1)) return [];
      const words = readText(`/proc/${pid}/cmdline`)
        .split('\0')
        .filter((word) => word !== '');
      return [{ pid, command, words }];
    });
}

const describe = ({ pid, command, words }: HostProcess): string =>
  `${pid} ${command}: ${words.join(' ')}`;

/** dnsmasq of a virtual network, and its keeper, which at its birth has no more than its argv. */
function isNetworkServer({ command, words }: HostProcess): boolean {
  return command === 'dnsmasq' || command === 'tslxc-keeper' || words[0] === 'tslxc-keeper';
}

/** Whether a process is below the keeper of a network's program, whatever a test has put in the place of dnsmasq. */
function isBelowKeeper({ pid }: HostProcess, all: ReadonlyMap<string, HostProcess>): boolean {
  const parent = /^PPid:\t(\d+)$/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? '';
  const found = all.get(parent);
  return found !== undefined && (isNetworkServer(found) || isBelowKeeper(found, all));
}

/** What goes on without a caller: clean-ups, and the checks of health. */
const ownVerbs = ['reap', 'watch-health'];

/** Monitors, clean-ups and checks under way, and whatever else lives in a pid namespace below ours. */
export function processes(all: readonly HostProcess[]): string[] {
  const byPid = new Map(all.map((one) => [one.pid, one]));
  const counted = all.filter((one) => {
    if (isNetworkServer(one)) return false;
    const { pid, command, words } = one;
    const isNested = /^NSpid:\t\d+\t/m.test(readText(`/proc/${pid}/status`));
    const isVerb =
      ownVerbs.some((verb) => words.includes(verb)) &&
      words.some((word) => /tslxc|cli\/main\.js/.test(word));
    const isOurs = command === 'tslxc-monitor' || command === 'tslxc-exec';
    if (!isOurs && !isVerb && (!isNested || isBelowKeeper(one, byPid))) return false;
    return comesFromUs(Number(pid));
  });
  return counted.map(describe);
}

/** The servers of virtual networks in this process's own network namespace. */
export function networkServers(all: readonly HostProcess[]): string[] {
  const namespaceOf = (pid: string): string =>
    tolerant(() => readlinkSync(`/proc/${pid}/ns/net`), '');
  const own = namespaceOf('self');
  const found = all.filter(isNetworkServer);
  return found.filter(({ pid }) => namespaceOf(pid) === own).map(describe);
}

/** Loop devices in use with a file that these tests have made; but for the disks of tests in another lane. */
export function loopDevices(): string[] {
  return listFolder('/sys/block')
    .map(({ name }) => ({ name, file: readText(`/sys/block/${name}/loop/backing_file`) }))
    .filter(({ name, file }) => /^loop\d+$/.test(name) && isInMade(file) && !isOfAnotherLane(file))
    .map(({ name, file }) => `${name} ${file}`);
}

/** What this process has open, by kind: the numbers of descriptors and of sockets don't matter. */
export function descriptors(): string[] {
  const counts = new Map<string, number>();
  for (const { name } of listFolder('/proc/self/fd')) {
    const target = tolerant(() => readlinkSync(`/proc/self/fd/${name}`), undefined);
    if (target === undefined) continue;
    const kind = target.replace(/^(\w+):\[\d+\]$/, '$1');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} × ${kind}`);
}

/** Every file below `root` with its type, mode, owner, size and link target; times of folders don't count. */
export function files(root: string): string[] {
  const stats = tolerant(() => lstatSync(root), undefined);
  if (stats === undefined) return [`${root} (missing)`];
  const owner = `${stats.uid}:${stats.gid}`;
  const mode = stats.mode.toString(8);
  if (stats.isDirectory()) {
    const below = listFolder(root).flatMap(({ name }) => files(join(root, name)));
    return [`${root}/ ${mode} ${owner}`, ...below];
  }
  const target = stats.isSymbolicLink() ? ` -> ${readlinkSync(root)}` : '';
  return [`${root} ${mode} ${owner} ${stats.size} ${stats.mtimeMs}${target}`];
}
