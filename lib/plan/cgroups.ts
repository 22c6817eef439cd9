/** The cgroups of a container, as steps and paths: what is made, limited, joined, and given back. Pure. */
import { DefinitionError, TslxcError } from '../errors';
import type { DomainDefinition } from '../domain/definition';
import type { CgroupHierarchy, CgroupLayout } from '../host/cgroup-layout';
import type { CgroupStep, DeviceRule } from '../host/native';
import { hostId } from './id-map';

/** What has to be there before the first container: made once, kept. */
const base = ['libvirt', 'libvirt/lxc', 'libvirt/tslxc-monitor'];

/** The folder of the monitors, below each hierarchy's root. */
const leaf = 'libvirt/tslxc-monitor';

/** Extended attribute of a container's cgroups that says which tslxc root made them. */
export const ownerAttribute = 'trusted.tslxc.root';

/** Controllers that libvirt's driver insists on; on v2 cpu accounts and a BPF program filters devices. */
const needed = { v1: ['cpuacct', 'devices', 'memory'], v2: ['cpu', 'memory'] };

/** Controllers that are switched on for containers on a v2 host, where the root has them. */
const delegated = ['cpu', 'cpuset', 'io', 'memory', 'pids'];

/** null, zero, full, random, urandom, tty, ptmx, fuse, and every pty. */
export const allowedDevices: readonly DeviceRule[] = [
  ...[3, 5, 7, 8, 9].map((minor) => ({ type: 'c', major: 1, minor, access: 'rwm' }) as const),
  ...[0, 2].map((minor) => ({ type: 'c', major: 5, minor, access: 'rwm' }) as const),
  { type: 'c', major: 10, minor: 229, access: 'rwm' },
  { type: 'c', major: 136, minor: -1, access: 'rwm' },
];

/** libvirt's way to let CAP_MKNOD be of use: any node can be made, though not opened. */
const anyNode: readonly DeviceRule[] = [
  { type: 'b', major: -1, minor: -1, access: 'm' },
  { type: 'c', major: -1, minor: -1, access: 'm' },
];

function deviceRules({ features }: DomainDefinition): readonly DeviceRule[] {
  return features.capabilities.on.includes('mknod')
    ? [...anyNode, ...allowedDevices]
    : allowedDevices;
}

/** The container's view of a hierarchy. */
export interface CgroupMount {
  readonly type: 'cgroup' | 'cgroup2';
  /** Below /sys/fs/cgroup; '' is that itself. */
  readonly path: string;
  /** Of the file system: its controllers, or its name. */
  readonly options: readonly string[];
  /** Limits of a v1 hierarchy could be lifted by whoever may write there: only those without any are writable. */
  readonly access: 'readOnly' | 'readWrite';
  /** Further names: `cpu` for `cpu,cpuacct`. */
  readonly aliases: readonly string[];
}

export interface CgroupPlan {
  readonly steps: readonly CgroupStep[];
  /** The container's directories, in the order in which they are made. */
  readonly directories: readonly string[];
  /** `tasks` of the container in each v1 hierarchy. */
  readonly tasks: readonly string[];
  /** The container's v2 directory, or ''. */
  readonly unified: string;
  /** `tasks` of the monitors' leaf in each v1 hierarchy. */
  readonly monitorTasks: readonly string[];
  /** The monitors' v2 directory, or ''. */
  readonly monitorUnified: string;
  readonly mounts: readonly CgroupMount[];
}

