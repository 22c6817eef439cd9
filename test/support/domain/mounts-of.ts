/** The mounts that a process sees, as in proc_pid_mountinfo(5). */
import { readFileSync } from 'node:fs';

export interface MountLine {
  readonly target: string;
  readonly options: readonly string[];
  /** `shared:N` and the like. */
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

export function mountsOf(pid: number | 'self'): MountLine[] {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , , target = '', options = '', ...propagation] = left.split(' ');
    const [type = '', source = '', superOptions = ''] = right.split(' ');
    return {
      target,
      options: options.split(','),
      propagation,
      type,
      source,
      superOptions: superOptions.split(','),
    };
  });
}

/** The uppermost mount at `target`. */
export function mountAt(pid: number, target: string): MountLine | undefined {
  return mountsOf(pid)
    .filter((mount) => mount.target === target)
    .at(-1);
}
