/** The names in a folder that may be missing. */
import { readdirSync } from 'node:fs';

/** In no order; none where the folder is missing or can't be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
