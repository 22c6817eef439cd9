/** domstats: what domains use, as lines of `key=value` with virsh's keys. */
import { formatOption, showsData } from '../../output/data';
import { TslxcError } from '../../../errors';
import { findDomain } from '../../options/domain-argument';
import { minorFaults, residentSet } from '../../output/memory-words';
import type { Domain, DomainInfo, DomainState, DomainStatistics } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

type Line = readonly [key: string, value: string | number | bigint];

interface Measured {
  readonly statistics: DomainStatistics;
  readonly info: DomainInfo;
}

/** An option, what it stands for in libvirt's bits, and what it prints; what LXC doesn't have prints nothing. */
interface Group {
  readonly name: string;
  readonly help: string;
  readonly lines?: (measured: Measured) => readonly Line[];
}

const groups: readonly Group[] = [
  { name: 'state', help: 'report domain state', lines: stateLines },
  { name: 'cpu-total', help: 'report domain physical cpu usage', lines: cpuLines },
  { name: 'balloon', help: 'report domain balloon statistics', lines: balloonLines },
  { name: 'vcpu', help: 'report domain virtual cpu information', lines: vcpuLines },
  { name: 'interface', help: 'report domain network interface information', lines: networkLines },
  { name: 'block', help: 'report domain block device statistics', lines: blockLines },
  { name: 'perf', help: 'containers have none' },
  { name: 'iothread', help: 'containers have none' },
  { name: 'memory', help: 'containers have none' },
  { name: 'dirtyrate', help: 'containers have none' },
  { name: 'vm', help: 'containers have none' },
];

type Filter = (domain: Domain, info: DomainInfo) => boolean;

/** Alternatives within a list; every list that something of is given has to fit. */
const filters: readonly (readonly (readonly [name: string, help: string, fits: Filter])[])[] = [
  [
    ['list-active', 'list only active domains', ({ id }) => id !== undefined],
    ['list-inactive', 'list only inactive domains', ({ id }) => id === undefined],
  ],
  [
    ['list-persistent', 'list only persistent domains', (_, { persistent }) => persistent],
    ['list-transient', 'list only transient domains', (_, { persistent }) => !persistent],
  ],
  [
    ['list-running', 'list only running domains', (_, { state }) => state.state === 'running'],
    ['list-paused', 'list only paused domains', (_, { state }) => isPaused(state)],
    ['list-shutoff', 'list only shutoff domains', (_, { state }) => state.state === 'shutoff'],
    ['list-other', 'list only domains in other states', () => false],
  ],
];

const flag = (name: string, help: string): Option => ({ name, kind: 'flag', help });

export const commands: CommandTable = {
  domstats: {
    group: 'monitor',
    summary: 'get statistics about one or multiple domains',
    description:
      'Get statistics about one or more (or all) domains. Without a group, all that there are.\n' +
      'What this kernel does not count is left out.',
    options: [
      ...groups.map(({ name, help }) => flag(name, help)),
      ...filters.flat().map(([name, help]) => flag(name, help)),
      flag('raw', 'do not pretty-print the fields'),
      flag('enforce', 'enforce requested stats parameters'),
      flag('backing', 'accepted: block devices of containers have no backing chain'),
      flag('nowait', 'accepted: nothing has to be waited for'),
      formatOption,
      {
        name: 'domain',
        kind: 'strings',
        help: 'list of domains to get stats for',
        positional: 'optional',
      },
    ],
    example: 'tslxc domstats --cpu-total --balloon helloworld',
    run: show,
  },
};

async function show(context: Context, options: Options): Promise<undefined> {
  if (options.has('enforce')) refuseMissing(options);
  const connection = await context.connect();
  const named = options.strings('domain');
  const domains: Domain[] = [];
  for (const text of named) domains.push(await findDomain(connection, text));
  if (named.length === 0) domains.push(...(await connection.listDomains({})));
  const asked = groups.filter(({ name }) => options.has(name));
  const shown = asked.length === 0 ? groups : asked;
  let separator = '';
  const all: object[] = [];
  for (const domain of domains) {
    const measured = await measure(domain, named.length === 0 ? 'listed' : 'named');
    if (measured === undefined) continue;
    if (measured instanceof Error) {
      context.output.error(`domain '${domain.name}': ${measured.message}`);
      continue;
    }
    if (!passes(options, domain, measured.info)) continue;
    all.push(dataOf(measured));
    if (options.string('format') === 'json') continue;
    context.output.text(separator);
    context.output.line(`Domain: '${domain.name}'`);
    for (const { lines } of shown) {
      for (const [key, value] of lines?.(measured) ?? []) {
        context.output.line(`  ${key}=${String(value)}`);
      }
    }
    separator = '\n';
  }
  showsData(context.output, options, all);
  return undefined;
}

