/** lib/driver: limits of a domain, looked at and changed: of what runs in the kernel's files, of what is stored in its text. */
import type { Domain } from '../../../../lib/driver/domain';
import { SyscallError } from '../../../../lib/errors';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const v2 = '/cgroup/libvirt/lxc/web';
const v1 = '/memory/libvirt/lxc/web';

let host: FakeHost;
let domain: Domain;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  domain = await host.connect().defineDomain(domainXml({ name: 'web' }));
});

const onV1 = (): void => {
  host.layout = {
    hierarchies: ['memory', 'cpu', 'cpuset', 'blkio', 'pids'].map((name) => ({
      controllers: [name],
      mount: `/${name}`,
    })),
    cpuset: { cpus: '0-3', mems: '0' },
    weightFiles: ['blkio.bfq.weight'],
  };
};

describe('of a domain that is off', () => {
  test('all come from its definition, with the defaults of the kernel', async () => {
    expect(await domain.getMemory()).toEqual({ maximum: 102_400, current: 102_400 });
    expect(await domain.getMemoryTuning()).toEqual({
      hardLimit: 'unlimited',
      softLimit: 'unlimited',
      swapHardLimit: 'unlimited',
    });
    expect(await domain.getCpuTuning()).toEqual({
      shares: 1024,
      period: 100_000,
      quota: 'unlimited',
    });
    expect(await domain.getCpuset()).toBe('all');
    expect(await domain.getVcpus()).toEqual({ maximum: 1, current: 1 });
    expect(await domain.getNumaTuning()).toEqual({ mode: 'strict', nodeset: 'all' });
    expect(await domain.getBlockTuning()).toEqual({ devices: [] });
    expect(await domain.getProcessLimit()).toBe('unlimited');
    expect(await domain.getHugepageLimits()).toEqual([]);
  });

  test('what a change has undefined stays as it is', async () => {
    await domain.setMemoryTuning({ hardLimit: 4096, softLimit: undefined });
    await domain.setMemoryTuning({ hardLimit: undefined, softLimit: 2048 });
    expect(await domain.getMemoryTuning()).toEqual({
      hardLimit: 4096,
      softLimit: 2048,
      swapHardLimit: 'unlimited',
    });
    await domain.setCpuTuning({ shares: 512, quota: undefined });
    await domain.setCpuTuning({ shares: undefined, period: 5000 });
    expect(await domain.getCpuTuning()).toMatchObject({ shares: 512, period: 5000 });
    await domain.setVcpus({ maximum: 4, current: undefined });
    await domain.setVcpus({ maximum: undefined, current: 1 });
    expect(await domain.getVcpus()).toEqual({ maximum: 4, current: 1 });
    await domain.setNumaTuning({ nodeset: '0', mode: undefined });
    await domain.setNumaTuning({ nodeset: undefined, mode: 'preferred' });
    expect(await domain.getNumaTuning()).toEqual({ mode: 'preferred', nodeset: '0' });
  });

  test('each setter changes the text, and its getter reads it', async () => {
    await domain.setMaxMemory(204_800);
    await domain.setMemory(51_200);
    await domain.setMemoryTuning({ hardLimit: 4096, swapHardLimit: 8192 });
    await domain.setCpuTuning({ shares: 512, quota: 'unlimited' });
    await domain.setCpuset('0-3,^1');
    await domain.setVcpus({ maximum: 4, current: 2 });
    await domain.setNumaTuning({ nodeset: '0' });
    await domain.setBlockTuning({ weight: 50, devices: [{ path: '/dev/a', readBytes: 9 }] });
    await domain.setBlockTuning({ devices: [{ path: '/dev/a', writeIops: 3 }] });
    await domain.setProcessLimit(64);
    await domain.setHugepageLimit({ size: 2048, max: 4096 });
    const xml = await domain.xml();
    for (const part of [
      "<memory unit='KiB'>204800</memory>",
      "<currentMemory unit='KiB'>51200</currentMemory>",
      "<hard_limit unit='KiB'>4096</hard_limit>",
      "<swap_hard_limit unit='KiB'>8192</swap_hard_limit>",
      '<shares>512</shares>',
      '<quota>-1</quota>',
      "<vcpu placement='static' cpuset='0,2-3' current='2'>4</vcpu>",
      "<memory mode='strict' nodeset='0'/>",
      '<read_bytes_sec>9</read_bytes_sec>',
      '<write_iops_sec>3</write_iops_sec>',
      '<tslxc:pids max="64"/>',
      '<tslxc:hugepages size="2048" max="4096"/>',
    ]) {
      expect(xml).toContain(part);
    }
    expect(await domain.getHugepageLimits()).toEqual([{ size: 2048, max: 4096 }]);
    expect(await domain.getBlockTuning()).toMatchObject({ weight: 50 });
    expect(host.written).toEqual([]);
  });

  test('memory is KiB, or a size with its unit, which is rounded up', async () => {
    await domain.setMaxMemory('1GiB');
    await domain.setMemory('64MB');
    expect(await domain.getMemory()).toEqual({ maximum: 1_048_576, current: 62_500 });
    await domain.setMemoryTuning({ softLimit: '1B', hardLimit: '2MiB', swapHardLimit: 4096 });
    expect(await domain.getMemoryTuning()).toEqual({
      softLimit: 1,
      hardLimit: 2048,
      swapHardLimit: 4096,
    });
    await domain.setHugepageLimit({ size: '2MiB', max: '1GiB' });
    expect(await domain.getHugepageLimits()).toEqual([{ size: 2048, max: 1_048_576 }]);
  });

  test('what is taken away is gone from the text', async () => {
    const before = await domain.xml();
    await domain.setMemoryTuning({ softLimit: 5 });
    await domain.setMemoryTuning({ softLimit: 'unlimited' });
    await domain.setCpuset('1');
    await domain.setCpuset('all');
    await domain.setNumaTuning({ nodeset: '0' });
    await domain.setNumaTuning({ nodeset: 'all' });
    await domain.setBlockTuning({ devices: [{ path: '/dev/a', readBytes: 9 }] });
    await domain.setBlockTuning({ devices: [{ path: '/dev/a', readBytes: 0 }] });
    expect(await domain.xml()).toBe(before);
  });

  // The text of one of them would mean both.
  test.each([
    ['CPUs', (one: Domain) => one.setCpuset('all')],
    ['nodes', (one: Domain) => one.setNumaTuning({ nodeset: 'all' })],
  ])('all %s ends the automatic placement of CPUs and memory', async (_what, change) => {
    const elements = "<vcpu placement='auto'>1</vcpu>";
    const before = await domain.xml();
    const placed = await host.connect().defineDomain(domainXml({ name: 'web', elements }));
    expect(await placed.xml()).toContain("<memory mode='strict' placement='auto'/>");
    await change(placed);
    expect(await placed.xml()).toBe(before);
  });

  test('CPUs that are named leave the placement of memory to numad', async () => {
    const elements = "<vcpu placement='auto'>1</vcpu>";
    const placed = await host.connect().defineDomain(domainXml({ name: 'web', elements }));
    await placed.setCpuset('1');
    const xml = await placed.xml();
    expect(xml).toContain("<vcpu placement='static' cpuset='1'>1</vcpu>");
    expect(xml).toContain("<memory mode='strict' placement='auto'/>");
  });

  test.each<[string, () => Promise<void>]>([
    ['memory above the maximum', () => domain.setMemory(102_401)],
    ['no memory', () => domain.setMemory(0)],
    ['no memory with a unit', () => domain.setMemory('0MiB')],
    ['a size without a number', () => domain.setMaxMemory('MiB' as '1MiB')],
    ['a unit that is none', () => domain.setMemoryTuning({ softLimit: '1XB' as '1MB' })],
    ['memory that no number is exact for', () => domain.setMaxMemory('99999999999999999TiB')],
    [
      'swap and memory below memory',
      () => domain.setMemoryTuning({ hardLimit: 9, swapHardLimit: 8 }),
    ],
    ['shares that the kernel does not have', () => domain.setCpuTuning({ shares: 1 })],
    ['a period out of range', () => domain.setCpuTuning({ period: 999 })],
    ['half a quota', () => domain.setCpuTuning({ quota: 1000.5 })],
    ['CPUs that are none', () => domain.setCpuset('x')],
    ['more CPUs than the maximum', () => domain.setVcpus({ current: 2 })],
    ['a weight of 0', () => domain.setBlockTuning({ weight: 0 })],
    [
      'a negative rate',
      () => domain.setBlockTuning({ devices: [{ path: '/dev/a', readBytes: -1 }] }),
    ],
    ['no process', () => domain.setProcessLimit(0)],
    ['pages of 3 KiB', () => domain.setHugepageLimit({ size: 3, max: 1 })],
    ['nodes that are none', () => domain.setNumaTuning({ nodeset: '-' })],
  ])('%s is refused, and nothing changes', async (_what, change) => {
    const before = await domain.xml();
    await expect(change()).rejects.toMatchObject({ code: 'INVALID_ARG' });
    expect(await domain.xml()).toBe(before);
  });

  test.each<[string, () => Promise<void>]>([
    ['memory', () => domain.setMemory(-1)],
    ['maximum', () => domain.setMaxMemory(0.5)],
    ['change.softLimit', () => domain.setMemoryTuning({ softLimit: -1 })],
    ['change.period', () => domain.setCpuTuning({ shares: 2, period: 1.5 })],
    ['change.maximum', () => domain.setVcpus({ current: 1, maximum: 0 })],
    ['change.weight', () => domain.setBlockTuning({ weight: 0 })],
    [
      'change.devices[1].readIops',
      () => domain.setBlockTuning({ devices: [{ path: '/a' }, { path: '/b', readIops: -1 }] }),
    ],
    ['max', () => domain.setProcessLimit(0)],
    ['limit.size', () => domain.setHugepageLimit({ size: 5, max: 1 })],
    ['limit.max', () => domain.setHugepageLimit({ size: 2048, max: -1 })],
    ['change.inbound.peak', () => domain.setBandwidth('veth0', { inbound: { peak: -1 } })],
  ])('the error about a number out of its range names the argument: %s', async (element, set) => {
    await expect(set()).rejects.toMatchObject({ code: 'INVALID_ARG', element });
  });

  test.each([
    [{ shares: 1 }, "shares '1' must be in range [2, 262144]"],
    [{ shares: 1e20 }, "shares '100000000000000000000' must be in range [2, 262144]"],
    [{ period: -1 }, "cfs_period '-1' must be in range (1000, 1000000)"],
    [{ quota: 999 }, "cfs_quota '999' must be in range (1000, 17592186044415)"],
    [{ quota: 1000.5 }, "'1000.5' is not a whole number for quota"],
  ])('%j is refused in the words of libvirt’s cgroups', async (change, words) => {
    await expect(domain.setCpuTuning(change)).rejects.toThrow(`invalid argument: ${words}`);
  });

  test('live is refused', async () => {
    const code = 'OPERATION_INVALID';
    await expect(domain.setMemory(1, { which: 'live' })).rejects.toMatchObject({ code });
    await expect(domain.getCpuset({ which: 'live' })).rejects.toMatchObject({ code });
  });
});

