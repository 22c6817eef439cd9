/** The real path of a root of tslxc, which several paths may lead to. */
import { realpathSync } from 'node:fs';

/** The path without symbolic links; unchanged if it does not exist yet. */
export function realRoot(root: string): string {
  try {
    return realpathSync.native(root);
  } catch {
    return root;
  }
}
