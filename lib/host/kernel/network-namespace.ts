/** Which network namespace this process is in: interfaces, addresses, rules and forwarding belong to one. */
import { readdirSync, readlinkSync } from 'node:fs';

/** Inode of a network namespace (namespaces(7)), as text. */
export function networkNamespace(): string {
  return inodeOf('self') ?? '';
}

/** Whether a process is in it. One that is gone has none, and a new one may get its number. */
export function isNetworkNamespaceInUse(inode: string): boolean {
  return readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && inodeOf(pid) === inode);
}

function inodeOf(pid: string): string | undefined {
  try {
    return /^net:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[1];
  } catch {
    // It has ended, or is a zombie.
    return undefined;
  }
}
