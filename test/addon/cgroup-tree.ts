/** Cgroups for tests, in each hierarchy that the tests are about, removed afterwards. */
import { mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [type = '', , options = ''] = right.split(' ');
    return { path: left.split(' ')[4] ?? '', type, options: options.split(',') };
  });

/** Where the v2 tree is mounted. */
export const unified = mounts.find(({ type }) => type === 'cgroup2')?.path;

/** Where v1's freezer is, on a host that has it. */
export const v1Freezer = mounts.find(
  ({ type, options }) => type === 'cgroup' && options.includes('freezer'),
)?.path;

/** The hierarchies of this host in which processes can be frozen, killed and moved. */
export const hierarchies = Object.entries({ v2: unified, v1: v1Freezer }).flatMap(([name, root]) =>
  root === undefined ? [] : [{ name, root }],
);

/** Moves a process into a cgroup. */
export function moveTo(path: string, pid: number): void {
  writeFileSync(join(path, 'cgroup.procs'), String(pid));
}

let made = 0;

export class CgroupTree {
  readonly path: string;

  constructor(root: string) {
    this.path = join(root, `tslxc-test-${process.pid}-${made++}`);
    mkdirSync(this.path);
  }

  /** Makes a cgroup below. */
  make(...names: readonly string[]): string {
    const path = join(this.path, ...names);
    mkdirSync(path, { recursive: true });
    return path;
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), 'utf8').trim();
  }

  dispose(): void {
    removeBelow(this.path);
  }
}

function removeBelow(path: string): void {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return; // a test removed it
  }
  for (const entry of entries) if (entry.isDirectory()) removeBelow(join(path, entry.name));
  rmdirSync(path);
}
