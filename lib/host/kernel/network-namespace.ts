/** The network namespace of this process, to which interfaces, addresses, rules and forwarding belong. */
import { readdirSync, readlinkSync } from 'node:fs';
import { fileError, hasErrno, saysEnded } from '../state/file-error';
import { constants as system } from 'node:os';

/** Inode of a network namespace (namespaces(7)), as text. */
export function networkNamespace(): string {
  return inodeOf('self') ?? '';
}

/** Whether any process is in the namespace. If none is, it is gone, and a new one may get its inode. */
export function isNetworkNamespaceInUse(inode: string): boolean {
  return readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && inodeOf(pid) === inode);
}

function inodeOf(pid: string): string | undefined {
  try {
    return /^net:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[1];
  } catch (error) {
    // The process has ended, is a zombie, or is one that this process may not look at.
    if (saysEnded(error) || hasErrno(error, system.errno.EACCES)) return undefined;
    throw fileError(error, 'look for a network namespace');
  }
}
