/** The kernel's network parameters in this process's network namespace: sysctl(8), below /proc/sys/net. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, hasErrno } from '../state/file-error';

const ENOENT = 2;

function pathOf(name: string): string {
  return join('/proc/sys/net', name);
}

/** The value of a parameter such as `ipv4/ip_forward`; undefined if the kernel has no such parameter. */
export function readNetworkParameter(name: string): string | undefined {
  try {
    return readFileSync(pathOf(name), 'latin1').trim();
  } catch (error) {
    if (hasErrno(error, ENOENT)) return undefined;
    throw fileError(error, 'read a parameter of the network');
  }
}

/**
 * @returns false if the kernel has no such parameter.
 * @throws SyscallError, such as EROFS in a container.
 */
export function writeNetworkParameter(name: string, value: string): boolean {
  try {
    writeFileSync(pathOf(name), value, { flag: 'r+' });
    return true;
  } catch (error) {
    if (hasErrno(error, ENOENT)) return false;
    throw fileError(error, `set net.${name.replaceAll('/', '.')} to ${value}`);
  }
}
