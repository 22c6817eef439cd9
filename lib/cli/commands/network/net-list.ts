/** net-list: all virtual networks, as virsh's table or with one value per line. */
import { formatOption, showsData } from '../../output/data';
import { TslxcError } from '../../../errors';
import { CommandError } from '../../shell/command-error';
import { listedUnknown, listedWith, tellReasons } from '../../output/listed-state';
import { noStateWords } from '../../output/words/domain-words';
import { formatTable } from '../../output/table';
import { titleOf } from '../../output/title';
import type { Network, ListFilter } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

function flag(name: string, help: string): Option {
  return { name, kind: 'flag', help };
}

export const commands: CommandTable = {
  'net-list': {
    group: 'network',
    summary: 'list networks',
    description: 'Returns list of networks, by name.',
    options: [
      flag('inactive', 'list inactive networks'),
      flag('all', 'list inactive & active networks'),
      flag('persistent', 'list persistent networks'),
      flag('transient', 'list transient networks'),
      flag('autostart', 'list networks with autostart enabled'),
      flag('no-autostart', 'list networks with autostart disabled'),
      flag('uuid', 'list UUIDs only'),
      flag('name', 'list network names only'),
      flag('table', 'list table (default)'),
      flag('title', 'show network title'),
      formatOption,
    ],
    example: 'tslxc net-list --all',
    run: list,
  },
};

async function list(context: Context, options: Options): Promise<undefined> {
  if (['table', 'name', 'uuid'].filter((style) => options.has(style)).length > 1) {
    throw new CommandError('Only one argument from --table, --name and --uuid may be specified.');
  }
  const connection = await context.connect();
  const networks = [...(await connection.listNetworks(filterOf(options)))].sort(byName);
  if (options.string('format') === 'json') {
    const data = await Promise.all(networks.map(dataOf));
    showsData(context.output, options, data.flat());
    return undefined;
  }
  if (options.has('name') || options.has('uuid')) {
    for (const { name, uuid } of networks) context.output.line(options.has('name') ? name : uuid);
    return undefined;
  }
  const titled = options.has('title') ? 'titled' : 'plain';
  const rows = await Promise.all(networks.map((network) => rowOf(network, titled)));
  const header = ['Name', 'State', 'Autostart', 'Persistent'];
  if (titled === 'titled') header.push('Title');
  const style = context.output.verbosity === 'quiet' ? 'bare' : 'full';
  const shown = rows.flat();
  context.output.text(formatTable({ header, rows: shown.map(({ cells }) => cells) }, style));
  tellReasons(context.output, shown);
  return undefined;
}

interface Row {
  readonly cells: readonly string[];
  readonly what: string;
  /** Why its state is not known, or its definition. */
  readonly reasons: readonly string[];
}

function filterOf(options: Options): ListFilter {
  const [persistent, transient] = [options.has('persistent'), options.has('transient')];
  const [marked, unmarked] = [options.has('autostart'), options.has('no-autostart')];
  return {
    ...(options.has('all') ? {} : { state: options.has('inactive') ? 'inactive' : 'active' }),
    ...(persistent === transient ? {} : { persistence: persistent ? 'persistent' : 'transient' }),
    ...(marked === unmarked ? {} : { autostart: marked ? 'on' : 'off' }),
  };
}

/** As strcasecmp(3) orders them. */
function byName(a: Network, b: Network): number {
  const [first, second] = [a.name.toLowerCase(), b.name.toLowerCase()];
  return first === second ? 0 : first < second ? -1 : 1;
}

function rowOf(network: Network, style: 'plain' | 'titled'): Promise<Row[]> {
  const what = `network '${network.name}'`;
  const title = style === 'titled' ? [''] : [];
  const unknown = (error: unknown): Row => {
    const { cell, reasons } = listedUnknown(error);
    return { cells: [network.name, cell, '-', '-', ...title], what, reasons };
  };
  return listed(async () => {
    const info = await network.info();
    const { active, autostart, persistent, unreadable } = info;
    const words = [autostart, persistent].map((value) => (value ? 'yes' : 'no'));
    const { cell, reasons } = listedWith(active ? 'active' : 'inactive', info);
    const cells = [network.name, cell, ...words];
    const isXmlThere = active || unreadable === undefined;
    if (style === 'titled') cells.push(isXmlThere ? titleOf(await network.xml()) : '');
    return { cells, what, reasons };
  }, unknown);
}

function dataOf(network: Network): Promise<object[]> {
  const { name, uuid } = network;
  const unknown = (error: unknown): object => ({ name, uuid, unknown: noStateWords(error) });
  return listed(async () => ({ name, uuid, ...(await network.info()) }), unknown);
}

/**
 * The result of `action` for one network; nothing if the network has been removed in the meantime. An error does not keep other networks
 * from being listed.
 */
async function listed<T>(action: () => Promise<T>, otherwise: (error: unknown) => T): Promise<T[]> {
  try {
    return [await action()];
  } catch (error) {
    return TslxcError.is(error, 'NO_NETWORK') ? [] : [otherwise(error)];
  }
}
