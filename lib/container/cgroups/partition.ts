/**
 * The cgroups of `<resource><partition>`: made for the first container in the partition, removed with the last. Those
 * that the administrator has made, with limits of their own, stay as they are. Making and removing both hold one
 * host-wide lock.
 */
import { rmdirSync } from 'node:fs';
import { constants as system } from 'node:os';
import type { DomainDefinition } from '../../domain/definition';
import type { Partition } from '../../domain/tuning/definition';
import { ensureBaseCgroups } from '../../host/kernel/base-cgroups';
import { readCpuset } from '../../host/kernel/cgroup-layout';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { fileError, isThere } from '../../host/state/file-error';
import { takeHostLock } from '../../host/state/file-lock';
import { native } from '../../host/native';
import { hostPartitionsPath } from '../../host/state/state-paths';
import { enableControllers, planBaseCgroups, planPartition } from '../../plan/cgroups/base';
import { partitionAttribute, partitionFolders } from '../../plan/cgroups/names';
import { directoryAttribute } from './directory-attribute';

/**
 * Takes the host-wide lock of all partitions, so that no partition is removed between being made and being entered;
 * `using` releases it. Null for a container that is in no partition.
 */
export async function lockPartition(partition: Partition | undefined): Promise<Disposable | null> {
  return partition === undefined ? null : await lockPartitions();
}

/**
 * Makes the missing parents of a container's cgroups: those that all containers are in, which a purge by another
 * process may have removed, and the folders of its partition, whose lock the caller holds.
 */
export async function makeParents(
  layout: CgroupLayout,
  partition: Partition | undefined,
): Promise<void> {
  await ensureBaseCgroups(planBaseCgroups(layout), 'again');
  const folders = partition === undefined ? [] : partitionFolders(partition.path);
  for (const folder of folders) await makeFolder(layout, folder);
}

/** The directories of a partition in all hierarchies, from the top. */
export function partitionDirectories(
  { partition }: Pick<DomainDefinition, 'partition'>,
  layout: CgroupLayout,
): string[] {
  if (partition === undefined) return [];
  return partitionFolders(partition.path).flatMap((folder) => directoriesOf(layout, folder));
}

/** The layout with the CPUs and memory nodes that the partition allows. */
export function layoutInPartition(
  { partition }: Pick<DomainDefinition, 'partition'>,
  layout: CgroupLayout,
): CgroupLayout {
  if (partition === undefined) return layout;
  const cpuset = readCpuset(layout, partitionFolders(partition.path).at(-1) ?? '');
  return cpuset === undefined ? layout : { ...layout, cpuset };
}

/** Removes the directories that were made for containers and no longer hold any. `paths` are in order from the top. */
export async function releasePartition(paths: readonly string[]): Promise<void> {
  using _lock = await lockPartitions();
  for (const path of [...paths].reverse()) {
    if (directoryAttribute(path, partitionAttribute)) removeEmpty(path);
  }
}

/**
 * Makes the folder in the hierarchies that lack it. On v2, a folder that another program has made only gets controllers
 * enabled.
 */
async function makeFolder(layout: CgroupLayout, folder: string): Promise<void> {
  const { unified } = layout;
  const parent = folder.slice(0, folder.lastIndexOf('/'));
  const cpuset = readCpuset(layout, parent);
  const missing: CgroupLayout = {
    hierarchies: layout.hierarchies.filter(({ mount }) => !isThere(`${mount}/${folder}`)),
    ...(unified && !isThere(`${unified.mount}/${folder}`) ? { unified } : {}),
    ...(cpuset ? { cpuset } : {}),
  };
  await native().applyCgroupSteps([
    // The parent has its controllers already: it is libvirt/, or a folder that this function has handled before.
    ...planPartition(missing, folder),
    ...(unified ? enableControllers(`${unified.mount}/${folder}`, unified.controllers) : []),
  ]);
}

function directoriesOf({ hierarchies, unified }: CgroupLayout, folder: string): string[] {
  const mounts = [...hierarchies.map(({ mount }) => mount), ...(unified ? [unified.mount] : [])];
  return mounts.map((mount) => `${mount}/${folder}`);
}

/** Not recursive: what is in use, by another container or by another program, stays. */
function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException;
    const { EBUSY, ENOENT, ENOTEMPTY } = system.errno;
    if (![EBUSY, ENOENT, ENOTEMPTY].includes(-errno)) {
      throw fileError(error, 'remove the partition');
    }
  }
}

async function lockPartitions(): Promise<Disposable> {
  return await takeHostLock({
    path: hostPartitionsPath,
    step: 'lock the partitions of the host',
  });
}
