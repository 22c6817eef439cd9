/** iface-list: the network interfaces of the host, as virsh's table. */
import { formatOption, showsData } from '../../output/data';
import { formatTable } from '../../output/table';
import { withErrorMessage } from '../../shell/command-error';
import type { ActivityFilter, HostInterfaceInfo } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'iface-list': {
    group: 'interface',
    summary: 'list physical host interfaces',
    description:
      'Returns list of physical host interfaces, by name, without ports of bridges. Those that are not up are inactive.',
    options: [
      { name: 'inactive', kind: 'flag', help: 'list inactive interfaces' },
      { name: 'all', kind: 'flag', help: 'list inactive & active interfaces' },
      { name: 'name', kind: 'flag', help: 'list interface names only' },
      formatOption,
    ],
    example: 'tslxc iface-list --all',
    run: list,
  },
};

async function list(context: Context, options: Options): Promise<undefined> {
  options.exclusive('all', 'inactive');
  const connection = await context.connect();
  const found = await withErrorMessage('Failed to list interfaces', () =>
    connection.hostInterfaces.list(filterOf(options)),
  );
  const { output } = context;
  const interfaces = found.sort(byName);
  if (showsData(output, options, interfaces)) return undefined;
  if (options.has('name')) {
    for (const { name } of interfaces) output.line(name);
    return undefined;
  }
  const rows = interfaces.map(({ name, mac = '', active }) => [
    name,
    active ? 'active' : 'inactive',
    mac,
  ]);
  const style = output.verbosity === 'quiet' ? 'bare' : 'full';
  output.text(formatTable({ header: ['Name', 'State', 'MAC Address'], rows }, style));
  return undefined;
}

function filterOf(options: Options): ActivityFilter {
  if (options.has('all')) return {};
  return { state: options.has('inactive') ? 'inactive' : 'active' };
}

/** As strcasecmp(3) orders them. */
function byName(a: HostInterfaceInfo, b: HostInterfaceInfo): number {
  const [first, second] = [a.name.toLowerCase(), b.name.toLowerCase()];
  return first === second ? 0 : first < second ? -1 : 1;
}
