/** hugepagetune: how much memory in huge pages a domain may use. */
import { formatOption, showsData } from '../../output/data';
import { withErrorMessage, UsageError } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { parameterLine } from '../../output/parameter-lines';
import { readKibibytes, readLimit } from '../../options/values/scaled-size';
import { whichOf, whichOptions } from '../../options/which-option';
import type { HugepageLimitInfo } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  hugepagetune: {
    group: 'domain',
    summary: 'get or set the limits of huge pages',
    description:
      'Get or set how much memory of huge pages of one size a container may use; -1 for no limit. Without a size,\n' +
      'shows the limits that there are, in KiB. virsh has no such command.',
    options: [
      domainOption,
      {
        name: 'size',
        kind: 'string',
        help: 'size of one page, as scaled integer (default KiB)',
        positional: 'optional',
        mayBeEmpty: true,
      },
      {
        name: 'max',
        kind: 'string',
        help: 'all pages of that size together, as scaled integer (default KiB)',
        positional: 'optional',
        mayBeEmpty: true,
      },
      ...whichOptions,
      formatOption,
    ],
    example: 'tslxc hugepagetune helloworld 2M 64M',
    run: tune,
  },
};

async function tune(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  const limit = readChange(options);
  const domain = await findDomain(await context.connect(), options.required('domain'));
  if (limit === undefined) {
    const limits = await domain.getHugepageLimits(which);
    if (showsData(context.output, options, limits)) return undefined;
    for (const { size, max } of limits) {
      context.output.line(parameterLine(`${size} KiB`, max));
    }
    return undefined;
  }
  await withErrorMessage('Unable to change the limit of huge pages', () =>
    domain.setHugepageLimit(limit, which),
  );
  return undefined;
}

function readChange(options: Options): HugepageLimitInfo | undefined {
  const [size, max] = [options.string('size'), readLimit(options, 'max')];
  if (size === undefined && max === undefined) return undefined;
  if (size === undefined || max === undefined) {
    throw new UsageError('A limit of huge pages has both <size> and <max>');
  }
  return { size: readKibibytes(size, 'size'), max };
}
