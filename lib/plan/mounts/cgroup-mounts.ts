/** What a container sees of its cgroups below /sys/fs/cgroup. Pure. */
import type { CgroupPlace } from '../cgroups/places';

/** The container's view of a hierarchy. */
export interface CgroupMount {
  /** The directory of the host that the container sees: the root of its cgroup namespace. */
  readonly source: string;
  /** Path below /sys/fs/cgroup, or '' for /sys/fs/cgroup itself. */
  readonly path: string;
  /** A program that can write to a v1 hierarchy can lift its limits, so only hierarchies without limits are writable. */
  readonly access: 'readOnly' | 'readWrite';
  /** Further names: `cpu` for `cpu,cpuacct`. */
  readonly aliases: readonly string[];
}

export function planMounts(places: readonly CgroupPlace[]): CgroupMount[] {
  const isUnified = places.every(({ version }) => version === 'v2');
  return places.map(({ version, controllers, mount, joined }): CgroupMount => {
    const path = isUnified ? '' : basename(mount);
    const isWritable = version === 'v2' || isNamed(controllers);
    const isShared = version === 'v1' && controllers.length > 1;
    return {
      source: joined,
      path,
      access: isWritable ? 'readWrite' : 'readOnly',
      aliases: isShared ? controllers.filter((name) => name !== path) : [],
    };
  });
}

/** A v1 hierarchy without a controller, such as systemd's. */
export function isNamed(controllers: readonly string[]): boolean {
  return controllers.some((name) => name.startsWith('name='));
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
