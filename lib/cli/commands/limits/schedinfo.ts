/** schedinfo, setvcpus and cpuset: the CPUs of a domain. */
import { cpuParameterFault, schedulerParameters } from '../../../domain/tuning/cpu-ranges';
import { formatOption, showsData } from '../../output/data';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { refusedOption, unsupportedOption } from '../../options/refused-option';
import { parameterLine } from '../../output/parameter-lines';
import { whichOf, whichOptions } from '../../options/which-option';
import type { CpuTuningChange } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  schedinfo: {
    group: 'domain',
    summary: 'show/set scheduler parameters',
    description:
      'Show/Set scheduler parameters: cpu_shares, vcpu_period and vcpu_quota, the latter two in microseconds of\n' +
      'all CPUs together; a quota of -1 is none. Several are set with commas between.',
    options: [
      domainOption,
      {
        name: 'set',
        kind: 'strings',
        help: 'parameter=value',
        positional: 'optional',
      },
      ...['weight', 'cap'].map((name) =>
        refusedOption(name, `invalid scheduler option: ${name}`, 'number'),
      ),
      ...whichOptions,
      formatOption,
    ],
    example: 'tslxc schedinfo helloworld --set cpu_shares=512,vcpu_quota=50000',
    run: schedule,
  },
  setvcpus: {
    group: 'domain',
    summary: 'change number of virtual CPUs',
    description:
      'Change the number of virtual CPUs in the guest domain. A container is only said to have them; what limits\n' +
      'it is cpuset.',
    options: [
      domainOption,
      {
        name: 'count',
        kind: 'number',
        help: 'number of virtual CPUs',
        positional: 'required',
      },
      { name: 'maximum', kind: 'flag', help: 'set maximum limit' },
      unsupportedOption('guest', 'virDomainSetVcpusFlags'),
      unsupportedOption('hotpluggable', 'virDomainSetVcpusFlags'),
      ...whichOptions,
    ],
    example: 'tslxc setvcpus helloworld 2 --maximum --config',
    run: setVcpus,
  },
  cpuset: {
    group: 'domain',
    summary: 'show/set the CPUs that a domain may run on',
    description:
      'Show the CPUs that the container may run on, or change them: its processes move at once. virsh has no\n' +
      'such command for containers.',
    options: [
      domainOption,
      {
        name: 'cpulist',
        kind: 'string',
        help: "CPU numbers, such as 0-3,^2, or 'all'",
        positional: 'optional',
      },
      ...whichOptions,
      formatOption,
    ],
    example: 'tslxc cpuset helloworld 0-1',
    run: cpuset,
  },
};

async function schedule(context: Context, options: Options): Promise<undefined> {
  const { output } = context;
  const which = whichOf(options);
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const isText = options.string('format') !== 'json';
  if (isText) output.line(parameterLine('Scheduler', 'posix'));
  const now = await domain.getCpuTuning(which);
  options.refuseUnsupported();
  const change = readChange(options.strings('set'));
  const isChange = Object.keys(change).length > 0;
  if (isChange) {
    await domain.setCpuTuning(change, which);
  }
  const tuning = isChange ? await domain.getCpuTuning(which) : now;
  if (showsData(output, options, tuning)) return undefined;
  const { shares, period, quota } = tuning;
  output.line(parameterLine('cpu_shares', shares));
  output.line(parameterLine('vcpu_period', period));
  output.line(parameterLine('vcpu_quota', quota === 'unlimited' ? -1 : quota));
  return undefined;
}

function readChange(texts: readonly string[]): CpuTuningChange {
  return Object.fromEntries(texts.flatMap((text) => text.split(',')).map(readParameter));
}

function readParameter(text: string): readonly [keyof CpuTuningChange, number | 'unlimited'] {
  const [name = '', value] = text.split('=');
  if (value === undefined) throw refusal('Invalid syntax for --set, expecting name=value');
  if (!Object.hasOwn(schedulerParameters, name)) throw refusal(`invalid scheduler option: ${name}`);
  const property = schedulerParameters[name as keyof typeof schedulerParameters];
  const [type, range] = property === 'quota' ? signed : unsigned;
  const number = wholeNumber(value, range);
  if (number === undefined) {
    throw refusal(`invalid argument: Invalid value for field '${name}': expected ${type}`);
  }
  const fault = cpuParameterFault(property, number);
  if (fault !== undefined) throw refusal(`invalid argument: ${fault}`);
  return [property, number < 0n ? 'unlimited' : Number(number)];
}

/** The types that libvirt has for them. As strtoull(3), virsh takes the negative of each unsigned number; here it stays negative. */
const signed = ['long long', [-(2n ** 63n), 2n ** 63n - 1n]] as const;
const unsigned = ['unsigned long long', [1n - 2n ** 64n, 2n ** 64n - 1n]] as const;

/** Undefined for what is no number, or beyond the range. */
function wholeNumber(text: string, [least, most]: readonly [bigint, bigint]): bigint | undefined {
  const [, sign, digits] = /^\s*([+-]?)(\d{1,20})$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = sign === '-' ? -BigInt(digits) : BigInt(digits);
  return value >= least && value <= most ? value : undefined;
}

function refusal(message: string): CommandError {
  return new CommandError(message, { code: 'INVALID_ARG' });
}

async function setVcpus(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  options.exclusive('guest', 'config');
  if (options.has('maximum') && !options.has('config')) {
    throw new CommandError('Option --config is required by option --maximum', {
      code: 'INVALID_ARG',
    });
  }
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const count = options.number('count') ?? 0;
  if (count === 0)
    throw new CommandError("Can't set 0 processors for a VM", { code: 'INVALID_ARG' });
  options.refuseUnsupported();
  const change = options.has('maximum') ? { maximum: count } : { current: count };
  await domain.setVcpus(change, which);
  return undefined;
}

async function cpuset(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  const cpus = options.string('cpulist');
  const domain = await findDomain(await context.connect(), options.required('domain'));
  if (cpus === undefined) {
    const now = await domain.getCpuset(which);
    if (!showsData(context.output, options, { cpuset: now })) context.output.line(now);
    return undefined;
  }
  await withErrorMessage('Unable to change the CPUs', () => domain.setCpuset(cpus, which));
  return undefined;
}
