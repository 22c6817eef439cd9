/** The cgroups that a purge removes besides those of domains: those that no record names any more. */
import { readContainerCgroups } from '../../container/cgroups/container-cgroups';
import { readOwnLeaves, removeOwnLeaves } from '../../container/cgroups/own-leaves';
import { readCgroupLayout } from '../../host/kernel/cgroup-layout';
import { runNames } from '../../container/record/run-state';
import { releasePartition } from '../../container/cgroups/partition';
import type { StatePaths } from '../../host/state/state-paths';
import { readKnownState } from '../lookup/known-state';
import { runStateIfAny } from '../lookup/readable-state';
import { isThere } from '../../host/state/file-error';

/** Paths of cgroups: of containers, and of partitions. */
export interface StaleCgroups {
  readonly cgroups: readonly string[];
  readonly partitions: readonly string[];
}

/** The cgroups that this root has made and no record of a domain names, and the partitions that hold nothing else. */
export function staleCgroups(paths: StatePaths): StaleCgroups {
  const { containers, partitions } = readContainerCgroups();
  const recorded = recordedCgroups(paths);
  const stale = new Set(
    containers
      .filter(({ path, owner }) => owner === paths.root && !recorded.has(path))
      .map(({ path }) => path),
  );
  const known = readKnownState(paths.root, containers).partitions;
  const empty = partitions.filter(
    ({ path, containers: within }) => !known.has(path) && within.every((one) => stale.has(one)),
  );
  return { cgroups: [...stale], partitions: empty.map(({ path }) => path) };
}

/** Removes the partitions of all roots that were made for containers and hold none. Resolves to those that are gone. */
export async function releaseEmptyPartitions(): Promise<string[]> {
  const paths = readContainerCgroups().partitions.map(({ path }) => path);
  if (paths.length === 0) return [];
  await releasePartition(paths);
  return paths.filter((path) => !isThere(path));
}

/** The cgroups that records of this root name: they are removed with their domains. */
function recordedCgroups(paths: StatePaths): ReadonlySet<string> {
  return new Set(
    runNames(paths).flatMap((name) => {
      const state = runStateIfAny(paths, name);
      const undo = state === undefined || state.phase === 'off' ? [] : state.start.undo;
      return undo.flatMap((one) => (one.undo === 'removeCgroups' ? one.paths : []));
    }),
  );
}

/** The cgroups of this root in hierarchies that are mounted nowhere, which no record names: removed. Resolves to them. */
export async function removeLeftLeaves(paths: StatePaths): Promise<string[]> {
  const leaves = readOwnLeaves(readCgroupLayout().hierarchies).filter(
    ({ owner }) => owner === paths.root,
  );
  if (leaves.length === 0) return [];
  const known = readKnownState(paths.root, []).leaves;
  const left = leaves.filter(({ cgroup }) => !known.has(cgroup));
  for (const { hierarchy, cgroup } of left) await removeOwnLeaves([hierarchy], cgroup);
  return left.map(({ hierarchy, cgroup }) => `${hierarchy}:/${cgroup}`);
}
