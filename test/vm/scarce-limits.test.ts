/** Limits of what the machine has to be given first: swap, and huge pages. Prints its part of the table of limits. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { limitFile, LimitTable } from '../support/domain/limit-table';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';

const name = 'scarce';
const table = new LimitTable();
const MiB = 1024;

const domain = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const domain = await connection.defineDomain(
      domainXml({ name, elements: '<features><privnet/></features>' }),
    );
    keep(() => domain.destroy());
    await domain.start();
    keep(() => table.print());
    return domain;
  },
  { per: 'file' },
);

async function run(...words: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram(words);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
}

/** Runs `action` while the machine has so much swap, in MiB. */
async function withSwap(size: number, action: () => Promise<void>): Promise<void> {
  const file = '/var/tmp/swap';
  await run('fallocate', '-l', `${size}M`, file);
  await run('chmod', '600', file);
  await run('mkswap', file);
  await run('swapon', file);
  try {
    await action();
  } finally {
    await run('swapoff', file);
    rmSync(file);
  }
}

const swapFile = (file: string): number =>
  Number(limitFile(name, 'memory', { v1: file, v2: file }));

test('swap_hard_limit: as much is swapped out as it leaves beside the memory, and not more', async () => {
  // Not zeros: the kernel drops pages of them, instead of swapping them out (Linux 6.12 and later).
  const random = 'dd if=/dev/urandom iflag=fullblock of=/dev/null count=1';
  const takes = async (size: number): Promise<boolean> =>
    /1\+0 records out/.test(await inside(domain, `${random} bs=${size}M 2>&1`));
  await withSwap(160, async () => {
    await domain.setMemoryTuning({ hardLimit: 32 * MiB, swapHardLimit: 32 * MiB });
    expect([swapFile('memory.swap.max'), await takes(64)]).toEqual([0, false]);
    await domain.setMemoryTuning({ swapHardLimit: 96 * MiB });
    const kernel = swapFile('memory.swap.max');
    expect(kernel).toBe(64 * MiB * 1024);
    expect(await domain.getMemoryTuning()).toMatchObject({ swapHardLimit: 96 * MiB });
    expect(await takes(64)).toBe(true);
    const peak = swapFile('memory.swap.peak');
    expect(peak).toBeGreaterThan(24 * MiB * 1024);
    expect(await takes(128)).toBe(false);
    expect(swapFile('memory.swap.peak')).toBeLessThanOrEqual(64 * MiB * 1024);
    await domain.setMemoryTuning({ hardLimit: 100 * MiB, swapHardLimit: 'unlimited' });
    table.add({
      limit: 'swap_hard_limit',
      version: 'v2',
      set: '32 → 96 MiB, memory 32 MiB',
      kernel: String(kernel),
      effect: `64 MiB: killed → taken, ${Math.round(peak / 1024 / 1024)} MiB swapped; 128 MiB: killed`,
      measured: 'dd with a buffer of that size, memory.swap.peak',
    });
  });
});

test('hugepages: one page more than the limit is not given', async () => {
  const pages = '/proc/sys/vm/nr_hugepages';
  const earlier = readFileSync(pages, 'latin1');
  writeFileSync(pages, '8');
  try {
    expect(readFileSync(pages, 'latin1')).toBe('8\n');
    const take = (count: number): Promise<string> =>
      inside(
        domain,
        `python3 -c 'import mmap; size = ${count} << 21; ` +
          'at = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000); ' +
          'at[0:size:4096] = b"x" * (size >> 12)\'; echo status $?',
      );
    expect(await take(3)).toMatch(/status 0\n$/);
    await domain.setHugepageLimit({ size: 2048, max: 4096 });
    const files = { v1: 'hugetlb.2MB.limit_in_bytes', v2: 'hugetlb.2MB.max' };
    const kernel = limitFile(name, 'hugetlb', files);
    expect(kernel).toBe(String(4 * MiB * 1024));
    expect(await domain.getHugepageLimits()).toEqual([{ size: 2048, max: 4096 }]);
    expect(await take(2)).toMatch(/status 0\n$/);
    // SIGBUS: cgroups count a page when it is touched.
    expect(await take(3)).toMatch(/status 135\n$/);
    table.add({
      limit: 'hugepages (ours)',
      version: 'v2',
      set: '4 MiB of 2 MiB',
      kernel,
      effect: '3 pages: given → SIGBUS; 2 pages: given',
      measured: 'mmap with MAP_HUGETLB, 8 pages on the host',
    });
  } finally {
    writeFileSync(pages, earlier);
  }
});
