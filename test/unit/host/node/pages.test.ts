/** Free pages and pools of huge pages, on files as the kernel shows them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  changePool,
  checkCell,
  countPages,
  numaCells,
  pageSizes,
  readCellMemory,
  readFreePages,
  systemPageSize,
} from '../../../../lib/host/node/pages';
import type { PageFolders } from '../../../../lib/host/node/pages';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

const huge = systemPageSize() * 512;

/** A host with pools of its own, and with these NUMA cells. */
function host(...cells: readonly number[]): PageFolders {
  const root = scratchDirectory();
  const folders = { host: join(root, 'hugepages'), cells: join(root, 'node') };
  const places = [
    folders.host,
    ...cells.map((cell) => join(folders.cells, `node${cell}`, 'hugepages')),
  ];
  for (const place of places) {
    const pool = join(place, `hugepages-${huge}kB`);
    mkdirSync(pool, { recursive: true });
    writeFileSync(join(pool, 'nr_hugepages'), '4\n');
    writeFileSync(join(pool, 'free_hugepages'), '3\n');
  }
  for (const cell of cells) {
    const of = `Node ${cell}`;
    const meminfo = `${of} MemTotal: 4096000 kB\n${of} MemFree: 2048000 kB\n`;
    writeFileSync(join(folders.cells, `node${cell}`, 'meminfo'), meminfo);
  }
  return folders;
}

function pool(folders: PageFolders, cell?: number): string {
  const of = cell === undefined ? folders.host : join(folders.cells, `node${cell}`, 'hugepages');
  return readFileSync(join(of, `hugepages-${huge}kB`, 'nr_hugepages'), 'utf8');
}

test('the cells are in order, and there is one without NUMA', () => {
  expect(numaCells(host(10, 0, 2))).toEqual([0, 2, 10]);
  expect(numaCells(host())).toEqual([0]);
});

test('the page of the system is the one that the kernel maps with', () => {
  const [, size] =
    /^KernelPageSize: +(\d+) kB$/m.exec(readFileSync('/proc/self/smaps', 'utf8')) ?? [];
  expect(systemPageSize()).toBe(Number(size));
});

test('free pages are told by size, the smallest first', () => {
  const [system, second] = readFreePages(undefined, host(0));
  expect(system?.size).toBe(systemPageSize());
  expect(system?.free).toBeGreaterThan(0);
  expect(second).toEqual({ size: huge, free: 3 });
  // Without NUMA there is the cell 0 alone.
  for (const cells of [[0], []]) {
    expect(readFreePages(0, host(...cells))).toHaveLength(2);
    expect(() => readFreePages(999, host(...cells))).toThrow(
      'internal error: start cell 999 out of range (0-0)',
    );
  }
});

test('a cell is refused in libvirt’s words: past the last one, and where there is none before it', () => {
  const folders = host(0, 2);
  for (const cell of [undefined, 0, 2]) expect(() => checkCell(cell, folders)).not.toThrow();
  for (const cell of [3, -1]) {
    const message = `start cell ${String(cell)} out of range (0-2)`;
    expect(errorOf(() => checkCell(cell, folders))).toMatchObject({
      code: 'INTERNAL_ERROR',
      message: `internal error: ${message}`,
    });
  }
  expect(errorOf(() => checkCell(1, folders))).toMatchObject({
    code: 'OPERATION_FAILED',
    message: 'operation failed: NUMA node 1 is not available',
  });
});

function errorOf(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('the memory of the cell 0 is that of the host where the kernel has no NUMA', () => {
  expect(readCellMemory(0, host(0))).toEqual({ total: 4_096_000, free: 2_048_000 });
  expect(readCellMemory(0, host())).toMatchObject({ cached: expect.any(Number) as number });
  expect(readCellMemory(1, host(0))).toBeUndefined();
  expect(readCellMemory(1, host())).toBeUndefined();
});

test('pages are counted by size, those of the system without what the pools have', () => {
  for (const cells of [[0], []]) {
    const folders = host(...cells);
    expect(pageSizes(folders)).toEqual([systemPageSize(), huge]);
    expect(countPages(0, 10 * huge, folders)).toEqual([
      { size: systemPageSize(), count: 6 * 512 },
      { size: huge, count: 4 },
    ]);
  }
});

test('a pool is set, or added to, of the host or of one cell', () => {
  const folders = host(0, 1);
  changePool({ size: huge, count: 9, how: 'set' }, folders);
  changePool({ size: huge, count: 2, how: 'add', cell: 1 }, folders);
  expect([pool(folders), pool(folders, 0), pool(folders, 1)]).toEqual(['9', '4\n', '6']);
});

test.each<[string, Parameters<typeof changePool>[0], string]>([
  [
    'pages of the system',
    { size: systemPageSize(), count: 1, how: 'set' },
    "Requested operation is not valid: system pages pool can't be modified",
  ],
  [
    'a size that there is none of',
    { size: 5, count: 1, how: 'set' },
    'operation failed: page size 5 is not available',
  ],
  [
    'a size that a cell has none of',
    { size: 5, count: 1, how: 'set', cell: 0 },
    'operation failed: page size 5 is not available on node 0',
  ],
  [
    'a cell that there is none of',
    { size: huge, count: 1, how: 'set', cell: 7 },
    'internal error: start cell 7 out of range (0-0)',
  ],
])('%s can not be changed', (_what, change, message) => {
  const folders = host(0);
  expect(() => changePool(change, folders)).toThrow(message);
  expect([pool(folders), pool(folders, 0)]).toEqual(['4\n', '4\n']);
});
