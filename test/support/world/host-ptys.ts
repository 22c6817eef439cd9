/**
 * The pseudo-terminals of the devpts that this process sees. Tests that run beside these, and whoever uses the machine, may have some there,
 * too: those are left out whose master a process has that is none of these tests'.
 */
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { listProcesses, readProcess } from '../process/processes';
import { isOurs } from './own-processes';

const folder = '/dev/pts';

/** All but those of others; those of a container go with its processes. */
export function ptys(): string[] {
  const names = readdirSync(folder);
  if (!names.some((name) => /^\d+$/.test(name))) return names;
  const foreign = numbersOfOthers();
  // Asked again: of one that has gone meanwhile no process could be found.
  return names.filter((name) => !foreign.has(name) && existsSync(`${folder}/${name}`));
}

function numbersOfOthers(): ReadonlySet<string> {
  const above = new Set(ancestorsOf(process.pid));
  const others = listProcesses().filter((pid) => !above.has(pid) && !isOurs(pid));
  return new Set(others.flatMap(mastersOf));
}

function ancestorsOf(pid: number): number[] {
  const { parent } = readProcess(pid);
  return parent > 0 ? [parent, ...ancestorsOf(parent)] : [];
}

/** The numbers of the terminals of `folder` whose masters a process has open (proc_pid_fdinfo(5)). */
function mastersOf(pid: number): string[] {
  return tolerant(() => readdirSync(`/proc/${pid}/fd`)).flatMap((fd) => {
    return tolerant(() => {
      const path = `/proc/${pid}/fd/${fd}`;
      if (!readlinkSync(path).endsWith('ptmx') || !ownDevices().includes(statSync(path).dev))
        return [];
      const info = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1');
      return /^tty-index:\s*(\d+)$/m.exec(info)?.slice(1) ?? [];
    });
  });
}

/** Where a master of `folder` is opened: there, or by a node of the host's /dev. */
function ownDevices(): number[] {
  return [`${folder}/ptmx`, '/dev/ptmx']
    .filter((path) => existsSync(path))
    .map((path) => statSync(path).dev);
}

/** What has gone meanwhile has none. */
function tolerant(read: () => string[]): string[] {
  try {
    return read();
  } catch {
    return [];
  }
}
