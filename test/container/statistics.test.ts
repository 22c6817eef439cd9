/** What a container uses, beside the kernel's own files and loads of known size: within 5 %. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Domain, DomainStatistics } from 'tslxc';
import { hostFacts } from '../../lib/host/facts';
import { inside } from '../support/domain/inside';
import { containerTest } from '../support/world/container-test';
import { makeImage } from '../support/root/filesystem-image';
import { runProgram } from '../support/process/run-command';
import { TestDomain } from '../support/domain/test-domain';
import { ConsoleSession } from '../support/console/console-session';
import { eventually } from '../support/time/eventually';
import { hostHas } from '../support/world/host-side';

const megabyte = 2 ** 20;

const world = containerTest(
  async (keep) => {
    const scratch = await mkdtemp('/var/tmp/tslxc-statistics-');
    keep(() => rm(scratch, { recursive: true }));
    const asked = ['python3', '-c', 'import sys; print(sys.executable, end="")'];
    const python = (await runProgram(asked)).stdout;
    return { scratch, python };
  },
  { per: 'file' },
);

/** A cgroup of the container; v1 of the controller if the host has that, else v2. */
function cgroup(name: string, controller: string): string {
  const { hierarchies, unified } = hostFacts().cgroups;
  const v1 = hierarchies.find(({ controllers }) => controllers.includes(controller));
  return join(v1?.mount ?? unified?.mount ?? '', 'libvirt/lxc', name);
}

function read(...path: readonly string[]): string {
  return readFileSync(join(...path), 'latin1').trim();
}

function expectWithin(value: number, expected: number, part = 0.05): void {
  expect(value).toBeGreaterThan(expected * (1 - part));
  expect(value).toBeLessThan(expected * (1 + part));
}

/** What the processes of a container have taken for themselves, as the kernel says of each. */
function anonymousOf(name: string): number {
  const folder = cgroup(name, 'memory');
  const lists = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => basename(file) === 'cgroup.procs')
    .map((file) => read(folder, file));
  const kibibytes = lists
    .flatMap((list) => list.match(/\d+/g) ?? [])
    .map((pid) => Number(/^Anonymous: +(\d+) kB$/m.exec(read('/proc', pid, 'smaps_rollup'))?.[1]));
  return 1024 * kibibytes.reduce((sum, one) => sum + one, 0);
}

/** A container whose init is this program, which says `ready` and waits for a line. */
async function running(name: string, program: string, memory = 204_800): Promise<TestDomain> {
  const test = await TestDomain.make({
    name,
    memory,
    init: world.python,
    initArguments: ['-c', `print('ready', flush=True); input()\n${program}\ninput()`],
  });
  await test.domain.start();
  return test;
}

interface Change {
  readonly from: DomainStatistics;
  readonly to: DomainStatistics;
}

/** What the program changes, from `ready` to `done`; `look` takes the statistics to begin with. */
async function change(
  domain: Domain,
  look = async (): Promise<DomainStatistics> => await domain.stats(),
): Promise<Change> {
  using session = await ConsoleSession.open(domain);
  await session.expect(/ready\r\n/, 60_000);
  const from = await look();
  session.enter('');
  await session.expect(/done\r\n/, 60_000);
  return { from, to: await domain.stats() };
}

test('CPU time is that which a process says of itself, and that of the kernel’s file', async () => {
  const seconds = 1;
  await using test = await running(
    'stat-cpu',
    `import time, os
end = time.process_time() + ${seconds}
while time.process_time() < end: sum(range(20000))
print('done', flush=True)`,
  );
  const { from, to } = await change(test.domain);
  // With what it says of itself, that of its interpreter.
  const used = Number((to.cpu?.total ?? 0n) - (from.cpu?.total ?? 0n)) / 1e9;
  expect(used).toBeGreaterThan(seconds * 0.95);
  const { user = 0n, system = 0n, perCpu, total = 0n } = to.cpu ?? {};
  expectWithin(Number(user + system), Number(total));
  expect(user).toBeGreaterThan(system);
  const folder = cgroup(test.name, 'cpuacct');
  if (perCpu === undefined) {
    expect(read(folder, 'cpu.stat')).toContain('usage_usec');
  } else {
    const sum = perCpu.reduce((all, one) => all + one, 0n);
    expectWithin(Number(sum), Number(total), 0.01);
    expectWithin(Number(total), Number(read(folder, 'cpuacct.usage')), 0.01);
  }
  expect(await test.run('cpu-stats', '--total')).toMatch(
    /^Total:\n\tcpu_time +\d+\.\d{9} seconds\n/,
  );
  expect(await test.run('domstats', '--cpu-total')).toMatch(/\n {2}cpu\.time=\d{10,}\n/);
});

