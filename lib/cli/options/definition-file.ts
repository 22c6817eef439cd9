/** Reads the XML file that a command line names, with virsh's messages when it can't be read. */
import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import type { DefineOptions } from '../../index';
import { warningOf } from '../output/definition-warnings';
import type { Option, Options } from '../shell/arguments';
import type { Context } from '../shell/command';
import { CommandError } from '../shell/command-error';

/** The option of verbs that read a definition from a file. */
export const validateOption: Option = {
  name: 'validate',
  kind: 'flag',
  help: "validate the XML against libvirt's schema",
};

/** The options for defining in the library: warnings about parts that are left out are shown. */
export function definitionOptions(
  { output }: Pick<Context, 'output'>,
  options: Options,
): DefineOptions {
  const onWarning = warningOf(output);
  return options.has('validate') ? { validate: true, onWarning } : { onWarning };
}

/** The limit of virsh. */
const maximumBytes = 10 * 1024 * 1024;

/** The file's text. Throws CommandError. Reads pipes and devices too, such as /dev/stdin. */
export function readDefinitionFile(path: string): string {
  const fd = attempt(`Failed to open file '${path}'`, () => openSync(path, 'r'));
  try {
    return attempt(`Failed to read file '${path}'`, () => readAll(fd));
  } finally {
    closeSync(fd);
  }
}

function readAll(fd: number): string {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536);
    const count = readSync(fd, chunk);
    if (count === 0) return textOf(Buffer.concat(chunks));
    length += count;
    if (length > maximumBytes) throw new CommandError('larger than 10 MiB');
    chunks.push(chunk.subarray(0, count));
  }
}

/** The text of a file with a definition. Throws CommandError if it is in another encoding, whatever its declaration says. */
export function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes))
    throw new CommandError('it is not in UTF-8: convert it, as by iconv -f LATIN1 -t UTF-8');
  return bytes.toString();
}

function attempt<T>(message: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new CommandError(`${message}: ${reasonOf(error)}`, { code: 'SYSTEM_ERROR' });
  }
}

// Messages of strerror(3) that differ from those of libuv.
const words: Readonly<Record<string, string>> = {
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
  ENOTDIR: 'Not a directory',
  ENXIO: 'No such device or address',
};

function reasonOf(error: unknown): string {
  if (error instanceof CommandError) return error.message;
  if (typeof error !== 'object' || error === null || !('errno' in error)) return String(error);
  const [name, text] = getSystemErrorMap().get(Number(error.errno)) ?? ['', String(error.errno)];
  return words[name] ?? text.charAt(0).toUpperCase() + text.slice(1);
}
