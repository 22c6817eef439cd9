/** Who has a lock of a root, and who waits for one, as the kernel knows it (proc_locks(5)). Only reads. */
import { readFileSync, statSync } from 'node:fs';
import { statePaths } from '../../../lib/host/state/state-paths';
import { eventually } from '../time/eventually';

/** Resolves when a process waits for a lock of this root that another process holds. */
export async function untilLockAwaited(root: string): Promise<void> {
  await untilListed(root, '-> OFDLCK');
}

/** Resolves when a process holds a lock of this root. */
export async function untilLockHeld(root: string): Promise<void> {
  await untilListed(root, 'OFDLCK');
}

async function untilListed(root: string, kind: string): Promise<void> {
  const { ino } = statSync(statePaths(root).locks);
  const line = new RegExp(`^\\d+: +${kind} .*:${ino} `, 'm');
  await eventually(() => expect(readFileSync('/proc/locks', 'latin1')).toMatch(line));
}
