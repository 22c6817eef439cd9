/** edit: the stored definition in the user's editor. */
import { domainOption, findDomain } from '../../options/domain-argument';
import { warningOf } from '../../output/definition-warnings';
import { editText } from '../../editing/edit-loop';
import { TslxcError } from '../../../errors';
import type { Connection, DefineOptions, Domain } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  edit: {
    group: 'domain',
    summary: 'edit XML configuration for a domain',
    description:
      'Edit the XML configuration for a domain, in the editor that VISUAL or EDITOR names. It counts from the next start.\n' +
      "A text that is not a definition, or that libvirt's schema does not know all of, is not stored, but not lost either:\n" +
      'it can be edited again.\n' +
      'Of a definition that can’t be read, the text of its file is edited.',
    options: [
      domainOption,
      {
        name: 'skip-validate',
        kind: 'flag',
        help: 'leave out what the schema does not know, with a warning for each word',
      },
    ],
    example: 'tslxc edit helloworld',
    run: edit,
  },
};

async function edit(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const domain = await findDomain(connection, options.required('domain'));
  let { name } = domain;
  let validate = !options.has('skip-validate');
  const outcome = await editText(context, {
    read: () => domain.editableXml(),
    change: async (xml) => {
      const onWarning = warningOf(context.output);
      const defined = validate
        ? await defineValid(connection, xml, { onWarning })
        : await connection.defineDomain(xml, { onWarning });
      ({ name } = defined);
    },
    ...(validate
      ? {
          relax: () => {
            validate = false;
          },
        }
      : {}),
  });
  context.output.extra(
    outcome === 'changed'
      ? `Domain '${name}' XML configuration edited.`
      : `Domain '${name}' XML configuration not changed.`,
  );
  return undefined;
}

/**
 * Validated by what this version knows of libvirt's schema, and by the schema itself if it is installed. Where only the program is
 * missing that reads it, the former has to do: nobody has asked for more.
 */
async function defineValid(
  connection: Connection,
  xml: string,
  options: DefineOptions,
): Promise<Domain> {
  try {
    return await connection.defineDomain(xml, { ...options, validate: true });
  } catch (error) {
    if (!TslxcError.is(error, 'OPERATION_UNSUPPORTED')) throw error;
    return connection.defineDomain(xml, options);
  }
}
