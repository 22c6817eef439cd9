/** A monitor that doesn't answer any more, as one that was stopped. Never signals another with its pid. */
import { native } from '../../host/native';
import { runPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { isMonitorAlive, monitorOf } from '../record/run-state';

const killSignal = 9;
/** How long it may take to die, in milliseconds. */
const patience = 2000;

/**
 * Ends the monitor of a container that is to have ended, or of a start that goes on without its caller; its init dies with
 * it. `beforeItGoes` is what can only be done as long as it is there.
 */
export async function endHungMonitor(
  paths: StatePaths,
  name: string,
  beforeItGoes: () => Promise<void>,
): Promise<void> {
  const id = livingMonitor(paths, name);
  if (id === undefined) return;
  let pidfd: number;
  try {
    pidfd = native().openPidfd(id);
  } catch {
    return;
  }
  try {
    // It has its lock until it is gone: the descriptor, which was opened before, is its own then.
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
