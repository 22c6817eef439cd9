/** What one container has on the host now, found by its name and not by tslxc's records. Only reads. */
import { existsSync, readFileSync } from 'node:fs';
import { hostFacts } from '../../../lib/host/facts';
import { eventually } from '../time/eventually';
import { listProcesses, readProcess } from '../process/processes';

/** The cgroups that it has, in all hierarchies. */
export function cgroupsOf(name: string): string[] {
  const { hierarchies, unified } = hostFacts().cgroups;
  const mounts = [...hierarchies, ...(unified ? [unified] : [])].map(({ mount }) => mount);
  return mounts.map((mount) => `${mount}/libvirt/lxc/${name}`).filter((path) => existsSync(path));
}

/** The pids that its monitor has: one, or none. An init before its execve looks like its monitor. */
export function monitorsOf(name: string): number[] {
  return listProcesses().filter((pid) => {
    const { words, depth } = readProcess(pid);
    return depth === 1 && words.slice(0, 3).join(' ') === `tslxc-monitor --name ${name}`;
  });
}

/** The inits that its monitors have. */
export function initsOf(name: string): number[] {
  return monitorsOf(name).flatMap((pid) =>
    childrenOf(pid).filter((child) => readProcess(child).depth > 1),
  );
}

/** Waits for its init to be there. */
export async function initOf(name: string): Promise<number> {
  return eventually(() => {
    const [init] = initsOf(name);
    if (init === undefined) throw new Error(`container '${name}' has no init`);
    return init;
  });
}

/** Everything, as lines; empty once it is gone. */
export function tracesOf(name: string): string[] {
  return [...monitorsOf(name).map((pid) => `monitor ${pid}`), ...cgroupsOf(name)];
}

/** Asserts that nothing is left of it. Its monitor may take a moment to go after its last word. */
export async function expectGone(name: string): Promise<void> {
  await eventually(() => expect(monitorsOf(name)).toEqual([]));
  expect(tracesOf(name)).toEqual([]);
}

/**
 * Looks until nothing is left of one whose monitor has been killed, or has ended during the start: it holds its lock for a
 * moment after it has left the list of processes, and who looks then leaves all as it is. `look` throws as long as it is not told what it should be.
 */
export async function lookUntilGone(name: string, look: () => Promise<void>): Promise<void> {
  await eventually(async () => {
    await look();
    expect(tracesOf(name)).toEqual([]);
  });
}

/** Waits until nothing is left of one that has ended by itself: its monitor, as the reaper, cleans up then. */
export async function untilGone(name: string): Promise<void> {
  await eventually(() => expect(tracesOf(name)).toEqual([]));
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
