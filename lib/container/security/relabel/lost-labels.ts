/**
 * Labels of sources whose domains are gone without having restored them: because the host has rebooted, or with their
 * records.
 */
import type { StatePaths } from '../../../host/state/state-paths';
import { readRunState } from '../../record/run-state';
import { readLabels } from './label-registry';
import { recoverLabels } from './restore';

/**
 * Restores them; does nothing, and takes no lock, where nothing was ever labelled.
 *
 * @throws what keeps a source from being restored; it stays on record.
 */
export async function restoreLostLabels(paths: StatePaths): Promise<void> {
  await recoverLabels({ paths, isAlive: (name) => isAnythingLeft(paths, name) });
}

/** Sources that are still labelled: in use, or on a file system that is not mounted now. */
export function labelledSources(paths: StatePaths): string[] {
  return (readLabels(paths) ?? []).map(({ path }) => path);
}

/** True also for a record that can't be read. */
function isAnythingLeft(paths: StatePaths, name: string): boolean {
  try {
    return readRunState(paths, name).phase !== 'off';
  } catch {
    return true;
  }
}
