/** Whether a client is a process of this host, or of a container on it, whose root is not to be the host's. */
import { readlinkSync } from 'node:fs';

/** By its PID namespace, when it has connected. Of one that has ended since nothing is known, and it is none. */
export function isOfThisHost(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) === readlinkSync('/proc/self/ns/pid');
  } catch {
    return false;
  }
}
