/** Attributes of sysfs and the like: each is a file with one value. */
import { readFileSync } from 'node:fs';
import { constants as system } from 'node:os';
import { fileError, hasErrno, saysMissing } from '../state/file-error';

const { EACCES, EPERM, EINVAL, ENODEV, ENXIO, ENODATA, EOPNOTSUPP } = system.errno;

/** This process may not read it; the device is off, or has no such value. */
const without = [EACCES, EPERM, EINVAL, ENODEV, ENXIO, ENODATA, EOPNOTSUPP];

/**
 * Its text, without blanks around it; undefined when there is no such file, it has no value, or this process may not read it.
 *
 * @throws SyscallError for any other error, such as EMFILE.
 */
export function readAttribute(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch (error) {
    if (saysMissing(error) || without.some((errno) => hasErrno(error, errno))) return undefined;
    throw fileError(error);
  }
}
