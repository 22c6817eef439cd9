/** Which cgroup hierarchies a mountinfo shows, for each kind of host. */
import { parseCgroupLayout } from '../../../../lib/host/kernel/cgroup-layout';
import { unescapeMountPath } from '../../../../lib/host/kernel/mount-table';

const v1 = `25 30 0:22 / /proc rw,nosuid shared:13 - proc proc rw
33 25 0:28 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755
34 33 0:29 / /sys/fs/cgroup/systemd rw,nosuid shared:11 - cgroup cgroup rw,xattr,release_agent=/lib/systemd/agent,name=systemd
35 33 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:12 - cgroup cgroup rw,cpu,cpuacct
36 33 0:31 / /sys/fs/cgroup/memory rw - cgroup none rw,memory,clone_children
37 33 0:32 / /sys/fs/cgroup/cpuset rw shared:1 master:2 - cgroup cgroup rw,cpuset,noprefix,cpuset_v2_mode
`;
const v2 =
  '30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n';
const hybrid = `${v1}42 33 0:42 / /sys/fs/cgroup/unified rw shared:5 - cgroup2 cgroup2 rw,nsdelegate\n`;

const hierarchies = [
  { controllers: ['name=systemd'], mount: '/sys/fs/cgroup/systemd' },
  { controllers: ['cpu', 'cpuacct'], mount: '/sys/fs/cgroup/cpu,cpuacct' },
  { controllers: ['memory'], mount: '/sys/fs/cgroup/memory' },
  { controllers: ['cpuset'], mount: '/sys/fs/cgroup/cpuset' },
];

test('a v1 host has its hierarchies, named ones too', () => {
  expect(parseCgroupLayout(v1)).toEqual({ hierarchies });
});

test('a v2 host has one tree', () => {
  expect(parseCgroupLayout(v2)).toEqual({
    hierarchies: [],
    unified: { mount: '/sys/fs/cgroup', controllers: [] },
  });
});

test('a hybrid host has both', () => {
  expect(parseCgroupLayout(hybrid)).toEqual({
    hierarchies,
    unified: { mount: '/sys/fs/cgroup/unified', controllers: [] },
  });
});

test('of a hierarchy that is mounted twice the first mount counts', () => {
  const again = hybrid.replaceAll('/sys/fs/cgroup', '/mnt/again');
  expect(parseCgroupLayout(hybrid + again)).toEqual(parseCgroupLayout(hybrid));
});

test('blanks and backslashes in a path are what they are', () => {
  const odd = v2.replace('/sys/fs/cgroup', '/a\\040b\\011c\\012d\\134e');
  expect(parseCgroupLayout(odd).unified?.mount).toBe('/a b\tc\nd\\e');
  expect(unescapeMountPath('/plain')).toBe('/plain');
});

test('a path in UTF-8 stays as it is', () => {
  expect(parseCgroupLayout(v2.replace('/sys', '/süs')).unified?.mount).toBe('/süs/fs/cgroup');
});

test.each(['', '\n', 'nonsense', '- - -'])('%j shows none', (text) => {
  expect(parseCgroupLayout(text)).toEqual({ hierarchies: [] });
});
