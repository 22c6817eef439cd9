/** The real path of a root of tslxc, which several paths may lead to. */
import { realpathSync } from 'node:fs';
import { unlessMissing } from './file-error';

/** The path without symbolic links; unchanged if it does not exist yet. */
export function realRoot(root: string): string {
  return unlessMissing(() => realpathSync.native(root)) ?? root;
}
