/**
 * Every limit of a running container, changed while it runs: the kernel's files say so, and it has its effect. Prints
 * the table. On the machine's own cgroups here, on cgroup v2 in test:vm. What takes time to measure is in test/long.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'tslxc';
import { withWeightFiles } from '../../lib/host/kernel/cgroup-layout';
import { hostFacts } from '../../lib/host/facts';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { hasEnded } from '../support/process/processes';
import { limitFile, limitPlace, LimitTable } from '../support/domain/limit-table';
import { MarkedDisk } from '../support/fake/marked-disk';
import { runCommand } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { hostHas } from '../support/world/host-side';

const name = 'limits';
const applets = ['dd', 'mknod', 'nproc'];
const table = new LimitTable();

const world = containerTest(
  async (keep) => {
    const disk = keep(new MarkedDisk());
    const busybox = keep(await makeBusyboxRoot(applets));
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const domain = await connection.defineDomain(
      domainXml({
        name,
        elements:
          "<vcpu cpuset='0-1'>2</vcpu><memtune><soft_limit unit='MiB'>96</soft_limit></memtune>" +
          '<cputune><shares>512</shares><period>50000</period><quota>100000</quota></cputune>' +
          "<numatune><memory nodeset='0'/></numatune>" +
          '<features><privnet/><capabilities><mknod/></capabilities></features>' +
          "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:pids max='100'/>" +
          '</tslxc:container></metadata>',
        filesystems: [{ source: busybox.path, target: '/' }],
        devices:
          "<filesystem type='ram'><source usage='64' units='MiB'/><target dir='/ram'/></filesystem>" +
          `<hostdev mode='capabilities' type='storage'><source><block>${disk.path}</block></source>` +
          '</hostdev>',
      }),
    );
    keep(() => domain.destroy());
    await domain.start();
    keep(() => table.print());
    return { disk, root, domain };
  },
  { per: 'file' },
);

const versionOf = (controller: Parameters<typeof limitPlace>[1]): string =>
  limitPlace(name, controller)?.version ?? 'none';

/** Whether a program of the container may have so many MiB at once. */
async function takes(mebibytes: number): Promise<boolean> {
  const said = await inside(
    world.domain,
    `dd if=/dev/zero of=/dev/null bs=${mebibytes}M count=1 2>&1`,
  );
  return /1\+0 records out/.test(said);
}

test('a start sets what the definition says', async () => {
  const files: [Parameters<typeof limitPlace>[1], { v1: string; v2: string }, string, string][] = [
    ['memory', { v1: 'memory.limit_in_bytes', v2: 'memory.max' }, '104857600', '104857600'],
    ['memory', { v1: 'memory.soft_limit_in_bytes', v2: 'memory.high' }, '100663296', '100663296'],
    ['cpu', { v1: 'cpu.shares', v2: 'cpu.weight' }, '512', '50'],
    ['cpu', { v1: 'cpu.cfs_quota_us', v2: 'cpu.max' }, '100000', '100000 50000'],
    ['cpuset', { v1: 'cpuset.cpus', v2: 'cpuset.cpus' }, '0-1', '0-1'],
    ['cpuset', { v1: 'cpuset.mems', v2: 'cpuset.mems' }, '0', '0'],
    ['pids', { v1: 'pids.max', v2: 'pids.max' }, '100', '100'],
  ];
  for (const [controller, names, v1, v2] of files) {
    const version = limitPlace(name, controller)?.version;
    expect([names, limitFile(name, controller, names)]).toEqual([
      names,
      version === 'v1' ? v1 : v2,
    ]);
  }
  expect(await world.domain.getCpuTuning()).toEqual({
    shares: 512,
    period: 50_000,
    quota: 100_000,
  });
});

test('memory: what takes more than the limit is ended', async () => {
  expect(await takes(48)).toBe(true);
  await world.domain.setMemory(32_768);
  const kernel = limitFile(name, 'memory', { v1: 'memory.limit_in_bytes', v2: 'memory.max' });
  expect(kernel).toBe(String(32_768 * 1024));
  expect(await world.domain.getMemory()).toEqual({ maximum: 102_400, current: 32_768 });
  expect(await takes(48)).toBe(false);
  expect(await takes(8)).toBe(true);
  table.add({
    limit: 'memory',
    version: versionOf('memory'),
    set: '100 → 32 MiB',
    kernel,
    effect: '48 MiB at once: killed; 8 MiB: taken',
    measured: 'dd with a buffer of that size',
  });
});

