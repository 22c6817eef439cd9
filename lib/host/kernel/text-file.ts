/** Files that may be missing, as text: of the kernel, of the host's configuration, and of dnsmasq. Only reads. */
import { readFileSync } from 'node:fs';
import { fileError, saysEnded, saysMissing } from '../state/file-error';

/** The text of a file; empty when it isn't there. @throws SyscallError for any other error, such as EMFILE. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (saysMissing(error) || saysEnded(error)) return '';
    throw fileError(error);
  }
}
