/** What the readers make of the kernel's files, as they look on cgroup v1, v2 and with both. */
import { cpuFromV1, cpuFromV2 } from '../../../../lib/container/statistics/cpu';
import { ioFromV1, ioFromV2 } from '../../../../lib/container/statistics/io';
import { memoryFromV1, memoryFromV2 } from '../../../../lib/container/statistics/memory';
import type { Files } from '../../../../lib/container/statistics/parse';
import { pidsFrom } from '../../../../lib/container/statistics/pids';
import { parsePressure, pressureFrom } from '../../../../lib/container/statistics/pressure';
import { cgroupFolders } from '../../../../lib/container/statistics/read';

function files(texts: Readonly<Record<string, string>>): Files {
  return (name) => texts[name];
}

const nothing = files({});

describe('CPU time', () => {
  test('of v1 is in nanoseconds, ticks included, with each CPU and the throttling', () => {
    const cpuacct = files({
      'cpuacct.usage': '1234567890\n',
      'cpuacct.stat': 'user 100\nsystem 23\n',
      'cpuacct.usage_percpu': '1000000000 234567890 \n',
    });
    const cpu = files({ 'cpu.stat': 'nr_periods 9\nnr_throttled 4\nthrottled_time 5000000007\n' });
    expect(cpuFromV1(cpuacct, cpu)).toEqual({
      total: 1_234_567_890n,
      user: 1_000_000_000n,
      system: 230_000_000n,
      perCpu: [1_000_000_000n, 234_567_890n],
      throttling: { periods: 9, throttled: 4, time: 5_000_000_007n },
    });
  });

  test('is throttled as often as the one of both levels that is more often', () => {
    const cpuacct = files({ 'cpuacct.usage': '7\n' });
    const above = files({ 'cpu.stat': 'nr_periods 9\nnr_throttled 1\nthrottled_time 5\n' });
    const below = files({ 'cpu.stat': 'nr_periods 8\nnr_throttled 3\nthrottled_time 50\n' });
    const throttling = { periods: 9, throttled: 3, time: 50n };
    expect(cpuFromV1(cpuacct, above, below)).toEqual({ total: 7n, throttling });
    expect(cpuFromV1(cpuacct, above, nothing)?.throttling).toMatchObject({ throttled: 1 });
    expect(cpuFromV1(cpuacct, nothing, below)?.throttling).toMatchObject({ periods: 8 });
  });

  test('of v1 without the cpu controller has no throttling', () => {
    expect(cpuFromV1(files({ 'cpuacct.usage': '7\n' }), undefined)).toEqual({ total: 7n });
  });

  test('of v2 is in nanoseconds, and no CPU is counted alone', () => {
    const unified = files({
      'cpu.stat':
        'usage_usec 1500\nuser_usec 1000\nsystem_usec 500\nnice_usec 0\ncore_sched.force_idle_usec 0\n' +
        'nr_periods 3\nnr_throttled 1\nthrottled_usec 20\nnr_bursts 0\nburst_usec 0\n',
    });
    expect(cpuFromV2(unified)).toEqual({
      total: 1_500_000n,
      user: 1_000_000n,
      system: 500_000n,
      throttling: { periods: 3, throttled: 1, time: 20_000n },
    });
  });

  test('without the controller v2 still tells the time, and no throttling', () => {
    const unified = files({ 'cpu.stat': 'usage_usec 5\nuser_usec 3\nsystem_usec 2\n' });
    expect(cpuFromV2(unified)).toEqual({ total: 5000n, user: 3000n, system: 2000n });
  });

  test('that is not there is absent', () => {
    expect(cpuFromV1(nothing, nothing)).toBeUndefined();
    expect(cpuFromV2(nothing)).toBeUndefined();
  });
});

