/** secret-define, secret-dumpxml and secret-undefine: the definitions of secrets, without their values. */
import {
  definitionOptions,
  readDefinitionFile,
  validateOption,
} from '../../options/definition-file';
import { findSecret, secretOption } from './secret-argument';
import { showXml, xpathOptions } from '../../options/xpath-option';
import { withErrorMessage } from '../../shell/command-error';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'secret-define': {
    group: 'secret',
    summary: 'define or modify a secret from an XML file',
    description:
      'Define a secret, without a value, or modify that with the same uuid: its value stays. As in libvirt, what its\n' +
      'schema does not know is left out, with a warning for each word.',
    options: [
      {
        name: 'file',
        kind: 'string',
        help: 'file containing secret attributes in XML',
        positional: 'required',
        values: 'file',
      },
      validateOption,
    ],
    example: 'tslxc secret-define secret.xml',
    run: define,
  },
  'secret-dumpxml': {
    group: 'secret',
    summary: 'secret attributes in XML',
    description:
      'Output attributes of a secret as an XML dump to stdout. The value is not among them.',
    options: [secretOption, ...xpathOptions],
    example: 'tslxc secret-dumpxml 6f1b2a3c-5d4e-4f60-8a7b-9c0d1e2f3a4b',
    run: dump,
  },
  'secret-undefine': {
    group: 'secret',
    summary: 'undefine a secret',
    description: 'Undefine a secret, and remove its value.',
    options: [secretOption],
    example: 'tslxc secret-undefine 6f1b2a3c-5d4e-4f60-8a7b-9c0d1e2f3a4b',
    run: undefine,
  },
};

async function define(context: Context, options: Options): Promise<undefined> {
  const file = options.required('file');
  const xml = readDefinitionFile(file);
  const connection = await context.connect();
  const { uuid } = await withErrorMessage(`Failed to set attributes from ${file}`, () =>
    connection.secrets.define(xml, definitionOptions(context, options)),
  );
  context.output.extra(`Secret ${uuid} created`);
  return undefined;
}

async function dump(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const { uuid } = await findSecret(connection, options.required('secret'));
  showXml(context, options, await connection.secrets.xml(uuid));
  return undefined;
}

async function undefine(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const text = options.required('secret');
  const { uuid } = await findSecret(connection, text);
  await withErrorMessage(`Failed to delete secret ${text}`, () =>
    connection.secrets.undefine(uuid),
  );
  context.output.extra(`Secret ${text} deleted`);
  return undefined;
}
