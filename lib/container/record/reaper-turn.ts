/**
 * The turn of `tslxc reap`, which its monitor has waited for: one process at a time, by a descriptor that it inherits.
 * See native/monitor/reaper-turn.h.
 */
import { native } from '../../host/native';

/** What has ended has been looked at: from now on it is the next one's turn. Nothing to do for one that never had it. */
export function endReaperTurn(): void {
  const descriptor = Number(process.env['TSLXC_REAPER_LOCK'] ?? NaN);
  delete process.env['TSLXC_REAPER_LOCK'];
  if (Number.isInteger(descriptor) && descriptor > 2) native().closeDescriptor(descriptor);
}
