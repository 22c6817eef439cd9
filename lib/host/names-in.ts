/** What is in a folder that may be missing. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unlessMissing } from './state/file-error';

/** The names, in no order; none where the folder is missing. @throws SyscallError if it can't be read. */
export function namesIn(folder: string): string[] {
  return unlessMissing(() => readdirSync(folder)) ?? [];
}

/** The paths of its folders, in no order; none where it is missing. @throws SyscallError if it can't be read. */
export function foldersIn(folder: string): string[] {
  const entries = unlessMissing(() => readdirSync(folder, { withFileTypes: true })) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}