test('memory is what a process has taken, of its own and of the page cache, and what the kernel’s files say', async () => {
  const [own, cached] = [32 * megabyte, 16 * megabyte];
  const file = join(world.scratch, 'cached');
  await using test = await running(
    'stat-memory',
    `kept = bytearray(b'x') * ${own}
open('${file}', 'wb').write(bytes(${cached}))
print('done', flush=True)`,
  );
  // The kernel adds up what its processors have counted, at the latest after two seconds.
  const { from } = await change(test.domain, () =>
    eventually(async () => {
      const now = await test.domain.stats();
      expectWithin(now.memory?.breakdown.anonymous ?? 0, anonymousOf(test.name));
      return now;
    }),
  );
  const to = await eventually(async () => {
    const now = await test.domain.stats();
    const grown = (field: 'anonymous' | 'file'): number =>
      (now.memory?.breakdown[field] ?? 0) - (from.memory?.breakdown[field] ?? 0);
    // The bytes of the file were the process's own for a moment.
    expectWithin(grown('anonymous'), own);
    expectWithin(grown('file'), cached);
    return now;
  });
  const folder = cgroup(test.name, 'memory');
  const isV1 = readdirSync(folder).includes('memory.usage_in_bytes');
  const [usage, limit, peak] = isV1
    ? ['memory.usage_in_bytes', 'memory.limit_in_bytes', 'memory.max_usage_in_bytes']
    : ['memory.current', 'memory.max', 'memory.peak'];
  expectWithin(to.memory?.usage ?? 0, Number(read(folder, usage)));
  expect(to.memory?.limit).toBe(Number(read(folder, limit)));
  expectWithin(to.memory?.peak ?? 0, Number(read(folder, peak)));
  expect(to.memory).toMatchObject({ limit: 204_800 * 1024, oomKills: 0 });
  expect(to.memory?.peak).toBeGreaterThanOrEqual(to.memory?.usage ?? Infinity);
  const rss = Number(/^rss (\d+)$/m.exec(await test.run('dommemstat'))?.[1]);
  expect(rss * 1024).toBeGreaterThan(own);
});

test('a process that was killed for want of memory is counted', async () => {
  await using test = await running(
    'stat-oom',
    `import os
child = os.fork()
if child == 0:
  kept = bytearray(b'x') * ${64 * megabyte}
  os._exit(0)
os.waitpid(child, 0)
print('done', flush=True)`,
    32_768,
  );
  const { from, to } = await change(test.domain);
  expect(from.memory?.oomKills).toBe(0);
  expect(to.memory?.oomKills).toBe(1);
  expect(to.memory?.limitHits).toBeGreaterThan(0);
});

test('processes and threads are counted', async () => {
  await using test = await running(
    'stat-pids',
    `import threading
for _ in range(10): threading.Thread(target=input, daemon=True).start()
print('done', flush=True)`,
  );
  const { from, to } = await change(test.domain);
  expect(from.pids?.current).toBe(1);
  expect(to.pids?.current).toBe(11);
  expect(Number(read(cgroup(test.name, 'pids'), 'pids.current'))).toBe(11);
});

/** The loop device of an image that a container has mounted: `major:minor`. */
function loopOf(image: string): string {
  for (const name of readdirSync('/sys/block').filter((one) => one.startsWith('loop'))) {
    try {
      if (read('/sys/block', name, 'loop/backing_file') === image)
        return read('/sys/block', name, 'dev');
    } catch {
      // One that is free.
    }
  }
  throw new Error(`no loop device has ${image}`);
}