describe('memory', () => {
  const v1 = {
    'memory.usage_in_bytes': '4096000\n',
    'memory.limit_in_bytes': '104857600\n',
    'memory.max_usage_in_bytes': '5000000\n',
    'memory.failcnt': '6\n',
    'memory.kmem.usage_in_bytes': '20480\n',
    'memory.stat':
      'cache 1\nrss 2\ntotal_cache 10\ntotal_rss 20\ntotal_shmem 3\ntotal_mapped_file 4\ntotal_swap 5\n' +
      'total_inactive_file 6\ntotal_dirty 7\ntotal_writeback 8\ntotal_pgfault 9\ntotal_pgmajfault 1\n',
    'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
  };

  test('of v1 counts all that is below, and OOM kills where the processes are', () => {
    const inner = files({ 'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 40\n' });
    expect(memoryFromV1(files(v1), inner)).toEqual({
      usage: 4_096_000,
      limit: 104_857_600,
      peak: 5_000_000,
      swap: 5,
      oomKills: 42,
      limitHits: 6,
      breakdown: {
        anonymous: 20,
        file: 10,
        shared: 3,
        mapped: 4,
        inactiveFile: 6,
        dirty: 7,
        writeback: 8,
        kernel: 20_480,
        faults: 9,
        majorFaults: 1,
      },
    });
  });

  test('of v1 without a limit has none: the kernel shows its largest number', () => {
    const unlimited = files({ ...v1, 'memory.limit_in_bytes': '9223372036854771712\n' });
    expect(memoryFromV1(unlimited, undefined)).not.toHaveProperty('limit');
    expect(memoryFromV1(unlimited, undefined)).toMatchObject({ oomKills: 2 });
  });

  test('of v2 has peak, events and the breakdown', () => {
    const unified = files({
      'memory.current': '8192\n',
      'memory.max': '16384\n',
      'memory.peak': '12288\n',
      'memory.swap.current': '0\n',
      'memory.events': 'low 0\nhigh 0\nmax 11\noom 2\noom_kill 1\noom_group_kill 0\n',
      'memory.stat':
        'anon 1\nfile 2\nkernel 3\nslab 4\nsock 5\nshmem 6\nfile_mapped 7\nfile_dirty 8\nfile_writeback 9\n' +
        'inactive_file 10\npgfault 11\npgmajfault 12\npswpin 13\npswpout 14\n',
    });
    expect(memoryFromV2(unified)).toEqual({
      usage: 8192,
      limit: 16_384,
      peak: 12_288,
      swap: 0,
      oomKills: 1,
      limitHits: 11,
      breakdown: {
        anonymous: 1,
        file: 2,
        kernel: 3,
        slab: 4,
        sockets: 5,
        shared: 6,
        mapped: 7,
        dirty: 8,
        writeback: 9,
        inactiveFile: 10,
        faults: 11,
        majorFaults: 12,
        swappedIn: 13,
        swappedOut: 14,
      },
    });
  });

  test('of v2 leaves out what an older kernel does not have, and a limit that is max', () => {
    const unified = files({ 'memory.current': '1\n', 'memory.max': 'max\n' });
    expect(memoryFromV2(unified)).toEqual({ usage: 1, breakdown: {} });
  });
});

describe('I/O', () => {
  const nameOf = (device: string): string | undefined => (device === '254:0' ? 'vda' : undefined);

  test('of v1 is by device, with what is below', () => {
    const blkio = files({
      'blkio.throttle.io_service_bytes': '254:0 Read 1\n254:0 Write 1\nTotal 2\n',
      'blkio.throttle.io_service_bytes_recursive':
        '254:0 Read 4096\n254:0 Write 8192\n254:0 Sync 12288\n254:0 Async 0\n254:0 Discard 0\n254:0 Total 12288\n7:0 Read 512\nTotal 12800\n',
      'blkio.throttle.io_serviced_recursive': '254:0 Read 1\n254:0 Write 2\nTotal 3\n',
    });
    expect(ioFromV1(blkio, nameOf)).toEqual([
      { device: '254:0', name: 'vda', readBytes: 4096, writtenBytes: 8192, reads: 1, writes: 2 },
      { device: '7:0', readBytes: 512, writtenBytes: 0, reads: 0, writes: 0 },
    ]);
  });

  test('of a v1 kernel that counts none is absent, and not 0', () => {
    const blkio = files({ 'blkio.throttle.io_service_bytes_recursive': 'Total 0\n' });
    expect(ioFromV1(blkio, nameOf)).toBeUndefined();
  });

  test('of v2 is by device, and empty before there was some', () => {
    const text = '254:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n7:1 \n';
    expect(ioFromV2(files({ 'io.stat': text }), nameOf)).toEqual([
      { device: '254:0', name: 'vda', readBytes: 1, writtenBytes: 2, reads: 3, writes: 4 },
      { device: '7:1', readBytes: 0, writtenBytes: 0, reads: 0, writes: 0 },
    ]);
    expect(ioFromV2(files({ 'io.stat': '' }), nameOf)).toEqual([]);
    expect(ioFromV2(nothing, nameOf)).toBeUndefined();
  });
});

