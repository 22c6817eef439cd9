/** nwfilter-list and nwfilter-binding-list: the filters, and the interfaces that have one, as virsh's tables. */
import { formatOption, showsData } from '../../output/data';
import { listedWith, tellReasons } from '../../output/listed-state';
import { formatTable, type Table } from '../../output/table';
import { withErrorMessage } from '../../shell/command-error';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'nwfilter-list': {
    group: 'filter',
    summary: 'list network filters',
    description:
      'Returns list of network filters, by name: those that are built in, which interfaces can have, and those that were\n' +
      'defined, which are only kept.',
    options: [{ name: 'name', kind: 'flag', help: 'list filter names only' }, formatOption],
    example: 'tslxc nwfilter-list',
    run: list,
  },
  'nwfilter-binding-list': {
    group: 'filter',
    summary: 'list network filter bindings',
    description:
      'Returns list of network filter bindings: the interfaces of running containers that have a filter.',
    options: [formatOption],
    example: 'tslxc nwfilter-binding-list',
    run: listBindings,
  },
};

async function list(context: Context, options: Options): Promise<undefined> {
  const { networkFilters } = await context.connect();
  const found = await withErrorMessage('Failed to list network filters', () =>
    networkFilters.list(),
  );
  // virsh orders them by name, whatever their case.
  const filters = found.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  if (showsData(context.output, options, filters)) return undefined;
  if (options.has('name')) {
    for (const { name } of filters) context.output.line(name);
    return undefined;
  }
  const listed = filters.map((filter) => ({ filter, ...listedWith(filter.name, filter) }));
  const rows = listed.map(({ filter, cell }) => [filter.uuid, cell]);
  show(context, { header: ['UUID', 'Name'], rows });
  tellReasons(
    context.output,
    listed.map(({ filter, reasons }) => ({ what: `network filter '${filter.name}'`, reasons })),
  );
  return undefined;
}

async function listBindings(context: Context, options: Options): Promise<undefined> {
  const { networkFilters } = await context.connect();
  const bindings = await withErrorMessage('Failed to list network filter bindings', () =>
    networkFilters.bindings(),
  );
  if (showsData(context.output, options, bindings)) return undefined;
  const rows = bindings.map(({ port, filter }) => [port, filter]);
  show(context, { header: ['Port Dev', 'Filter'], rows });
  return undefined;
}

function show({ output }: Context, table: Table): void {
  output.text(formatTable(table, output.verbosity === 'quiet' ? 'bare' : 'full'));
}
