/** The host's NUMA cells: the memory, pages and CPUs of each, and how far it is from the others. */
import { join } from 'node:path';
import { namesIn } from '../names-in';
import { readAttribute } from './attribute';
import { parseCpuList, readCpuMap } from './cpu-map';
import { countPages, hasNuma, kernelPageFolders, numaCells, readCellMemory } from './pages';
import type { PageCount, PageFolders } from './pages';

/** A NUMA cell. */
export interface NodeCell {
  readonly id: number;
  /** KiB. */
  readonly memory: number;
  /** The smallest first. */
  readonly pages: readonly PageCount[];
  /** To each cell, itself too; none where the kernel has no NUMA. */
  readonly distances: readonly CellDistance[];
  readonly cpus: readonly CellCpu[];
}

/** How far another cell is: 10 is the distance of a cell to itself. */
export interface CellDistance {
  readonly cell: number;
  readonly value: number;
}

/** A CPU of a cell. */
export interface CellCpu {
  readonly id: number;
  /** Missing for a CPU that is offline. */
  readonly topology?: CpuTopology;
}

/** Numbers of what a CPU is a part of: each is 0 where the kernel doesn't tell. */
export interface CpuTopology {
  readonly socket: number;
  readonly die: number;
  readonly cluster: number;
  readonly core: number;
  /** The CPUs that are threads of the same core, as a list of the kernel: `0,4`. */
  readonly siblings: string;
}

/** Where the kernel shows them; tests have files of their own there. */
export interface CellFolders extends PageFolders {
  readonly cpus: string;
}

const kernelFolders: CellFolders = { ...kernelPageFolders, cpus: '/sys/devices/system/cpu' };

/** In order of their numbers; one with all memory and all CPUs that are online where the kernel has no NUMA. */
export function readNodeCells(folders: CellFolders = kernelFolders): NodeCell[] {
  const cells = numaCells(folders);
  return cells.map((id) => {
    const memory = readCellMemory(id, folders)?.total ?? 0;
    return {
      id,
      memory,
      pages: countPages(id, memory, folders),
      distances: distancesFrom(id, cells, folders),
      cpus: cpusOf(id, folders).map((cpu) => readCpu(cpu, folders)),
    };
  });
}

/** The kernel lists the distances in the order of the cells, without their numbers. */
function distancesFrom(id: number, cells: readonly number[], folders: CellFolders): CellDistance[] {
  const values = readAttribute(join(folders.cells, `node${id}`, 'distance'))?.match(/\d+/g) ?? [];
  return cells.flatMap((cell, index) => {
    const value = values[index];
    return value === undefined ? [] : [{ cell, value: Number(value) }];
  });
}

function cpusOf(id: number, folders: CellFolders): readonly number[] {
  if (!hasNuma(folders)) return readCpuMap(folders.cpus).online;
  return parseCpuList(readAttribute(join(folders.cells, `node${id}`, 'cpulist')) ?? '');
}

function readCpu(id: number, { cpus }: CellFolders): CellCpu {
  const folder = join(cpus, `cpu${id}`, 'topology');
  // A CPU that is offline has no topology.
  if (namesIn(folder).length === 0) return { id };
  // -1 where the machine has no such parts.
  const number = (name: string): number =>
    Math.max(0, Number(readAttribute(join(folder, name)) ?? 0));
  const topology = {
    socket: number('physical_package_id'),
    die: number('die_id'),
    cluster: number('cluster_id'),
    core: number('core_id'),
    siblings: readAttribute(join(folder, 'thread_siblings_list')) ?? String(id),
  };
  return { id, topology };
}
