/**
 * Small JSON files that are replaced atomically. Only tslxc makes the folder and the file: a symbolic link in their place
 * is not followed, and a fifo does not block.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { constants as system } from 'node:os';
import { dirname, join } from 'node:path';
import { SyscallError } from '../../errors';
import { fileError, naming } from './file-error';
import { lookInto } from './plain-file';

/**
 * Writes a record so that a reader sees all of it or none. Without fsync, since records do not outlive a boot.
 *
 * @throws SyscallError ENOTDIR if the folder is something else; the errors of node:fs, with the path.
 */
export function writeRecord(path: string, record: object): void {
  const temporary = temporaryOf(path);
  makeFolder(dirname(path));
  // An existing temporary file is left from a dead writer, or made by another program: it must not be written to.
  rmSync(temporary, { force: true });
  try {
    writeFileSync(temporary, `${JSON.stringify(record)}\n`, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw naming(path, error);
  }
}

/** Removes a record, if there is one, and what a writer of it that was killed has left. */
export function removeRecord(path: string): void {
  for (const file of [temporaryOf(path), path]) rmSync(file, { force: true });
}

/** Removes what killed writers have left in a folder of records. No other writer may be at work there. */
export function removeUnfinishedRecords(folder: string): void {
  if (!existsSync(folder)) return;
  const left = readdirSync(folder).filter((name) => name.endsWith(temporaryOf('')));
  for (const name of left) rmSync(join(folder, name), { force: true });
}

/** Where a record is written before it takes the place of the former one. */
function temporaryOf(path: string): string {
  return `${path}.new`;
}

/**
 * The content; undefined if the record is missing or damaged. tslxc replaces records atomically, so a damaged one is not
 * its own.
 *
 * @throws SyscallError if it can't be read, such as EIO or EMFILE: then its content is unknown.
 */
export function readRecord(path: string): unknown {
  return findRecord(path)?.content;
}

/**
 * Undefined if there is no record; the content is undefined if it is not JSON or not a file. Both are told by one read:
 * with two, a record that appears between them would be taken for a damaged one.
 *
 * @throws SyscallError if it can't be read, such as EIO or EMFILE.
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

/** Undefined if there is no file, '' if something other than a file is in its place. */
function readText(path: string): string | undefined {
  try {
    const found = lookInto(path, 'read', (fd) => readFileSync(fd, 'utf8'));
    if (found.kind === 'missing') return undefined;
    return found.kind === 'file' ? found.content : '';
  } catch (error) {
    throw fileError(Object.assign(error as Error, { path }), 'read a record');
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
