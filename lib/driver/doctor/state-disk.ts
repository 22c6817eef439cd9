/** Whether tslxc's state can be written: this process must be allowed to, and its disks must have room. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { hiddenDirectories } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { fail, ok, warn } from './check';
import type { HostCheck } from './check';

const id = 'caller.state';

/** What a start of a container writes, with a wide margin: with less room, none is started. */
const needed = { kibibytes: 256, files: 16 };
/** With less room than this, consoles and events will soon use up the rest. */
const comfortableKibibytes = 16 * 1024;

/** What is free on the disk of some folders; `files` is undefined if the file system allocates inodes as needed. */
export interface Room {
  readonly folders: readonly string[];
  readonly kibibytes: number;
  readonly files?: number;
}

/** `mounts`: whose mounts this process sees; in a systemd unit that has its own, these may be read-only. */
export function checkState(paths: StatePaths, mounts: 'own' | "the host's"): HostCheck[] {
  const folders = hiddenDirectories(paths);
  const faults = folders.flatMap((folder) => checkAccess(folder, folders, mounts));
  if (faults.length > 0) return faults;
  const full = roomFor(folders).flatMap(judgeRoom);
  return full.length > 0 ? full : [ok(id, `${folders.join(', ')} can be written`)];
}

/** No finding if there is enough room. */
export function judgeRoom({ folders, kibibytes, files }: Room): HostCheck[] {
  const where = `the disk of ${folders.join(', ')}`;
  const advice =
    'free some room there, see df(1) and df -i; destroy, suspend and resume of what runs need none';
  if (kibibytes < needed.kibibytes)
    return [fail(id, `${where} is full: ${kibibytes} KiB are free`, advice)];
  if (files !== undefined && files < needed.files)
    return [fail(id, `${where} is full: it takes ${files} files more`, advice)];
  if (kibibytes < comfortableKibibytes)
    return [warn(id, `${where} is nearly full: ${kibibytes} KiB are free`, advice)];
  return [];
}

function checkAccess(
  folder: string,
  all: readonly string[],
  mounts: 'own' | "the host's",
): HostCheck[] {
  const at = nearest(folder);
  try {
    accessSync(at, constants.W_OK);
    return [];
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const isHosts = code === 'EROFS' && mounts === "the host's";
    const advice = isHosts
      ? `its file system is mounted read-only: the kernel's log says whether an error was the reason, see mount -o remount,rw`
      : 'in a systemd unit with ProtectSystem=strict: ReadWritePaths=' + all.join(' ');
    return [fail(id, `${folder} can’t be written (${code})`, advice)];
  }
}

/** The room on each file system, including what is reserved for root. */
function roomFor(folders: readonly string[]): Room[] {
  const disks = new Map<number, string[]>();
  for (const folder of folders) {
    const { dev } = statSync(nearest(folder));
    disks.set(dev, [...(disks.get(dev) ?? []), folder]);
  }
  return [...disks.values()].flatMap((on): Room[] => {
    const [first = '/'] = on;
    const { blocks, bfree, bsize, files, ffree } = statfsSync(nearest(first));
    // A file system that reports no size has no limit either.
    if (blocks === 0) return [];
    const kibibytes = Math.floor((bfree * bsize) / 1024);
    return [{ folders: on, kibibytes, ...(files === 0 ? {} : { files: ffree }) }];
  });
}

/** The folder, or the innermost one above it that exists. */
function nearest(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearest(dirname(folder));
}
