/** The cgroup hierarchies of this host, what they can limit, and whether this process can make cgroups. */
import { accessSync, constants } from 'node:fs';
import { readCgroupLayout } from '../../host/kernel/cgroup-layout';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
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
  return [...checkLayout(layout), ...checkWritable(layout), ...checkDelegation(layout)];
}

/** The checks of the layout alone: pure. */
export function checkLayout(layout: CgroupLayout): HostCheck[] {
  const { hierarchies, unified } = layout;
  if (hierarchies.length === 0 && unified === undefined) {
    return [
      fail('cgroup.layout', 'no cgroup tree is mounted', 'mount -t cgroup2 none /sys/fs/cgroup'),
    ];
  }
  const version = hierarchies.length === 0 ? 'v2' : 'v1';
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
  if (unified === undefined || hierarchies.length > 0) return [];
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
