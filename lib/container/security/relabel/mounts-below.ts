/** Mounts below a source that a container is shown together with them. */
import { isBelow, isWithin } from '../../../domain/xml/path';
import { listMounts } from '../../../host/kernel/mount-table';
import type { StatePaths } from '../../../host/state/state-paths';
import type { Looks } from '../../looks/looks';
import { untilSourceAnswers } from './answering';
import { located, LocatedIndex } from './labelled-place';
import { checkRelabel } from './relabel';
import type { RelabelledSource } from './relabel';

/**
 * The sources, and each file system that is mounted below one as a source of its own, since a walk does not leave the
 * file system that it begins in. The definition doesn't name these: they are left as they are if they are part of the
 * host's system, can't be labelled, or overlap another source.
 *
 * @throws TslxcError OPERATION_TIMEOUT for a source, or what is mounted below it, that does not answer; OPERATION_ABORTED.
 */
export async function withMountsBelow(
  sources: readonly RelabelledSource[],
  { paths, looks }: { readonly paths: StatePaths; readonly looks: Looks },
): Promise<RelabelledSource[]> {
  for (const source of sources) await untilSourceAnswers(source, looks);
  const named = new LocatedIndex<RelabelledSource>();
  for (const source of sources) named.add(located(source.path), source);
  const isFree = (path: string): boolean => named.overlapping(located(path)) === undefined;
  const found = new Map<string, RelabelledSource>();
  for (const source of sources.filter(({ recursive }) => recursive === true)) {
    for (const path of mountPointsBelow(located(source.path).path)) {
      const below = { ...source, path, whenImpossible: 'skip' } as const;
      await untilSourceAnswers(below, looks);
      if (isFree(path) && mayBeLabelled(below, paths)) found.set(path, below);
    }
  }
  return [...sources, ...found.values()];
}

/** Without automount points: to open one would mount it. */
function mountPointsBelow(folder: string): string[] {
  const below = listMounts().filter(({ mountPoint }) => isBelow(mountPoint, folder));
  const waiting = below.filter(({ type }) => type === 'autofs').map((one) => one.mountPoint);
  const isWaiting = (path: string): boolean => waiting.some((one) => isWithin(path, one));
  return below.map(({ mountPoint }) => mountPoint).filter((path) => !isWaiting(path));
}

function mayBeLabelled(source: RelabelledSource, paths: StatePaths): boolean {
  try {
    checkRelabel([source], { paths });
    return true;
  } catch {
    return false;
  }
}
