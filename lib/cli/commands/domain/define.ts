/** define and undefine: the definitions on disk. */
import type { CommandTable, Context } from '../../shell/command';
import { withErrorMessage } from '../../shell/command-error';
import { readDefinitionFile, validateOption } from '../../options/definition-file';
import { warningOf } from '../../output/definition-warnings';
import { domainOption, findDomain } from '../../options/domain-argument';
import { unsupportedFlags } from '../../options/refused-option';
import {
  associatedVolumes,
  checkStorageOptions,
  removeVolumes,
  storageOptions,
} from './undefine-storage';
import type { Options } from '../../shell/arguments';

export const commands: CommandTable = {
  define: {
    group: 'domain',
    summary: "define (but don't start) a domain from an XML file",
    description:
      'Define a persistent domain, or change the definition of one: of that with the same uuid, or for a file\n' +
      'without <uuid> of that with the same name. A change counts from the next start. As in libvirt, what its schema\n' +
      'does not know is left out, with a warning for each word.',
    options: [
      {
        name: 'file',
        kind: 'string',
        help: 'file containing an XML domain description',
        positional: 'required',
        values: 'file',
      },
      validateOption,
    ],
    example: 'tslxc define helloworld.xml',
    run: define,
  },
  undefine: {
    group: 'domain',
    summary: 'undefine a domain',
    description:
      'Remove the definition of a domain that is not running, or make a running one transient. Volumes of its disks are\n' +
      'removed with it if that is asked for: of those that active storage pools have.',
    options: [
      domainOption,
      { name: 'managed-save', kind: 'flag', help: 'accepted: a container has no saved state' },
      {
        name: 'snapshots-metadata',
        kind: 'flag',
        help: 'forget its snapshots, whose files stay',
      },
      {
        name: 'checkpoints-metadata',
        kind: 'flag',
        help: 'accepted: a container has no checkpoints',
      },
      ...unsupportedFlags('lxcDomainUndefineFlags', {
        nvram: '0x4',
        'keep-nvram': '0x8',
        tpm: '0x20',
        'keep-tpm': '0x40',
      }),
      ...storageOptions,
    ],
    example: 'tslxc undefine helloworld',
    run: undefine,
  },
};

async function define(context: Context, options: Options): Promise<undefined> {
  const file = options.required('file');
  const xml = readDefinitionFile(file);
  const connection = await context.connect();
  const domain = await withErrorMessage(`Failed to define domain from ${file}`, () =>
    connection.defineDomain(xml, {
      ...(options.has('validate') ? { validate: true } : {}),
      onWarning: warningOf(context.output),
    }),
  );
  context.output.extra(`Domain '${domain.name}' defined from ${file}`);
  return undefined;
}

async function undefine(context: Context, options: Options): Promise<number | undefined> {
  const { output } = context;
  checkStorageOptions(options);
  const text = options.required('domain');
  const connection = await context.connect();
  const domain = await findDomain(connection, text);
  const volumes = await associatedVolumes({ connection, domain, output }, options);
  const forgets = options.has('snapshots-metadata');
  await withErrorMessage(`Failed to undefine domain '${domain.name}'`, () => {
    options.refuseUnsupported();
    return domain.undefine(forgets ? { snapshots: 'forget' } : {});
  });
  output.extra(`Domain '${domain.name}' has been undefined`);
  return removeVolumes(volumes, options, output);
}