test('memory: a limit below what is in use is refused, and the old one stays', async () => {
  await world.domain.setMemory(102_400);
  // A file in a file system in memory is there until it is removed.
  await inside(world.domain, 'dd if=/dev/zero of=/ram/held bs=1M count=40 2>/dev/null');
  await expect(world.domain.setMemory(16_384)).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    errno: 16,
    path: expect.stringMatching(/libvirt\/lxc\/limits\/memory\./) as unknown,
    message: expect.stringMatching(
      /: EBUSY, .*\(limit memory to 16384 KiB: (4|5)\d{4} KiB are in use, and can't be swapped out; end processes/,
    ) as unknown,
  });
  expect(await world.domain.getMemory()).toMatchObject({ current: 102_400 });
  expect(await world.domain.getMemoryTuning()).toMatchObject({ softLimit: 98_304 });
  // With the stored definition it is all or nothing.
  const stored = await world.domain.xml({ which: 'inactive' });
  const refused = await runCommand(['setmem', world.domain.name, '16M', '--live', '--config'], {
    root: world.root.path,
  });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('EBUSY') as unknown });
  expect(await world.domain.xml({ which: 'inactive' })).toBe(stored);
  expect(await inside(world.domain, 'rm /ram/held && echo there')).toBe('there\n');
});

test('memtune: each of its limits is changed, in an order that the kernel takes', async () => {
  const files = {
    hard: { v1: 'memory.limit_in_bytes', v2: 'memory.max' },
    soft: { v1: 'memory.soft_limit_in_bytes', v2: 'memory.high' },
    swap: { v1: 'memory.memsw.limit_in_bytes', v2: 'memory.swap.max' },
  };
  const MiB = 1024;
  await world.domain.setMemoryTuning({ hardLimit: 64 * MiB, swapHardLimit: 96 * MiB });
  const [hard, swap] = [files.hard, files.swap].map((file) => limitFile(name, 'memory', file));
  // v1 counts memory and swap together, v2 swap alone.
  const isV1 = versionOf('memory') === 'v1';
  expect([hard, swap]).toEqual([String(64 << 20), String((isV1 ? 96 : 32) << 20)]);
  // Both rise, and both fall: on v1 memory must never be above memory and swap.
  await world.domain.setMemoryTuning({ hardLimit: 128 * MiB, swapHardLimit: 160 * MiB });
  await world.domain.setMemoryTuning({ hardLimit: 80 * MiB, swapHardLimit: 80 * MiB });
  // On v2 what is above the soft limit is slowed down: it comes last.
  expect(await takes(96)).toBe(false);
  await world.domain.setMemoryTuning({ softLimit: 40 * MiB });
  expect(await world.domain.getMemoryTuning()).toEqual({
    hardLimit: 80 * MiB,
    softLimit: 40 * MiB,
    swapHardLimit: 80 * MiB,
  });
  // v1 has an effect when the host's memory is scarce only. On v2 each time above it counts.
  const countHigh = (): string =>
    isV1 ? '' : (limitFile(name, 'memory', { v1: '', v2: 'memory.events' }).split('\n')[1] ?? '');
  if (!isV1) {
    const highBefore = Number(countHigh().slice(5));
    expect(await takes(40)).toBe(true);
    expect(Number(countHigh().slice(5))).toBeGreaterThan(highBefore);
  }
  await expect(world.domain.setMemoryTuning({ swapHardLimit: 10 * MiB })).rejects.toMatchObject({
    code: 'INVALID_ARG',
  });
  table.add({
    limit: 'hard_limit, swap_hard_limit',
    version: versionOf('memory'),
    set: '64 MiB, 96 MiB',
    kernel: `${hard}, ${swap}`,
    effect: '96 MiB at once: killed under 80 MiB',
    measured: 'dd with a buffer of that size; swap: test/vm/scarce-limits.test.ts',
  });
  table.add({
    limit: 'soft_limit',
    version: versionOf('memory'),
    set: '96 → 40 MiB',
    kernel: limitFile(name, 'memory', files.soft),
    effect: isV1 ? 'when memory is scarce only' : '40 MiB at once: reclaimed from, and taken',
    measured: isV1 ? 'not measured' : `memory.events: ${countHigh()}`,
  });
  await world.domain.setMemoryTuning({
    hardLimit: 100 * MiB,
    softLimit: 'unlimited',
    swapHardLimit: 'unlimited',
  });
  expect(await world.domain.getMemoryTuning()).toMatchObject({ swapHardLimit: 'unlimited' });
});

