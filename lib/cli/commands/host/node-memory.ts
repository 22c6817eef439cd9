/** freecell, freepages, allocpages and node-memory-tune: the memory of the host, by NUMA cell and page size. */
import { formatOption, showsData } from '../../output/data';
import { noPageSize } from '../../../host/node/pages';
import { CommandError, UsageError } from '../../shell/command-error';
import type { FreePages, MemoryMerging, MemoryMergingChange } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const cellOption: Option = {
  name: 'cellno',
  kind: 'number',
  help: 'NUMA cell number',
  positional: 'undocumented',
};

export const commands: CommandTable = {
  freecell: {
    group: 'host',
    summary: 'free memory of the host and its NUMA cells',
    description: 'Display available free memory for the NUMA cell.',
    options: [
      cellOption,
      { name: 'all', kind: 'flag', help: 'show free memory for all NUMA cells' },
      formatOption,
    ],
    example: 'tslxc freecell --all',
    run: showFreeMemory,
  },
  freepages: {
    group: 'host',
    summary: 'free pages of the host and its NUMA cells',
    description: 'Display available free pages for the NUMA cell.',
    options: [
      cellOption,
      {
        name: 'pagesize',
        kind: 'number',
        help: 'page size (in kibibytes)',
        positional: 'undocumented',
      },
      { name: 'all', kind: 'flag', help: 'show free pages for all NUMA cells' },
      formatOption,
    ],
    example: 'tslxc freepages --all',
    run: showFreePages,
  },
  allocpages: {
    group: 'host',
    summary: 'manipulate pages pool size',
    description:
      'Allocate or free some pages in the pool for NUMA cell, or in that of the whole host.',
    options: [
      {
        name: 'pagesize',
        kind: 'number',
        help: 'page size (in kibibytes)',
        positional: 'required',
      },
      { name: 'pagecount', kind: 'number', help: 'page count', positional: 'required' },
      cellOption,
      {
        name: 'add',
        kind: 'flag',
        help: 'instead of setting new pool size add pages to it',
      },
      { name: 'all', kind: 'flag', help: 'set on all NUMA cells' },
    ],
    example: 'tslxc allocpages 2048 16 --add',
    run: allocate,
  },
  'node-memory-tune': {
    group: 'host',
    summary: 'get or set node memory parameters',
    description: 'Get or set node memory parameters: how the kernel merges equal pages of memory.',
    options: [
      {
        name: 'shm-pages-to-scan',
        kind: 'number',
        help: 'number of pages to scan before the shared memory service goes to sleep',
        positional: 'undocumented',
      },
      {
        name: 'shm-sleep-millisecs',
        kind: 'number',
        help: 'number of millisecs the shared memory service should sleep before next scan',
        positional: 'undocumented',
      },
      {
        name: 'shm-merge-across-nodes',
        kind: 'number',
        help: 'specifies if pages from different numa nodes can be merged: 0 or 1',
        values: ['0', '1'],
        positional: 'undocumented',
      },
      formatOption,
    ],
    example: 'tslxc node-memory-tune',
    run: tune,
  },
};

async function showFreeMemory(context: Context, options: Options): Promise<undefined> {
  options.exclusive('all', 'cellno');
  const { output } = context;
  const connection = await context.connect();
  const cell = options.integer('cellno');
  if (cell !== undefined && cell < 0) {
    const detail = 'startCell in virNodeGetCellsFreeMemory must be zero or greater';
    throw new CommandError(detail, { code: 'INVALID_ARG' });
  }
  if (!options.has('all')) {
    const free = connection.nodeFreeMemory(cell === undefined ? {} : { cell });
    if (showsData(output, options, [{ cell: cell ?? null, free }])) return undefined;
    output.line(`${cell === undefined ? 'Total' : String(cell)}: ${String(free)} KiB`);
    return undefined;
  }
  const cells = connection.nodeCells();
  const free = cells.map((one) => [one, connection.nodeFreeMemory({ cell: one })]);
  const data = free.map(([number, kibibytes]) => ({ cell: number, free: kibibytes }));
  if (showsData(output, options, data)) return undefined;
  const line = (name: unknown, value: unknown): string =>
    `${String(name).padStart(5)}: ${String(value).padStart(10)} KiB`;
  for (const [one, value] of free) output.line(line(one, value));
  output.extra('-'.repeat(20));
  output.extra(
    line(
      'Total',
      free.reduce((sum, [, value = 0]) => sum + value, 0),
    ),
  );
  return undefined;
}

