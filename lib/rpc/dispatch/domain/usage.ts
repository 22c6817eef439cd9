/** What domains use. */
import { TslxcError } from '../../../errors';
import type { Domain } from '../../../driver/domain';
import type { AddressSource, DomainAddress } from '../../../driver/interfaces/types';
import {
  kibibytes,
  minorFaults,
  refusedBits,
  residentSet,
  statisticsGroups,
} from '../../../driver/statistics/named';
import type { Named } from '../../../driver/statistics/named';
import type { DomainStatistics } from '../../../driver/statistics/types';
import type { tuningProcedures } from '../../protocol/tuning';
import type { Parameter, WireDomain } from '../../protocol/values';
import type { Call, Handlers } from '../base/call';
import { checkFlags, hasFlag, textsOkay } from '../base/flags';
import { wireSeen, withDomain } from '../base/identities';
import { asked, hyperOf, intOf, textOf, uintOf, unsignedHyperOf } from '../base/parameters';
import { listed } from './lists';

type Names =
  | 'DomainBlockStats'
  | 'DomainBlockStatsFlags'
  | 'DomainInterfaceStats'
  | 'DomainMemoryStats'
  | 'DomainGetCPUStats'
  | 'DomainInterfaceAddresses'
  | 'ConnectGetAllDomainStats';

/** virDomainMemoryStatTags. */
const memoryTags = {
  swapIn: 0,
  swapOut: 1,
  majorFault: 2,
  minorFault: 3,
  actual: 6,
  rss: 7,
  diskCaches: 10,
} as const;

/** In place of the number of a processor: all of them together. */
const total = -1;

/** virDomainInterfaceAddressesSource; 1 is an agent in a guest, which containers do not have. */
const addressSources: readonly (AddressSource | undefined)[] = ['lease', undefined, 'arp'];
const families = { ipv4: 0, ipv6: 1 } as const;

/** Flags of ConnectGetAllDomainStats; `enforce` (2^31) refuses groups that do not exist here. */
const statsFlags = { nowait: 2 ** 29, backing: 2 ** 30, enforce: 2 ** 31 } as const;
/** Its filter flags, which are those of a list of domains. */
const statsFilters = 0xff;

export const usageHandlers: Handlers<Pick<typeof tuningProcedures, Names>> = {
  DomainBlockStats: (call, { domain, path }) =>
    withDomain(call, domain, async (one) => {
      const found = await one.blockStats(path === '' ? undefined : path);
      return {
        reads: BigInt(found.reads),
        readBytes: BigInt(found.readBytes),
        writes: BigInt(found.writes),
        writtenBytes: BigInt(found.writtenBytes),
        // Not counted.
        errors: -1n,
      };
    }),
  DomainBlockStatsFlags: (call, { domain, path, most, flags }) => {
    checkFlags(flags, textsOkay, 'lxcDomainBlockStatsFlags');
    return withDomain(call, domain, async (one) => {
      const found = await one.blockStats(path === '' ? undefined : path);
      const parameters = [
        hyperOf('wr_bytes', found.writtenBytes),
        hyperOf('wr_operations', found.writes),
        hyperOf('rd_bytes', found.readBytes),
        hyperOf('rd_operations', found.reads),
      ];
      return { parameters: asked(parameters, most), count: parameters.length };
    });
  },
  DomainInterfaceStats: (call, { domain, device }) =>
    withDomain(call, domain, async (one) => {
      const found = (await one.interfaces({ which: 'live' })).find(
        ({ name, mac }) => name === device || mac === device,
      );
      if (found?.statistics !== undefined) return found.statistics;
      const detail = `invalid path, '${device}' is not a known interface`;
      throw new TslxcError('INVALID_ARG', detail);
    }),
  DomainMemoryStats: (call, { domain, most, flags }) => {
    checkFlags(flags, 0, 'lxcDomainMemoryStats');
    return withDomain(call, domain, async (one) => ({
      statistics: asked(await memoryOf(one), most),
    }));
  },
  DomainGetCPUStats: (call, { domain, perCpu, first, cpus, flags }) => {
    checkFlags(flags, textsOkay, 'lxcDomainGetCPUStats');
    return withDomain(call, domain, async (one) => {
      const { cpu } = await running(one);
      if (cpu === undefined) throw uncounted('CPU time');
      if (first === total) {
        const all = counted(
          ['cpu_time', cpu.total],
          ['user_time', cpu.user],
          ['system_time', cpu.system],
        );
        return {
          parameters: asked(all, perCpu),
          count: perCpu === 0 ? all.length : Math.min(perCpu, all.length),
        };
      }
      if (cpu.perCpu === undefined) throw uncounted('the time of each CPU');
      if (cpus === 0) return { parameters: [], count: cpu.perCpu.length };
      if (perCpu === 0) return { parameters: [], count: 1 };
      return { parameters: eachCpu(cpu.perCpu, { first, cpus }), count: 1 };
    });
  },
  DomainInterfaceAddresses: (call, { domain, source, flags }) => {
    checkFlags(flags, 0, 'lxcDomainInterfaceAddresses');
    const word = addressSources[source];
    if (word === undefined) {
      const detail = `Unknown IP address data source ${source}`;
      throw new TslxcError('ARGUMENT_UNSUPPORTED', detail);
    }
    return withDomain(call, domain, async (one) => ({
      interfaces: byInterface(await one.addresses({ source: word })),
    }));
  },
  ConnectGetAllDomainStats: async (call, { domains, groups, flags }) => {
    refuseMissing(groups, flags);
    const records = await Promise.all(
      (await meant(call, domains, flags)).map((one) => recordOf(one, groups)),
    );
    return { records: records.flat() };
  },
};

