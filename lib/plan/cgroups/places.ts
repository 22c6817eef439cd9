/** The directories of a container in each hierarchy: which of them limits what. Pure. */
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';

export interface CgroupPlace {
  readonly version: 'v1' | 'v2';
  /** Those of the hierarchy, or `name=systemd` and the like for one without. */
  readonly controllers: readonly string[];
  /** The directory that has the limits. */
  readonly path: string;
  /** The directory that the container is in, the root of its cgroup namespace: the same, or one below. */
  readonly joined: string;
}

/**
 * Below what has the limits, so that they are out of the container's reach: whoever has CAP_SYS_ADMIN could mount the
 * root of the cgroup namespace anew, and lift them.
 */
const inner = 'init';

/**
 * Controllers of v1 with which a container is limited, at its start or later. Not blkio: its rates are of the tasks of a
 * directory, and not of those below.
 */
const limiting = ['cpu', 'cpuset', 'devices', 'hugetlb', 'memory', 'pids'];

/** In the order in which they are made. */
export function cgroupPlaces(
  { hierarchies, unified }: CgroupLayout,
  folder: string,
): CgroupPlace[] {
  return [
    ...hierarchies.map(({ controllers, mount }): CgroupPlace => {
      const path = `${mount}/${folder}`;
      const isLimited = controllers.some((name) => limiting.includes(name));
      return { version: 'v1', controllers, path, joined: isLimited ? `${path}/${inner}` : path };
    }),
    ...(unified === undefined
      ? []
      : [
          {
            version: 'v2',
            controllers: unified.controllers,
            path: `${unified.mount}/${folder}`,
            joined: `${unified.mount}/${folder}${unified.limits === 'liftable' ? `/${inner}` : ''}`,
          } as const,
        ]),
  ];
}

/** The one that limits what this controller counts. */
export function placeOf(
  places: readonly CgroupPlace[],
  controller: Controller,
): CgroupPlace | undefined {
  const names = { v1: controller === 'io' ? 'blkio' : controller, v2: controller };
  return places.find(({ version, controllers }) => controllers.includes(names[version]));
}

/** By their names of v2. */
export type Controller = 'cpu' | 'cpuset' | 'hugetlb' | 'io' | 'memory' | 'pids';
