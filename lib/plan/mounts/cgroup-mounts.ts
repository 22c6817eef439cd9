/** What a container sees of its cgroups below /sys/fs/cgroup. Pure. */
import { isNamed } from '../cgroups/named-hierarchies';
import type { CgroupPlace } from '../cgroups/places';

/** The container's view of a hierarchy. */
export interface CgroupMount {
  /** The directory of the host that the container sees: the root of its cgroup namespace. */
  readonly source: string;
  /** Path below /sys/fs/cgroup, or '' for /sys/fs/cgroup itself. */
  readonly path: string;
  /** A program that can write to a v1 hierarchy can lift its limits, so only hierarchies without limits may be writable. */
  readonly access: 'readOnly' | 'readWrite';
  /** Further names: `cpu` for `cpu,cpuacct`. */
  readonly aliases: readonly string[];
}

/** `named`: whether hierarchies with a name and no controllers are writable. */
export function planMounts(
  places: readonly CgroupPlace[],
  named: CgroupMount['access'],
): CgroupMount[] {
  const isUnified = places.every(({ version }) => version === 'v2');
  return places.map(({ version, controllers, mount, joined }): CgroupMount => {
    const path = isUnified ? '' : basename(mount);
    const ofV1 = isNamed(controllers) ? named : 'readOnly';
    const isShared = version === 'v1' && controllers.length > 1;
    return {
      source: joined,
      path,
      access: version === 'v2' ? 'readWrite' : ofV1,
      aliases: isShared ? controllers.filter((name) => name !== path) : [],
    };
  });
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
