/** Processes that outlive a domain: a monitor without an owner executes `tslxc reap` as its last act, and a watcher sees the end. */
import { native } from '../../host/native';
import { readText } from '../../host/kernel/text-file';
import { monitorOf, runNames } from '../../container/record/run-state';
import { unlessEnded } from '../../host/state/file-error';
import { runPaths, type StatePaths } from '../../host/state/state-paths';
import { monitorFolder } from '../../plan/cgroups/names';

/**
 * Waits for those of this root, which are in the cgroup for monitors of the hierarchies mounted at `mounts`, but no longer
 * than `milliseconds`: a domain may have been destroyed and undefined a moment ago.
 */
export async function awaitLingeringProcesses(
  { root }: StatePaths,
  mounts: readonly string[],
  milliseconds: number,
): Promise<void> {
  const deadline = performance.now() + milliseconds;
  const processes = new Set(mounts.flatMap((mount) => processesIn(`${mount}/${monitorFolder}`)));
  for (const pid of processes) {
    if (!isLingering(pid, root)) continue;
    await untilEnded(pid, Math.max(0, Math.ceil(deadline - performance.now())));
  }
}

/** Whether a cgroup for monitors has a process that does not end with this root's domains. */
export function hasForeignMonitors(paths: StatePaths, cgroup: string): boolean {
  const own = new Set(runNames(paths).map((name) => monitorOf(runPaths(paths, name).monitorLock)));
  return processesIn(cgroup).some((pid) => !own.has(pid) && !isLingering(pid, paths.root));
}

function processesIn(cgroup: string): number[] {
  return readText(`${cgroup}/cgroup.procs`).split('\n').filter(Boolean).map(Number);
}

/** With the numbers of arguments that they may have. */
const lingeringVerbs = new Map([
  ['reap', [1]],
  ['watch-health', [0, 1]],
]);

/** By its whole command line: the name of a domain, or a word of a command in one, may be a verb. */
function isLingering(pid: number, root: string): boolean {
  const [, , verb = '', ...rest] = readText(`/proc/${pid}/cmdline`).split('\0');
  const counts = lingeringVerbs.get(verb);
  if (counts?.includes(rest.filter(Boolean).length) !== true) return false;
  return readText(`/proc/${pid}/environ`).split('\0').includes(`TSLXC_ROOT=${root}`);
}

async function untilEnded(pid: number, milliseconds: number): Promise<void> {
  const pidfd = unlessEnded(() => native().openPidfd(pid));
  if (pidfd === undefined) return;
  try {
    await native().waitPidfd(pidfd, milliseconds);
  } finally {
    native().closeDescriptor(pidfd);
  }
}
