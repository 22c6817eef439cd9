/** The process at the other end of a socket, when it has connected. Of one that has ended since nothing is known. */
import { readFileSync, readlinkSync } from 'node:fs';

/** Whether it is one of this host, or of a container on it, whose root is not to be the host's: by its PID namespace. */
export function isOfThisHost(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) === readlinkSync('/proc/self/ns/pid');
  } catch {
    return false;
  }
}

/** Of the fields that follow the name, which may have anything in it. */
const startField = 19;

/** When it has begun, in the kernel's ticks. @throws SystemError when it is gone. */
export function startOf(pid: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[startField] ?? '';
}
