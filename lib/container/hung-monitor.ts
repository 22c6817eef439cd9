/** A monitor that doesn't answer any more, as one that was stopped. Never signals another with its pid. */
import { native } from '../host/native';
import type { StatePaths } from '../host/state-paths';
import { readRunState } from './run-state';

const killSignal = 9;
/** How long it may take to die, in milliseconds. */
const patience = 2000;

/** Ends the monitor of a container that still counts as running; its init dies with it. */
export async function endHungMonitor(paths: StatePaths, name: string): Promise<void> {
  const state = readRunState(paths, name);
  if (state.phase !== 'running') return;
  const { id } = state.running;
  let pidfd: number;
  try {
    pidfd = native().openPidfd(id);
  } catch {
    return;
  }
  try {
    // It has its lock until it is gone: the descriptor, which was opened before, is its own then.
    const now = readRunState(paths, name);
    if (now.phase !== 'running' || now.running.id !== id) return;
    native().signalPidfd(pidfd, killSignal);
    await native().waitPidfd(pidfd, patience);
  } finally {
    native().closeDescriptor(pidfd);
  }
}
