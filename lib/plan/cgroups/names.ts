/** Where cgroups are, below the root of each hierarchy. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import { partitionedSuffix } from '../../domain/tuning/partition';

/** All that is ours. */
const root = 'libvirt';

/** Of containers without a partition. */
const containers = `${root}/lxc`;

/** The folder of the monitors. */
export const monitorFolder = `${root}/tslxc-monitor`;

/** What has to be there before the first container: made once, kept. */
export const baseFolders = [root, containers, monitorFolder];

/** Extended attribute of a container's cgroups that says which tslxc root made them. */
export const ownerAttribute = 'trusted.tslxc.root';

/** Extended attribute of a partition's cgroups that were made for a container, and go with the last one. */
export const partitionAttribute = 'trusted.tslxc.partition';

/** Of a container. */
export function containerFolder({
  name,
  partition,
}: Pick<DomainDefinition, 'name' | 'partition'>): string {
  if (partition === undefined) return `${containers}/${cgroupName(name)}`;
  const folder = partitionFolders(partition.path).at(-1) ?? root;
  return `${folder}/${cgroupName(`${name}${partitionedSuffix}`)}`;
}

/**
 * The folders of a partition, from the top, by libvirt's rule: what has no dot in its name gets a suffix, but for
 * `machine`, `system` and `user` at the top.
 */
export function partitionFolders(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  const names = parts.map((part, index) => {
    const isPlain = part.includes('.') || (index === 0 && topFolders.includes(part));
    return cgroupName(isPlain ? part : `${part}.partition`);
  });
  return names.map((_, index) => [root, ...names.slice(0, index + 1)].join('/'));
}

const topFolders = ['machine', 'system', 'user'];

/** A name that could be taken for one of the kernel's own files gets a `_` in front. */
export function cgroupName(name: string): string {
  const files = new Set(['tasks', 'notify_on_release', 'release_agent']);
  const prefixes =
    /^(?:[_.]|(?:cgroup|cpu|cpuacct|cpuset|memory|devices|freezer|blkio|io|pids|hugetlb|net_cls|net_prio|perf_event|rdma|misc|dmem|irq|debug)\.)/;
  return files.has(name) || prefixes.test(name) ? `_${name}` : name;
}
