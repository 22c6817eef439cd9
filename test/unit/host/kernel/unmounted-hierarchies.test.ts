/** Which hierarchies of /proc/PID/cgroup are mounted nowhere. */
import { parseCgroupLayout } from '../../../../lib/host/kernel/cgroup-layout';
import {
  parseCgroups,
  unmountedHierarchies,
} from '../../../../lib/host/kernel/unmounted-hierarchies';

const mounts = {
  v1: [
    '33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
    '36 31 0:33 / /sys/fs/cgroup/net_cls rw - cgroup cgroup rw,net_cls,net_prio,name=net',
    '40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/x,name=systemd',
  ],
  v2: ['41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate'],
};
const lines = {
  v1: ['5:net_cls,net_prio,name=net:/', '4:cpu,cpuacct:/user', '1:name=systemd:/user.slice/a:b'],
  v2: ['0::/user.slice'],
  unmounted: ['9:name=foo:/', '8:perf_event:/'],
};

function unmounted(mounted: readonly string[], living: readonly string[]): string[] {
  const { hierarchies } = parseCgroupLayout(mounted.join('\n'));
  return unmountedHierarchies(hierarchies, parseCgroups(`${living.join('\n')}\n`).keys());
}

test.each([
  ['v2', mounts.v2, lines.v2],
  ['v1', mounts.v1, lines.v1],
  ['hybrid', [...mounts.v1, ...mounts.v2], [...lines.v1, ...lines.v2]],
])(
  '%s: where all are mounted there are none; others are named in any order',
  (_, mounted, living) => {
    expect(unmounted(mounted, living)).toEqual([]);
    expect(unmounted(mounted, [...lines.unmounted, ...living])).toEqual(['name=foo', 'perf_event']);
  },
);

test('v2 that is mounted nowhere is not one of them', () => {
  expect(unmounted(mounts.v1, [...lines.v1, ...lines.v2])).toEqual([]);
});

test('a mount of some controllers is not one of others', () => {
  expect(unmounted(mounts.v1, ['4:cpu:/', '3:cpuacct:/', '2:name=net:/'])).toEqual([
    'cpu',
    'cpuacct',
    'name=net',
  ]);
});

test('the path of a cgroup may have colons', () => {
  expect(parseCgroups(lines.v1.join('\n')).get('name=systemd')).toBe('/user.slice/a:b');
});
