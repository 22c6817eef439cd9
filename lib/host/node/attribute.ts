/** Attributes of sysfs: each is a file with one value. */
import { readFileSync } from 'node:fs';

/** Its text, without the newline at its end; undefined when there is no such file, or it can't be read. */
export function readAttribute(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return undefined;
  }
}
