/** The directories of a container in each hierarchy, and which of them has the limits. Pure. */
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { innerFolder } from './names';

export interface CgroupPlace {
  readonly version: 'v1' | 'v2';
  /** The controllers of the hierarchy, or `name=systemd` for a hierarchy that has a name instead. */
  readonly controllers: readonly string[];
  /** Where the hierarchy is mounted. */
  readonly mount: string;
  /** The directory that has the limits. */
  readonly path: string;
  /** The directory of the container's processes and root of its cgroup namespace: `path`, or a directory below it. */
  readonly joined: string;
}

/**
 * Controllers of v1 that limit a container, at its start or later. Not blkio, whose rates apply to the tasks of a
 * directory, but not to those in directories below it.
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
      return {
        version: 'v1',
        controllers,
        mount,
        path,
        joined: isLimited ? `${path}/${innerFolder}` : path,
      };
    }),
    ...(unified === undefined
      ? []
      : [
          {
            version: 'v2',
            controllers: unified.controllers,
            mount: unified.mount,
            path: `${unified.mount}/${folder}`,
            joined: `${unified.mount}/${folder}${unified.limits === 'liftable' ? `/${innerFolder}` : ''}`,
          } as const,
        ]),
  ];
}

/**
 * The directory that the container sees as the root of the hierarchy, where programs read their limits, if it is another than the one
 * that has them. Limits are written to both, but hold in the latter, whatever root inside writes to the former.
 */
export function seenPlace(place: CgroupPlace): CgroupPlace | undefined {
  return place.joined === place.path ? undefined : { ...place, path: place.joined };
}

/** The place with the limits of this controller. */
export function placeOf(
  places: readonly CgroupPlace[],
  controller: Controller,
): CgroupPlace | undefined {
  const names = { v1: controller === 'io' ? 'blkio' : controller, v2: controller };
  return places.find(({ version, controllers }) => controllers.includes(names[version]));
}

/** Controllers, by their names in v2. */
export type Controller = 'cpu' | 'cpuset' | 'hugetlb' | 'io' | 'memory' | 'pids';
