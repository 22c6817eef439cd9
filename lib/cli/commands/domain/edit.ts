/** edit: the stored definition in the user's editor. */
import { domainOption, findDomain } from '../../options/domain-argument';
import { warningOf } from '../../output/definition-warnings';
import { editText } from '../../terminal/edit-loop';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  edit: {
    group: 'domain',
    summary: 'edit XML configuration for a domain',
    description:
      'Edit the XML configuration for a domain, in the editor that VISUAL or EDITOR names. It counts from the next start.\n' +
      'A text that is not a definition is not stored, but not lost either: it can be edited again.\n' +
      'Of a definition that can’t be read, the text of its file is edited.',
    options: [
      domainOption,
      {
        name: 'skip-validate',
        kind: 'flag',
        help: 'accepted: a text is not validated against the schema',
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
  const outcome = await editText(context, {
    read: () => domain.editableXml(),
    change: async (xml) => {
      ({ name } = await connection.defineDomain(xml, { onWarning: warningOf(context.output) }));
    },
  });
  context.output.extra(
    outcome === 'changed'
      ? `Domain '${name}' XML configuration edited.`
      : `Domain '${name}' XML configuration not changed.`,
  );
  return undefined;
}
