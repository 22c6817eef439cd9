/**
 * lxcfs, when it runs on this host: a file system in user space whose files are those of /proc as the
 * cgroup of whoever reads them has it.
 */
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unescapeMountPath } from './mount-table';

/** A file that is to be seen in place of the kernel's. */
export interface ProcFile {
  /** In /proc. */
  readonly name: string;
  /** On the host. */
  readonly path: string;
}

const names = ['cpuinfo', 'diskstats', 'loadavg', 'meminfo', 'stat', 'swaps', 'uptime'];

/**
 * Its files for /proc, wherever it is mounted; none when there is no lxcfs, when it has died (ENOTCONN), or
 * when it refuses to answer. Looked up anew each time: it may come and go.
 */
export function lxcfsFiles(): ProcFile[] {
  const mount = lxcfsMount(readFileSync('/proc/self/mountinfo', 'utf8'));
  if (mount === undefined) return [];
  const folder = join(mount, 'proc');
  try {
    const there = new Set(readdirSync(folder));
    accessSync(join(folder, 'meminfo'), constants.R_OK);
    return names
      .filter((name) => there.has(name))
      .map((name) => ({ name, path: join(folder, name) }));
  } catch {
    return [];
  }
}

/**
 * The last mount of the type that is root's, in lines of proc_pid_mountinfo(5): fusermount(1) gives every user of the
 * host mounts with a type of their choice.
 */
export function lxcfsMount(mountinfo: string): string | undefined {
  const line = mountinfo
    .split('\n')
    .reverse()
    .find((one) => one.includes(' - fuse.lxcfs ') && /[ ,]user_id=0(?:,|$)/.test(one));
  const escaped = line?.split(' ')[4];
  return escaped === undefined ? undefined : unescapeMountPath(escaped);
}
