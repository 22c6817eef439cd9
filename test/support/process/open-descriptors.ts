/** What a process has open, and what of it a monitor of one console needs. Only reads. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

export interface OpenDescriptor {
  readonly number: number;
  readonly target: string;
  readonly closesOnExec: boolean;
}

const O_CLOEXEC = 0o2000000;

/** Those of another process; what it closes meanwhile may be missing. */
export function descriptorsOf(pid: number): OpenDescriptor[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return [readDescriptor(pid, name)];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  });
}

function readDescriptor(pid: number, name: string): OpenDescriptor {
  const info = readFileSync(`/proc/${pid}/fdinfo/${name}`, 'latin1');
  const flags = parseInt(/^flags:\s*(\d+)$/m.exec(info)?.[1] ?? '0', 8);
  const target = readlinkSync(`/proc/${pid}/fd/${name}`);
  return { number: Number(name), target, closesOnExec: (flags & O_CLOEXEC) !== 0 };
}

/** What the monitor of container `name` may have open, and at most how often. */
export function monitorDescriptors(
  root: string,
  name: string,
): readonly (readonly [RegExp, number])[] {
  return [
    [/^\/dev\/null$/, 3],
    [/^anon_inode:\[eventpoll\]$/, 1],
    [/^anon_inode:(\[pidfd\]|inotify|\[inotify\])$|^pidfd:/, 2],
    // The control socket, and the caller's channel, which the monitor keeps also when the caller has closed its end.
    [/^socket:/, 2],
    [new RegExp(`^${root}/run/tslxc/lxc/${name}$`), 1],
    [new RegExp(`^${root}/run/tslxc/lxc/${name}/monitor.lock$`), 1],
    // Where the console's output is kept; the file comes with its first byte.
    [new RegExp(`^${root}/var/log/tslxc/lxc(/${name}[.]console[.]log)?$`), 2],
    // By which it is told to end.
    [/^anon_inode:\[signalfd\]$/, 1],
    // The program for the clean-up.
    [new RegExp(`^${process.execPath}$`), 1],
    // The console's master and slave, and the host pty's master.
    [/^\/(dev\/)?(pts\/)?(ptmx|\d+)$/, 3],
  ];
}

/** Asserts that a monitor has those open, and nothing else. */
export function expectMonitorDescriptors(pid: number, root: string, name: string): void {
  const rules = monitorDescriptors(root, name);
  const open = descriptorsOf(pid);
  const unknown = open.filter(({ target }) => !rules.some(([pattern]) => pattern.test(target)));
  expect(unknown).toEqual([]);
  for (const [pattern, most] of rules) {
    const found = open.filter(({ target }) => pattern.test(target));
    expect([pattern, found.length > 0 && found.length <= most]).toEqual([pattern, true]);
  }
  const inherited = open.filter(({ closesOnExec }) => !closesOnExec);
  expect(inherited.map(({ number }) => number).sort()).toEqual([0, 1, 2]);
}