async function showFreePages(context: Context, options: Options): Promise<undefined> {
  options.exclusive('all', 'cellno');
  const { output } = context;
  const size = options.number('pagesize');
  const connection = await context.connect();
  const pagesOf = (cell: number | undefined): readonly FreePages[] => {
    const pages = connection.nodeFreePages(cell === undefined ? {} : { cell });
    const wanted = pages.filter((one) => size === undefined || one.size === size);
    if (wanted.length > 0) return wanted;
    throw noPageSize(size ?? 0, cell);
  };
  const show = (pages: readonly FreePages[]): void => {
    for (const one of pages) output.line(`${String(one.size)}KiB: ${String(one.free)}`);
  };
  if (options.has('all')) {
    const cells = connection.nodeCells().map((cell) => ({ cell, pages: pagesOf(cell) }));
    if (showsData(output, options, cells)) return undefined;
    for (const { cell, pages } of cells) {
      output.line(`Node ${String(cell)}:`);
      show(pages);
      output.text('\n');
    }
    return undefined;
  }
  if (!options.has('cellno')) throw new CommandError('missing cellno argument');
  const cell = cellOf(options);
  if (size === undefined) throw new CommandError('missing pagesize argument');
  const pages = pagesOf(cell);
  if (!showsData(output, options, [{ cell: cell ?? null, pages }])) show(pages);
  return undefined;
}

/** The number of the cell; undefined for -1, which means the whole host. */
function cellOf(options: Options): number | undefined {
  const cell = options.integer('cellno');
  if (cell === undefined || cell >= 0) return cell;
  if (cell === -1) return undefined;
  throw new CommandError('cell number must be non-negative integer or -1');
}

async function allocate(context: Context, options: Options): Promise<undefined> {
  options.exclusive('all', 'cellno');
  const [size, count] = [options.number('pagesize') ?? 0, options.number('pagecount') ?? 0];
  const cell = cellOf(options);
  const connection = await context.connect();
  const change = { size, count, how: options.has('add') ? 'add' : 'set' } as const;
  const cells = options.has('all') ? connection.nodeCells() : [cell];
  for (const one of cells) {
    connection.nodeAllocatePages(one === undefined ? change : { ...change, cell: one });
  }
  return undefined;
}

async function tune(context: Context, options: Options): Promise<undefined> {
  const change = changeOf(options);
  const connection = await context.connect();
  if (Object.keys(change).length > 0) {
    try {
      connection.setNodeMemoryMerging(change);
    } catch (cause) {
      throw new CommandError('Unable to change memory parameters', { cause });
    }
    return undefined;
  }
  let merging: MemoryMerging;
  try {
    merging = connection.nodeMemoryMerging();
  } catch (cause) {
    throw new CommandError('Unable to get number of memory parameters', { cause });
  }
  const { output } = context;
  if (showsData(output, options, merging)) return undefined;
  const across = merging.mergeAcrossNodes;
  const rows: readonly (readonly [string, number | bigint | undefined])[] = [
    ['pages_to_scan', merging.pagesToScan],
    ['sleep_millisecs', merging.sleepMilliseconds],
    ['pages_shared', merging.pagesShared],
    ['pages_sharing', merging.pagesSharing],
    ['pages_unshared', merging.pagesUnshared],
    ['pages_volatile', merging.pagesVolatile],
    ['full_scans', merging.fullScans],
    ['merge_across_nodes', across === undefined ? undefined : Number(across)],
  ];
  output.text('Shared memory:\n');
  for (const [name, value] of rows) {
    if (value !== undefined) output.text(`\t${`shm_${name}`.padEnd(15)} ${String(value)}\n`);
  }
  return undefined;
}

function changeOf(options: Options): MemoryMergingChange {
  const pagesToScan = options.number('shm-pages-to-scan');
  const sleepMilliseconds = options.number('shm-sleep-millisecs');
  const across = options.number('shm-merge-across-nodes');
  if (across !== undefined && across > 1) {
    throw new UsageError(`--shm-merge-across-nodes is 0 or 1, not ${String(across)}`);
  }
  return {
    ...(pagesToScan === undefined ? {} : { pagesToScan }),
    ...(sleepMilliseconds === undefined ? {} : { sleepMilliseconds }),
    ...(across === undefined ? {} : { mergeAcrossNodes: across === 1 }),
  };
}
