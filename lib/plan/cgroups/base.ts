/** The steps that make the cgroups that containers share: those of all containers, and those of a partition. Pure. */
import type { CgroupHierarchy, CgroupLayout } from '../../host/kernel/cgroup-layout';
import type { CgroupStep } from '../../host/native';
import { baseFolders, monitorFolder, partitionAttribute } from './names';

/** Controllers that are enabled for containers on a v2 host, if the root cgroup has them. */
const delegated = ['cpu', 'cpuset', 'hugetlb', 'io', 'memory', 'pids'];

/** Makes the folders that all containers share, and enables controllers from the root down (cgroups(7)). */
export function planBaseCgroups(layout: CgroupLayout): CgroupStep[] {
  const steps: CgroupStep[] = [];
  for (const hierarchy of layout.hierarchies) {
    for (const folder of baseFolders) {
      const path = `${hierarchy.mount}/${folder}`;
      steps.push({ step: 'make', path, existing: 'shared' });
      steps.push(...fillCpuset(hierarchy, path, layout.cpuset));
    }
  }
  if (layout.unified) {
    const { mount, controllers } = layout.unified;
    steps.push(...enableControllers(mount, controllers));
    for (const folder of baseFolders) {
      const path = `${mount}/${folder}`;
      steps.push({ step: 'make', path, existing: 'shared' });
      if (folder !== monitorFolder) steps.push(...enableControllers(path, controllers));
    }
  }
  return steps;
}

/** Makes a missing folder of a partition in all hierarchies. Its parent folder must exist. */
export function planPartition(layout: CgroupLayout, folder: string): CgroupStep[] {
  const make = (path: string): CgroupStep[] => [
    { step: 'make', path, existing: 'shared' },
    { step: 'mark', path, name: partitionAttribute, value: 'made' },
  ];
  return [
    ...layout.hierarchies.flatMap((hierarchy) => {
      const path = `${hierarchy.mount}/${folder}`;
      return [...make(path), ...fillCpuset(hierarchy, path, layout.cpuset)];
    }),
    ...(layout.unified === undefined ? [] : make(`${layout.unified.mount}/${folder}`)),
  ];
}

/** Enables controllers for the children of a v2 directory. */
export function enableControllers(path: string, controllers: readonly string[]): CgroupStep[] {
  return delegated
    .filter((name) => controllers.includes(name))
    .map((name) => ({ step: 'write', path: `${path}/cgroup.subtree_control`, value: `+${name}` }));
}

/** Fills a new cpuset of v1, which is empty and accepts no task until then. */
export function fillCpuset(
  { controllers }: Pick<CgroupHierarchy, 'controllers'>,
  path: string,
  cpuset: CgroupLayout['cpuset'],
): CgroupStep[] {
  if (!controllers.includes('cpuset') || !cpuset) return [];
  return [
    { step: 'write', path: `${path}/cpuset.cpus`, value: cpuset.cpus },
    { step: 'write', path: `${path}/cpuset.mems`, value: cpuset.mems },
  ];
}
