/** net-desc, net-metadata and net-edit: the description and metadata of a virtual network, and its definition in an editor. */
import { describe, descriptionOptions, metadata, metadataOptions } from '../annotation';
import { findNetwork, networkOption } from '../../options/network-argument';
import { warningOf } from '../../output/definition-warnings';
import { editText } from '../../editing/edit-loop';
import type { Subject } from '../annotation';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'net-desc': {
    group: 'network',
    summary: "show or set network's description or title",
    description: 'Allows setting or modifying the description or title of a network.',
    options: [networkOption, ...descriptionOptions],
    example: 'tslxc net-desc default --title Where containers meet',
    run: (context, options) => describe(context, options, subjectOf(context, options)),
  },
  'net-metadata': {
    group: 'network',
    summary: "show or set network's custom XML metadata",
    description: 'Shows or modifies the XML metadata of a network.',
    options: [networkOption, ...metadataOptions],
    example: "tslxc net-metadata default https://example.com/deploy --key d --set '<release/>'",
    run: (context, options) => metadata(context, options, subjectOf(context, options)),
  },
  'net-edit': {
    group: 'network',
    summary: 'edit XML configuration for a network',
    description:
      'Edit the XML configuration for a network, in the editor that VISUAL or EDITOR names. It counts from the next start.\n' +
      'A text that is not a definition is not stored, but not lost either: it can be edited again.\n' +
      'Of a definition that can’t be read, the text of its file is edited.',
    options: [networkOption],
    example: 'tslxc net-edit default',
    run: edit,
  },
};

function subjectOf(context: Context, options: Options): Subject {
  return {
    kind: 'network',
    find: async () => findNetwork(await context.connect(), options.required('network')),
  };
}

async function edit(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const network = await findNetwork(connection, options.required('network'));
  let { name } = network;
  const outcome = await editText(context, {
    read: () => network.editableXml(),
    change: async (xml) => {
      ({ name } = await connection.defineNetwork(xml, { onWarning: warningOf(context.output) }));
    },
  });
  context.output.extra(
    outcome === 'changed'
      ? `Network ${name} XML configuration edited.`
      : `Network ${name} XML configuration not changed.`,
  );
  return undefined;
}
