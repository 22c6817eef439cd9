/** pool-list, pool-info, pool-name, pool-uuid and pool-dumpxml: which storage pools there are, and what is known of one. */
import { TslxcError } from '../../../errors';
import { poolTypes } from '../../../storage/definition/formats';
import { findPool, poolOption } from '../../options/pool-argument';
import type { NameKey } from '../../options/find-named';
import { showXml, xpathOptions } from '../../options/xpath-option';
import { formatOption, showsData } from '../../output/data';
import { listedWith, tellReasons } from '../../output/listed-state';
import { prettySize } from '../../output/words/pretty-size';
import { formatTable } from '../../output/table';
import { CommandError } from '../../shell/command-error';
import type {
  StoragePool,
  StoragePoolFilter,
  StoragePoolInfo,
  StoragePoolType,
} from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { Command, CommandTable, Context } from '../../shell/command';

function flag(name: string, help: string): Option {
  return { name, kind: 'flag', help };
}

export const commands: CommandTable = {
  'pool-list': {
    group: 'pool',
    summary: 'list pools',
    description: 'Returns list of pools, by name.',
    options: [
      flag('inactive', 'list inactive pools'),
      flag('all', 'list inactive & active pools'),
      flag('transient', 'list transient pools'),
      flag('persistent', 'list persistent pools'),
      flag('autostart', 'list pools with autostart enabled'),
      flag('no-autostart', 'list pools with autostart disabled'),
      {
        name: 'type',
        kind: 'string',
        help: 'only list pool of specified type(s), with commas',
        positional: 'undocumented',
      },
      flag('details', 'display extended details for pools'),
      flag('uuid', 'list UUIDs only'),
      flag('name', 'list names only'),
      formatOption,
    ],
    example: 'tslxc pool-list --all --details',
    run: list,
  },
  'pool-info': inspection({
    summary: 'storage pool information',
    description: 'Returns basic information about the storage pool.',
    options: [flag('bytes', 'Return pool info in bytes')],
    example: 'tslxc pool-info disks',
    show: showInformation,
    data: async (pool) => ({ ...identityOf(pool), ...(await pool.info()) }),
  }),
  'pool-name': inspection({
    summary: 'convert a pool UUID to pool name',
    keys: ['uuid'],
    example: 'tslxc pool-name 6f1b2a3c-5d4e-4f60-8a7b-9c0d1e2f3a4b',
    show: ({ name }, { output }) => output.line(name),
    data: identityOf,
  }),
  'pool-uuid': inspection({
    summary: 'convert a pool name to pool UUID',
    keys: ['name'],
    example: 'tslxc pool-uuid disks',
    show: ({ uuid }, { output }) => output.line(uuid),
    data: identityOf,
  }),
  'pool-dumpxml': inspection({
    summary: 'pool information in XML',
    description: 'Output the pool information as an XML dump to stdout.',
    options: [flag('inactive', 'show inactive defined XML'), ...xpathOptions],
    example: 'tslxc pool-dumpxml disks',
    async show(pool, context, options) {
      const which = options.has('inactive') ? ({ which: 'inactive' } as const) : {};
      showXml(context, options, await pool.xml(which));
    },
    data: undefined,
  }),
};

interface Inspection {
  readonly summary: string;
  readonly description?: string;
  readonly options?: readonly Option[];
  readonly example: string;
  /** The kinds of identifiers by which the pool may be looked up. Default: both. */
  readonly keys?: readonly NameKey[];
  show(pool: StoragePool, context: Context, options: Options): Promise<void> | void;
  /** Returns the same information as data; undefined if `show` prints XML. */
  readonly data: ((pool: StoragePool) => unknown) | undefined;
}

function inspection(row: Inspection): Command {
  const { summary, description = '', example, keys = ['name', 'uuid'] } = row;
  return {
    group: 'pool',
    summary,
    description,
    options: [
      { ...poolOption, help: `pool ${keys.join(' or ')}` },
      ...(row.options ?? []),
      ...(row.data === undefined ? [] : [formatOption]),
    ],
    example,
    async run(context, options): Promise<undefined> {
      const pool = await findPool(await context.connect(), options.required('pool'), keys);
      if (row.data === undefined || options.string('format') !== 'json') {
        await row.show(pool, context, options);
      } else {
        showsData(context.output, options, await row.data(pool));
      }
      return undefined;
    },
  };
}

function identityOf({ name, uuid }: StoragePool): object {
  return { name, uuid };
}

