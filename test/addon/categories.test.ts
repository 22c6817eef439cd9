/** T12. Categories of domains, from one folder of the host. */
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  claimRange,
  releaseRange,
  reserveLabel,
} from '../../lib/container/security/selinux/categories';
import { readEntries } from '../../lib/container/security/selinux/category-folder';
import type { CategoryEntry } from '../../lib/container/security/selinux/category-folder';
import { lockFile } from '../../lib/host/state/file-lock';
import { bootId } from '../../lib/host/kernel/boot/boot-id';
import { statOf } from '../../lib/container/init/process-stat';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { claimByMany } from '../support/labels/many-labels';
import { runNode } from './node-child';

/** 28 pairs. */
const few = 'u:r:t:s0-s0:c0.c7';
const noProcess = 4_194_304; // the kernel's own limit of pids

let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync('/var/tmp/tslxc-categories-');
  folder = join(root, 'categories');
});

afterEach(() => rmSync(root, { recursive: true }));

function startedOf(pid: number): number {
  return statOf(pid)?.started ?? 0;
}

function claim(name: string, labels: readonly string[] = []): Promise<string> {
  const labelsInUse = (): readonly string[] => labels;
  return claimRange({ owner: { root, name }, caller: few, labelsInUse, folder });
}

function reserve(name: string, label: string): Promise<void> {
  return reserveLabel({ owner: { root, name }, label, folder });
}

/** As starts leave them that have come no further. */
function write(entries: readonly CategoryEntry[]): void {
  for (const kind of ['dynamic', 'static', 'owners'])
    mkdirSync(join(folder, kind), { recursive: true });
  for (const { pair, type, ...rest } of entries)
    symlinkSync(JSON.stringify(rest), join(folder, type, pair.join()));
}

/** All pairs of c0.c7, of a domain whose process has died. */
function deadEntries(): CategoryEntry[] {
  return Array.from({ length: 8 }, (_, first) =>
    Array.from({ length: 7 - first }, (__, step): CategoryEntry => {
      const second = first + step + 1;
      const name = `d${first}-${second}`;
      const who = { pid: noProcess, started: 1, boot: bootId() };
      return { root, name, pair: [first, second], type: 'dynamic', ...who };
    }),
  ).flat();
}

/** Whether `action` waits for the folder's lock, which is given back then. */
async function withHeldLock(
  held: string,
  action: () => Promise<unknown>,
): Promise<{ readonly waits: boolean }> {
  const fd = openSync(join(held, 'lock'), 'a');
  await lockFile(fd);
  const done = action();
  const waits = await Promise.race([done.then(() => false), setTimeout(200, true)]);
  closeSync(fd);
  await done;
  return { waits };
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
  await releaseRange({ root, name: 'd7' }, folder);
  expect(await claim('late')).toBe(ranges[7]);
});

test('a second start of a domain gives back what the first had', async () => {
  await claim('web');
  await claim('web');
  expect(readEntries(folder)).toHaveLength(1);
});

test('domains of one name under two roots are two, and a root has many paths', async () => {
  await claim('web');
  await claimRange({
    owner: { root: join(root, 'gone'), name: 'web' },
    caller: few,
    labelsInUse: () => [],
    folder,
  });
  expect(readEntries(folder)).toHaveLength(2);
  await releaseRange({ root: `${root}/../${root.split('/').at(-1) ?? ''}/.`, name: 'web' }, folder);
  expect(readEntries(folder)).toMatchObject([{ root: join(root, 'gone') }]);
});

