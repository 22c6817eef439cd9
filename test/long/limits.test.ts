/** What limits of CPU and block devices come to, measured: quota, shares under contention, and rates. Prints the table. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { limitFile, limitPlace, LimitTable } from '../support/domain/limit-table';
import { MarkedDisk } from '../support/fake/marked-disk';
import { makeTestRoot } from '../support/root/test-root';

const table = new LimitTable();
const MiB = 1024 * 1024;

const world = containerTest(async (keep) => {
  const disk = keep(new MarkedDisk());
  const busybox = keep(await makeBusyboxRoot(['dd']));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { disk, busybox, connection };
});

afterAll(() => table.print());

async function start(name: string, elements = ''): Promise<Domain> {
  const domain = await world.connection.defineDomain(
    domainXml({
      name,
      elements: `${elements}<features><privnet/></features>`,
      filesystems: [{ source: world.busybox.path, target: '/' }],
      devices:
        `<hostdev mode='capabilities' type='storage'><source><block>${world.disk.path}</block></source>` +
        '</hostdev>',
    }),
  );
  await domain.start();
  return domain;
}

const busy = (domain: Domain): Promise<string> =>
  inside(domain, 'while :; do :; done & while :; do :; done & echo $!');

const usedBy = async (domain: Domain): Promise<number> => Number((await domain.info()).cpuTime);

// Little, so that a machine that is busy otherwise has it to give; more than a tick of the kernel, which runs over.
test.each([
  [0.1, 10_000],
  [0.2, 20_000],
])('a quota of %d CPUs is kept within 10 %%', async (share, quota) => {
  const domain = await start('quota');
  await domain.setCpuTuning({ period: 100_000, quota });
  const kernel = limitFile('quota', 'cpu', { v1: 'cpu.cfs_quota_us', v2: 'cpu.max' });
  await busy(domain);
  const [used, began] = [await usedBy(domain), process.hrtime.bigint()];
  await sleep(8000);
  const [usedThen, ended] = [await usedBy(domain), process.hrtime.bigint()];
  await domain.destroy();
  const measured = (usedThen - used) / Number(ended - began);
  table.add({
    limit: 'quota',
    version: limitPlace('quota', 'cpu')?.version ?? '',
    set: `${quota} of 100000`,
    kernel,
    effect: `${measured.toFixed(4)} of a CPU (${share})`,
    measured: 'two busy loops, CPU time of 8 s',
  });
  expect(measured / share).toBeGreaterThan(0.9);
  expect(measured / share).toBeLessThan(1.1);
});

test('of two that want the same CPU, each gets as much as its shares say', async () => {
  // The same CPU, since their shares of different ones need not be the same.
  const pinned = "<vcpu cpuset='0'>1</vcpu>";
  const [large, small] = [await start('large', pinned), await start('small', pinned)];
  await large.setCpuTuning({ shares: 3072 });
  await small.setCpuTuning({ shares: 1024 });
  const weights = { v1: 'cpu.shares', v2: 'cpu.weight' };
  const kernel = ['large', 'small'].map((name) => limitFile(name, 'cpu', weights)).join(', ');
  await Promise.all([busy(large), busy(small)]);
  await sleep(500);
  const first = await Promise.all([usedBy(large), usedBy(small)]);
  await sleep(8000);
  const second = await Promise.all([usedBy(large), usedBy(small)]);
  await Promise.all([large.destroy(), small.destroy()]);
  const ratio = (second[0] - first[0]) / (second[1] - first[1]);
  table.add({
    limit: 'shares',
    version: limitPlace('large', 'cpu')?.version ?? '',
    set: '3072 : 1024',
    kernel,
    effect: `CPU time ${ratio.toFixed(2)} : 1`,
    measured: 'busy loops of both on one CPU for 8 s',
  });
  expect(ratio).toBeGreaterThan(2.4);
  expect(ratio).toBeLessThan(3.6);
});

test.each([
  ['writeBytes', 'write', MiB, `if=/dev/zero of=`, 'oflag'],
  ['readBytes', 'read', MiB, `of=/dev/null if=`, 'iflag'],
] as const)(
  '%s of a device is kept within 20 %%',
  async (...[property, words, rate, ends, flag]) => {
    const domain = await start('rate');
    const node = `/dev/${world.disk.path.slice('/dev/'.length)}`;
    const once = `dd ${ends}${node} bs=128k count=8 ${flag}=direct 2>/dev/null`;
    const transfer = async (): Promise<number> => {
      const began = Date.now();
      await inside(domain, `for i in 1 2 3 4; do ${once}; done`);
      return Date.now() - began;
    };
    // What the programs themselves take is long where processes start slowly.
    const unlimited = await transfer();
    await domain.setBlockTuning({ devices: [{ path: world.disk.path, [property]: rate }] });
    const throttle = `blkio.throttle.${words}_bps_device`;
    const kernel = limitFile('rate', 'io', { v1: throttle, v2: 'io.max' });
    const measured = (4 * MiB * 1000) / ((await transfer()) - unlimited);
    await domain.destroy();
    table.add({
      limit: `blkiotune ${words}`,
      version: limitPlace('rate', 'io')?.version ?? '',
      set: `${rate} B/s`,
      kernel,
      effect: `${Math.round(measured)} B/s`,
      measured: `dd of 4 MiB with O_DIRECT, beyond the ${unlimited} ms without a limit`,
    });
    expect(measured / rate).toBeGreaterThan(0.8);
    expect(measured / rate).toBeLessThan(1.2);
  },
);
