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
import { SyscallError } from '../errors';

const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Writes a record so that a reader sees all of it or none. No fsync: what is lost with a boot counts as missing.
 *
 * @throws SyscallError ENOTDIR when something else stands in the folder's place; the errors of node:fs.
 */
export function writeRecord(path: string, record: object): void {
  const temporary = `${path}.new`;
  makeFolder(dirname(path));
  // One that is there is a dead writer's, or was put there: it is not written through.
  rmSync(temporary, { force: true });
  writeFileSync(temporary, `${JSON.stringify(record)}\n`, { flag: 'wx', mode: 0o600 });
  renameSync(temporary, path);
}

/** A record that is cut short or foreign counts as missing: the records are replaced atomically by us. */
export function readRecord(path: string): unknown {
  return findRecord(path)?.content;
}

/**
 * Undefined when there is none; the content is undefined when it cannot be read or is no JSON. One look tells which: a
 * record that appears between two looks would be taken for one that is damaged.
 */
export function findRecord(path: string): { readonly content: unknown } | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, readFlags);
    return { content: JSON.parse(readFileSync(fd, 'utf8')) as unknown };
  } catch (error) {
    return isAbsence(error) ? undefined : { content: undefined };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function isAbsence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
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
