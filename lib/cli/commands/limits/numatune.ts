/** numatune and pidtune: the memory nodes of a domain, and its processes. */
import { formatOption, showsData } from '../../output/data';
import { numaModes } from '../../../domain/tuning/numa-tuning';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { parameterLine } from '../../output/parameter-lines';
import { whichOf, whichOptions } from '../../options/which-option';
import type { NumaTuningChange } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  numatune: {
    group: 'domain',
    summary: 'get or set numa parameters',
    description:
      'Get or set the current numa parameters for a guest domain: the nodes that its memory comes from.',
    options: [
      domainOption,
      {
        name: 'mode',
        kind: 'string',
        help: 'NUMA mode, one of strict, preferred, interleave and restrictive',
        positional: 'undocumented',
      },
      {
        name: 'nodeset',
        kind: 'string',
        help: "NUMA node selections to set, or 'all'",
        positional: 'undocumented',
      },
      ...whichOptions,
      formatOption,
    ],
    example: 'tslxc numatune helloworld --nodeset 0',
    run: tuneNodes,
  },
  pidtune: {
    group: 'domain',
    summary: 'get or set the most processes of a domain',
    description:
      'Get or set how many processes and threads a container may have; -1 for no limit. virsh has no such\n' +
      'command.',
    options: [
      domainOption,
      {
        name: 'max',
        kind: 'string',
        help: 'processes and threads together',
        positional: 'optional',
      },
      ...whichOptions,
      formatOption,
    ],
    example: 'tslxc pidtune helloworld 512',
    run: tuneProcesses,
  },
};

async function tuneNodes(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const change = readNodes(options);
  if (Object.keys(change).length === 0) {
    const now = await withErrorMessage('Unable to get number of numa parameters', () =>
      domain.getNumaTuning(which),
    );
    if (showsData(context.output, options, now)) return undefined;
    const { mode, nodeset } = now;
    context.output.line(parameterLine('numa_mode', mode));
    context.output.line(parameterLine('numa_nodeset', nodeset));
    return undefined;
  }
  await withErrorMessage('Unable to change numa parameters', () =>
    domain.setNumaTuning(change, which),
  );
  return undefined;
}

function readNodes(options: Options): NumaTuningChange {
  const [written, nodeset] = [options.string('mode'), options.string('nodeset')];
  const mode = numaModes.find((known) => known === written);
  if (written !== undefined && mode === undefined) {
    throw new CommandError(`Invalid mode: ${written}`, { code: 'INVALID_ARG' });
  }
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(nodeset === undefined ? {} : { nodeset }),
  };
}

async function tuneProcesses(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  const max = options.integer('max') === -1 ? ('unlimited' as const) : options.number('max');
  const domain = await findDomain(await context.connect(), options.required('domain'));
  if (max === undefined) {
    const now = await domain.getProcessLimit(which);
    if (showsData(context.output, options, { max: now })) return undefined;
    context.output.line(parameterLine('max', now));
    return undefined;
  }
  await withErrorMessage('Unable to change the most processes', () =>
    domain.setProcessLimit(max, which),
  );
  return undefined;
}
