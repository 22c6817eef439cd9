/** Who waits for a lock of a root, as the kernel knows it (proc_locks(5)). Only reads. */
import { readFileSync, statSync } from 'node:fs';
import { statePaths } from '../../../lib/host/state/state-paths';
import { eventually } from '../time/eventually';

/** Until somebody waits for a lock of this root that another has. */
export async function untilLockAwaited(root: string): Promise<void> {
  const { ino } = statSync(statePaths(root).locks);
  const waiting = new RegExp(`^\\d+: +-> .*:${ino} `, 'm');
  await eventually(() => expect(readFileSync('/proc/locks', 'latin1')).toMatch(waiting));
}
