/** What this kernel compares of the number of an ioctl on a namespace (fs/nsfs.c). */
import { constants as system } from 'node:os';
import { native } from '../native';
import { hasErrno } from '../state/file-error';

/**
 * NS_MNT_GET_NEXT of linux/nsfs.h with another type, and with a size that is too small, so that it never opens anything: a kernel
 * that compares types doesn't know it, and one that does not says what is wrong with the size.
 */
const ofAnotherType = 0x8008000b;

/**
 * Linux 6.12 to 6.17, unless their updates compare types. Others don't know the number, or compare all of it but the size. Where a policy
 * of the host hides the file from this process, such as an AppArmor profile of its own, the answer is that of which more is denied.
 */
export function nsfsIgnoresType(
  ask: (path: string, command: number) => number = (path, command) =>
    native().tryIoctl(path, command),
): boolean {
  try {
    return ask('/proc/self/ns/mnt', ofAnotherType) !== system.errno.ENOTTY;
  } catch (error) {
    if (hasErrno(error, system.errno.EACCES) || hasErrno(error, system.errno.EPERM)) return true;
    throw error;
  }
}
