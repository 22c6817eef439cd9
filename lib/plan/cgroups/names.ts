/** Paths of cgroups below the root of each hierarchy. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import { partitionedSuffix } from '../../domain/tuning/partition';
import type { BaseCgroups } from '../../host/kernel/base-cgroups';

/** The folder of all cgroups that tslxc makes. */
const root = 'libvirt';

/** The folder of containers without a partition. */
const containers = `${root}/lxc`;

/** The folder of the monitors. */
export const monitorFolder = `${root}/tslxc-monitor`;

/** The folders that the first start makes. They are kept. */
export const baseFolders = [root, containers, monitorFolder];

/** Those of one hierarchy. */
export function baseCgroups(mount: string): BaseCgroups {
  return {
    monitors: `${mount}/${monitorFolder}`,
    containers: `${mount}/${containers}`,
    outer: `${mount}/${root}`,
  };
}

/**
 * The directory below the one with the limits. A container with CAP_SYS_ADMIN can mount the root of its cgroup
 * namespace again; if the limits were in that directory, it could lift them.
 */
export const innerFolder = 'init';

/** Extended attribute of a container's cgroups: the tslxc root that made them. */
export const ownerAttribute = 'trusted.tslxc.root';

/** Extended attribute of a partition's cgroups that tslxc made; they are removed with the last container. */
export const partitionAttribute = 'trusted.tslxc.partition';

/** The folder of a container. */
export function containerFolder({
  name,
  partition,
}: Pick<DomainDefinition, 'name' | 'partition'>): string {
  if (partition === undefined) return `${containers}/${cgroupName(name)}`;
  const folder = partitionFolders(partition.path).at(-1) ?? root;
  return `${folder}/${cgroupName(`${name}${partitionedSuffix}`)}`;
}

/**
 * The folders of a partition from the top. By libvirt's rule, a name without a dot gets a suffix, except `machine`,
 * `system` and `user` at the top.
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

/** Puts a `_` before a name that could be that of a cgroup file of the kernel. */
export function cgroupName(name: string): string {
  const files = new Set(['tasks', 'notify_on_release', 'release_agent']);
  const prefixes =
    /^(?:[_.]|(?:cgroup|cpu|cpuacct|cpuset|memory|devices|freezer|blkio|io|pids|hugetlb|net_cls|net_prio|perf_event|rdma|misc|dmem|irq|debug)\.)/;
  return files.has(name) || prefixes.test(name) ? `_${name}` : name;
}
