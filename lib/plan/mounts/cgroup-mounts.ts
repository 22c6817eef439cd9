/** What a container sees of its cgroups below /sys/fs/cgroup. Pure. */
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';

/** The container's view of a hierarchy. */
export interface CgroupMount {
  readonly type: 'cgroup' | 'cgroup2';
  /** Path below /sys/fs/cgroup, or '' for /sys/fs/cgroup itself. */
  readonly path: string;
  /** Mount options of the file system: its controllers, or its name. */
  readonly options: readonly string[];
  /** A program that can write to a v1 hierarchy can lift its limits, so only hierarchies without limits are writable. */
  readonly access: 'readOnly' | 'readWrite';
  /** Further names: `cpu` for `cpu,cpuacct`. */
  readonly aliases: readonly string[];
}

export function planMounts({ hierarchies, unified }: CgroupLayout): CgroupMount[] {
  return [
    ...hierarchies.map(({ controllers, mount }): CgroupMount => {
      const named = isNamed(controllers);
      const path = basename(mount);
      return {
        type: 'cgroup',
        path,
        options: ['source=cgroup', ...(named ? ['none'] : []), ...controllers],
        access: named ? 'readWrite' : 'readOnly',
        aliases: controllers.length > 1 ? controllers.filter((name) => name !== path) : [],
      };
    }),
    ...(unified === undefined
      ? []
      : [
          {
            type: 'cgroup2',
            path: hierarchies.length === 0 ? '' : basename(unified.mount),
            options: ['source=cgroup2'],
            access: 'readWrite',
            aliases: [],
          } as const,
        ]),
  ];
}

/** A v1 hierarchy without a controller, such as systemd's. */
export function isNamed(controllers: readonly string[]): boolean {
  return controllers.some((name) => name.startsWith('name='));
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
