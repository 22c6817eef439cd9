/** The security label that a container's init has now, as the kernel tells it on the host. */
import { native } from '../../host/native';
import { isInitOf } from '../init/init-process';
import type { RunningRecord } from '../record/run-state';

/** As it stands in /proc/PID/attr/current; undefined where nothing labels processes, and when init has ended. */
export function readRunningLabel(running: RunningRecord): string | undefined {
  let label: string | undefined;
  try {
    label = native().processLabel(running.init);
  } catch (error) {
    if (!isInitOf(running)) return undefined;
    throw error;
  }
  // The number could be another's by now.
  return isInitOf(running) ? label : undefined;
}
