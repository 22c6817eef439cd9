/**
 * Small JSON files that are replaced atomically. Only tslxc makes the folder and the file: a symbolic link in their place
 * is not followed, and a fifo does not block.
 */
import { readdirSync } from 'node:fs';
import { constants as system } from 'node:os';
import { dirname, join } from 'node:path';
import { SyscallError } from '../../errors';
import { native } from '../native';
import { fileError, isThere } from './file-error';
import { makeOwnFolder } from './own-folder';
import { readPlain } from './plain-file';
import { inKnownFormat, withFormat } from './record-format';

/**
 * Writes a record so that a reader sees all of it or none. Without fsync, since records do not outlive a boot.
 *
 * @throws SyscallError with the path, such as ENOTDIR if the folder is something else.
 */
export function writeRecord(path: string, record: object): void {
  const text = `${JSON.stringify(withFormat(record))}\n`;
  inFolder(path, () => native().replaceRecord(path, text));
}

/** As `writeRecord`, but never makes the folder: if it has been removed, nothing is written. */
export function replaceRecord(path: string, record: object): void {
  native().replaceRecord(path, `${JSON.stringify(withFormat(record))}\n`);
}

/** Makes a file with this content beside records, and removes an existing one first. @throws as `writeRecord`. */
export function makeBesideRecords(path: string, text: string): void {
  inFolder(path, () => native().makeRecord(path, text));
}

/** Removes a record, if there is one, and the leftover of a writer that was killed. */
export function removeRecord(path: string): void {
  for (const file of [temporaryOf(path), path]) native().removeRecord(file);
}

/** Removes the leftovers of killed writers in a folder of records. No other writer may be at work there. */
export function removeUnfinishedRecords(folder: string): void {
  if (!isThere(folder)) return;
  const left = readdirSync(folder).filter((name) => name.endsWith(temporaryOf('')));
  for (const name of left) native().removeRecord(join(folder, name));
}

/** Where a record is written before it takes the place of the former one. */
function temporaryOf(path: string): string {
  return `${path}.new`;
}

/**
 * The content; undefined if the record is missing or damaged. tslxc replaces records atomically, so a damaged one is not
 * its own.
 *
 * @throws SyscallError if it can't be read, such as EIO or EMFILE: then its content is unknown. TslxcError OPERATION_UNSUPPORTED, with
 * the `path`, if a newer version of the package has written it in a format that this one does not know.
 */
export function readRecord(path: string): unknown {
  return findRecord(path)?.content;
}

/**
 * Undefined if there is no record; the content is undefined if it is not JSON or not a file. Both are told by one read:
 * with two, a record that appears between them would be taken for a damaged one.
 *
 * @throws as `readRecord`.
 */
export function findRecord(path: string): { readonly content: unknown } | undefined {
  const text = readText(path);
  return text === undefined ? undefined : { content: inKnownFormat(path, parseRecord(text)) };
}

/** Undefined if it is not JSON. */
export function parseRecord(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Undefined if there is no file, '' if something other than a file is in its place. */
function readText(path: string): string | undefined {
  try {
    const found = readPlain(path);
    if (found.kind === 'missing') return undefined;
    return found.kind === 'file' ? found.content : '';
  } catch (error) {
    throw fileError(error, 'read a record');
  }
}

/** Makes the folder of `path` only when `write` says that there is none: mostly it is there. */
function inFolder(path: string, write: () => boolean): void {
  if (write()) return;
  const step = 'write a record';
  try {
    makeOwnFolder(dirname(path));
  } catch (error) {
    throw fileError(error, step);
  }
  if (write()) return;
  throw new SyscallError({ errno: system.errno.ENOENT, syscall: 'open', path, step });
}

/** The fields of what a record holds; none when it is no object. */
export function fieldsOf(record: unknown): Readonly<Record<string, unknown>> {
  return typeof record === 'object' && record !== null ? (record as Record<string, unknown>) : {};
}