test('cputune: quota holds a busy loop back, at once', async () => {
  await world.domain.setCpuTuning({ period: 20_000, quota: 4000 });
  const kernel = limitFile(name, 'cpu', { v1: 'cpu.cfs_quota_us', v2: 'cpu.max' });
  expect(kernel).toMatch(/^4000( 20000)?$/);
  const throttled = (): number =>
    Number(
      /nr_throttled (\d+)/.exec(limitFile(name, 'cpu', { v1: 'cpu.stat', v2: 'cpu.stat' }))?.[1],
    );
  const before = throttled();
  await inside(world.domain, 'while :; do :; done & echo $! > /busy');
  await eventually(() => expect(throttled()).toBeGreaterThan(before + 5));
  await inside(world.domain, 'kill $(cat /busy)');
  await world.domain.setCpuTuning({ shares: 2048 });
  const shares = limitFile(name, 'cpu', { v1: 'cpu.shares', v2: 'cpu.weight' });
  expect(shares).toBe(versionOf('cpu') === 'v1' ? '2048' : '200');
  expect(await world.domain.getCpuTuning()).toEqual({ shares: 2048, period: 20_000, quota: 4000 });
  await world.domain.setCpuTuning({ quota: 'unlimited' });
  expect(await world.domain.getCpuTuning()).toMatchObject({ quota: 'unlimited' });
  table.add({
    limit: 'period, quota',
    version: versionOf('cpu'),
    set: '20 ms, 4 ms',
    kernel,
    effect: 'a busy loop is held back again and again',
    measured: 'nr_throttled; its share of a CPU: test/long/limits.test.ts',
  });
  table.add({
    limit: 'shares',
    version: versionOf('cpu'),
    set: '512 → 2048',
    kernel: shares,
    effect: 'under contention: test/long/limits.test.ts',
    measured: 'two busy containers, there',
  });
});

test('cpuset: processes that run move to the CPUs that are left', async () => {
  await inside(world.domain, 'while :; do :; done & echo $! > /busy');
  const init = await initOf(name);
  const seen: string[] = [];
  for (const cpus of ['1', '0', '0-1', '0']) {
    await world.domain.setCpuset(cpus);
    expect(limitFile(name, 'cpuset', { v1: 'cpuset.cpus', v2: 'cpuset.cpus' })).toBe(cpus);
    expect(await world.domain.getCpuset()).toBe(cpus);
    const status = readFileSync(`/proc/${init}/status`, 'latin1');
    expect(/^Cpus_allowed_list:\t(.*)$/m.exec(status)?.[1]).toBe(cpus);
    seen.push(cpus);
  }
  // The loop is a child of init, and runs on CPU 0.
  const child = readFileSync(`/proc/${init}/task/${init}/children`, 'latin1')
    .split(' ')
    .find((pid) => /^\d+$/.test(pid) && !hasEnded(Number(pid)));
  await eventually(() => {
    const fields = readFileSync(`/proc/${child ?? ''}/stat`, 'latin1')
      .split(') ')[1]
      ?.split(' ');
    expect(fields?.[36]).toBe('0');
  });
  expect(await inside(world.domain, 'nproc; kill $(cat /busy)')).toBe('1\n');
  await expect(world.domain.setCpuset('0,4095')).rejects.toMatchObject({ code: 'INVALID_ARG' });
  await world.domain.setCpuset('all');
  table.add({
    limit: 'vcpu cpuset',
    version: versionOf('cpuset'),
    set: seen.join(', '),
    kernel: '0',
    effect: 'a running loop moved to CPU 0; nproc says 1',
    measured: '/proc/PID/stat, nproc',
  });
});

test('numatune: the nodes of memory are those that it says', async () => {
  await world.domain.setNumaTuning({ mode: 'restrictive', nodeset: '0' });
  expect(await world.domain.getNumaTuning()).toEqual({ mode: 'restrictive', nodeset: '0' });
  const allowed = await inside(world.domain, 'grep Mems_allowed_list /proc/self/status');
  expect(allowed).toBe('Mems_allowed_list:\t0\n');
  await expect(world.domain.setNumaTuning({ nodeset: '9' })).rejects.toMatchObject({
    code: 'INVALID_ARG',
  });
  table.add({
    limit: 'numatune nodeset',
    version: versionOf('cpuset'),
    set: '0',
    kernel: limitFile(name, 'cpuset', { v1: 'cpuset.mems', v2: 'cpuset.mems' }),
    effect: 'Mems_allowed_list is 0 (the host has one node)',
    measured: '/proc/self/status inside',
  });
});

