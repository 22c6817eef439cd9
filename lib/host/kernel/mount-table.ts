/** The mounts that this process sees: proc_pid_mountinfo(5). Only reads. */
import { openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { native } from '../native';

/** The identity of a mounted directory, whatever path leads to it. */
export interface Mount {
  /** `major:minor` of the file system, in this boot. */
  readonly device: string;
  /** The directory of the file system that is mounted. */
  readonly root: string;
  readonly mountPoint: string;
}

/** The mount that contains an open file; undefined if it was unmounted meanwhile. */
export function mountOf(fd: number): Mount | undefined {
  const fields = mountFields(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'));
  return fields === undefined ? undefined : mountFrom(fields);
}

export interface ListedMount extends Mount {
  readonly id: number;
  /** Of the file system. */
  readonly type: string;
}

/** Kept open: the kernel tells whether its content has changed, which costs less than to read it. */
let table: { readonly fd: number; text: string | undefined } | undefined;

/** How often at most it is read again, when mounts come and go while it is read. */
const mostReads = 8;

/** The text of /proc/self/mountinfo: the very same one as before, unless something was mounted or unmounted since. */
function mountinfo(): string {
  table ??= { fd: openSync('/proc/self/mountinfo', 'r'), text: undefined };
  const { fd } = table;
  let hasChanged = native().hasChanged(fd) || table.text === undefined;
  for (let reads = 0; hasChanged && reads < mostReads; reads += 1) {
    table.text = readWhole(fd);
    hasChanged = native().hasChanged(fd);
  }
  // What was read while it changed may be incomplete: it is read again the next time.
  const text = table.text ?? '';
  if (hasChanged) table.text = undefined;
  return text;
}

/** From its beginning. */
function readWhole(fd: number): string {
  const pieces: Buffer[] = [];
  for (let position = 0; ;) {
    const piece = Buffer.allocUnsafe(64 * 1024);
    const size = readSync(fd, piece, 0, piece.length, position);
    if (size === 0) return Buffer.concat(pieces).toString('utf8');
    pieces.push(piece.subarray(0, size));
    position += size;
  }
}

/** What `make` makes of the mounts, made again only when they have changed. */
export function ofMounts<T>(make: (mountinfo: string) => T): () => T {
  let known: { readonly text: string; readonly made: T } | undefined;
  return () => {
    const text = mountinfo();
    if (known?.text !== text) known = { text, made: make(text) };
    return known.made;
  };
}

/** All mounts in the order in which they were made. */
export const listMounts: () => readonly ListedMount[] = ofMounts(mountsIn);

/** Those in the text of proc_pid_mountinfo(5). */
export function mountsIn(text: string): ListedMount[] {
  return linesOf(text).map((line) => {
    const [before = '', behind = ''] = line.split(' - ');
    const fields = before.split(' ');
    return { ...mountFrom(fields), id: Number(fields[0]), type: behind.split(' ')[0] ?? '' };
  });
}

function mountFrom([, , device = '', root = '', mountPoint = '']: readonly string[]): Mount {
  return { device, root: unescapeMountPath(root), mountPoint: unescapeMountPath(mountPoint) };
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(Boolean);
}

/**
 * Optional fields (`shared:N`, `master:N`, …) of the mount that a file is in, by its /proc/PID/fdinfo; undefined if it was
 * unmounted meanwhile.
 */
export function propagationOf(fileInfo: string): readonly string[] | undefined {
  return mountFields(fileInfo)?.slice(6);
}

/** The fields up to the separator after the optional ones. */
function mountFields(fileInfo: string): readonly string[] | undefined {
  const id = /^mnt_id:\s*(\d+)$/m.exec(fileInfo)?.[1];
  const line = linesOf(mountinfo()).find((one) => id !== undefined && one.startsWith(`${id} `));
  return line?.split(' - ')[0]?.split(' ');
}

/** The mount points at a path and below it. */
export function mountsWithin(folder: string): string[] {
  return listMounts()
    .map(({ mountPoint }) => mountPoint)
    .filter((path) => isWithin(path, folder));
}

/** The mount that a path without links is in; undefined if this process doesn't see it, as after chroot(2). */
export function mountHolding(path: string): ListedMount | undefined {
  const mounts = listMounts();
  for (let folder = path; ; folder = dirname(folder)) {
    // Of several at one point, the last one is seen.
    const mount = mounts.findLast(({ mountPoint }) => mountPoint === folder);
    if (mount !== undefined || folder === '/') return mount;
  }
}

/** A file or directory, by whatever path it is reached. */
export interface FilesystemPlace {
  readonly device: string;
  /** Within the file system. */
  readonly path: string;
}

/** What a path without links leads to in this mount. */
export function placeIn({ device, root, mountPoint }: Mount, path: string): FilesystemPlace {
  return { device, path: join(root, relative(mountPoint, path)) };
}

/**
 * The paths by which something is reached (`own`), and those by which something in it is (`inside`): a file system, or a part of one,
 * may be mounted at several places.
 */
export function pathsTo({ device, path }: FilesystemPlace): {
  readonly own: readonly string[];
  readonly inside: readonly string[];
} {
  const mounts = listMounts().filter((mount) => mount.device === device);
  return {
    own: mounts
      .filter(({ root }) => isWithin(path, root))
      .map(({ root, mountPoint }) => join(mountPoint, relative(root, path))),
    inside: mounts
      .filter(({ root }) => root !== path && isWithin(root, path))
      .map(({ mountPoint }) => mountPoint),
  };
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** Decodes escapes such as `\040`, which mountinfo uses for white space. */
export function unescapeMountPath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 8)),
  );
}
