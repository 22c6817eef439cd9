/** domstats: statistics of domains, as lines of `key=value` with virsh's keys. */
import { formatOption, showsData } from '../../output/data';
import { TslxcError } from '../../../errors';
import { findDomain } from '../../options/domain-argument';
import {
  refusedBits,
  statisticsGroups,
  type Measured as MeasuredOrNot,
} from '../../../driver/statistics/named';
import type { Domain, DomainInfo, DomainState } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

/** The help text of each group. */
const help: Readonly<Record<string, string>> = {
  state: 'report domain state',
  'cpu-total': 'report domain physical cpu usage',
  balloon: 'report domain balloon statistics',
  vcpu: 'report domain virtual cpu information',
  interface: 'report domain network interface information',
  block: 'report domain block device statistics',
};

type Filter = (domain: Domain, info: DomainInfo) => boolean;

/** Groups of filters. A domain must match one of the given filters of each group. */
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
      ...statisticsGroups.map(({ name }) => flag(name, help[name] ?? 'containers have none')),
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

async function show(context: Context, options: Options): Promise<number | undefined> {
  if (options.has('enforce')) refuseMissing(options);
  const connection = await context.connect();
  const named = options.strings('domain');
  const domains: Domain[] = [];
  for (const text of named) domains.push(await findDomain(connection, text));
  if (named.length === 0) domains.push(...(await connection.listDomains({})));
  const asked = statisticsGroups.filter(({ name }) => options.has(name));
  const shown = asked.length === 0 ? statisticsGroups : asked;
  let separator = '';
  // Without the domains that nothing can be said of, the output is no answer to a program.
  let status: number | undefined;
  const all: object[] = [];
  for (const domain of domains) {
    const measured = await measure(domain, named.length === 0 ? 'listed' : 'named');
    if (measured === undefined) continue;
    if (measured instanceof Error) {
      context.output.error(`domain '${domain.name}': ${measured.message}`);
      status = 1;
      continue;
    }
    if (!passes(options, domain, measured.info)) continue;
    all.push(dataOf(measured));
    if (options.string('format') === 'json') continue;
    context.output.text(separator);
    context.output.line(`Domain: '${domain.name}'`);
    for (const { named } of shown) {
      for (const [key, { value }] of named?.(measured) ?? []) {
        context.output.line(`  ${key}=${String(value)}`);
      }
    }
    separator = '\n';
  }
  showsData(context.output, options, all);
  return status;
}

/** The data of all groups, whichever were selected: programs take what they need. */
type Measured = Required<MeasuredOrNot>;

function dataOf({ statistics, info }: Measured): object {
  const { currentMemory, maxMemory, vcpus, maxVcpus } = info;
  return { ...statistics, currentMemory, maxMemory, vcpus, maxVcpus };
}

function refuseMissing(options: Options): void {
  const bits = statisticsGroups.reduce(
    (sum, { name, bit, named }) => (named === undefined && options.has(name) ? sum + bit : sum),
    0,
  );
  if (bits === 0) return;
  throw new TslxcError('ARGUMENT_UNSUPPORTED', refusedBits(bits));
}

/** For a listed domain: undefined if it is gone in the meantime, and any other error is returned instead of thrown. */
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

function isPaused({ state }: DomainState): boolean {
  return state === 'paused';
}
