/** The network namespace of this process, to which interfaces, addresses, rules and forwarding belong. */
import { readdirSync, readlinkSync } from 'node:fs';

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
  } catch {
    // The process has ended, or is a zombie.
    return undefined;
  }
}
