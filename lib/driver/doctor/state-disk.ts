/** Whether tslxc's state can be written: it must be allowed, and there must be room on the disks that it lies on. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { hiddenDirectories } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { fail, ok, warn } from './check';
import type { HostCheck } from './check';

const id = 'caller.state';

/** What a start of a container writes, with much to spare: with less nothing starts. */
const needed = { kibibytes: 256, files: 16 };
/** With less, consoles and events soon take the rest. */
const comfortableKibibytes = 16 * 1024;

/** What is free on the disk of some folders; `files` is undefined where the file system makes room for them as it needs. */
export interface Room {
  readonly folders: readonly string[];
  readonly kibibytes: number;
  readonly files?: number;
}

/** `mounts`: those that this process sees; a systemd unit may have made its own read-only. */
export function checkState(paths: StatePaths, mounts: 'own' | "the host's"): HostCheck[] {
  const folders = hiddenDirectories(paths);
  const faults = folders.flatMap((folder) => checkAccess(folder, folders, mounts));
  if (faults.length > 0) return faults;
  const full = roomFor(folders).flatMap(judgeRoom);
  return full.length > 0 ? full : [ok(id, `${folders.join(', ')} can be written`)];
}

/** Nothing where there is room enough. */
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

/** By file system. Root may use also what is reserved for it. */
function roomFor(folders: readonly string[]): Room[] {
  const disks = new Map<number, string[]>();
  for (const folder of folders) {
    const { dev } = statSync(nearest(folder));
    disks.set(dev, [...(disks.get(dev) ?? []), folder]);
  }
  return [...disks.values()].flatMap((on): Room[] => {
    const [first = '/'] = on;
    const { blocks, bfree, bsize, files, ffree } = statfsSync(nearest(first));
    // A file system that has no size has no end either.
    if (blocks === 0) return [];
    const kibibytes = Math.floor((bfree * bsize) / 1024);
    return [{ folders: on, kibibytes, ...(files === 0 ? {} : { files: ffree }) }];
  });
}

/** The folder, or the innermost one above it that is there. */
function nearest(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearest(dirname(folder));
}
