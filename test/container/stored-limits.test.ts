/** Limits of the stored definition, changed while its container runs: that one keeps its own, and the next start has them. */
import { connect } from 'tslxc';
import type { WhichOption } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { limitFile, limitPlace, LimitTable } from '../support/domain/limit-table';
import { MarkedDisk } from '../support/fake/marked-disk';
import { runCommand } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { hostHas } from '../support/world/host-side';

const name = 'stored-limits';
const table = new LimitTable();

const world = containerTest(
  async (keep) => {
    const disk = keep(new MarkedDisk());
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const domain = await connection.defineDomain(domainXml({ name }));
    keep(() => domain.destroy());
    await domain.start();
    keep(() => table.print());
    return { disk, root, domain };
  },
  { per: 'file' },
);

interface StoredLimit {
  readonly limit: string;
  readonly controller: Parameters<typeof limitPlace>[1];
  readonly file: Parameters<typeof limitFile>[2];
  readonly set: (options: WhichOption) => Promise<void>;
  readonly get: (options: WhichOption) => Promise<unknown>;
  readonly stored: unknown;
  /** What the file says after the next start. */
  readonly kernel: string | Readonly<Record<'v1' | 'v2', string>>;
}

const mebibyte = 1024 * 1024;

function limits(): StoredLimit[] {
  const { path, numbers } = world.disk;
  const device = `${numbers.major}:${numbers.minor}`;
  return [
    {
      limit: 'memtune',
      controller: 'memory',
      file: { v1: 'memory.limit_in_bytes', v2: 'memory.max' },
      set: (options) =>
        world.domain.setMemoryTuning({ hardLimit: 65_536, swapHardLimit: 81_920 }, options),
      get: (options) => world.domain.getMemoryTuning(options),
      stored: { hardLimit: 65_536, softLimit: 'unlimited', swapHardLimit: 81_920 },
      kernel: String(64 * mebibyte),
    },
    {
      limit: 'swap_hard_limit',
      controller: 'memory',
      file: { v1: 'memory.memsw.limit_in_bytes', v2: 'memory.swap.max' },
      set: (options) => world.domain.setMemoryTuning({ swapHardLimit: 98_304 }, options),
      get: async (options) => (await world.domain.getMemoryTuning(options)).swapHardLimit,
      stored: 98_304,
      kernel: { v1: String(96 * mebibyte), v2: String(32 * mebibyte) },
    },
    {
      limit: 'soft_limit',
      controller: 'memory',
      file: { v1: 'memory.soft_limit_in_bytes', v2: 'memory.high' },
      set: (options) => world.domain.setMemoryTuning({ softLimit: 49_152 }, options),
      get: async (options) => (await world.domain.getMemoryTuning(options)).softLimit,
      stored: 49_152,
      kernel: String(48 * mebibyte),
    },
    {
      limit: 'shares',
      controller: 'cpu',
      file: { v1: 'cpu.shares', v2: 'cpu.weight' },
      set: (options) => world.domain.setCpuTuning({ shares: 4096 }, options),
      get: async (options) => (await world.domain.getCpuTuning(options)).shares,
      stored: 4096,
      kernel: { v1: '4096', v2: '400' },
    },
    {
      limit: 'period, quota',
      controller: 'cpu',
      file: { v1: 'cpu.cfs_quota_us', v2: 'cpu.max' },
      set: (options) => world.domain.setCpuTuning({ period: 50_000, quota: 40_000 }, options),
      get: (options) => world.domain.getCpuTuning(options),
      stored: { shares: 4096, period: 50_000, quota: 40_000 },
      kernel: { v1: '40000', v2: '40000 50000' },
    },
    {
      limit: 'vcpu cpuset',
      controller: 'cpuset',
      file: { v1: 'cpuset.cpus', v2: 'cpuset.cpus' },
      set: (options) => world.domain.setCpuset('1', options),
      get: (options) => world.domain.getCpuset(options),
      stored: '1',
      kernel: '1',
    },
    {
      limit: 'numatune nodeset',
      controller: 'cpuset',
      file: { v1: 'cpuset.mems', v2: 'cpuset.mems' },
      set: (options) => world.domain.setNumaTuning({ nodeset: '0' }, options),
      get: (options) => world.domain.getNumaTuning(options),
      stored: { mode: 'strict', nodeset: '0' },
      kernel: '0',
    },
    {
      limit: 'blkiotune device',
      controller: 'io',
      file: { v1: 'blkio.throttle.write_bps_device', v2: 'io.max' },
      set: (options) =>
        world.domain.setBlockTuning({ devices: [{ path, writeBytes: mebibyte }] }, options),
      get: (options) => world.domain.getBlockTuning(options),
      stored: { devices: [{ path, writeBytes: mebibyte }] },
      kernel: {
        v1: `${device} ${mebibyte}`,
        v2: `${device} rbps=max wbps=${mebibyte} riops=max wiops=max`,
      },
    },
    {
      limit: 'pids (ours)',
      controller: 'pids',
      file: { v1: 'pids.max', v2: 'pids.max' },
      set: (options) => world.domain.setProcessLimit(88, options),
      get: (options) => world.domain.getProcessLimit(options),
      stored: 88,
      kernel: '88',
    },
  ];
}

