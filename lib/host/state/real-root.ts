/** A root of tslxc may be reached by several paths. */
import { realpathSync } from 'node:fs';

/** Without symbolic links; as it is where nothing is there yet. */
export function realRoot(root: string): string {
  try {
    return realpathSync.native(root);
  } catch {
    return root;
  }
}
