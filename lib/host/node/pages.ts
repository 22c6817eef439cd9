/** The pages of the host's memory by size: how many are free, and the pools of huge pages, of each NUMA cell. */
import { readFileSync, writeFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { TslxcError } from '../../errors';
import { fileError, naming } from '../state/file-error';
import { namesIn } from '../names-in';
import { readNodeMemoryStatistics, type NodeMemoryStatistics } from '../kernel/node';

/** Free pages of one size. */
export interface FreePages {
  /** KiB of one page. */
  readonly size: number;
  /** How many pages of that size are free. */
  readonly free: number;
}

/** All pages of one size. */
export interface PageCount {
  /** KiB of one page. */
  readonly size: number;
  /** How many pages there are of that size, free or not. */
  readonly count: number;
}

/** How a pool of huge pages is to change. */
export interface PoolChange {
  /** KiB of one page. */
  readonly size: number;
  /** A number of pages. */
  readonly count: number;
  /** `add`: `count` is added to the pool; `set`: the pool is to hold `count`. */
  readonly how: 'set' | 'add';
  /** Number of a NUMA cell; without one, the pool of the whole host. */
  readonly cell?: number | undefined;
}

/** Where the kernel shows them; tests have files of their own there. */
export interface PageFolders {
  readonly host: string;
  readonly cells: string;
}

export const kernelPageFolders: PageFolders = {
  host: '/sys/kernel/mm/hugepages',
  cells: '/sys/devices/system/node',
};

/** Numbers of the NUMA cells; one where the kernel has no NUMA. */
export function numaCells({ cells }: PageFolders = kernelPageFolders): number[] {
  const numbers = namesIn(cells).flatMap((name) => {
    const [, digits] = /^node(\d+)$/.exec(name) ?? [];
    return digits === undefined ? [] : [Number(digits)];
  });
  return numbers.length === 0 ? [0] : numbers.sort((a, b) => a - b);
}

/** KiB of a page of the system. */
export function systemPageSize(): number {
  // The auxiliary vector: pairs of words of the machine, a type and its value (getauxval(3)).
  const vector = readFileSync('/proc/self/auxv');
  const width = narrow.includes(process.arch) ? 4 : 8;
  for (let at = 0; at + 2 * width <= vector.length; at += 2 * width) {
    if (wordAt(vector, at, width) === pageSizeType) return wordAt(vector, at + width, width) / 1024;
  }
  throw new TslxcError('INTERNAL_ERROR', "Can't determine page size");
}

/** AT_PAGESZ. */
const pageSizeType = 6;

/** Node.js's names of the machines whose words have 32 bits. */
const narrow: readonly string[] = ['arm', 'ia32', 'mips', 'mipsel', 'ppc'];

function wordAt(vector: Buffer, at: number, width: 4 | 8): number {
  const isLittle = endianness() === 'LE';
  if (width === 4) return isLittle ? vector.readUInt32LE(at) : vector.readUInt32BE(at);
  return Number(isLittle ? vector.readBigUInt64LE(at) : vector.readBigUInt64BE(at));
}

/** KiB of a page of each size that the kernel has, the smallest first. */
export function pageSizes({ host }: PageFolders = kernelPageFolders): number[] {
  return [systemPageSize(), ...poolSizes(host)];
}

/**
 * The pages of a cell, the smallest first. Those of the system are what the pools of huge pages leave of its memory.
 *
 * @param memory - KiB, all of the cell
 */
export function countPages(
  cell: number,
  memory: number,
  folders: PageFolders = kernelPageFolders,
): PageCount[] {
  const folder = poolsOf(cell, folders);
  const huge = poolSizes(folder).map((size) => ({
    size,
    count: readCount(join(folder, poolName(size), 'nr_hugepages')),
  }));
  const rest = huge.reduce((left, { size, count }) => left - size * count, memory);
  const system = systemPageSize();
  return [{ size: system, count: Math.floor(Math.max(0, rest) / system) }, ...huge];
}

/**
 * The free pages of each size, the smallest first. The pages of the system are those that nothing uses at all.
 *
 * @throws TslxcError as `checkCell`.
 */
export function readFreePages(
  cell: number | undefined,
  folders: PageFolders = kernelPageFolders,
): FreePages[] {
  checkCell(cell, folders);
  const size = systemPageSize();
  const memory = readCellMemory(cell, folders);
  if (memory === undefined) throw noCell(cell);
  const folder = poolsOf(cell, folders);
  const huge = poolSizes(folder).map((one) => ({
    size: one,
    free: readCount(join(folder, poolName(one), 'free_hugepages')),
  }));
  return [{ size, free: Math.floor(memory.free / size) }, ...huge];
}

/**
 * Changes a pool of huge pages.
 *
 * @throws TslxcError as `checkCell`; OPERATION_INVALID for the pages of the system; OPERATION_FAILED when there is no such size,
 * and when the kernel has not found all of the memory: the pool then has what it found.
 */
export function changePool(change: PoolChange, folders: PageFolders = kernelPageFolders): void {
  const { size, count, how, cell } = change;
  if (size === systemPageSize()) {
    throw new TslxcError('OPERATION_INVALID', "system pages pool can't be modified");
  }
  checkCell(cell, folders);
  const folder = poolsOf(cell, folders);
  if (!poolSizes(folder).includes(size)) throw noPageSize(size, cell);
  const path = join(folder, poolName(size), 'nr_hugepages');
  const before = readCount(path);
  const wanted = how === 'add' ? before + count : count;
  try {
    writeFileSync(path, String(wanted));
  } catch (error) {
    throw fileError(naming(path, error), 'change a pool of huge pages');
  }
  const after = readCount(path);
  // When a pool gets smaller, pages in use stay in it until they are given back.
  if (after >= wanted) return;
  const [asked, got] = how === 'add' ? [count, after - before] : [wanted, after];
  const detail = `Unable to allocate ${String(asked)} pages. Allocated only ${String(got)}`;
  throw new TslxcError('OPERATION_FAILED', detail);
}

/**
 * Without a cell, the whole host is meant.
 *
 * @throws TslxcError INTERNAL_ERROR for a number past the last cell, OPERATION_FAILED for one between cells, both in libvirt's
 * words (virhostmem.c, virnuma.c).
 */
export function checkCell(
  cell: number | undefined,
  folders: PageFolders = kernelPageFolders,
): void {
  const cells = numaCells(folders);
  if (cell === undefined || cells.includes(cell)) return;
  const last = cells.at(-1) ?? 0;
  if (cell >= 0 && cell < last) throw noCell(cell);
  const detail = `start cell ${String(cell)} out of range (0-${String(last)})`;
  throw new TslxcError('INTERNAL_ERROR', detail);
}

/** The error of pages of a size (KiB) that a cell, or the whole host, does not have: in libvirt's words (virnuma.c). */
export function noPageSize(size: number, cell: number | undefined): TslxcError {
  const where = cell === undefined ? '' : ` on node ${String(cell)}`;
  const detail = `page size ${String(size)} is not available${where}`;
  return new TslxcError('OPERATION_FAILED', detail);
}

function noCell(cell: number | undefined): TslxcError {
  return new TslxcError('OPERATION_FAILED', `NUMA node ${String(cell)} is not available`);
}

/** The memory of a cell, or of the host; undefined if there is no such cell. Without NUMA, the cell 0 is the host. */
export function readCellMemory(
  cell: number | undefined,
  folders: PageFolders = kernelPageFolders,
): NodeMemoryStatistics | undefined {
  const isHost = cell === 0 && !hasNuma(folders);
  return readNodeMemoryStatistics(isHost ? undefined : cell, folders.cells);
}

/** Whether the kernel has NUMA. */
export function hasNuma({ cells }: PageFolders): boolean {
  return namesIn(cells).some((name) => /^node\d+$/.test(name));
}

function poolsOf(cell: number | undefined, folders: PageFolders): string {
  if (cell === undefined || !hasNuma(folders)) return folders.host;
  return join(folders.cells, `node${String(cell)}`, 'hugepages');
}

/** None when there is no such folder: the kernel has no NUMA, or no huge pages. */
function poolSizes(folder: string): number[] {
  return namesIn(folder)
    .flatMap((name) => {
      const [, digits] = /^hugepages-(\d+)kB$/.exec(name) ?? [];
      return digits === undefined ? [] : [Number(digits)];
    })
    .sort((a, b) => a - b);
}

function poolName(size: number): string {
  return `hugepages-${String(size)}kB`;
}

function readCount(path: string): number {
  try {
    return Number(readFileSync(path, 'latin1'));
  } catch (error) {
    throw fileError(naming(path, error), 'read a pool of huge pages');
  }
}
