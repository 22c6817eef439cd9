/**
 * Files in which only tslxc should write. Another program may have put something else in their place: a symbolic link is not
 * followed, a fifo does not block, and nothing but an ordinary file is looked into.
 */
import { closeSync, constants, fstatSync, openSync, rmSync, unlinkSync } from 'node:fs';
import { constants as system } from 'node:os';

const { ENOENT, ENOTDIR, ELOOP, EISDIR, ENXIO } = system.errno;

/** The file or its folder does not exist. */
const absences = [ENOENT, ENOTDIR];
/** It is a symbolic link, a folder or a socket. */
const otherThings = [ELOOP, EISDIR, ENXIO];

const accessFlags = { read: constants.O_RDONLY, write: constants.O_RDWR } as const;

/** What is at a path: a file, with what was found in it, nothing, or something other than a file. */
export type PlainFile<T> =
  | Readonly<{ kind: 'file'; content: T }>
  | Readonly<{ kind: 'missing' }>
  | Readonly<{ kind: 'other' }>;

/**
 * Opens the file and looks into it.
 *
 * @throws the errors of node:fs if it can't be opened, such as EIO or EMFILE; what `look` throws.
 */
export function lookInto<T>(
  path: string,
  access: keyof typeof accessFlags,
  look: (fd: number) => T,
): PlainFile<T> {
  let fd: number | undefined;
  try {
    fd = openSync(path, accessFlags[access] | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const kind = kindByErrno(-((error as NodeJS.ErrnoException).errno ?? 0));
    if (kind === undefined) throw error;
    return { kind };
  }
  try {
    if (!fstatSync(fd).isFile()) return { kind: 'other' };
    return { kind: 'file', content: look(fd) };
  } finally {
    closeSync(fd);
  }
}

/** What the errno (positive) of a failed open(2) says of the path; undefined if it says nothing of it. */
export function kindByErrno(errno: number): 'missing' | 'other' | undefined {
  if (absences.includes(errno)) return 'missing';
  return otherThings.includes(errno) ? 'other' : undefined;
}

/** Removes a file, or the directory that another program has put in its place. */
export function removeWhatIsAt(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    // Of anything else, rmSync would tell another error than that of the removal.
    if (code !== 'EISDIR') throw error;
    rmSync(path, { recursive: true, force: true });
  }
}
