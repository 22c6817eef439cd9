/**
 * Kills a monitor that no longer answers, for instance because it was stopped. Never signals another process that has
 * its pid.
 */
import { native } from '../../host/native';
import { runPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { isMonitorAlive, monitorOf } from '../record/run-state';
import { unlessEnded } from '../../host/state/file-error';

const killSignal = 9;
/** How long it may take to die, in milliseconds. */
const patience = 2000;

/**
 * Kills the monitor of a container that should have ended, or of a start that continues without its caller; its init
 * dies with it. `beforeItGoes` does what can only be done while the monitor exists.
 */
export async function endHungMonitor(
  paths: StatePaths,
  name: string,
  beforeItGoes: () => Promise<void>,
): Promise<void> {
  const id = livingMonitor(paths, name);
  if (id === undefined) return;
  const pidfd = unlessEnded(() => native().openPidfd(id), 'end a monitor');
  if (pidfd === undefined) return;
  try {
    // A monitor holds its lock until it is gone: if it still does, the pidfd, which was opened before, is its own.
    if (livingMonitor(paths, name) !== id) return;
    await beforeItGoes();
    native().signalPidfd(pidfd, killSignal);
    await native().waitPidfd(pidfd, patience);
  } finally {
    native().closeDescriptor(pidfd);
  }
}

function livingMonitor(paths: StatePaths, name: string): number | undefined {
  const { monitorLock } = runPaths(paths, name);
  return isMonitorAlive(monitorLock) ? monitorOf(monitorLock) : undefined;
}
