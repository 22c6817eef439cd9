/** Cgroups of containers, and of partitions that were made for them, below `libvirt` and beside it. Only reads. */
import { directoryAttribute } from './directory-attribute';
import { ownerOf } from '../record/undo';
import { partitionedSuffix } from '../../domain/tuning/partition';
import { cgroupMounts } from '../../host/kernel/cgroup-layout';
import { baseCgroups, partitionAttribute } from '../../plan/cgroups/names';
import { foldersIn } from '../../host/names-in';

/** A container's cgroup, with the root of tslxc that made it; '' when the cgroup does not tell. */
export interface OwnedCgroup {
  readonly path: string;
  readonly owner: string;
}

/** A partition's cgroup that was made for a container. */
export interface PartitionCgroup {
  readonly path: string;
  /** The cgroups of containers in it, at any depth. */
  readonly containers: readonly string[];
}

export interface ContainerCgroups {
  /** In every hierarchy, of tslxc and of other programs. */
  readonly containers: readonly OwnedCgroup[];
  /** Outer ones before inner ones. */
  readonly partitions: readonly PartitionCgroup[];
}

export function readContainerCgroups(): ContainerCgroups {
  const found = cgroupMounts().map(readHierarchy);
  const withOwners = found
    .flatMap(({ containers }) => containers)
    .map((path) => ({ path, owner: ownerOf(path) ?? '' }));
  return { containers: withOwners, partitions: found.flatMap(({ partitions }) => partitions) };
}

interface Found {
  readonly containers: readonly string[];
  readonly partitions: readonly PartitionCgroup[];
}

function readHierarchy(mount: string): Found {
  const base = baseCgroups(mount);
  const inner = [base.containers, base.monitors];
  const outer = foldersIn(base.outer).filter((path) => !inner.includes(path));
  const inPartitions = joined(outer.map(readPartition));
  return {
    containers: [...foldersIn(base.containers), ...inPartitions.containers],
    partitions: inPartitions.partitions,
  };
}

/** Cgroups below a container's belong to that container. */
function readPartition(path: string): Found {
  if (path.endsWith(partitionedSuffix)) return { containers: [path], partitions: [] };
  const { containers, partitions } = joined(foldersIn(path).map(readPartition));
  const isOurs = Boolean(directoryAttribute(path, partitionAttribute));
  return { containers, partitions: [...(isOurs ? [{ path, containers }] : []), ...partitions] };
}

function joined(found: readonly Found[]): Found {
  return {
    containers: found.flatMap(({ containers }) => containers),
    partitions: found.flatMap(({ partitions }) => partitions),
  };
}
