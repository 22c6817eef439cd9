/**
 * Small files of JSON that are replaced as a whole. Folder and file are made by us and by nobody else: a link or a fifo
 * in their place is neither followed nor waited for.
 */
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { constants as system } from 'node:os';
import { dirname } from 'node:path';
import { SyscallError } from '../../errors';
import { fileError, naming } from './file-error';

/** There is none, or its folder is gone. */
const absences = ['ENOENT', 'ENOTDIR'];
/** A link, a folder, a socket. */
const otherThings = ['ELOOP', 'EISDIR', 'ENXIO'];

const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Writes a record so that a reader sees all of it or none. No fsync: what is lost with a boot counts as missing.
 *
 * @throws SyscallError ENOTDIR when something else stands in the folder's place; the errors of node:fs, with the path.
 */
export function writeRecord(path: string, record: object): void {
  const temporary = `${path}.new`;
  makeFolder(dirname(path));
  // One that is there is a dead writer's, or was put there: it is not written through.
  rmSync(temporary, { force: true });
  try {
    writeFileSync(temporary, `${JSON.stringify(record)}\n`, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw naming(path, error);
  }
}

/**
 * A record that is cut short or foreign counts as missing: the records are replaced atomically by us.
 *
 * @throws SyscallError when it can't be read, such as EIO or EMFILE: nobody knows then what it says.
 */
export function readRecord(path: string): unknown {
  return findRecord(path)?.content;
}

/**
 * Undefined when there is none; the content is undefined when it is no JSON, or what stands there is no file. One look
 * tells which: a record that appears between two looks would be taken for one that is damaged.
 *
 * @throws SyscallError when it can't be read, such as EIO or EMFILE.
 */
export function findRecord(path: string): { readonly content: unknown } | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    return { content: JSON.parse(text) as unknown };
  } catch {
    return { content: undefined };
  }
}

/** Undefined when there is none, '' when something else stands in its place. */
function readText(path: string): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, readFlags);
    return readFileSync(fd, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (absences.includes(code)) return undefined;
    if (otherThings.includes(code)) return '';
    throw fileError(Object.assign(error as Error, { path }), 'read a record');
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function makeFolder(path: string): void {
  const state = lstatSync(path, { throwIfNoEntry: false });
  if (state?.isDirectory() === true) return;
  if (state !== undefined) {
    const step = 'make a folder for records';
    throw new SyscallError({ errno: system.errno.ENOTDIR, syscall: 'lstat', path, step });
  }
  mkdirSync(path, { recursive: true, mode: 0o700 });
}