const hugepages: Omit<StoredLimit, 'set' | 'get'> = {
  limit: 'hugepages (ours)',
  controller: 'hugetlb',
  file: { v1: 'hugetlb.2MB.limit_in_bytes', v2: 'hugetlb.2MB.max' },
  stored: [{ size: 2048, max: 8192 }],
  kernel: String(8 * mebibyte),
};

const all = (): StoredLimit[] => [
  ...limits(),
  // Where the controller is missing a start would be refused.
  ...(limitPlace(name, 'hugetlb') === undefined
    ? []
    : [
        {
          ...hugepages,
          set: (options: WhichOption) =>
            world.domain.setHugepageLimit({ size: 2048, max: 8192 }, options),
          get: (options: WhichOption) => world.domain.getHugepageLimits(options),
        },
      ]),
];

test('each is read back as it was stored, changes nothing of what runs, and is set by the next start', async () => {
  const chosen = all();
  const fileOf = ({ controller, file }: StoredLimit): string => limitFile(name, controller, file);
  const running = chosen.map(fileOf);
  for (const { limit, set, get, stored } of chosen) {
    await set({ which: 'inactive' });
    expect([limit, await get({ which: 'inactive' })]).toEqual([limit, stored]);
  }
  expect(chosen.map(fileOf)).toEqual(running);
  await world.domain.destroy();
  await world.domain.start();
  for (const [index, one] of chosen.entries()) {
    const version = limitPlace(name, one.controller)?.version ?? 'none';
    const kernel = typeof one.kernel === 'string' ? one.kernel : one.kernel[version as 'v1' | 'v2'];
    expect([one.limit, fileOf(one)]).toEqual([one.limit, kernel]);
    table.add({
      limit: one.limit,
      version,
      change: 'config',
      set: JSON.stringify(await one.get({ which: 'inactive' })).replaceAll('"', ''),
      kernel,
      effect: `what ran kept ${running[index] || 'none'}`,
      measured: 'the file before and after the next start',
    });
  }
});

test('hugepages: limited live where the host has the controller, and refused by its name where not', async () => {
  const change = world.domain.setHugepageLimit({ size: 2048, max: 4096 }, { which: 'live' });
  if (!hostHas('the controller hugetlb', () => limitPlace(name, 'hugetlb') !== undefined)) {
    await expect(change).rejects.toMatchObject({ code: 'OPERATION_UNSUPPORTED' });
    const ran = await runCommand(['hugepagetune', name, '2M', '4M', '--live', '--config'], {
      root: world.root.path,
    });
    expect(ran).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the cgroup controller 'hugetlb'") as unknown,
    });
    expect(await world.domain.getHugepageLimits({ which: 'inactive' })).toEqual([]);
    return;
  }
  await change;
  expect(await world.domain.getHugepageLimits({ which: 'live' })).toEqual([
    { size: 2048, max: 4096 },
  ]);
  const kernel = limitFile(name, 'hugetlb', hugepages.file);
  expect(kernel).toBe(String(4 * mebibyte));
  table.add({
    limit: hugepages.limit,
    version: limitPlace(name, 'hugetlb')?.version ?? 'none',
    set: '4 MiB of 2 MiB',
    kernel,
    effect: 'test/vm/scarce-limits.test.ts',
    measured: 'mmap of pages, there',
  });
});

test('what was changed live is in the live XML, and not in the stored definition', async () => {
  await world.domain.setProcessLimit(77, { which: 'live' });
  await world.domain.setCpuTuning({ shares: 333 }, { which: 'inactive' });
  const [live, inactive] = [
    await world.domain.xml({ which: 'live' }),
    await world.domain.xml({ which: 'inactive' }),
  ];
  expect([live.includes('<tslxc:pids max="77"/>'), live.includes('<shares>333<')]).toEqual([
    true,
    false,
  ]);
  expect([inactive.includes('max="88"'), inactive.includes('<shares>333<')]).toEqual([true, true]);
  expect(await world.domain.getProcessLimit({ which: 'inactive' })).toBe(88);
});
