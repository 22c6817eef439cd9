/** What test/support/counts reads: which call is whose, which calls count as what, and which process is at rest. */
import { countCalls } from '../../support/counts/classes';
import { parseTrace, resultOf } from '../../support/counts/traced-calls';
import type { CountedCall } from '../../support/counts/traced-life';
import { unrestOf } from '../../support/process/at-rest';

describe('a trace', () => {
  const text = [
    '10 1.000001 openat(AT_FDCWD</>, "/etc/x=1", O_RDONLY <unfinished ...>',
    '11 1.000002 clone3({flags=CLONE_THREAD}, 88) = 12',
    '10 1.000003 <... openat resumed>) = 5</etc/x=1>',
    '12 1.000004 fork() = 13',
    '13 1.000005 execve("/bin/true", ["true"], 0x1 /* 2 vars */) = 0',
    '13 1.000006 unlink("/gone") = -1 ENOENT (No such file or directory)',
    '13 1.000007 exit_group(0) = ?',
    '13 1.000008 +++ exited with 0 +++',
  ].join('\n');
  const { calls, generationOf } = parseTrace(text);

  test('has a call that others came between once, where it began, with its result', () => {
    expect(calls.map(({ pid, name }) => `${pid} ${name}`)).toEqual([
      ...['10 openat', '11 clone3', '12 fork', '13 execve', '13 unlink', '13 exit_group'],
    ]);
    expect(calls[0]?.text).toBe('openat(AT_FDCWD</>, "/etc/x=1", O_RDONLY) = 5</etc/x=1>');
    expect(calls.map(resultOf)).toEqual([5, 12, 13, 0, -1, undefined]);
  });

  test('tells how far a process is from the first; a thread is of its process’s', () => {
    expect([10, 11, 12, 13].map(generationOf)).toEqual([0, 0, 0, 1]);
  });

  test('is counted by what the calls do', () => {
    const counted = calls.map((call): CountedCall => ({ ...call, process: 'caller' }));
    expect(countCalls(counted)).toMatchObject({
      ...{ processes: 1, executed: 1, opened: 1, removed: 1, mounts: 0, syncs: 0 },
      calls: 6,
    });
  });
});

/** A call by its words, as the caller makes it. */
const call = (text: string, process: CountedCall['process'] = 'caller'): CountedCall => ({
  pid: 1,
  name: text.slice(0, text.indexOf('(')),
  text,
  process,
});

test.each([
  ['mkdir("/sys/fs/cgroup/pids/a", 0755) = 0', { cgroupFoldersMade: 1, calls: 1 }],
  ['mkdir("/var/tmp/a", 0755) = 0', { cgroupFoldersMade: 0, calls: 1 }],
  ['rmdir("/sys/fs/cgroup/pids/a") = 0', { cgroupFoldersRemoved: 1 }],
  [
    'openat(4</sys/fs/cgroup/pids>, "tasks", O_WRONLY) = 5</sys/fs/cgroup/pids/tasks>',
    { cgroupFilesWritten: 1, cgroupFilesRead: 0, opened: 0 },
  ],
  [
    'openat(AT_FDCWD</>, "/sys/fs/cgroup/x", O_RDONLY) = 5</sys/fs/cgroup/x>',
    { cgroupFilesRead: 1 },
  ],
  ['openat(AT_FDCWD</>, "/none", O_RDWR) = -1 ENOENT (No such file or directory)', { opened: 1 }],
  ['write(5</sys/fs/cgroup/pids/tasks>, "0", 1) = 1', { cgroupWrites: 1, bytes: 0, calls: 0 }],
  ['write(5</var/tmp/a>, "abc", 3) = 3', { bytes: 3, cgroupWrites: 0 }],
  ['write(5</var/tmp/a>, "abc", 3) = -1 ENOSPC (No space left on device)', { bytes: 0 }],
  ['write(5<pipe:[1]>, "abc", 3) = 3', { bytes: 0 }],
  ['write(5</dev/pts/0>, "abc", 3) = 3', { bytes: 0 }],
  ['move_mount(4</>, "", 5</proc>, "", 0) = 0', { mounts: 1, calls: 1 }],
  ['clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 9', { processes: 0, calls: 1 }],
  ['execve("/none", [], 0x1) = -1 ENOENT (No such file or directory)', { executed: 0 }],
  ['fsync(5</var/tmp/a>) = 0', { syncs: 1 }],
  ['renameat(5</>, "a", 5</>, "b") = 0', { renamed: 1 }],
  ['futex(0x1, FUTEX_WAKE_PRIVATE, 1) = 1', { calls: 0 }],
])('%s counts as %j', (text, expected) => {
  expect(countCalls([call(text)])).toMatchObject(expected);
});

