/** The names in a folder that may be missing. */
import { readdirSync } from 'node:fs';
import { unlessMissing } from './state/file-error';

/** In no order; none where the folder is missing. @throws SyscallError if it can't be read. */
export function namesIn(folder: string): string[] {
  return unlessMissing(() => readdirSync(folder)) ?? [];
}
