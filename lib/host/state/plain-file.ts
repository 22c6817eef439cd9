/**
 * Files in which only tslxc should write. Another program may have put something else in their place: a symbolic link is not
 * followed, a fifo does not block, and nothing but an ordinary file is looked into.
 */
import { constants as system } from 'node:os';
import { TslxcError } from '../../errors';
import { native } from '../native';
import { removeTreeNow } from '../trees/tree-removal';
import { fileError } from './file-error';

const { ENOENT, ENOTDIR, ELOOP, EISDIR, ENXIO } = system.errno;

/** The file or its folder does not exist. */
const absences = [ENOENT, ENOTDIR];
/** It is a symbolic link, a folder or a socket. */
const otherThings = [ELOOP, EISDIR, ENXIO];

/** What is at a path: a file, with what was found in it, nothing, or something other than a file. */
export type PlainFile<T> =
  | Readonly<{ kind: 'file'; content: T }>
  | Readonly<{ kind: 'missing' }>
  | Readonly<{ kind: 'other' }>;

/** The text of a file. @throws SyscallError if it can't be opened or read, such as EIO or EMFILE. */
export function readPlain(path: string): PlainFile<string> {
  return plainFile(native().readRecord(path));
}

/** Whether another open file description holds a lock on a byte of the file. @throws SyscallError as `readPlain`. */
export function lookAtLock(path: string, offset: number): PlainFile<boolean> {
  try {
    return plainFile(native().isRecordLocked(path, offset));
  } catch (error) {
    throw fileError(error, 'look at a lock');
  }
}

/** What the errno (positive) of a failed open(2) says of the path; undefined if it says nothing of it. */
export function kindByErrno(errno: number): 'missing' | 'other' | undefined {
  if (absences.includes(errno)) return 'missing';
  return otherThings.includes(errno) ? 'other' : undefined;
}

/** Removes a file, or the directory that another program has put in its place. @throws SyscallError; as `removeTreeNow`. */
export function removeWhatIsAt(path: string): void {
  try {
    native().removeRecord(path);
  } catch (error) {
    if (!TslxcError.is(error) || error.errno !== EISDIR) throw error;
    removeTreeNow({ path, step: 'remove a record' });
  }
}

function plainFile<T>(found: T | undefined | null): PlainFile<T> {
  if (found === undefined) return { kind: 'missing' };
  return found === null ? { kind: 'other' } : { kind: 'file', content: found };
}
