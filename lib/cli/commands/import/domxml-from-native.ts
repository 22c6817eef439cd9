/** domxml-from-native: converts the configuration of an LXC container to the definition of a domain. */
import { warningText } from '../../../domain/lxc-configuration/report';
import { readDefinitionFile } from '../../options/definition-file';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'domxml-from-native': {
    group: 'domain',
    summary: 'convert native config to domain XML',
    description:
      'Print the definition of a domain for a configuration file of LXC, with the keys of LXC 2 or of LXC 3 and later.\n' +
      'Files that it includes are read too, relative ones from the folder of the file that includes them.\n' +
      'What a definition has no words for is told of on stderr, with file and line, and in a comment of the XML.',
    options: [
      {
        name: 'format',
        kind: 'string',
        help: 'source config data format: lxc-tools',
        positional: 'required',
      },
      {
        name: 'config',
        kind: 'string',
        help: 'native configuration file to import; /dev/stdin for the standard input',
        positional: 'required',
      },
    ],
    example: 'tslxc domxml-from-native lxc-tools /var/lib/lxc/web/config',
    run: domxmlFromNative,
  },
};

/** Paths that don't tell where the configuration comes from. */
const withoutPlace = /^\/dev\/(stdin|fd\/\d+)$|^\/proc\/self\/fd\//;

async function domxmlFromNative(context: Context, options: Options): Promise<undefined> {
  const format = options.required('format');
  const file = options.required('config');
  const text = readDefinitionFile(file);
  const connection = await context.connect();
  const { xml, warnings } = await connection.domainXmlFromNative(format, {
    text,
    ...(withoutPlace.test(file) ? {} : { path: file }),
  });
  for (const warning of warnings) context.output.note(`warning: ${warningText(warning)}`);
  context.output.text(xml);
  return undefined;
}