test('bytes and operations on a block device are counted once the kernel counts them, and absent before', async () => {
  const image = makeImage('ext4', world.scratch);
  await using test = await TestDomain.make({
    name: 'stat-io',
    devices: `<filesystem type='file'><driver type='loop' format='raw'/><source file='${image}'/><target dir='/mnt'/></filesystem>`,
  });
  await test.domain.start();
  const device = loopOf(image);
  const folder = cgroup(test.name, 'blkio');
  const isV1 = readdirSync(folder).some((file) => file.startsWith('blkio.'));
  const { io } = await test.domain.stats();
  if (isV1) {
    // Linux 6.10 and later count in v1 from the first limit on: one that limits nothing.
    if (!hostHas('I/O counters without a limit (v1)', () => io !== undefined)) {
      const { stderr } = await test.try(['domblkstat', test.name]);
      expect(stderr).toContain("this kernel does not count the container's I/O");
    }
    writeFileSync(join(folder, 'blkio.throttle.write_bps_device'), `${device} ${2 ** 40}`);
  }
  const size = 4 * megabyte;
  const copy = `dd if=/dev/zero of=/mnt/x bs=64k count=${size / 65536} oflag=direct 2>&1`;
  expect(await inside(test.domain, copy)).toContain(`${size} bytes`);
  expect(await inside(test.domain, 'dd if=/mnt/x of=/dev/null bs=64k iflag=direct 2>&1')).toContain(
    `${size} bytes`,
  );
  const counted = (await test.domain.stats()).io?.find((one) => one.device === device);
  expect(counted?.name).toMatch(/^loop\d+$/);
  expectWithin(counted?.writtenBytes ?? 0, size);
  expectWithin(counted?.readBytes ?? 0, size, 0.1);
  const file = isV1 ? 'blkio.throttle.io_service_bytes_recursive' : 'io.stat';
  const ofKernel = isV1
    ? `${device} Write ${counted?.writtenBytes}`
    : `wbytes=${counted?.writtenBytes} `;
  expect(read(folder, file)).toContain(ofKernel);
  const shown = await test.run('domblkstat', counted?.name ?? '');
  expect(shown).toContain(`${counted?.name} wr_bytes ${counted?.writtenBytes}\n`);
  expect(await test.run('domstats', '--block')).toContain(`.wr.bytes=${counted?.writtenBytes}\n`);
});

test('pressure grows while a container waits for the CPU, where the kernel tells', async () => {
  await using test = await running(
    'stat-pressure',
    `import os, time
cpu = next(iter(os.sched_getaffinity(0)))
os.sched_setaffinity(0, {cpu})
for _ in range(3):
  if os.fork() == 0:
    end = time.process_time() + 0.3
    while time.process_time() < end: pass
    os._exit(0)
for _ in range(3): os.wait()
print('done', flush=True)`,
  );
  const { from, to } = await change(test.domain);
  const { unified } = hostFacts().cgroups;
  const file = join(unified?.mount ?? '', 'libvirt/lxc', test.name, 'cpu.pressure');
  if (!hostHas('pressure of cgroups', () => existsSync(file))) {
    expect(to.pressure?.cpu).toBeUndefined();
    return;
  }
  const waited = (to.pressure?.cpu?.some.total ?? 0n) - (from.pressure?.cpu?.some.total ?? 0n);
  // Three that take 0.3 s each, one after the other: two wait for 0.6 s at least.
  expect(Number(waited) / 1e9).toBeGreaterThan(0.4);
});

test('snapshots come one after the other until the end of the container', async () => {
  await using test = await running('stat-watch', `print('done', flush=True)`);
  let last = 0n;
  let seen = 0;
  for await (const { cpu, id } of test.domain.watchStats({ interval: 20 })) {
    expect(id).toBe(test.domain.id);
    expect(cpu?.total).toBeGreaterThanOrEqual(last);
    last = cpu?.total ?? 0n;
    seen += 1;
    if (seen === 5) break;
  }
  const watch = test.domain.watchStats({ interval: 20 });
  await watch.next();
  await test.domain.destroy();
  expect((await watch.next()).done).toBe(true);
  expect(await test.domain.stats()).toMatchObject({
    state: { state: 'shutoff', reason: 'destroyed' },
  });
  expect(Object.keys(await test.domain.stats()).sort()).toEqual(['name', 'state', 'time', 'uuid']);
});
