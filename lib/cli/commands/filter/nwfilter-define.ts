/** nwfilter-define, -edit, -dumpxml and -undefine, and nwfilter-binding-dumpxml: definitions of filters, and where one is in force. */
import {
  definitionOptions,
  readDefinitionFile,
  validateOption,
} from '../../options/definition-file';
import { showXml, xpathOptions } from '../../options/xpath-option';
import { warningOf } from '../../output/definition-warnings';
import { withErrorMessage } from '../../shell/command-error';
import { editText } from '../../editing/edit-loop';
import { filterOption, findFilter } from './filter-argument';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'nwfilter-define': {
    group: 'filter',
    summary: 'define or update a network filter from an XML file',
    description:
      'Define a new network filter or update an existing one. It is kept, but not carried out: interfaces can only have\n' +
      'those that are built in. As in libvirt, what its schema does not know is left out, with a warning for each word.',
    options: [
      {
        name: 'file',
        kind: 'string',
        help: 'file containing an XML network filter description',
        positional: 'required',
        values: 'file',
      },
      validateOption,
    ],
    example: 'tslxc nwfilter-define filter.xml',
    run: define,
  },
  'nwfilter-edit': {
    group: 'filter',
    summary: 'edit XML configuration for a network filter',
    description:
      'Edit the XML configuration for a network filter, in the editor that VISUAL or EDITOR names.',
    options: [filterOption],
    example: 'tslxc nwfilter-edit guests',
    run: edit,
  },
  'nwfilter-dumpxml': {
    group: 'filter',
    summary: 'network filter information in XML',
    description: 'Output the network filter information as an XML dump to stdout.',
    options: [filterOption, ...xpathOptions],
    example: 'tslxc nwfilter-dumpxml clean-traffic',
    run: dump,
  },
  'nwfilter-undefine': {
    group: 'filter',
    summary: 'undefine a network filter',
    description: 'Undefine a given network filter, unless another one includes it.',
    options: [filterOption],
    example: 'tslxc nwfilter-undefine guests',
    run: undefine,
  },
  'nwfilter-binding-dumpxml': {
    group: 'filter',
    summary: 'network filter information in XML',
    description: 'Output the network filter information of an interface as an XML dump to stdout.',
    options: [
      {
        name: 'binding',
        kind: 'string',
        help: 'network filter binding portdev',
        positional: 'required',
      },
      ...xpathOptions,
    ],
    example: 'tslxc nwfilter-binding-dumpxml vnet0',
    run: dumpBinding,
  },
};

async function define(context: Context, options: Options): Promise<undefined> {
  const file = options.required('file');
  const xml = readDefinitionFile(file);
  const { networkFilters } = await context.connect();
  const { name } = await withErrorMessage(`Failed to define network filter from ${file}`, () =>
    networkFilters.define(xml, definitionOptions(context, options)),
  );
  context.output.extra(`Network filter ${name} defined from ${file}`);
  return undefined;
}

async function edit(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const { networkFilters } = connection;
  let { name } = await findFilter(connection, options.required('nwfilter'));
  const outcome = await editText(context, {
    read: () => networkFilters.editableXml(name),
    change: async (xml) => {
      ({ name } = await networkFilters.define(xml, { onWarning: warningOf(context.output) }));
    },
  });
  context.output.extra(
    outcome === 'changed'
      ? `Network filter ${name} XML configuration edited.`
      : `Network filter ${name} XML configuration not changed.`,
  );
  return undefined;
}

async function dump(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const { name } = await findFilter(connection, options.required('nwfilter'));
  showXml(context, options, await connection.networkFilters.xml(name));
  return undefined;
}

async function undefine(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const text = options.required('nwfilter');
  const { name } = await findFilter(connection, text);
  await withErrorMessage(`Failed to undefine network filter ${name}`, () =>
    connection.networkFilters.undefine(name),
  );
  context.output.extra(`Network filter ${name} undefined`);
  return undefined;
}

async function dumpBinding(context: Context, options: Options): Promise<undefined> {
  const { networkFilters } = await context.connect();
  const port = options.required('binding');
  const xml = await withErrorMessage(`failed to get nwfilter binding '${port}'`, () =>
    networkFilters.bindingXml(port),
  );
  showXml(context, options, xml);
  return undefined;
}
