/** Files that may be missing, as text: of the kernel, of the host's configuration, and of dnsmasq. Only reads. */
import { readFileSync } from 'node:fs';

/** The text of a file; empty when it isn't there or may not be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
