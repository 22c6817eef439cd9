/** The cgroup hierarchies of this host, what they can limit, and whether this process can make cgroups. */
import { accessSync, constants } from 'node:fs';
import { readCgroupLayout } from '../../host/kernel/cgroup-layout';
import { openHierarchy, unmountedHierarchies } from '../../host/kernel/unmounted-hierarchies';
import { native } from '../../host/native';
import type { CgroupHierarchy, CgroupLayout } from '../../host/kernel/cgroup-layout';
import { fail, ok, warn } from './check';
import type { HostCheck } from './check';
import { readAttribute } from '../../host/node/attribute';

/** Controllers without which no container starts, as with libvirt. On v2 a BPF program filters devices, and `cpu` accounts. */
const needed = { v1: ['cpuacct', 'devices', 'memory'], v2: ['cpu', 'memory'] };

/** Controllers that a container can run without, and what each limits. */
const useful = {
  cpu: '<cputune>',
  cpuset: '<vcpu cpuset>',
  blkio: '<blkiotune>',
  io: '<blkiotune>',
  pids: 'the number of processes',
  freezer: 'suspend',
} as const;

type Useful = keyof typeof useful;
const usefulOn: Readonly<Record<'v1' | 'v2', readonly Useful[]>> = {
  v1: ['cpu', 'cpuset', 'blkio', 'pids', 'freezer'],
  v2: ['cpuset', 'io', 'pids'],
};

export function checkCgroups(): HostCheck[] {
  let layout: CgroupLayout;
  try {
    layout = readCgroupLayout();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return [
      fail('cgroup.layout', `the cgroup tree can’t be read: ${words}`, 'mount /sys/fs/cgroup'),
    ];
  }
  return [
    ...checkLayout(layout),
    ...checkWritable(layout),
    ...checkDelegation(layout),
    ...checkUnmounted(unmountedHierarchies(layout.hierarchies)),
  ];
}

/**
 * Containers are put into cgroups of their own in hierarchies that are mounted nowhere, by a mount that is attached nowhere: whether that
 * works.
 */
export function checkUnmounted(names: readonly string[], open = openHierarchy): HostCheck[] {
  const id = 'cgroup.unmounted';
  return names.map((name) => {
    try {
      native().closeDescriptor(open(name));
      return ok(id, `${name} is mounted nowhere here; containers have cgroups of their own there`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const hasControllers = name.split(',').some((part) => !part.startsWith('name='));
      const options = hasControllers ? name : `none,${name}`;
      return fail(
        id,
        `the hierarchy ${name} is mounted nowhere here and can’t be joined (${why}): no container without ids of its own starts, since its root ` +
          'could have the host run a program by the release agent',
        `mount -t cgroup -o ${options} cgroup DIRECTORY, or give the containers an <idmap>`,
      );
    }
  });
}

/** The checks of the layout alone: pure. */
export function checkLayout(layout: CgroupLayout): HostCheck[] {
  const { hierarchies, unified } = layout;
  if (hierarchies.length === 0 && unified === undefined) {
    return [
      fail('cgroup.layout', 'no cgroup tree is mounted', 'mount -t cgroup2 none /sys/fs/cgroup'),
    ];
  }
  // A hierarchy that has only a name limits nothing: it does not make v2 a hybrid.
  const limiting = hierarchies.filter(hasController);
  const version = limiting.length === 0 && unified !== undefined ? 'v2' : 'v1';
  const name = version === 'v2' ? 'v2' : unified === undefined ? 'v1' : 'v1 and v2 (hybrid)';
  const controllers = new Set([
    ...hierarchies.flatMap((one) => one.controllers),
    ...(unified?.controllers ?? []),
  ]);
  const id = 'cgroup.controllers';
  const advice =
    version === 'v2'
      ? 'see cgroup.controllers, and cgroup_disable= of the kernel’s command line'
      : 'mount its hierarchy';
  const missing = needed[version].filter((one) => !controllers.has(one));
  const others = usefulOn[version].filter((one) => !controllers.has(one));
  const found = [
    ...missing.map((one) => fail(id, `no controller ${one}`, advice)),
    ...others.map((one) => warn(id, `no controller ${one}, which limits ${useful[one]}`, advice)),
  ];
  const all = [...controllers].filter((one) => !one.startsWith('name=')).sort();
  return [ok('cgroup.layout', name), ...(found.length === 0 ? [ok(id, all.join(', '))] : found)];
}

function hasController({ controllers }: CgroupHierarchy): boolean {
  return controllers.some((name) => !name.startsWith('name='));
}

function mountsOf({ hierarchies, unified }: CgroupLayout): string[] {
  return [...hierarchies.map(({ mount }) => mount), ...(unified ? [unified.mount] : [])];
}

function checkWritable(layout: CgroupLayout): HostCheck[] {
  const readOnly = mountsOf(layout).filter((mount) => {
    try {
      accessSync(mount, constants.W_OK);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EROFS';
    }
  });
  return readOnly.map((mount) =>
    fail(
      'cgroup.writable',
      `${mount} is read-only here`,
      'in a systemd unit: ProtectControlGroups=no; elsewhere remount it',
    ),
  );
}

/** cgroups(7): without nsdelegate, root in a container may write the limits at the root of its own cgroup namespace. */
function checkDelegation({ unified, hierarchies }: CgroupLayout): HostCheck[] {
  if (unified === undefined || hierarchies.some(hasController)) return [];
  const line = (readAttribute('/proc/self/mountinfo') ?? '')
    .split('\n')
    .find((one) => one.includes(` ${unified.mount} `) && one.includes(' - cgroup2 '));
  if (line === undefined || /[ ,]nsdelegate\b/.test(line)) return [];
  return [
    warn(
      'cgroup.delegation',
      `${unified.mount} is mounted without nsdelegate: root in a container can lift its limits`,
      `mount -o remount,nsdelegate ${unified.mount}`,
    ),
  ];
}
