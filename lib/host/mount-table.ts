/** The mounts that this process sees: proc_pid_mountinfo(5). Reads, never writes. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { O_PATH } from './open-flags';

/**
 * Optional fields (`shared:N`, `master:N`, …) of the mount that a path is in; undefined when it was unmounted
 * meanwhile. Throws what open(2) says.
 */
export function propagationOf(path: string): readonly string[] | undefined {
  const fd = openSync(path, O_PATH);
  try {
    const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
    const id = /^mnt_id:\s*(\d+)$/m.exec(info)?.[1];
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    const line = lines.find((one) => id !== undefined && one.startsWith(`${id} `));
    return line?.split(' - ')[0]?.split(' ').slice(6);
  } finally {
    closeSync(fd);
  }
}

/** What is mounted at a path, and below it. */
export function mountsWithin(folder: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => unescapeMountPath(line.split(' ')[4] ?? ''))
    .filter((path) => path === folder || path.startsWith(`${folder}/`));
}

/** `\040` and the like, as mountinfo writes blanks. */
export function unescapeMountPath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 8)),
  );
}