test('nothing is left of the last, and there may have been none', async () => {
  await releaseRange({ root, name: 'web' }, folder);
  await claim('web');
  await releaseRange({ root, name: 'other' }, folder);
  expect(readEntries(folder)).toHaveLength(1);
  await releaseRange({ root, name: 'web' }, folder);
  for (const kind of ['dynamic', 'static', 'owners'])
    expect(readdirSync(join(folder, kind))).toEqual([]);
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

test('a static label without two categories is not recorded', async () => {
  await claim('web');
  await reserve('web', 'u:r:t:s0:c0.c1023');
  expect(readEntries(folder)).toEqual([]);
});

test('entries of another boot belong to no domain', async () => {
  const { pid } = process;
  write(
    deadEntries().map((entry) => ({ ...entry, pid, started: startedOf(pid), boot: 'another' })),
  );
  await claim('web');
  expect(readEntries(folder)).toMatchObject([{ name: 'web' }]);
});

test('who has a start record is not dead, and keeps one pair', async () => {
  const name = 'd2-5';
  const kept = await claim(name);
  const [own] = readEntries(folder);
  if (own === undefined) throw new Error('nothing was claimed');
  // As if the claimant had died after its record was written, and others of this domain's before theirs was.
  rmSync(join(folder, 'dynamic', own.pair.join()));
  const others = deadEntries().filter(({ pair }) => pair.join() !== own.pair.join());
  write([{ ...own, pid: noProcess }, ...others.map((other) => ({ ...other, name }))]);
  const { start } = runPaths(statePaths(root), name);
  mkdirSync(dirname(start), { recursive: true });
  writeFileSync(start, '{}');
  const ranges = await Promise.all(Array.from({ length: 27 }, (_, index) => claim(`n${index}`)));
  expect(new Set(ranges).size).toBe(27);
  expect(ranges).not.toContain(kept);
  await expect(claim('late')).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
  rmSync(start);
  expect(await claim('late')).toBe(kept);
});

test('the dead disappear with the first claim of the next process', async () => {
  write(deadEntries().slice(0, 9));
  await claim('web');
  expect(readEntries(folder)).toMatchObject([{ name: 'web' }]);
});

test('the dead give way later too, when nothing else is free', async () => {
  await claim('web');
  const [own] = readEntries(folder);
  write(deadEntries().filter(({ pair }) => pair.join() !== own?.pair.join()));
  const ranges = await Promise.all(Array.from({ length: 27 }, (_, index) => claim(`n${index}`)));
  expect(new Set(ranges).size).toBe(27);
  await expect(claim('late')).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
});

test('a domain that was thought dead does not take what another has got since', async () => {
  await claim('web');
  const [own] = readEntries(folder);
  if (own === undefined) throw new Error('nothing was claimed');
  rmSync(join(folder, 'dynamic', own.pair.join()));
  write([{ ...own, name: 'other' }]);
  await releaseRange({ root, name: 'web' }, folder);
  expect(readEntries(folder)).toMatchObject([{ name: 'other' }]);
});

test('a domain gets the pair again that it was thought dead with', async () => {
  const taken = await claim('web');
  const [own] = readEntries(folder);
  if (own === undefined) throw new Error('nothing was claimed');
  rmSync(join(folder, 'dynamic', own.pair.join()));
  const others = deadEntries()
    .map(({ pair: [first, second] }) => `u:r:x:s0:c${first},c${second}`)
    .filter((label) => !label.endsWith(taken));
  expect(await claim('web', others)).toBe(taken);
  expect(readEntries(folder)).toMatchObject([{ name: 'web', pair: own.pair }]);
});

test('a static reservation of a start that died is made anew', async () => {
  await reserve('web', 'u:r:t:s0:c3,c4');
  const [index = ''] = readdirSync(join(folder, 'owners'));
  rmSync(join(folder, 'owners', index));
  const place = join(folder, 'static', `3,4.${index}`);
  rmSync(place);
  const who = { root, name: 'web', pid: noProcess, started: 1, boot: bootId() };
  symlinkSync(JSON.stringify(who), place);
  await reserve('web', 'u:r:t:s0:c3,c4');
  expect(readEntries(folder)).toMatchObject([{ name: 'web', type: 'static', pid: process.pid }]);
  await releaseRange({ root, name: 'web' }, folder);
  expect(readEntries(folder)).toEqual([]);
});

test('an entry that can’t be read is reported with its path', async () => {
  write([]);
  symlinkSync('nonsense', join(folder, 'dynamic', '1,2'));
  await expect(claim('web')).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    path: join(folder, 'dynamic', '1,2'),
  });
});

test('what an earlier start has left is not taken back while another removes what is dead', async () => {
  await claim('web');
  const { waits } = await withHeldLock(folder, () => claim('web'));
  expect(waits).toBe(true);
  expect(readEntries(folder)).toHaveLength(1);
});

test('a dynamic label that goes away again is not in the way of a static one', async () => {
  const taken = await claim('web');
  const reserved = reserve('fixed', `u:r:t:${taken}`);
  await setTimeout(20);
  await releaseRange({ root, name: 'web' }, folder);
  await reserved;
  expect(readEntries(folder)).toMatchObject([{ name: 'fixed', type: 'static' }]);
});

test('what can’t be written is said', async () => {
  writeFileSync(folder, '');
  await expect(claim('web')).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    path: expect.stringContaining(folder) as string,
  });
});

test('another process with the number of the claimant is not it', async () => {
  write(deadEntries().map((entry) => ({ ...entry, pid: process.pid })));
  expect(await claim('web')).toMatch(/^s0:/);
});

test('a killed holder of the lock holds up no other process', async () => {
  await claim('web');
  const { code } = await runNode(`
    addon.tryFlock(fs.openSync('${folder}/lock', 'a'), 'exclusive');
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
  // Of eight that take turns, on two processors that three lanes share.
}, 120_000);