export function planCgroups(
  definition: DomainDefinition,
  layout: CgroupLayout,
  root: string,
): CgroupPlan {
  requireControllers(layout);
  const folder = `libvirt/lxc/${cgroupName(definition.name)}`;
  const v1 = layout.hierarchies.map((hierarchy) => ({
    hierarchy,
    path: `${hierarchy.mount}/${folder}`,
    joined: `${hierarchy.mount}/${folder}${isLimited(hierarchy) ? `/${inner}` : ''}`,
  }));
  const unified = layout.unified ? `${layout.unified.mount}/${folder}` : '';
  const directories = [...v1.map(({ path }) => path), ...(unified === '' ? [] : [unified])];
  if (directories.length === 0)
    throw new TslxcError('INTERNAL_ERROR', 'no cgroup hierarchy is mounted');
  return {
    steps: [
      ...directories.flatMap((path): CgroupStep[] => [
        { step: 'make', path, existing: 'exclusive' },
        { step: 'mark', path, name: ownerAttribute, value: root },
      ]),
      ...v1.flatMap((directory) => limitV1(directory, definition, layout)),
      ...v1.flatMap((directory) => makeInner(directory, layout)),
      ...limitUnified(unified, definition, layout),
      ...v1
        .filter(({ hierarchy }) => hierarchy.controllers.some((name) => name.startsWith('name=')))
        .flatMap(({ path }) => delegate(definition, path, delegatedFiles.v1)),
      ...delegate(definition, unified, delegatedFiles.v2),
    ],
    directories,
    tasks: v1.map(({ joined }) => `${joined}/tasks`),
    unified,
    ...monitorLeaf(layout),
    mounts: planMounts(layout),
  };
}

/** Where monitors are, and whatever else has to outlive its caller: `monitorTasks` and `monitorUnified` of a plan. */
export function monitorLeaf({
  hierarchies,
  unified,
}: CgroupLayout): Pick<CgroupPlan, 'monitorTasks' | 'monitorUnified'> {
  return {
    monitorTasks: hierarchies.map(({ mount }) => `${mount}/${leaf}/tasks`),
    monitorUnified: unified ? `${unified.mount}/${leaf}` : '',
  };
}

/**
 * Where the container is in a v1 hierarchy that limits it: the root of its cgroup namespace, so that what has the
 * limits is out of its reach. Whoever has CAP_SYS_ADMIN could mount that root anew and lift them.
 */
const inner = 'init';

function isLimited({ controllers }: CgroupHierarchy): boolean {
  return controllers.includes('devices') || controllers.includes('memory');
}

/** After the limits are set: rules for devices are inherited when a cgroup is made, and not later. */
function makeInner(
  { hierarchy, path, joined }: { hierarchy: CgroupHierarchy; path: string; joined: string },
  layout: CgroupLayout,
): CgroupStep[] {
  if (path === joined) return [];
  return [
    { step: 'make', path: joined, existing: 'exclusive' },
    ...fillCpuset(hierarchy, joined, layout),
  ];
}

