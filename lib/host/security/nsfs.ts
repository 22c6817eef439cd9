/** What this kernel compares of the number of an ioctl on a namespace (fs/nsfs.c). */
import { constants as system } from 'node:os';
import { native } from '../native';

/**
 * NS_MNT_GET_NEXT of linux/nsfs.h with another type, and with a size that is too small, so that it never opens anything: a kernel
 * that compares types doesn't know it, and one that does not says what is wrong with the size.
 */
const ofAnotherType = 0x8008000b;

/** Linux 6.12 to 6.17, unless their updates compare types. Others don't know the number, or compare all of it but the size. */
export function nsfsIgnoresType(): boolean {
  return native().tryIoctl('/proc/self/ns/mnt', ofAnotherType) !== system.errno.ENOTTY;
}
