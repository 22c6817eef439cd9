/** An extended attribute of a directory of the host. */
import { closeSync, constants, openSync } from 'node:fs';
import { native } from '../../host/native';

/** The value of the attribute `name`: '' if the directory does not have it, undefined if the directory can't be opened. */
export function directoryAttribute(path: string, name: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return undefined;
  }
  try {
    return native().getXattr(fd, name)?.toString('utf8') ?? '';
  } finally {
    closeSync(fd);
  }
}
