/** An extended attribute of a directory of the host. */
import { closeSync, constants, openSync } from 'node:fs';
import { native } from '../../host/native';

/** '' when the directory does not have it, undefined when there is no such directory. */
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
