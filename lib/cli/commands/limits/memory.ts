/** setmem, setmaxmem and memtune: the memory of a domain. */
import { formatOption, showsData } from '../../output/data';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { refusedOption } from '../../options/refused-option';
import { parameterLine } from '../../output/parameter-lines';
import { readKibibytes, readLimit } from '../../options/values/scaled-size';
import { whichOf, whichOptions } from '../../options/which-option';
import type { MemoryTuningChange } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const sizeOption: Option = {
  name: 'size',
  kind: 'number',
  help: 'new memory size, as scaled integer (default KiB)',
  positional: 'required',
  aliases: [{ name: 'kilobytes' }],
  // It is refused as what is no size, as by virsh.
  mayBeEmpty: true,
};

const limit = (name: string, what: string): Option => ({
  name,
  kind: 'number',
  help: `${what}, as scaled integer (default KiB); -1 for none`,
  positional: 'undocumented',
  mayBeEmpty: true,
});

export const commands: CommandTable = {
  setmem: {
    group: 'domain',
    summary: 'change memory allocation',
    description:
      'Change the current memory allocation in the guest domain. Of a running container it is the limit, and\n' +
      'holds at once; less than it uses is refused.',
    options: [domainOption, sizeOption, ...whichOptions],
    example: 'tslxc setmem helloworld 64M',
    run: setMemory,
  },
  setmaxmem: {
    group: 'domain',
    summary: 'change maximum memory limit',
    description:
      'Change the maximum memory allocation limit in the guest domain. A running container that has no lower\n' +
      'limit of its own is limited to it at once.',
    options: [domainOption, sizeOption, ...whichOptions],
    example: 'tslxc setmaxmem helloworld 1G --config',
    run: setMaxMemory,
  },
  memtune: {
    group: 'domain',
    summary: 'get or set memory parameters',
    description:
      'Get or set the current memory parameters for a guest domain. swap-hard-limit is that of memory and swap\n' +
      'together. Without limits to set, shows those that there are, in KiB.',
    options: [
      domainOption,
      limit('hard-limit', 'most memory'),
      limit('soft-limit', 'memory during contention'),
      limit('swap-hard-limit', 'most memory plus swap'),
      {
        ...refusedOption(
          'min-guarantee',
          "argument unsupported: parameter 'min_guarantee' not supported",
          'number',
        ),
        positional: 'undocumented',
        mayBeEmpty: true,
      },
      ...whichOptions,
      formatOption,
    ],
    example: 'tslxc memtune helloworld --hard-limit 64M --live',
    run: tune,
  },
};

async function setMemory(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const kibibytes = readKibibytes(options.string('size') ?? '', 'size');
  refuseNone(kibibytes);
  await domain.setMemory(kibibytes, which);
  return undefined;
}

async function setMaxMemory(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const kibibytes = readKibibytes(options.string('size') ?? '', 'size');
  await withErrorMessage('Unable to change MaxMemorySize', () => {
    refuseNone(kibibytes);
    return domain.setMaxMemory(kibibytes, which);
  });
  return undefined;
}

/** As libvirt's library does. */
function refuseNone(kibibytes: number): void {
  if (kibibytes > 0) return;
  const detail = 'memory in virDomainSetMemoryFlags must not be zero';
  throw new CommandError(detail, { code: 'INVALID_ARG' });
}

async function tune(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const change = readChange(options);
  await withErrorMessage('Unable to change memory parameters', () => {
    options.refuseUnsupported();
  });
  if (Object.keys(change).length === 0) {
    const now = await withErrorMessage('Unable to get number of memory parameters', () =>
      domain.getMemoryTuning(which),
    );
    if (showsData(context.output, options, now)) return undefined;
    context.output.line(parameterLine('hard_limit', now.hardLimit));
    context.output.line(parameterLine('soft_limit', now.softLimit));
    context.output.line(parameterLine('swap_hard_limit', now.swapHardLimit));
    return undefined;
  }
  await withErrorMessage('Unable to change memory parameters', () =>
    domain.setMemoryTuning(change, which),
  );
  return undefined;
}

function readChange(options: Options): MemoryTuningChange {
  const [hardLimit, softLimit, swapHardLimit] = [
    readLimit(options, 'hard-limit'),
    readLimit(options, 'soft-limit'),
    readLimit(options, 'swap-hard-limit'),
  ];
  // It is refused, as by libvirt, once it is a size.
  readLimit(options, 'min-guarantee');
  return {
    ...(hardLimit === undefined ? {} : { hardLimit }),
    ...(softLimit === undefined ? {} : { softLimit }),
    ...(swapHardLimit === undefined ? {} : { swapHardLimit }),
  };
}
