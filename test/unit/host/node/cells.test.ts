/** The NUMA cells of a host, on files as the kernel shows them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readNodeMemoryStatistics } from '../../../../lib/host/kernel/node';
import { readNodeCells } from '../../../../lib/host/node/cells';
import type { CellFolders } from '../../../../lib/host/node/cells';
import { systemPageSize } from '../../../../lib/host/node/pages';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

type Files = Readonly<Record<string, string | number>>;

const page = systemPageSize();
const huge = page * 512;
const pool = `hugepages/hugepages-${huge}kB/nr_hugepages`;

/** A host with these files in its folders `hugepages`, `node` and `cpu`. */
function host(files: Files): CellFolders {
  const root = scratchDirectory();
  for (const [name, value] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${value}\n`);
  }
  return { host: join(root, 'hugepages'), cells: join(root, 'node'), cpus: join(root, 'cpu') };
}

interface Cell {
  readonly memory?: number;
  /** Huge ones. */
  readonly pages?: number;
  readonly cpus?: string;
  readonly distance?: string;
}

/** The files of a cell. */
function cell(id: number, { memory = 0, pages = 0, cpus = '', distance = '10' }: Cell): Files {
  return {
    [`node/node${id}/meminfo`]: `Node ${id} MemTotal: ${memory} kB\nNode ${id} MemFree: 1 kB`,
    [`node/node${id}/${pool}`]: pages,
    [`node/node${id}/cpulist`]: cpus,
    [`node/node${id}/distance`]: distance,
  };
}

/** The files of a CPU that is online. */
function cpu(id: number, topology: Files): Files {
  const files = Object.entries(topology);
  return Object.fromEntries(
    files.map(([name, value]) => [`cpu/cpu${id}/topology/${name}`, value] as const),
  );
}

test('each cell has its memory, its pages, its CPUs, and its distances', () => {
  const memory = 100 * huge;
  const place = { physical_package_id: 1, die_id: 2, cluster_id: 3, thread_siblings_list: '0,8' };
  const folders = host({
    ...cell(0, { memory, pages: 3, cpus: '0,8', distance: '10 21' }),
    // Numbers of cells may have gaps, and a cell may have memory alone.
    ...cell(2, { memory: memory + page - 1, distance: '21 10' }),
    ...cpu(0, { ...place, core_id: 4 }),
    ...cpu(8, { ...place, core_id: 4 }),
  });
  const topology = { socket: 1, die: 2, cluster: 3, core: 4, siblings: '0,8' };
  expect(readNodeCells(folders)).toEqual([
    {
      id: 0,
      memory,
      pages: [
        { size: page, count: 97 * 512 },
        { size: huge, count: 3 },
      ],
      distances: [
        { cell: 0, value: 10 },
        { cell: 2, value: 21 },
      ],
      cpus: [
        { id: 0, topology },
        { id: 8, topology },
      ],
    },
    {
      id: 2,
      memory: memory + page - 1,
      pages: [
        { size: page, count: 100 * 512 },
        { size: huge, count: 0 },
      ],
      distances: [
        { cell: 0, value: 21 },
        { cell: 2, value: 10 },
      ],
      cpus: [],
    },
  ]);
});

test('without NUMA there is one cell, with all memory and all CPUs that are online', () => {
  const folders = host({
    [pool]: 1,
    'cpu/online': '0-1',
    'cpu/cpu2/online': '0',
    ...cpu(0, { core_id: 0, thread_siblings_list: '0-1' }),
    ...cpu(1, { core_id: 0, thread_siblings_list: '0-1' }),
  });
  const memory = readNodeMemoryStatistics()?.total ?? 0;
  const topology = { socket: 0, die: 0, cluster: 0, core: 0, siblings: '0-1' };
  expect(readNodeCells(folders)).toEqual([
    {
      id: 0,
      memory,
      pages: [
        { size: page, count: Math.floor((memory - huge) / page) },
        { size: huge, count: 1 },
      ],
      distances: [],
      cpus: [
        { id: 0, topology },
        { id: 1, topology },
      ],
    },
  ]);
});

test('a CPU that is offline has its number alone', () => {
  const folders = host({
    ...cell(0, { cpus: '0-1' }),
    ...cpu(0, { core_id: 7 }),
    'cpu/cpu1/online': '0',
  });
  const topology = { socket: 0, die: 0, cluster: 0, core: 7, siblings: '0' };
  expect(readNodeCells(folders)[0]?.cpus).toEqual([{ id: 0, topology }, { id: 1 }]);
});

test('-1 is no number of a part', () => {
  const folders = host({
    ...cell(0, { cpus: '3' }),
    ...cpu(3, { physical_package_id: -1, die_id: -1, cluster_id: -1, core_id: 5 }),
  });
  const topology = { socket: 0, die: 0, cluster: 0, core: 5, siblings: '3' };
  expect(readNodeCells(folders)[0]?.cpus).toEqual([{ id: 3, topology }]);
});
