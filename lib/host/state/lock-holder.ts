/** Which process holds a flock(2), for the message of one that has waited for it in vain: proc_locks(5). Only reads. */
import { fstatSync, readFileSync } from 'node:fs';
import { printableText } from '../../printable';
import { mountOf } from '../kernel/mount-table';
import { unlessEnded } from './file-error';

/** Whom the lock of an open file belongs to, and what ends that, in words. */
export function describeHolder(fd: number): string {
  const pid = holderOf(fd);
  if (pid === undefined) {
    return 'no process that can be seen from here holds it now (it may have let it go, or be in another PID namespace)';
  }
  const program = unlessEnded(() => programOf(pid));
  if (program === undefined) {
    return `process ${pid} has taken it, and has ended; a process that it has started holds it`;
  }
  const name = `process ${pid} (${program})`;
  return isStopped(pid)
    ? `${name} holds it, and is stopped: kill -CONT ${pid} lets it go on, kill -KILL ${pid} ends it`
    : `${name} holds it: if it hangs, kill -KILL ${pid} ends it`;
}

/** The process that has taken the lock. Undefined if nobody holds it, or a process of another PID namespace. */
function holderOf(fd: number): number | undefined {
  const file = identityOf(fd);
  for (const line of readFileSync('/proc/locks', 'latin1').split('\n')) {
    // `1: FLOCK  ADVISORY  WRITE 4711 00:1b:42 0 EOF`; of one that waits, `->` stands before the kind.
    const [, kind, , , pid, locked] = line.split(/ +/);
    if (kind === 'FLOCK' && locked === file) return Number(pid);
  }
  return undefined;
}

/** As the kernel writes it: the device of the file system, which is not that of fstat(2) on btrfs, and the inode. */
function identityOf(fd: number): string {
  const numbers = mountOf(fd)?.device.split(':') ?? [];
  const device = numbers.map((one) => Number(one).toString(16).padStart(2, '0'));
  return [...device, fstatSync(fd, { bigint: true }).ino].join(':');
}

function programOf(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  // A zombie, or a process of the kernel, has no command line.
  return printableText(words === '' ? readFileSync(`/proc/${pid}/comm`, 'utf8').trim() : words);
}

function isStopped(pid: number): boolean {
  const status = unlessEnded(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '';
  return /^State:\s+[Tt]/m.test(status);
}
