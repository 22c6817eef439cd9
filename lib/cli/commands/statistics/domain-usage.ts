/** cpu-stats, dommemstat and domblkstat: the resource usage of one running domain. */
import { formatOption, showsData } from '../../output/data';
import { TslxcError } from '../../../errors';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { unsupportedOption } from '../../options/refused-option';
import { whichOptions } from '../../options/which-option';
import { kibibytes, minorFaults, residentSet } from '../../../driver/statistics/named';
import type { BlockStatistics, Domain, DomainStatistics } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import type { Output } from '../../output/output';

export const commands: CommandTable = {
  'cpu-stats': {
    group: 'monitor',
    summary: 'show domain cpu statistics',
    description:
      "Display per-CPU and total statistics about the domain's CPUs. Only cgroup v1 counts for each CPU.",
    options: [
      domainOption,
      { name: 'total', kind: 'flag', help: 'show total statistics only' },
      {
        name: 'start',
        kind: 'number',
        help: 'show statistics from this CPU',
        positional: 'undocumented',
      },
      {
        name: 'count',
        kind: 'number',
        help: 'number of shown CPUs at most',
        positional: 'undocumented',
      },
      formatOption,
    ],
    example: 'tslxc cpu-stats helloworld --total',
    run: showCpu,
  },
  dommemstat: {
    group: 'monitor',
    summary: 'get memory statistics for a domain',
    description:
      'Get memory statistics for a running domain, in KiB; faults and swap are counts, of faults and pages.',
    options: [
      domainOption,
      unsupportedOption('period', 'virDomainSetMemoryStatsPeriod', 'number'),
      // In virsh they select the definition whose period is changed.
      ...whichOptions,
      formatOption,
    ],
    example: 'tslxc dommemstat helloworld',
    run: showMemory,
  },
  domblkstat: {
    group: 'monitor',
    summary: 'get device block stats for a domain',
    description:
      'Get device block stats for a running domain: of a disk by its target, of a block device of the host by its name,\n' +
      'or of all together. cgroup v1 counts what is written by the page cache for the host, and not for the container.',
    options: [
      domainOption,
      {
        name: 'device',
        kind: 'string',
        help: 'block device',
        positional: 'optional',
        mayBeEmpty: true,
      },
      { name: 'human', kind: 'flag', help: 'print a more human readable output' },
      formatOption,
    ],
    example: 'tslxc domblkstat helloworld',
    run: showBlock,
  },
};

/** @throws TslxcError OPERATION_INVALID if the domain is not running. */
async function running(domain: Domain): Promise<DomainStatistics> {
  const statistics = await domain.stats();
  if (statistics.id !== undefined) return statistics;
  throw new TslxcError('OPERATION_INVALID', 'domain is not running', { domain: domain.name });
}

function unsupported(what: string): TslxcError {
  return new TslxcError('OPERATION_UNSUPPORTED', `${what} is not counted on this host`);
}

async function showCpu(context: Context, options: Options): Promise<undefined> {
  const text = options.required('domain');
  const domain = await findDomain(await context.connect(), text);
  const start = notNegative(options, 'start', 'Invalid value for start CPU');
  const count = notNegative(options, 'count', 'Invalid value for number of CPUs to show');
  const [wantsTotal, wantsEach] = [
    options.has('total'),
    start !== undefined || count !== undefined,
  ];
  const { cpu } = await withErrorMessage(
    `Failed to retrieve CPU statistics for domain '${text}'`,
    async () => {
      const statistics = await running(domain);
      if (statistics.cpu === undefined) throw unsupported('CPU time');
      if (wantsEach && statistics.cpu.perCpu === undefined)
        throw unsupported('the time of each CPU');
      return { cpu: statistics.cpu };
    },
  );
  const { output } = context;
  if (showsData(output, options, cpu)) return undefined;
  if (wantsEach || !wantsTotal) showEach(output, cpu.perCpu ?? [], { start, count });
  if (wantsEach && !wantsTotal) return undefined;
  output.line('Total:');
  for (const [word, time] of [
    ['cpu_time', cpu.total],
    ['user_time', cpu.user],
    ['system_time', cpu.system],
  ] as const) {
    if (time !== undefined) showSeconds(output, word, time);
  }
  return undefined;
}