describe('of what runs', () => {
  beforeEach(() => domain.start());

  test('a refusal of the kernel leaves the definition as it was', async () => {
    host.failLimit = new SyscallError({ errno: 16, syscall: 'write', path: `${v2}/memory.max` });
    await expect(domain.setMemory(1024)).rejects.toMatchObject({ errno: 16 });
    expect(await domain.xml()).toContain("<currentMemory unit='KiB'>102400</currentMemory>");
  });

  test('on v2 memory is made room for before it falls, and swap is counted alone', async () => {
    host.limitFiles.set(`${v2}/memory.max`, '104857600');
    await domain.setMemoryTuning({ hardLimit: 65_536, swapHardLimit: 98_304 });
    expect(host.written).toEqual([
      `${v2} squeezed to 67108864`,
      `${v2}/memory.max 67108864`,
      `${v2}/memory.swap.max 33554432`,
    ]);
    host.written.length = 0;
    // Less memory leaves more of the sum for swap.
    await domain.setMemory(32_768);
    expect(host.written.slice(1)).toEqual([
      `${v2}/memory.max 33554432`,
      `${v2}/memory.swap.max 67108864`,
    ]);
    expect(await domain.getMemoryTuning()).toMatchObject({
      hardLimit: 32_768,
      swapHardLimit: 98_304,
    });
  });

  test('on v1 memory and swap rise before memory, and fall after it', async () => {
    onV1();
    host.limitFiles.set(`${v1}/memory.limit_in_bytes`, '104857600');
    const at = (folder: string, file: string, bytes: number): string =>
      `${folder}/memory.${file}limit_in_bytes ${bytes}`;
    // The one that holds, and what the container reads of it.
    const [held, seen] = [v1, `${v1}/init`];
    await domain.setMemoryTuning({ hardLimit: 65_536, swapHardLimit: 65_536 });
    await domain.setMemoryTuning({ hardLimit: 131_072, swapHardLimit: 131_072 });
    expect(host.written).toEqual([
      ...[held, seen].flatMap((one) => [at(one, '', 67_108_864), at(one, 'memsw.', 67_108_864)]),
      ...[held, seen].flatMap((one) => [at(one, 'memsw.', 134_217_728), at(one, '', 134_217_728)]),
    ]);
    await expect(domain.setMemoryTuning({ swapHardLimit: 1024 })).rejects.toMatchObject({
      code: 'INVALID_ARG',
    });
  });

  test('the maximum of memory limits what has no lower limit', async () => {
    host.limitFiles.set(`${v2}/memory.max`, '104857600');
    await domain.setMaxMemory(204_800);
    expect(host.written).toEqual([`${v2}/memory.max 209715200`]);
    await domain.setMemory(51_200);
    host.written.length = 0;
    await domain.setMaxMemory(153_600);
    expect(host.written).toEqual([`${v2}/memory.max 52428800`]);
    expect(await domain.getMemory()).toEqual({ maximum: 153_600, current: 51_200 });
  });

  test('shares are a weight on v2, and read as what was set', async () => {
    await domain.setCpuTuning({ shares: 515 });
    expect(host.written).toEqual([`${v2}/cpu.weight 50`]);
    expect(await domain.getCpuTuning()).toMatchObject({ shares: 515 });
    host.limitFiles.set(`${v2}/cpu.weight`, '100');
    expect(await domain.getCpuTuning()).toMatchObject({ shares: 1024 });
  });

  test('half of the time is changed with the other half as it is', async () => {
    host.limitFiles.set(`${v2}/cpu.max`, 'max 50000');
    await domain.setCpuTuning({ quota: 10_000 });
    expect(host.written).toEqual([`${v2}/cpu.max 10000 50000`]);
  });

  test('a cpuset of v1 grows from the top and shrinks from the bottom', async () => {
    onV1();
    const at = '/cpuset/libvirt/lxc/web';
    host.limitFiles.set(`${at}/cpuset.cpus`, '0-1');
    await domain.setCpuset('1-2');
    expect(host.written).toEqual([
      `${at}/cpuset.cpus 0-2`,
      `${at}/init/cpuset.cpus 0-2`,
      `${at}/init/cpuset.cpus 1-2`,
      `${at}/cpuset.cpus 1-2`,
    ]);
    await expect(domain.setCpuset('4')).rejects.toMatchObject({ code: 'INVALID_ARG' });
  });

  test('rates of v1 are those of the directory that the tasks are in', async () => {
    onV1();
    await domain.setBlockTuning({ devices: [{ path: '/dev/a', writeBytes: 5 }] });
    const at = '/blkio/libvirt/lxc/web';
    expect(host.written).toContain(`${at}/blkio.throttle.write_bps_device 8:0 5`);
    expect(host.written).toContain(`${at}/blkio.throttle.read_bps_device 8:0 0`);
    host.limitFiles.set(`${at}/blkio.throttle.write_bps_device`, '8:0 5');
    expect(await domain.getBlockTuning()).toMatchObject({
      devices: [{ path: '/dev/a', writeBytes: 5 }],
    });
  });

  test('a controller that the host lacks is named', async () => {
    host.layout = { hierarchies: [{ controllers: ['memory'], mount: '/memory' }] };
    await expect(domain.setProcessLimit(5)).rejects.toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      message: expect.stringContaining("'pids'") as unknown,
    });
  });

  test('what is stored is changed alone, by its name', async () => {
    await domain.setProcessLimit(5, { which: 'inactive' });
    expect(host.written).toEqual([]);
    expect(await domain.getProcessLimit({ which: 'inactive' })).toBe(5);
    expect(await domain.getProcessLimit()).toBe('unlimited');
  });

  describe('and what is stored, together,', () => {
    const both = { which: 'both' } as const;
    const looks = ['live', 'inactive'] as const;
    const current = async (): Promise<number[]> => {
      const found = looks.map(async (which) => (await domain.getMemory({ which })).current);
      return Promise.all(found);
    };

    test('are changed', async () => {
      await domain.setMemory(51_200, both);
      expect(await current()).toEqual([51_200, 51_200]);
      expect(await domain.getMemory(both)).toMatchObject({ current: 51_200 });
    });

    test('stay as they were when the kernel refuses', async () => {
      const path = `${v2}/memory.max`;
      host.failLimit = new SyscallError({ errno: 16, syscall: 'write', path });
      const before = await current();
      await expect(domain.setMemory(1024, both)).rejects.toMatchObject({ errno: 16 });
      expect(await current()).toEqual(before);
    });

    test('stay as they were when the definition refuses', async () => {
      await domain.setMaxMemory(1024, { which: 'inactive' });
      const written = host.written.length;
      const before = await current();
      await expect(domain.setMemory(2048, both)).rejects.toMatchObject({ code: 'INVALID_ARG' });
      expect(await current()).toEqual(before);
      expect(host.written).toHaveLength(written);
    });

    test('need a stored definition and what runs', async () => {
      await domain.undefine();
      const code = 'OPERATION_INVALID';
      await expect(domain.setProcessLimit(5, both)).rejects.toMatchObject({ code });
      expect(host.written).toEqual([]);
      const off = await host.connect().defineDomain(domainXml({ name: 'off' }));
      await expect(off.setProcessLimit(5, both)).rejects.toMatchObject({ code });
      expect(await off.getProcessLimit()).toBe('unlimited');
    });
  });
});
