/** What weights of block devices come to under BFQ, where this kernel has it: measured on a loop device of our own. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { limitFile, limitPlace, LimitTable } from '../support/domain/limit-table';
import { MarkedDisk } from '../support/fake/marked-disk';
import { makeTestRoot } from '../support/root/test-root';
import { hostHas } from '../support/world/host-side';

const table = new LimitTable();

const world = containerTest(async (keep) => {
  const disk = keep(new MarkedDisk());
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const scheduler = `/sys/block/${disk.path.slice('/dev/'.length)}/queue/scheduler`;
  return { disk, connection, scheduler };
});

afterAll(() => table.print());

async function start(name: string, weight: number): Promise<Domain> {
  const source = `<source><block>${world.disk.path}</block></source>`;
  const domain = await world.connection.defineDomain(
    domainXml({
      name,
      devices: `<hostdev mode='capabilities' type='storage'>${source}</hostdev>`,
    }),
  );
  await domain.start();
  await domain.setBlockTuning({ weight });
  // v1 counts from the first limit on: one that limits nothing.
  await domain.setBlockTuning({ devices: [{ path: world.disk.path, readBytes: 2 ** 40 }] });
  return domain;
}

const readBy = async (domain: Domain): Promise<number> =>
  (await domain.stats()).io?.reduce((sum, { readBytes }) => sum + readBytes, 0) ?? 0;

test('of two that read from one device, each gets as much as its weight says', async () => {
  const schedulers = readFileSync(world.scheduler, 'latin1');
  const row = { limit: 'blkiotune weight', set: '800 : 100' };
  if (!hostHas('BFQ', () => schedulers.includes('bfq'))) {
    table.add({ ...row, version: '', kernel: '', effect: 'no BFQ here', measured: 'not measured' });
    return;
  }
  writeFileSync(world.scheduler, 'bfq');
  try {
    const parameters = world.scheduler.replace(/[^/]+$/, 'iosched');
    writeFileSync(`${parameters}/low_latency`, '0');
    writeFileSync(`${parameters}/strict_guarantees`, '1');
    const reader =
      'import os, mmap; m = mmap.mmap(-1, 1 << 18); ' +
      `f = os.open("${world.disk.path}", os.O_RDONLY | os.O_DIRECT); ` +
      'all(os.preadv(f, [m], 0) for _ in iter(int, 1))';
    const [heavy, light] = [await start('heavy', 800), await start('light', 100)];
    const files = { v1: 'blkio.bfq.weight', v2: 'io.bfq.weight' };
    const kernel = ['heavy', 'light'].map((name) => limitFile(name, 'io', files)).join(', ');
    for (const domain of [heavy, light]) await inside(domain, `python3 -c '${reader}' & true`);
    const first = await Promise.all([readBy(heavy), readBy(light)]);
    await sleep(6000);
    const second = await Promise.all([readBy(heavy), readBy(light)]);
    await Promise.all([heavy.destroy(), light.destroy()]);
    const ratio = (second[0] - first[0]) / (second[1] - first[1]);
    table.add({
      ...row,
      version: limitPlace('heavy', 'io')?.version ?? '',
      kernel,
      effect: `bytes read ${ratio.toFixed(2)} : 1`,
      measured: 'a loop of reads in each from a loop device with BFQ for 6 s',
    });
    expect(ratio).toBeGreaterThan(3);
  } finally {
    writeFileSync(world.scheduler, /\[(\w[\w-]*)\]/.exec(schedulers)?.[1] ?? 'none');
  }
});
