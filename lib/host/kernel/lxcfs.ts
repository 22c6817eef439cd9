/**
 * lxcfs, if it runs on this host: a file system in user space with files as in /proc that show the
 * limits of the reader's cgroup.
 */
import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ofMounts, unescapeMountPath } from './mount-table';

/** A file that is mounted over that of the kernel. */
export interface ProcFile {
  /** Name in /proc. */
  readonly name: string;
  /** Path on the host. */
  readonly path: string;
}

const names = ['cpuinfo', 'diskstats', 'loadavg', 'meminfo', 'stat', 'swaps', 'uptime'];

/**
 * The files of lxcfs for /proc, wherever it is mounted; none if there is no lxcfs, if it has died (ENOTCONN), or
 * if it does not answer. Looked up each time, since it may be started or stopped.
 */
export function lxcfsFiles(): ProcFile[] {
  const mount = mountNow();
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

const mountNow = ofMounts(lxcfsMount);

/**
 * The last mount of this type that belongs to root, in lines of proc_pid_mountinfo(5): with fusermount(1), every user of
 * the host can make mounts with a type of their choice.
 */
export function lxcfsMount(mountinfo: string): string | undefined {
  const line = mountinfo
    .split('\n')
    .reverse()
    .find((one) => one.includes(' - fuse.lxcfs ') && /[ ,]user_id=0(?:,|$)/.test(one));
  const escaped = line?.split(' ')[4];
  return escaped === undefined ? undefined : unescapeMountPath(escaped);
}
