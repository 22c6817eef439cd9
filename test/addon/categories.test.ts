/** Categories of domains, from one list of the host under one lock. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { claimRange, releaseRange, reserveLabel } from '../../lib/container/security/categories';
import { readEntries } from '../../lib/container/security/category-list';
import type { CategoryEntry } from '../../lib/container/security/category-list';
import { bootId } from '../../lib/host/boot-id';
import { runPaths, statePaths } from '../../lib/host/state-paths';
import { claimByMany } from '../support/many-labels';
import { runNode } from './node-child';

/** 28 pairs. */
const few = 'u:r:t:s0-s0:c0.c7';
const noProcess = 4_194_304; // the kernel's own limit of pids

let root: string;
let list: string;

beforeEach(() => {
  root = mkdtempSync('/var/tmp/tslxc-categories-');
  list = join(root, 'categories.json');
});

afterEach(() => rmSync(root, { recursive: true }));

function claim(name: string, labels: readonly string[] = []): Promise<string> {
  const labelsInUse = (): readonly string[] => labels;
  return claimRange({ owner: { root, name }, caller: few, labelsInUse, list });
}

function reserve(name: string, label: string): Promise<void> {
  return reserveLabel({ owner: { root, name }, label, list });
}

function write(entries: readonly object[], boot = bootId()): void {
  writeFileSync(list, JSON.stringify({ boot, entries }));
}

/** All pairs of c0.c7, of somebody who has died. */
function deadEntries(): CategoryEntry[] {
  return Array.from({ length: 8 }, (_, first) =>
    Array.from({ length: 7 - first }, (__, step): CategoryEntry => {
      const second = first + step + 1;
      const name = `d${first}-${second}`;
      return { root, name, pair: [first, second], type: 'dynamic', pid: noProcess, started: 1 };
    }),
  ).flat();
}

test('each domain has its own, until there are no more, and what is given back is free', async () => {
  const claims = Array.from({ length: 28 }, (_, index) => claim(`d${index}`));
  const ranges = await Promise.all(claims);
  expect(new Set(ranges).size).toBe(28);
  for (const range of ranges) expect(range).toMatch(/^s0:c[0-6],c[1-7]$/);
  await expect(claim('late')).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    domain: 'late',
    message: `operation failed: each pair of the 8 categories that ${few} may give away is in use`,
  });
  await releaseRange({ root, name: 'd7' }, list);
  expect(await claim('late')).toBe(ranges[7]);
});

test('a second start of a domain gives back what the first had', async () => {
  await claim('web');
  await claim('web');
  expect(readEntries(list)).toHaveLength(1);
});

test('domains of one name under two roots are two, and a root has many paths', async () => {
  await claim('web');
  await claimRange({
    owner: { root: join(root, 'gone'), name: 'web' },
    caller: few,
    labelsInUse: () => [],
    list,
  });
  expect(readEntries(list)).toHaveLength(2);
  await releaseRange({ root: `${root}/../${root.split('/').at(-1) ?? ''}/.`, name: 'web' }, list);
  expect(readEntries(list)).toMatchObject([{ root: join(root, 'gone') }]);
});

test('the list is gone with the last, and there may have been none', async () => {
  await releaseRange({ root, name: 'web' }, list);
  expect(existsSync(list)).toBe(false);
  await claim('web');
  await releaseRange({ root, name: 'other' }, list);
  expect(readEntries(list)).toHaveLength(1);
  await releaseRange({ root, name: 'web' }, list);
  expect(existsSync(list)).toBe(false);
});

test('what a static domain or another program’s process has is not given away', async () => {
  const taken = deadEntries().map(({ pair: [first, second] }) => `u:r:x:s0:c${first},c${second}`);
  // Whatever way it is written, and beside what is no context.
  const inUse = [...taken.slice(2), 'u:r:x:s0-s15:c2,c0', 'unconfined', 'u:r:x:s0:c0.c7'];
  await reserve('fixed', 'u:r:svirt_t:s0:c3,c4');
  expect(await claim('web', inUse)).toBe('s0:c0,c1');
  await expect(claim('late', inUse)).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
  await reserve('second', 'u:r:svirt_t:s0:c3,c4');
  await expect(reserve('third', 'u:r:svirt_t:s0:c1,c0')).rejects.toMatchObject({
    code: 'RESOURCE_BUSY',
    message: expect.stringContaining('running domain web') as string,
  });
});

test('a static label without two categories is nobody’s business', async () => {
  await claim('web');
  await reserve('web', 'u:r:t:s0:c0.c1023');
  expect(readEntries(list)).toEqual([]);
});

test('entries of another boot are nobody’s', async () => {
  write(deadEntries(), 'another');
  await claim('web');
  expect(readEntries(list)).toHaveLength(1);
});

test('the dead give way when nothing else is free; who has a start record is not dead', async () => {
  write(deadEntries());
  const { start } = runPaths(statePaths(root), 'd2-5');
  mkdirSync(dirname(start), { recursive: true });
  writeFileSync(start, '{}');
  const ranges = await Promise.all(Array.from({ length: 27 }, (_, index) => claim(`n${index}`)));
  expect(new Set(ranges).size).toBe(27);
  expect(ranges).not.toContain('s0:c2,c5');
  await expect(claim('late')).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
});

test('the dead disappear in time', async () => {
  const before = deadEntries().slice(0, 9);
  write(before);
  for (let round = 0; round < before.length; round += 1) await claim('web');
  expect(readEntries(list)).toMatchObject([{ name: 'web' }]);
});

test('another process with the number of the claimant is not it', async () => {
  write(deadEntries().map((entry) => ({ ...entry, pid: process.pid })));
  expect(await claim('web')).toMatch(/^s0:/);
});

test('a killed holder of the lock holds up nobody', async () => {
  await claim('web');
  const { code } = await runNode(`
    addon.tryFlock(fs.openSync('${list}.lock', 'a'), 'exclusive');
    process.exit(3);`);
  expect(code).toBe(3);
  expect(await claim('next')).toMatch(/^s0:/);
});

test('eight processes never have two alike', async () => {
  // In a file system of memory, as /run is.
  const folder = mkdtempSync('/dev/shm/tslxc-categories-');
  try {
    const { claimed, left } = await claimByMany({ folder, processes: 8, labels: 250 });
    expect(claimed).toBe(2000);
    expect(left).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