/** @throws CommandError with virsh's `refusal` of a negative number; UsageError for what is none. */
function notNegative(options: Options, name: string, refusal: string): number | undefined {
  const number = options.integer(name);
  if (number === undefined || number >= 0) return number;
  throw new CommandError(refusal, { code: 'INVALID_ARG' });
}

interface Range {
  readonly start: number | undefined;
  readonly count: number | undefined;
}

function showEach(output: Output, times: readonly bigint[], { start = 0, count }: Range): void {
  if (start > 0 && start >= times.length) {
    const last = String(times.length - 1);
    throw new CommandError(`Start CPU ${String(start)} is out of range (min: 0, max: ${last})`);
  }
  times.slice(start, start + (count ?? times.length)).forEach((time, index) => {
    output.line(`CPU${String(start + index)}:`);
    showSeconds(output, 'cpu_time', time);
  });
}

const nanoseconds = 1_000_000_000n;

/** `output.line` would show the tab as `\x09`. */
function showSeconds(output: Output, word: string, time: bigint): void {
  const fraction = String(time % nanoseconds).padStart(9, '0');
  const whole = String(time / nanoseconds).padStart(9);
  output.text(`\t${word.padEnd(12)} ${whole}.${fraction} seconds\n`);
}

async function showMemory(context: Context, options: Options): Promise<undefined> {
  const text = options.required('domain');
  const domain = await findDomain(await context.connect(), text);
  const period = options.integer('period') ?? 0;
  if (period < 0) {
    const detail = `Invalid collection period value '${period}'`;
    throw new CommandError(detail, { code: 'INVALID_ARG' });
  }
  await withErrorMessage('Unable to change balloon collection period.', () => {
    options.refuseUnsupported();
  });
  const message = `Failed to get memory statistics for domain ${text}`;
  const { memory, actual } = await withErrorMessage(message, async () => {
    const statistics = await running(domain);
    const { currentMemory } = await domain.info();
    return { memory: statistics.memory, actual: currentMemory };
  });
  if (showsData(context.output, options, { actual, ...memory })) return undefined;
  const { anonymous, mapped, file, faults, majorFaults, swappedIn, swappedOut } =
    memory?.breakdown ?? {};
  const rss = residentSet(anonymous, mapped);
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['actual', actual],
    ['swap_in', swappedIn],
    ['swap_out', swappedOut],
    ['major_fault', majorFaults],
    ['minor_fault', minorFaults(faults, majorFaults)],
    ['disk_caches', kibibytes(file)],
    ['rss', kibibytes(rss)],
  ];
  for (const [word, value] of rows) {
    if (value !== undefined) context.output.line(`${word} ${String(value)}`);
  }
  return undefined;
}

const blockWords: readonly (readonly [string, string, keyof BlockStatistics])[] = [
  ['rd_req', 'number of read operations:', 'reads'],
  ['rd_bytes', 'number of bytes read:', 'readBytes'],
  ['wr_req', 'number of write operations:', 'writes'],
  ['wr_bytes', 'number of bytes written:', 'writtenBytes'],
];

async function showBlock(context: Context, options: Options): Promise<undefined> {
  const text = options.required('domain');
  const device = options.string('device') ?? '';
  const domain = await findDomain(await context.connect(), text);
  const counted = await withErrorMessage(
    `Failed to get block stats for domain '${text}' device '${device}'`,
    () => domain.blockStats(device === '' ? undefined : device),
  );
  if (showsData(context.output, options, counted)) return undefined;
  const isHuman = options.has('human');
  if (isHuman) context.output.line(`Device: ${device}`);
  for (const [word, label, field] of blockWords) {
    const value = String(counted[field]);
    context.output.line(isHuman ? ` ${label.padEnd(31)} ${value}` : `${device} ${word} ${value}`);
  }
  return undefined;
}
