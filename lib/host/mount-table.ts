/** The mounts that this process sees: proc_pid_mountinfo(5). Reads, never writes. */
import { closeSync, openSync, readFileSync } from 'node:fs';

const O_PATH = 0o10000000;

export interface MountPoint {
  readonly target: string;
  /** Optional fields: `shared:N`, `master:N`, … */
  readonly propagation: readonly string[];
}

/** The mount that a path is in; undefined when it was unmounted meanwhile. Throws what open(2) says. */
export function mountOf(path: string): MountPoint | undefined {
  const fd = openSync(path, O_PATH);
  try {
    const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
    const id = /^mnt_id:\s*(\d+)$/m.exec(info)?.[1];
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    const line = lines.find((one) => id !== undefined && one.startsWith(`${id} `));
    return line === undefined ? undefined : parseLine(line);
  } finally {
    closeSync(fd);
  }
}

function parseLine(line: string): MountPoint {
  const [before = ''] = line.split(' - ');
  const [, , , , target = '', , ...propagation] = before.split(' ');
  return { target, propagation };
}