function planMounts({ hierarchies, unified }: CgroupLayout): CgroupMount[] {
  return [
    ...hierarchies.map(({ controllers, mount }): CgroupMount => {
      const named = controllers.some((name) => name.startsWith('name='));
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

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Files of a cgroup that its owner needs to manage what is below it (cgroups(7), delegation). */
const delegatedFiles = {
  v1: ['tasks', 'cgroup.procs'],
  v2: ['cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads'],
};

/** With a user namespace, the container's root owns what it may manage: the v2 tree and the named v1 ones. */
function delegate(
  { idMap }: DomainDefinition,
  path: string,
  files: readonly string[],
): CgroupStep[] {
  if (idMap === undefined || path === '') return [];
  const uid = hostId(idMap.uids, 0) ?? 0;
  const gid = hostId(idMap.gids, 0) ?? 0;
  return ['', ...files.map((file) => `/${file}`)].map((file) => ({
    step: 'own',
    path: `${path}${file}`,
    uid,
    gid,
  }));
}

/** Makes the folders that all containers share, and switches controllers on from the root down (cgroups(7)). */
export function planBaseCgroups(layout: CgroupLayout): CgroupStep[] {
  const steps: CgroupStep[] = [];
  for (const hierarchy of layout.hierarchies) {
    for (const folder of base) {
      const path = `${hierarchy.mount}/${folder}`;
      steps.push({ step: 'make', path, existing: 'shared' });
      steps.push(...fillCpuset(hierarchy, path, layout));
    }
  }
  if (layout.unified) {
    const { mount, controllers } = layout.unified;
    const wanted = delegated.filter((name) => controllers.includes(name));
    const enable = (path: string): CgroupStep[] =>
      wanted.map((name) => ({
        step: 'write',
        path: `${path}/cgroup.subtree_control`,
        value: `+${name}`,
      }));
    steps.push(...enable(mount));
    for (const folder of base) {
      steps.push({ step: 'make', path: `${mount}/${folder}`, existing: 'shared' });
      if (folder !== leaf) steps.push(...enable(`${mount}/${folder}`));
    }
  }
  return steps;
}

/** The folder of a domain: names that could be taken for one of the kernel's own files get a `_` in front. */
export function cgroupName(domain: string): string {
  const files = new Set(['tasks', 'notify_on_release', 'release_agent']);
  const prefixes =
    /^(?:[_.]|(?:cgroup|cpu|cpuacct|cpuset|memory|devices|freezer|blkio|io|pids|hugetlb|net_cls|net_prio|perf_event|rdma|misc|dmem|irq|debug)\.)/;
  return files.has(domain) || prefixes.test(domain) ? `_${domain}` : domain;
}

function requireControllers(layout: CgroupLayout): void {
  const v1 = layout.hierarchies.flatMap(({ controllers }) => controllers);
  const v2 = layout.unified?.controllers ?? [];
  const wanted = v2.includes('memory') ? needed.v2 : needed.v1;
  const missing = wanted.find((name) => !v1.includes(name) && !v2.includes(name));
  if (missing !== undefined) {
    throw new DefinitionError(
      'INTERNAL_ERROR',
      `Unable to find '${missing}' cgroups controller mount`,
      {
        step: 'find cgroup controllers',
      },
    );
  }
}

function limitV1(
  { hierarchy, path }: { hierarchy: CgroupHierarchy; path: string },
  definition: DomainDefinition,
  layout: CgroupLayout,
): CgroupStep[] {
  const steps = fillCpuset(hierarchy, path, layout);
  if (hierarchy.controllers.includes('memory')) {
    const value = memoryLimit(definition, '-1');
    steps.push({ step: 'write', path: `${path}/memory.limit_in_bytes`, value });
  }
  if (hierarchy.controllers.includes('devices')) {
    steps.push({ step: 'write', path: `${path}/devices.deny`, value: 'a' });
    for (const rule of deviceRules(definition)) {
      steps.push({ step: 'write', path: `${path}/devices.allow`, value: deviceLine(rule) });
    }
  }
  return steps;
}

function limitUnified(
  path: string,
  definition: DomainDefinition,
  layout: CgroupLayout,
): CgroupStep[] {
  if (path === '' || !layout.unified?.controllers.includes('memory')) return [];
  return [
    { step: 'write', path: `${path}/memory.max`, value: memoryLimit(definition, 'max') },
    ...(layout.hierarchies.some(({ controllers }) => controllers.includes('devices'))
      ? []
      : [{ step: 'devices', path, rules: deviceRules(definition) } as const]),
  ];
}

/** libvirt's largest number of KiB means no limit. */
function memoryLimit({ memory }: DomainDefinition, unlimited: string): string {
  const largest = 2 ** 53 - 1;
  return memory >= largest ? unlimited : String(BigInt(memory) * 1024n);
}

function fillCpuset(hierarchy: CgroupHierarchy, path: string, layout: CgroupLayout): CgroupStep[] {
  if (!hierarchy.controllers.includes('cpuset') || !layout.cpuset) return [];
  return [
    { step: 'write', path: `${path}/cpuset.cpus`, value: layout.cpuset.cpus },
    { step: 'write', path: `${path}/cpuset.mems`, value: layout.cpuset.mems },
  ];
}

/** A rule as devices.allow takes it. */
export function deviceLine({ type, major, minor, access }: DeviceRule): string {
  const number = (value: number): string => (value === -1 ? '*' : String(value));
  return `${type} ${number(major)}:${number(minor)} ${access}`;
}