/** Of all groups: a program takes what it needs. */
function dataOf({ statistics, info }: Measured): object {
  const { currentMemory, maxMemory, vcpus, maxVcpus } = info;
  return { ...statistics, currentMemory, maxMemory, vcpus, maxVcpus };
}

function refuseMissing(options: Options): void {
  const bits = groups.reduce(
    (sum, { name, lines }, index) =>
      lines === undefined && options.has(name) ? sum + 2 ** index : sum,
    0,
  );
  if (bits === 0) return;
  const detail = `Stats types bits 0x${bits.toString(16)} are not supported by this daemon`;
  throw new TslxcError('ARGUMENT_UNSUPPORTED', detail);
}

/** Of a list, one that has gone meanwhile is left out, and what is wrong with another is handed back. */
async function measure(
  domain: Domain,
  origin: 'listed' | 'named',
): Promise<Measured | Error | undefined> {
  try {
    return { statistics: await domain.stats(), info: await domain.info() };
  } catch (error) {
    if (origin === 'named') throw error;
    if (TslxcError.is(error, 'NO_DOMAIN')) return undefined;
    return error instanceof Error ? error : new Error(String(error));
  }
}

function passes(options: Options, domain: Domain, info: DomainInfo): boolean {
  return filters.every((alternatives) => {
    const asked = alternatives.filter(([name]) => options.has(name));
    return asked.length === 0 || asked.some(([, , fits]) => fits(domain, info));
  });
}

/** virDomainState, and the reasons of each state. */
const stateNumbers: Readonly<Record<string, number>> = { running: 1, paused: 3, shutoff: 5 };
const reasonNumbers: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  running: { booted: 1, unpaused: 5, crashed: 10 },
  paused: { user: 1 },
  shutoff: { shutdown: 1, destroyed: 2, crashed: 3, failed: 6 },
};

function isPaused({ state }: DomainState): boolean {
  return stateNumbers[state] === stateNumbers['paused'];
}

function stateLines({ statistics: { state } }: Measured): Line[] {
  return [
    ['state.state', stateNumbers[state.state] ?? 0],
    ['state.reason', reasonNumbers[state.state]?.[state.reason] ?? 0],
  ];
}

function cpuLines({ statistics: { cpu } }: Measured): Line[] {
  return lines(['cpu.time', cpu?.total], ['cpu.user', cpu?.user], ['cpu.system', cpu?.system]);
}

const kibibyte = 1024;

function balloonLines({ statistics: { memory }, info }: Measured): Line[] {
  const kibibytes = (bytes: number | undefined): number | undefined =>
    bytes === undefined ? undefined : Math.floor(bytes / kibibyte);
  const { anonymous, mapped, file, majorFaults, faults } = memory?.breakdown ?? {};
  return lines(
    ['balloon.current', info.currentMemory],
    ['balloon.maximum', info.maxMemory],
    ['balloon.major_fault', majorFaults],
    ['balloon.minor_fault', minorFaults(faults, majorFaults)],
    ['balloon.rss', kibibytes(residentSet(anonymous, mapped))],
    ['balloon.disk_caches', kibibytes(file)],
  );
}

function vcpuLines({ info }: Measured): Line[] {
  return [
    ['vcpu.current', info.vcpus],
    ['vcpu.maximum', info.maxVcpus],
  ];
}

function networkLines({ statistics: { network } }: Measured): Line[] {
  if (network === undefined) return [];
  return [
    ['net.count', network.length],
    ...network.flatMap((one, index): Line[] => {
      const key = `net.${String(index)}`;
      return [
        [`${key}.name`, one.name ?? one.guest],
        [`${key}.rx.bytes`, one.rxBytes],
        [`${key}.rx.pkts`, one.rxPackets],
        [`${key}.rx.errs`, one.rxErrors],
        [`${key}.rx.drop`, one.rxDropped],
        [`${key}.tx.bytes`, one.txBytes],
        [`${key}.tx.pkts`, one.txPackets],
        [`${key}.tx.errs`, one.txErrors],
        [`${key}.tx.drop`, one.txDropped],
      ];
    }),
  ];
}

function blockLines({ statistics: { io } }: Measured): Line[] {
  if (io === undefined) return [];
  return [
    ['block.count', io.length],
    ...io.flatMap((one, index): Line[] => {
      const key = `block.${String(index)}`;
      return [
        [`${key}.name`, one.name ?? one.device],
        [`${key}.rd.reqs`, one.reads],
        [`${key}.rd.bytes`, one.readBytes],
        [`${key}.wr.reqs`, one.writes],
        [`${key}.wr.bytes`, one.writtenBytes],
      ];
    }),
  ];
}

function lines(...all: readonly (readonly [string, Line[1] | undefined])[]): Line[] {
  return all.flatMap(([key, value]): Line[] => (value === undefined ? [] : [[key, value]]));
}