test('pids are counted with peak, limit and refused forks, where the kernel has them', () => {
  const texts = { 'pids.current': '5\n', 'pids.peak': '9\n', 'pids.max': '100\n' };
  const limited = files({ ...texts, 'pids.events': 'max 3\n' });
  const counts = { current: 5, peak: 9, limit: 100 };
  expect(pidsFrom(limited, undefined)).toEqual({ ...counts, refused: 3 });
  // Where the kernel counts them in the cgroup of the processes that were refused.
  const inner = files({ 'pids.events': 'max 40\n' });
  expect(pidsFrom(limited, inner)).toEqual({ ...counts, refused: 43 });
  const bare = files({ 'pids.current': '5\n', 'pids.max': 'max\n' });
  expect(pidsFrom(bare, nothing)).toEqual({ current: 5 });
  expect(pidsFrom(nothing, nothing)).toBeUndefined();
});

test('pressure is in percent and nanoseconds', () => {
  const text =
    'some avg10=1.50 avg60=0.25 avg300=0.00 total=54929083\nfull avg10=0.00 avg60=0.00 avg300=0.40 total=7\n';
  expect(parsePressure(text)).toEqual({
    some: { average10: 1.5, average60: 0.25, average300: 0, total: 54_929_083_000n },
    full: { average10: 0, average60: 0, average300: 0.4, total: 7000n },
  });
  expect(parsePressure('nonsense')).toBeUndefined();
  expect(pressureFrom(files({ 'io.pressure': text }))).toHaveProperty('io.some.average10', 1.5);
  expect(pressureFrom(nothing)).toBeUndefined();
});

describe('the cgroups of a container', () => {
  const removes = (
    ...paths: string[]
  ): { undo: { undo: 'removeCgroups'; paths: string[]; owner: string }[] } => ({
    undo: [{ undo: 'removeCgroups', paths, owner: '/' }],
  });

  test('are those that its start has written down, wherever they are', () => {
    const layout = {
      hierarchies: [
        { controllers: ['cpu', 'cpuacct'], mount: '/cg/cpu' },
        { controllers: ['cpuset'], mount: '/cg/cpuset' },
        { controllers: ['memory'], mount: '/cg/memory' },
      ],
      unified: { mount: '/cg/unified', controllers: [] },
    };
    const made = removes('/cg/cpu/p/a', '/cg/cpuset/p/a', '/cg/memory/p/a', '/cg/unified/p/a');
    const folders = cgroupFolders(made, layout);
    expect(folders.v1('cpuacct')).toBe('/cg/cpu/p/a');
    expect(folders.v1('cpuset')).toBe('/cg/cpuset/p/a');
    expect(folders.v1('io')).toBeUndefined();
    expect(folders.unified).toBe('/cg/unified/p/a');
  });

  test('of a host with v2 alone are one', () => {
    const layout = { hierarchies: [], unified: { mount: '/sys/fs/cgroup', controllers: ['cpu'] } };
    const folders = cgroupFolders(removes('/sys/fs/cgroup/libvirt/lxc/a'), layout);
    expect(folders.v1('cpu')).toBeUndefined();
    expect(folders.unified).toBe('/sys/fs/cgroup/libvirt/lxc/a');
  });
});
