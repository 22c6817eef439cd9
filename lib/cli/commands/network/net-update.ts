/** net-update: changes one part of a virtual network, even while it runs. */
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { readDefinitionFile } from '../../options/definition-file';
import { findNetwork, networkOption } from '../../options/network-argument';
import { whichOf } from '../../options/which-option';
import { warningOf } from '../../output/definition-warnings';
import { networkSectionNames } from '../../../network/definition/update-names';
import type { NetworkInfo, NetworkUpdateCommand, WhichOption } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const changes: Readonly<Record<string, NetworkUpdateCommand>> = {
  'add-first': 'add-first',
  'add-last': 'add-last',
  add: 'add-last',
  delete: 'delete',
  modify: 'modify',
};

export const commands: CommandTable = {
  'net-update': {
    group: 'network',
    summary: "update parts of an existing network's configuration",
    description:
      'Update one part of a network: an element is added, deleted, or takes the place of the one with the same key.\n' +
      'Without --live and --config that of the running network, if it runs, else that of the stored definition.',
    options: [
      networkOption,
      {
        name: 'command',
        kind: 'string',
        help: 'type of update (add-first, add-last (add), delete, or modify)',
        positional: 'required',
        values: Object.keys(changes),
      },
      {
        name: 'section',
        kind: 'string',
        help: 'which section of network configuration to update',
        positional: 'required',
        values: networkSectionNames,
      },
      {
        name: 'xml',
        kind: 'string',
        help: "name of file containing xml (or, if it starts with '<', the complete xml element itself) to add/modify, or to be matched for search",
        positional: 'required',
        values: 'file',
      },
      {
        name: 'parent-index',
        kind: 'number',
        help: 'which parent object to search through',
        positional: 'undocumented',
      },
      { name: 'config', kind: 'flag', help: 'affect next network startup' },
      { name: 'live', kind: 'flag', help: 'affect running network' },
      { name: 'current', kind: 'flag', help: 'affect current state of network' },
    ],
    example: 'tslxc net-update default add ip-dhcp-host host.xml --live --config',
    run: update,
  },
};

async function update(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  const text = options.required('network');
  const network = await findNetwork(await context.connect(), text);
  const word = options.required('command');
  const command = Object.hasOwn(changes, word) ? changes[word] : undefined;
  if (command === undefined) throw new CommandError(`unrecognized command name '${word}'`);
  const name = options.required('section');
  const section = networkSectionNames.find((known) => known === name);
  if (section === undefined) throw new CommandError(`unrecognized section name '${name}'`);
  const given = options.required('xml');
  const xml = given.startsWith('<') ? given : readDefinitionFile(given);
  const parentIndex = options.integer('parent-index') ?? -1;
  await withErrorMessage(`Failed to update network ${text}`, () =>
    network.update({
      command,
      section,
      xml,
      // As in libvirt, a negative one means none.
      ...(parentIndex < 0 ? {} : { parentIndex }),
      ...which,
      onWarning: warningOf(context.output),
    }),
  );
  context.output.extra(`Updated network ${text} ${affected(which, await network.info())}`);
  return undefined;
}

function affected({ which }: WhichOption, { active }: NetworkInfo): string {
  if (which === 'both') return 'persistent config and live state';
  return which === 'live' || (which === undefined && active) ? 'live state' : 'persistent config';
}
