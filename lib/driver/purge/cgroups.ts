/**
 * The cgroups that a purge removes besides those of domains: those that no record names any more, the partitions that hold nothing
 * else, and at last those that all containers of the host share.
 */
import { readContainerCgroups } from '../../container/cgroups/container-cgroups';
import { readOwnLeaves, removeOwnLeaves } from '../../container/cgroups/own-leaves';
import { areMade } from '../../host/kernel/base-cgroups';
import type { BaseCgroups } from '../../host/kernel/base-cgroups';
import { cgroupMounts, readCgroupLayout } from '../../host/kernel/cgroup-layout';
import { runNames } from '../../container/record/run-state';
import type { Undo } from '../../container/record/undo';
import { foldersIn } from '../../host/names-in';
import { baseCgroups } from '../../plan/cgroups/names';
import type { StatePaths } from '../../host/state/state-paths';
import { readKnownState } from '../lookup/known-state';
import { runStateIfAny } from '../lookup/readable-state';
import { hasForeignMonitors } from './lingering-processes';

/** Paths of cgroups. */
export interface PlannedCgroups {
  /** Of containers of this root, that no record names. */
  readonly containers: readonly string[];
  /** The same in hierarchies that are mounted nowhere, by `leafName`. */
  readonly leaves: readonly string[];
  /** Those that were made for containers and hold none but such, and those of domains of this root. */
  readonly partitions: readonly string[];
  /** Of those that all containers share, the ones that nothing else is in. */
  readonly shared: readonly string[];
}

export function planCgroups(paths: StatePaths): PlannedCgroups {
  const found = readContainerCgroups();
  const recorded = recordedCgroups(paths);
  const known = readKnownState(paths.root, found.containers);
  const own = found.containers.filter(
    ({ path, owner }) => owner === paths.root || recorded.containers.has(path),
  );
  const containers = own.map(({ path }) => path).filter((path) => !recorded.containers.has(path));
  const going = new Set(own.map(({ path }) => path));
  const partitions = found.partitions
    .filter(
      ({ path, containers: within }) =>
        (!known.partitions.has(path) || recorded.partitions.has(path)) &&
        within.every((one) => going.has(one)),
    )
    .map(({ path }) => path);
  const leaves = ownLeaves(paths)
    .filter(({ cgroup }) => !known.leaves.has(cgroup))
    .map(leafName);
  return { containers, leaves, partitions, shared: sharedCgroups(paths, going, partitions) };
}

interface RecordedCgroups {
  readonly containers: ReadonlySet<string>;
  readonly partitions: ReadonlySet<string>;
}

/** The cgroups that records of this root name: they are removed with their domains. */
function recordedCgroups(paths: StatePaths): RecordedCgroups {
  const undo = runNames(paths).flatMap((name): readonly Undo[] => {
    const state = runStateIfAny(paths, name);
    return state === undefined || state.phase === 'off' ? [] : state.start.undo;
  });
  return {
    containers: new Set(undo.flatMap((one) => (one.undo === 'removeCgroups' ? one.paths : []))),
    partitions: new Set(undo.flatMap((one) => (one.undo === 'releasePartition' ? one.paths : []))),
  };
}

function sharedCgroups(
  paths: StatePaths,
  going: ReadonlySet<string>,
  partitions: readonly string[],
): string[] {
  const ends = new Set([...going, ...partitions]);
  return cgroupMounts()
    .map(baseCgroups)
    .filter(areMade)
    .flatMap((base) => emptied(paths, base, ends));
}

/** Those that are empty once all of `ends` is gone. */
function emptied(paths: StatePaths, base: BaseCgroups, ends: ReadonlySet<string>): string[] {
  const { monitors, containers, outer } = base;
  const isEmptied = (folder: string, gone: ReadonlySet<string>): boolean =>
    foldersIn(folder).every((path) => gone.has(path));
  if (hasForeignMonitors(paths, monitors) || !isEmptied(monitors, ends)) return [];
  if (!isEmptied(containers, ends)) return [monitors];
  const inner = [monitors, containers];
  return isEmptied(outer, new Set([...ends, ...inner])) ? [...inner, outer] : inner;
}

interface OwnLeaf {
  readonly hierarchy: string;
  readonly cgroup: string;
}

function ownLeaves(paths: StatePaths): OwnLeaf[] {
  return readOwnLeaves(readCgroupLayout().hierarchies).filter(({ owner }) => owner === paths.root);
}

function leafName({ hierarchy, cgroup }: OwnLeaf): string {
  return `${hierarchy}${leafSeparator}${cgroup}`;
}

const leafSeparator = ':/';

/** Removes a cgroup of a hierarchy that is mounted nowhere, by its name in the plan. */
export async function removeLeaf(name: string): Promise<void> {
  const at = name.indexOf(leafSeparator);
  await removeOwnLeaves([name.slice(0, at)], name.slice(at + leafSeparator.length));
}
