/** domhostname: the host name that a container tells a virtual network. */
import { formatOption, showsData } from '../../output/data';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  domhostname: {
    group: 'domain',
    summary: "print the domain's hostname",
    description:
      'Print the host name of a running domain, as it has told it to the DHCP server of its virtual network.',
    options: [
      { ...domainOption, values: 'active-domain' },
      {
        name: 'source',
        kind: 'string',
        help: "where it is looked up: 'lease'",
        values: ['lease'],
        positional: 'undocumented',
      },
      formatOption,
    ],
    example: 'tslxc domhostname helloworld',
    run: showHostname,
  },
};

async function showHostname(context: Context, options: Options): Promise<undefined> {
  const source = options.string('source') ?? 'lease';
  if (source !== 'lease' && source !== 'agent') {
    throw new CommandError(`Unknown data source '${source}'`, { code: 'INVALID_ARG' });
  }
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const name = await withErrorMessage('failed to get hostname', () => {
    if (source === 'lease') return domain.hostname();
    throw new CommandError("unsupported flags (0x2): source 'agent' is for virtual machines", {
      code: 'INVALID_ARG',
    });
  });
  if (!showsData(context.output, options, { hostname: name })) context.output.line(name);
  return undefined;
}
