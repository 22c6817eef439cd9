/**
 * The cgroups of `<resource><partition>`: made for the first container that is in it, removed with the last. Those that
 * the administrator has made, with limits of their own, stay as they are. One lock of the host is held over both.
 */
import { existsSync, rmdirSync } from 'node:fs';
import { constants as system } from 'node:os';
import type { DomainDefinition } from '../../domain/definition';
import type { Partition } from '../../domain/tuning/definition';
import { ensureBaseCgroups, forgetBaseCgroups } from '../../host/kernel/base-cgroups';
import { readCpuset } from '../../host/kernel/cgroup-layout';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { fileError } from '../../host/state/file-error';
import { takeHostLock } from '../../host/state/file-lock';
import { native } from '../../host/native';
import { hostPartitionsPath } from '../../host/state/state-paths';
import { enableControllers, planBaseCgroups, planPartition } from '../../plan/cgroups/base';
import { partitionAttribute, partitionFolders } from '../../plan/cgroups/names';
import { directoryAttribute } from './directory-attribute';

/**
 * The lock of all partitions of this host: no partition goes away between being made and being entered. `using` lets it
 * go. Nothing for a container that is in none.
 */
export async function lockPartition(partition: Partition | undefined): Promise<Disposable | null> {
  return partition === undefined ? null : await lockPartitions();
}

/**
 * Makes what a container's cgroups are made in, as far as it is missing: what all containers are in, which a purge by
 * another process may have removed, and the folders of its partition, whose lock is held.
 */
export async function makeParents(
  layout: CgroupLayout,
  partition: Partition | undefined,
): Promise<void> {
  forgetBaseCgroups();
  await ensureBaseCgroups(planBaseCgroups(layout));
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

/** The layout with the CPUs and nodes that the partition leaves. */
export function layoutInPartition(
  { partition }: Pick<DomainDefinition, 'partition'>,
  layout: CgroupLayout,
): CgroupLayout {
  if (partition === undefined) return layout;
  const cpuset = readCpuset(layout, partitionFolders(partition.path).at(-1) ?? '');
  return cpuset === undefined ? layout : { ...layout, cpuset };
}

/** Removes those that were made for containers and hold none any more. `paths` are from the top. */
export async function releasePartition(paths: readonly string[]): Promise<void> {
  using _lock = await lockPartitions();
  for (const path of [...paths].reverse()) {
    if (directoryAttribute(path, partitionAttribute)) removeEmpty(path);
  }
}

/** In hierarchies where it is missing. On v2 a folder that another program has made gets controllers switched on, and nothing else. */
async function makeFolder(layout: CgroupLayout, folder: string): Promise<void> {
  const { unified } = layout;
  const parent = folder.slice(0, folder.lastIndexOf('/'));
  const cpuset = readCpuset(layout, parent);
  const missing: CgroupLayout = {
    hierarchies: layout.hierarchies.filter(({ mount }) => !existsSync(`${mount}/${folder}`)),
    ...(unified && !existsSync(`${unified.mount}/${folder}`) ? { unified } : {}),
    ...(cpuset ? { cpuset } : {}),
  };
  await native().applyCgroupSteps([
    // libvirt/ has them; what is above a partition's folder is libvirt/ or a folder that this has been done for.
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
