/**
 * What must not get a container's label because the host's own programs use it: with that label it would be out of
 * reach of every other confined program of this host.
 */
import { isBelow, isSame } from '../../../domain/xml/path';

/** With everything below them. */
const wholeTrees = [
  ...['/usr', '/etc', '/bin', '/sbin', '/boot', '/dev', '/proc', '/sys', '/run'],
  ...['/lib', '/lib32', '/lib64', '/libx32'],
];

/** Only these directories themselves: what lies below them belongs to users and programs. */
const folders = [
  ...['/home', '/root', '/opt', '/srv', '/tmp', '/mnt', '/media', '/lost+found'],
  ...['/var', '/var/lib', '/var/log', '/var/tmp', '/var/cache', '/var/spool', '/var/opt'],
];

/** Where device nodes, sockets and fifos that are meant for a container lie. */
const homesOfDevices = ['/dev', '/run'];

/** Majors of the memory devices, and of /dev/tty, console and ptmx: devices that everyone uses. */
const sharedMajors = [1, 5];

/** The properties of a source that matter here. */
export interface Labelled {
  /** Without symbolic links. */
  readonly path: string;
  readonly kind: 'directory' | 'file' | 'device' | 'other';
  /** Major number of a device node. */
  readonly major?: number;
}

/**
 * Which part of the host's system a label for this source would affect, in words; undefined if none. `/` is refused
 * even by force. `ours` are directories of tslxc's own state.
 */
export function systemPart(
  { path, kind, major }: Labelled,
  ours: readonly string[],
): string | undefined {
  if (kind === 'device' && sharedMajors.includes(major ?? 0)) {
    return 'a device that the whole host uses';
  }
  const isSpecial = kind === 'device' || kind === 'other';
  const hit = [...wholeTrees, ...folders].find((folder) => isSame(path, folder));
  if (hit !== undefined) return `the system directory ${hit}`;
  const above = wholeTrees
    .filter((folder) => !(isSpecial && homesOfDevices.includes(folder)))
    .find((folder) => isBelow(path, folder));
  if (above !== undefined) return `what is in the system directory ${above}`;
  const below = [...wholeTrees, ...folders, ...ours].find((folder) => isBelow(folder, path));
  return below === undefined ? undefined : `${below}, which lies in it`;
}
