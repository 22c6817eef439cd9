/** The mounts that this process sees: proc_pid_mountinfo(5). Only reads. */
import { readFileSync } from 'node:fs';

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

/** All mounts in the order in which they were made. */
export function listMounts(): ListedMount[] {
  return mountLines().map((line) => {
    const [before = '', behind = ''] = line.split(' - ');
    const fields = before.split(' ');
    return { ...mountFrom(fields), id: Number(fields[0]), type: behind.split(' ')[0] ?? '' };
  });
}

function mountFrom([, , device = '', root = '', mountPoint = '']: readonly string[]): Mount {
  return { device, root: unescapeMountPath(root), mountPoint: unescapeMountPath(mountPoint) };
}

function mountLines(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter(Boolean);
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
  const line = mountLines().find((one) => id !== undefined && one.startsWith(`${id} `));
  return line?.split(' - ')[0]?.split(' ');
}

/** The mount points at a path and below it. */
export function mountsWithin(folder: string): string[] {
  return listMounts()
    .map(({ mountPoint }) => mountPoint)
    .filter((path) => path === folder || path.startsWith(`${folder}/`));
}

/** Decodes escapes such as `\040`, which mountinfo uses for white space. */
export function unescapeMountPath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 8)),
  );
}