test('pids: one process more is refused', async () => {
  await world.domain.setProcessLimit(6);
  const kernel = limitFile(name, 'pids', { v1: 'pids.max', v2: 'pids.max' });
  expect([kernel, await world.domain.getProcessLimit()]).toEqual(['6', 6]);
  const said = await inside(
    world.domain,
    "sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 5 & done' 2>&1; kill $(ps | grep slee[p] | while read a b; do echo $a; done) 2>/dev/null",
  );
  expect(said).toMatch(/can't fork/);
  expect((await world.domain.stats()).pids?.refused).toBeGreaterThan(0);
  await world.domain.setProcessLimit('unlimited');
  expect(await world.domain.getProcessLimit()).toBe('unlimited');
  table.add({
    limit: 'pids (ours)',
    version: versionOf('pids'),
    set: '100 → 6',
    kernel,
    effect: "the 7th process: can't fork",
    measured: 'a shell that starts eight',
  });
});

test('blkiotune: a device is written no faster than it says, and read as well', async () => {
  const MiB = 1024 * 1024;
  const device = world.disk.path;
  const node = device.slice('/dev/'.length);
  const write = (count: number): string =>
    `dd if=/dev/zero of=/dev/${node} bs=128k count=${count} oflag=direct 2>&1`;
  await world.domain.setBlockTuning({
    devices: [{ path: device, writeBytes: MiB / 2, readBytes: 4 * MiB, writeIops: 1000 }],
  });
  const { major, minor } = world.disk.numbers;
  const file = { v1: 'blkio.throttle.write_bps_device', v2: 'io.max' };
  const kernel = limitFile(name, 'io', file);
  expect(kernel).toBe(
    versionOf('io') === 'v1'
      ? `${major}:${minor} ${MiB / 2}`
      : `${major}:${minor} rbps=${4 * MiB} wbps=${MiB / 2} riops=max wiops=1000`,
  );
  expect(await world.domain.getBlockTuning()).toMatchObject({
    devices: [{ path: device, writeBytes: MiB / 2, readBytes: 4 * MiB, writeIops: 1000 }],
  });
  const began = Date.now();
  expect(await inside(world.domain, write(6))).toMatch(/6\+0 records out/);
  const seconds = (Date.now() - began) / 1000;
  expect(seconds).toBeGreaterThan(1.1);
  await world.domain.setBlockTuning({ devices: [{ path: device, writeBytes: 0, writeIops: 0 }] });
  expect(await world.domain.getBlockTuning()).toMatchObject({
    devices: [{ path: device, readBytes: 4 * MiB }],
  });
  await world.domain.setBlockTuning({ devices: [{ path: device, readBytes: 0 }] });
  expect(limitFile(name, 'io', file)).toBe('');
  await expect(
    world.domain.setBlockTuning({ devices: [{ path: '/dev/null', readBytes: 1 }] }),
  ).rejects.toMatchObject({ code: 'INVALID_ARG', path: '/dev/null' });
  table.add({
    limit: 'blkiotune device',
    version: versionOf('io'),
    set: 'write 512 KiB/s',
    kernel,
    effect: `768 KiB took ${seconds.toFixed(2)} s (1.5)`,
    measured: 'dd with O_DIRECT',
  });
});

test('blkiotune: weights are as the kernel has them, or refused by it', async () => {
  const [file] = withWeightFiles(hostFacts().cgroups).weightFiles ?? [];
  const change = world.domain.setBlockTuning({ weight: 250 });
  const row = {
    limit: 'blkiotune weight',
    version: versionOf('io'),
    set: '250',
    measured: 'test/long/block-weights.test.ts',
  };
  if (!hostHas('block weights', () => file !== undefined) || file === undefined) {
    await expect(change).rejects.toMatchObject({ code: 'OPERATION_UNSUPPORTED' });
    table.add({ ...row, kernel: '', effect: 'refused: no weights in this kernel' });
    return;
  }
  await change;
  const kernel = limitFile(name, 'io', { v1: file, v2: file });
  expect(kernel).toMatch(/^(default )?250/);
  expect(await world.domain.getBlockTuning()).toMatchObject({ weight: 250 });
  table.add({ ...row, kernel: `${file}: ${kernel}`, effect: 'left to the scheduler' });
});

test('devices: of two nodes that are made, that of an allowed device is opened and the other is not', async () => {
  const open = (node: string, numbers: string): Promise<string> =>
    inside(
      world.domain,
      `mknod /${node} c ${numbers} && dd if=/${node} bs=4 count=1 of=/dev/null 2>&1`,
    );
  expect(await open('zero', '1 5')).toMatch(/1\+0 records out/);
  expect(await open('kmsg', '1 11')).toMatch(/Operation not permitted/);
  table.add({
    limit: 'devices',
    version: hostFacts().cgroups.hierarchies.some(({ controllers }) =>
      controllers.includes('devices'),
    )
      ? 'v1'
      : 'v2 (BPF)',
    change: 'start',
    set: '(no c 1:11)',
    kernel: '',
    effect: 'c 1:11: EPERM; c 1:5: opened',
    measured: 'mknod and dd inside',
  });
});
