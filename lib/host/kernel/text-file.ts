/** Files of the kernel and of the host's configuration, as text. Only reads. */
import { readFileSync } from 'node:fs';

/** The text of a file; empty when it isn't there or may not be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
