/** What on this host is named by the records of all roots of tslxc that can be found. Only reads. */
import type { OwnedCgroup } from '../../container/cgroups/container-cgroups';
import { isKnownUndo } from '../../container/record/undo-kinds';
import { runNames } from '../../container/record/run-state';
import { filterTable } from '../../container/interfaces/tables/filter-rules';
import { forwardTable } from '../../container/interfaces/port/forward-rules';
import { readText } from '../../host/kernel/text-file';
import { forwardingRoots } from '../../network/bridge/forwarding';
import { readNetworkState, runningNames } from '../../network/lifecycle/state';
import { idRootsPath, statePaths } from '../../host/state/state-paths';
import { runStateIfAny } from './readable-state';
import { isThere } from '../../host/state/file-error';

export interface KnownState {
  readonly roots: readonly string[];
  /** False if a record is damaged, or has something that only a newer version knows, so that what it names is unknown. */
  readonly isWhole: boolean;
  /** Cgroups of containers and partitions, host sides of interfaces, and bridges that records name. */
  readonly cgroups: ReadonlySet<string>;
  readonly partitions: ReadonlySet<string>;
  /** Names of cgroups in hierarchies that are mounted nowhere. */
  readonly leaves: ReadonlySet<string>;
  readonly links: ReadonlySet<string>;
  readonly bridges: ReadonlySet<string>;
  /** Tables of nftables that hold the filters of interfaces. */
  readonly filters: ReadonlySet<string>;
  /** Tables of nftables that forward ports to interfaces. */
  readonly forwards: ReadonlySet<string>;
}

/** Reads the root `own`, and all others that owners of cgroups and the shared files name. @throws SyscallError. */
export function readKnownState(own: string, cgroups: readonly OwnedCgroup[]): KnownState {
  const roots = [
    ...new Set([
      own,
      ...cgroups.map(({ owner }) => owner).filter((owner) => owner !== ''),
      ...linesOf(idRootsPath),
      ...forwardingRoots(),
    ]),
  ].filter((root) => isThere(root));
  const starts = roots.flatMap((root) => startsOf(root));
  return {
    roots,
    isWhole: starts.every(({ isWhole }) => isWhole),
    cgroups: new Set(starts.flatMap((one) => one.cgroups)),
    partitions: new Set(starts.flatMap((one) => one.partitions)),
    leaves: new Set(starts.flatMap((one) => one.leaves)),
    links: new Set(starts.flatMap((one) => one.links)),
    filters: new Set(starts.flatMap((one) => one.filters)),
    forwards: new Set(starts.flatMap((one) => one.forwards)),
    bridges: new Set(roots.flatMap((root) => bridgesOf(root))),
  };
}

interface KnownStart {
  readonly isWhole: boolean;
  readonly cgroups: readonly string[];
  readonly partitions: readonly string[];
  readonly leaves: readonly string[];
  readonly links: readonly string[];
  readonly filters: readonly string[];
  readonly forwards: readonly string[];
}

function startsOf(root: string): KnownStart[] {
  const paths = statePaths(root);
  return runNames(paths).map((name) => {
    const state = runStateIfAny(paths, name);
    const start = state === undefined || state.phase === 'off' ? undefined : state.start;
    const undo = start?.undo ?? [];
    return {
      isWhole: state !== undefined && undo.every(isKnownUndo),
      cgroups: undo.flatMap((one) => (one.undo === 'removeCgroups' ? one.paths : [])),
      partitions: undo.flatMap((one) => (one.undo === 'releasePartition' ? one.paths : [])),
      leaves: undo.flatMap((one) => (one.undo === 'leaveHierarchies' ? [one.cgroup] : [])),
      links: undo.flatMap((one) => (one.undo === 'removeLink' ? [one.name] : [])),
      filters: undo.flatMap((one) => (one.undo === 'removeFilter' ? [filterTable(one)] : [])),
      forwards: undo.flatMap((one) => (one.undo === 'removeForwards' ? [forwardTable(one)] : [])),
    };
  });
}

function bridgesOf(root: string): string[] {
  const paths = statePaths(root);
  return runningNames(paths).flatMap((name) => {
    const state = readNetworkState(paths, name);
    return 'record' in state ? (state.record.borrowed.bridge?.name ?? []) : [];
  });
}

function linesOf(path: string): string[] {
  return readText(path).split('\n').filter(Boolean);
}
