/** An extended attribute of a directory of the host. */
import { closeSync, constants, openSync } from 'node:fs';
import { native } from '../../host/native';
import { unlessMissing } from '../../host/state/file-error';

/** The value of the attribute `name`: '' if the directory does not have it, undefined if there is no directory. @throws SyscallError. */
export function directoryAttribute(path: string, name: string): string | undefined {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY;
  const fd = unlessMissing(() => openSync(path, flags));
  if (fd === undefined) return undefined;
  try {
    return native().getXattr(fd, name)?.toString('utf8') ?? '';
  } finally {
    closeSync(fd);
  }
}
