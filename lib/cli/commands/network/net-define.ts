/** net-define, net-create and net-undefine: defines or creates virtual networks from XML files, and removes definitions. */
import { withErrorMessage } from '../../shell/command-error';
import {
  definitionOptions,
  readDefinitionFile,
  validateOption,
} from '../../options/definition-file';
import { findNetwork, networkOption } from '../../options/network-argument';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const fileOptions: readonly Option[] = [
  {
    name: 'file',
    kind: 'string',
    help: 'file containing an XML network description',
    positional: 'required',
    values: 'file',
  },
  validateOption,
];

export const commands: CommandTable = {
  'net-define': {
    group: 'network',
    summary: 'define an inactive persistent virtual network from an XML file, or modify one',
    description:
      'Define or modify a persistent virtual network: that with the same uuid, or for a file without <uuid>\n' +
      'that with the same name. A change counts from its next start. As in libvirt, what its schema does not know is\n' +
      'left out, with a warning for each word.',
    options: fileOptions,
    example: 'tslxc net-define default.xml',
    run: define,
  },
  'net-create': {
    group: 'network',
    summary: 'create a network from an XML file',
    description: 'Start a transient virtual network: it is gone when it is stopped.',
    options: fileOptions,
    example: 'tslxc net-create lab.xml',
    run: create,
  },
  'net-undefine': {
    group: 'network',
    summary: 'undefine a persistent network',
    description:
      'Remove the definition of a virtual network that is not active, or make an active one transient.',
    options: [networkOption],
    example: 'tslxc net-undefine lab',
    run: undefine,
  },
};

async function define(context: Context, options: Options): Promise<undefined> {
  const file = options.required('file');
  const xml = readDefinitionFile(file);
  const connection = await context.connect();
  const network = await withErrorMessage(`Failed to define network from ${file}`, () =>
    connection.defineNetwork(xml, definitionOptions(context, options)),
  );
  context.output.extra(`Network ${network.name} defined from ${file}`);
  return undefined;
}

async function create(context: Context, options: Options): Promise<undefined> {
  const file = options.required('file');
  const xml = readDefinitionFile(file);
  const connection = await context.connect();
  const network = await withErrorMessage(`Failed to create network from ${file}`, () =>
    connection.createNetwork(xml, definitionOptions(context, options)),
  );
  context.output.extra(`Network ${network.name} created from ${file}`);
  return undefined;
}

async function undefine(context: Context, options: Options): Promise<undefined> {
  const text = options.required('network');
  const network = await findNetwork(await context.connect(), text);
  await withErrorMessage(`Failed to undefine network ${text}`, () => network.undefine());
  context.output.extra(`Network ${text} has been undefined`);
  return undefined;
}
