/** The process that connected to a socket. Nothing is known of one that has ended since. */
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Whether the process belongs to this host rather than to a container on it, whose root must not be taken for the host's: by its
 * PID namespace.
 */
export function isOfThisHost(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) === readlinkSync('/proc/self/ns/pid');
  } catch {
    return false;
  }
}

/** Index of the start time among the fields after the name, which may contain anything. */
const startField = 19;

/** Start time of the process, in the kernel's clock ticks. @throws the errors of node:fs when it is gone. */
export function startOf(pid: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[startField] ?? '';
}
