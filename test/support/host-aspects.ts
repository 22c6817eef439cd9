/**
 * What a container could leave on the host, each aspect as a list of lines that are compared. Only reads,
 * and only from /proc, /sys and the files that it is told.
 */
import { type Dirent, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

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

/** Every mount that this process sees, as in proc_pid_mountinfo(5). */
export function mounts(): string[] {
  return readText('/proc/self/mountinfo').split('\n');
}

/** Network interfaces of the host: index, name and hardware address. */
export function links(): string[] {
  return listFolder('/sys/class/net').map(({ name }) => {
    const folder = join('/sys/class/net', name);
    return `${readText(join(folder, 'ifindex'))}: ${name} ${readText(join(folder, 'address'))}`;
  });
}

/** Directories of every cgroup hierarchy below the one that is ours; other programs make theirs at any time. */
export function cgroups(): string[] {
  const hierarchies = mounts()
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '');
  return [...new Set(hierarchies)].flatMap((root) => {
    const ignored = permanentCgroups.map((name) => join(root, name));
    return subfolders(join(root, 'libvirt')).filter((path) => !ignored.includes(path));
  });
}

function subfolders(path: string): string[] {
  return listFolder(path)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [join(path, name), ...subfolders(join(path, name))]);
}

/** Monitors, clean-ups under way, and whatever lives in a pid namespace below ours. Zombies have gone. */
export function processes(): string[] {
  return listFolder('/proc')
    .filter(({ name }) => /^\d+$/.test(name))
    .flatMap(({ name: pid }) => {
      const stat = readText(`/proc/${pid}/stat`);
      const command = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      if (stat === '' || stat.startsWith(' Z', stat.lastIndexOf(')') + 1)) return [];
      const words = readText(`/proc/${pid}/cmdline`)
        .split('\0')
        .filter((word) => word !== '');
      const nested = /^NSpid:\t\d+\t/m.test(readText(`/proc/${pid}/status`));
      const isReap =
        words.includes('reap') && words.some((word) => /tslxc|cli\/main\.js/.test(word));
      const counts = command === 'tslxc-monitor' || isReap || nested;
      return counts ? [`${pid} ${command}: ${words.join(' ')}`] : [];
    });
}

/** How many pseudo-terminals exist, in all devpts instances together. */
export function ptys(): string[] {
  return [readText('/proc/sys/kernel/pty/nr')];
}

/** Loop devices in use, with their files. */
export function loopDevices(): string[] {
  return listFolder('/sys/block')
    .map(({ name }) => `${name} ${readText(`/sys/block/${name}/loop/backing_file`)}`)
    .filter((line) => /^loop\d+ ./.test(line));
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