async function showInformation(
  pool: StoragePool,
  { output }: Context,
  options: Options,
): Promise<void> {
  const info = await pool.info();
  const [persistent, autostart] = [info.persistent, info.autostart].map((value) =>
    value ? 'yes' : 'no',
  );
  const size = options.has('bytes') ? String : prettySize;
  const sizes: readonly (readonly [string, number])[] = [
    ['Capacity:', info.capacity],
    ['Allocation:', info.allocation],
    ['Available:', info.available],
  ];
  const { unreadable } = info;
  const rows: readonly (readonly [string, string])[] = [
    ['Name:', pool.name],
    ['UUID:', pool.uuid],
    ['State:', stateOf(info)],
    ['Persistent:', persistent ?? ''],
    ['Autostart:', autostart ?? ''],
    ...(info.active ? sizes.map(([label, bytes]) => [label, size(bytes)] as const) : []),
    ...(unreadable === undefined ? [] : [['Definition:', `can't be read: ${unreadable}`] as const]),
  ];
  for (const [label, value] of rows) output.line(`${label.padEnd(15)} ${value}`);
}

function stateOf({ active }: StoragePoolInfo): string {
  return active ? 'running' : 'inactive';
}

/** What a line has instead of the table, in virsh's order. */
const columns = ['uuid', 'name'] as const;

async function list(context: Context, options: Options): Promise<undefined> {
  for (const column of columns) options.exclusive('details', column);
  const connection = await context.connect();
  const pools = await connection.listStoragePools(filterOf(options));
  if (options.string('format') === 'json') {
    const data = await Promise.all(pools.map(dataOf));
    showsData(context.output, options, data.flat());
    return undefined;
  }
  if (options.has('name') || options.has('uuid')) {
    const asked = columns.filter((column) => options.has(column));
    for (const pool of pools) context.output.line(asked.map((column) => pool[column]).join(' '));
    return undefined;
  }
  const isDetailed = options.has('details');
  const rows = await Promise.all(pools.map(isDetailed ? detailsOf : rowOf));
  const more = isDetailed ? ['Persistent', 'Capacity', 'Allocation', 'Available'] : [];
  const style = context.output.verbosity === 'quiet' ? 'bare' : 'full';
  const header = ['Name', 'State', 'Autostart', ...more];
  const shown = rows.flat();
  context.output.text(formatTable({ header, rows: shown.map(({ cells }) => cells) }, style));
  tellReasons(context.output, shown);
  return undefined;
}

interface Row {
  readonly cells: readonly string[];
  readonly what: string;
  /** Why its definition can't be read. */
  readonly reasons: readonly string[];
}

function filterOf(options: Options): StoragePoolFilter {
  const [persistent, transient] = [options.has('persistent'), options.has('transient')];
  const [marked, unmarked] = [options.has('autostart'), options.has('no-autostart')];
  const types = options.string('type');
  return {
    ...(options.has('all') ? {} : { state: options.has('inactive') ? 'inactive' : 'active' }),
    ...(persistent === transient ? {} : { persistence: persistent ? 'persistent' : 'transient' }),
    ...(marked === unmarked ? {} : { autostart: marked ? 'on' : 'off' }),
    ...(types === undefined ? {} : { types: types.split(',').map(typeNamed) }),
  };
}

function typeNamed(text: string): StoragePoolType {
  const type = poolTypes.find((one) => one === text);
  if (type !== undefined) return type;
  throw new CommandError(`Invalid pool type '${text}'`);
}

function rowOf(pool: StoragePool): Promise<Row[]> {
  return listed(async () => {
    const info = await pool.info();
    const { cell, reasons } = listedWith(info.active ? 'active' : 'inactive', info);
    const cells = [pool.name, cell, info.autostart ? 'yes' : 'no'];
    return { cells, what: `pool '${pool.name}'`, reasons };
  });
}

function detailsOf(pool: StoragePool): Promise<Row[]> {
  return listed(async () => {
    const info = await pool.info();
    const sizes = [info.capacity, info.allocation, info.available];
    const words = [info.autostart, info.persistent].map((value) => (value ? 'yes' : 'no'));
    const shown = sizes.map((bytes) => (info.active ? prettySize(bytes) : '-'));
    const { cell, reasons } = listedWith(stateOf(info), info);
    return { cells: [pool.name, cell, ...words, ...shown], what: `pool '${pool.name}'`, reasons };
  });
}

function dataOf(pool: StoragePool): Promise<object[]> {
  return listed(async () => ({ ...identityOf(pool), ...(await pool.info()) }));
}

/** The result of `action` for one pool; nothing if the pool has been removed in the meantime. */
async function listed<T>(action: () => Promise<T>): Promise<T[]> {
  try {
    return [await action()];
  } catch (error) {
    if (TslxcError.is(error, 'NO_STORAGE_POOL')) return [];
    throw error;
  }
}
