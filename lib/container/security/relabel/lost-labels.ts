/** Labels of sources whose domains are gone without having given them back: by a boot of the host, or with their records. */
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

/** Sources that are labelled all the same: in use, or on a file system that is not mounted now. */
export function labelledSources(paths: StatePaths): string[] {
  return (readLabels(paths) ?? []).map(({ path }) => path);
}

/** Also of a record that can't be read. */
function isAnythingLeft(paths: StatePaths, name: string): boolean {
  try {
    return readRunState(paths, name).phase !== 'off';
  } catch {
    return true;
  }
}
