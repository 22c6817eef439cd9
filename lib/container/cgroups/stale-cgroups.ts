/** Cgroups whose record is lost: made by a root of tslxc whose run state has been deleted. */
import { native } from '../../host/native';
import { runPaths, statePaths } from '../../host/state/state-paths';
import { ownerOf } from '../record/undo';
import { isThere } from '../../host/state/file-error';

/**
 * Removes a domain's cgroups if no process is left in them and the root that made them has no record of the domain.
 * False if they are in use, were not made by tslxc, or are on record.
 */
export async function removeStaleCgroups(
  directories: readonly string[],
  domain: string,
): Promise<boolean> {
  const owner = ownerOf(directories[0] ?? '');
  if (owner === undefined || owner === '') return false;
  if (isThere(runPaths(statePaths(owner), domain).start)) return false;
  try {
    const stale = directories.filter((path) => ownerOf(path) === owner);
    await native().removeCgroups(stale.reverse(), 0);
    return true;
  } catch {
    return false;
  }
}

/** How long processes may take to die, and cgroups to become free, in milliseconds. */
const patience = 5000;

/** Kills what runs in these cgroups, and removes them with everything below them. Missing ones are no error. */
export async function removeCgroupsOf(paths: readonly string[]): Promise<void> {
  await native().killCgroups(paths, patience);
  await native().removeCgroups(paths, patience);
}