async function running(domain: Domain): Promise<DomainStatistics> {
  const statistics = await domain.stats();
  if (statistics.id !== undefined) return statistics;
  throw new TslxcError('OPERATION_INVALID', 'domain is not running', { domain: domain.name });
}

function uncounted(what: string): TslxcError {
  return new TslxcError('OPERATION_UNSUPPORTED', `${what} is not counted on this host`);
}

function counted(...all: readonly (readonly [string, bigint | undefined])[]): Parameter[] {
  return all.flatMap(([field, value]) =>
    value === undefined ? [] : [unsignedHyperOf(field, value)],
  );
}

function eachCpu(
  times: readonly bigint[],
  { first, cpus }: { readonly first: number; readonly cpus: number },
): Parameter[] {
  if (first >= times.length) {
    const detail = `start_cpu ${first} larger than maximum of ${times.length - 1}`;
    throw new TslxcError('INVALID_ARG', detail);
  }
  return times.slice(first, first + cpus).map((time) => unsignedHyperOf('cpu_time', time));
}

async function memoryOf(domain: Domain): Promise<{ tag: number; value: bigint }[]> {
  const { memory } = await running(domain);
  const { currentMemory } = await domain.info();
  const { anonymous, mapped, file, faults, majorFaults, swappedIn, swappedOut } =
    memory?.breakdown ?? {};
  const values: Readonly<Record<keyof typeof memoryTags, number | undefined>> = {
    actual: currentMemory,
    swapIn: swappedIn,
    swapOut: swappedOut,
    majorFault: majorFaults,
    minorFault: minorFaults(faults, majorFaults),
    diskCaches: kibibytes(file),
    rss: kibibytes(residentSet(anonymous, mapped)),
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [{ tag: memoryTags[name as keyof typeof memoryTags], value: BigInt(value) }],
  );
}

interface WireInterface {
  readonly name: string;
  readonly mac: string | undefined;
  readonly addresses: { type: number; address: string; prefix: number }[];
}

function byInterface(addresses: readonly DomainAddress[]): WireInterface[] {
  const found = new Map<string, WireInterface>();
  for (const { interface: name, mac, family, address, prefix = 0 } of addresses) {
    const one = found.get(name) ?? { name, mac, addresses: [] };
    one.addresses.push({ type: families[family], address, prefix });
    found.set(name, one);
  }
  return [...found.values()];
}

function refuseMissing(groups: number, flags: number): void {
  const known = statisticsGroups.reduce(
    (sum, { bit, named }) => (named === undefined ? sum : sum + bit),
    0,
  );
  const missing = (groups & ~known) >>> 0;
  if (missing === 0 || !hasFlag(flags, statsFlags.enforce)) return;
  throw new TslxcError('ARGUMENT_UNSUPPORTED', refusedBits(missing));
}

/** The domains that are named, or those that pass the filters. */
async function meant(call: Call, named: readonly WireDomain[], flags: number): Promise<Domain[]> {
  if (named.length === 0) {
    return (await listed(call, flags & statsFilters)).map(({ domain }) => domain);
  }
  return Promise.all(
    named.map((one) =>
      withDomain(call, one, async (domain) => {
        await domain.state();
        return domain;
      }),
    ),
  );
}

/** Empty for a domain that has gone meanwhile. */
async function recordOf(
  domain: Domain,
  groups: number,
): Promise<{ domain: WireDomain; parameters: Parameter[] }[]> {
  try {
    const measured = { statistics: await domain.stats(), info: await domain.info() };
    const shown = statisticsGroups.filter(({ bit }) => groups === 0 || hasFlag(groups, bit));
    const parameters = shown.flatMap(({ named }) => (named?.(measured) ?? []).map(parameterOf));
    return [{ domain: wireSeen({ domain, id: measured.statistics.id }), parameters }];
  } catch (error) {
    if (TslxcError.is(error, 'NO_DOMAIN')) return [];
    throw error;
  }
}

function parameterOf([field, named]: Named): Parameter {
  switch (named.type) {
    case 'int':
      return intOf(field, named.value);
    case 'uint':
      return uintOf(field, named.value);
    case 'count':
      return unsignedHyperOf(field, named.value);
    case 'text':
      return textOf(field, named.value);
  }
}