test.each([
  'openat(AT_FDCWD</>, "/proc/sys/vm/overcommit_memory", O_RDONLY) = 5</proc/sys/vm/overcommit_memory>',
  'openat(AT_FDCWD</>, "/sys/devices/system/cpu/online", O_RDONLY) = 5</sys/devices/system/cpu/online>',
  'openat(AT_FDCWD</>, "/etc/selinux/config", O_RDONLY) = 5</etc/selinux/config>',
  'access("/sys/fs/selinux/enforce", F_OK) = -1 ENOENT (No such file or directory)',
  'openat(AT_FDCWD</>, "/proc/7/attr/current", O_RDONLY) = 5</proc/7/attr/current>',
])('%s counts as nothing: it depends on the machine alone', (text) => {
  expect(countCalls([call(text)])).toMatchObject({ opened: 0, calls: 0 });
});

test.each([
  'openat(AT_FDCWD</>, "/sys/fs/cgroup/libvirt/lxc/a", O_RDONLY|O_NOFOLLOW|O_CLOEXEC|O_DIRECTORY) = 19</sys/fs/cgroup/libvirt/lxc/a>',
  'openat(19</sys/fs/cgroup/libvirt/lxc/a>, "freezer.state", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)',
  'getdents64(20</sys/fs/cgroup/freezer/libvirt/lxc/a>, 0x1 /* 9 entries */, 32768) = 288',
])('%s of the monitor counts as nothing after a kill: a busy machine makes it look', (text) => {
  const kill = call('pidfd_send_signal(16<anon_inode:[pidfd]>, SIGKILL, NULL, 0) = 0', 'monitor');
  const look = call(text, 'monitor');
  expect(countCalls([kill, look])).toEqual(countCalls([kill]));
  expect(countCalls([look, kill])).not.toEqual(countCalls([kill]));
  expect(countCalls([kill, call(text)])).not.toEqual(countCalls([kill]));
});

test('what init opens below its own /sys is no file of the host’s cgroups', () => {
  const text = 'openat2(3</sys/fs/cgroup>, "cpu", {flags=O_PATH}, 24) = 6</sys/fs/cgroup/cpu>';
  expect(countCalls([call(text, 'init')])).toMatchObject({ opened: 1, cgroupFilesRead: 0 });
});

describe('a thread', () => {
  const arguments_ = (at: number, value: string): string =>
    Array.from({ length: 6 }, (_, index) => (index === at ? value : '0x7')).join(' ');

  test.each([
    ['x64', `232 ${arguments_(3, '0xffffffff')}`],
    ['x64', `281 ${arguments_(3, '0xffffffffffffffff')}`],
    ['x64', `7 ${arguments_(2, '0xffffffff')}`],
    ['x64', `271 ${arguments_(2, '0x0')}`],
    ['x64', `202 ${arguments_(3, '0x0')}`],
    ['arm64', `22 ${arguments_(3, '0xffffffff')}`],
    ['arm64', `98 ${arguments_(3, '0x0')}`],
    ['x64', `47 ${arguments_(2, '0x1')}`],
  ])('that sleeps in %s %s is at rest', (arch, line) => {
    expect(unrestOf({ state: 'S', call: line }, { arch })).toBeUndefined();
  });

  test.each([
    ['x64', `232 ${arguments_(3, '0x64')}`],
    ['x64', `7 ${arguments_(2, '0x0')}`],
    ['x64', `202 ${arguments_(3, '0x7ffc12345678')}`],
    ['arm64', `22 ${arguments_(3, '0x64')}`],
  ])('that sleeps in %s %s is not', (arch, line) => {
    const words = unrestOf({ state: 'S', call: line }, { arch });
    expect(words).toMatch(/^in system call \d+ with a time-out: /);
  });

  test('is at rest with a time-out that is long enough, if that is asked for', () => {
    const thread = { state: 'S', call: `232 ${arguments_(3, '0x3e8')}` };
    expect(unrestOf(thread, { least: 1000, arch: 'x64' })).toBeUndefined();
    expect(unrestOf(thread, { least: 1001, arch: 'x64' })).toBeDefined();
  });

  test.each(['R', 'D', 't', 'T'])('in state %s is not', (state) => {
    expect(unrestOf({ state, call: 'running' })).toBe(`in state ${state}`);
  });
});
