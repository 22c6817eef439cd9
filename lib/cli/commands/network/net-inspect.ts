/** net-info, net-name, net-uuid and net-dumpxml: information about one virtual network. */
import { formatOption, showsData } from '../../output/data';
import { findNetwork, networkOption } from '../../options/network-argument';
import { showXml, xpathOptions } from '../../options/xpath-option';
import type { Network } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { Command, CommandTable, Context } from '../../shell/command';
import type { NameKey } from '../../options/find-named';

interface Inspection {
  readonly summary: string;
  readonly description?: string;
  readonly options?: readonly Option[];
  readonly example: string;
  /** The kinds of identifiers by which the network may be looked up. Default: both. */
  readonly keys?: readonly NameKey[];
  show(network: Network, context: Context, options: Options): Promise<void> | void;
  /** Returns the same information as data; undefined if `show` prints XML. */
  readonly data: ((network: Network) => unknown) | undefined;
}

function inspection(row: Inspection): Command {
  const { summary, description = '', example, keys = ['name', 'uuid'] } = row;
  const help = `network ${keys.join(' or ')}`;
  return {
    group: 'network',
    summary,
    description,
    options: [
      { ...networkOption, help },
      ...(row.options ?? []),
      ...(row.data === undefined ? [] : [formatOption]),
    ],
    example,
    async run(context, options): Promise<undefined> {
      const text = options.required('network');
      const network = await findNetwork(await context.connect(), text, keys);
      if (row.data === undefined || options.string('format') !== 'json') {
        await row.show(network, context, options);
      } else {
        showsData(context.output, options, await row.data(network));
      }
      return undefined;
    },
  };
}

export const commands: CommandTable = {
  'net-info': inspection({
    summary: 'network information',
    description: 'Returns basic information about the network.',
    example: 'tslxc net-info default',
    show: showInformation,
    data: async (network) => ({ ...identityOf(network), ...(await network.info()) }),
  }),
  'net-name': inspection({
    summary: 'convert a network UUID to network name',
    keys: ['uuid'],
    example: 'tslxc net-name 6f1b2a3c-5d4e-4f60-8a7b-9c0d1e2f3a4b',
    show: ({ name }, { output }) => output.line(name),
    data: identityOf,
  }),
  'net-uuid': inspection({
    summary: 'convert a network name to network UUID',
    keys: ['name'],
    example: 'tslxc net-uuid default',
    show: ({ uuid }, { output }) => output.line(uuid),
    data: identityOf,
  }),
  'net-dumpxml': inspection({
    summary: 'network information in XML',
    description: 'Output the network information as an XML dump to stdout.',
    options: [
      { name: 'inactive', kind: 'flag', help: 'show inactive defined XML' },
      ...xpathOptions,
    ],
    example: 'tslxc net-dumpxml default',
    async show(network, context, options) {
      const which = options.has('inactive') ? ({ which: 'inactive' } as const) : {};
      showXml(context, options, await network.xml(which));
    },
    data: undefined,
  }),
};

function identityOf({ name, uuid }: Network): object {
  return { name, uuid };
}

async function showInformation(network: Network, { output }: Context): Promise<void> {
  const { active, persistent, autostart, bridge, unreadable } = await network.info();
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Name:', network.name],
    ['UUID:', network.uuid],
    ['Active:', active ? 'yes' : 'no'],
    ['Persistent:', persistent ? 'yes' : 'no'],
    ['Autostart:', autostart ? 'yes' : 'no'],
    ['Bridge:', bridge],
    ['Definition:', unreadable === undefined ? undefined : `can't be read: ${unreadable}`],
  ];
  for (const [label, value] of rows) {
    if (value !== undefined) output.line(`${label.padEnd(15)} ${value}`);
  }
}
