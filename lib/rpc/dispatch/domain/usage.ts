/** What domains use. */
import { TslxcError } from '../../../errors';
import type { Domain } from '../../../driver/domain';
import type { AddressSource, DomainAddress } from '../../../driver/interfaces/types';
import { kibibytes, minorFaults, residentSet } from '../../../driver/statistics/named';
import type { DomainStatistics } from '../../../driver/statistics/types';
import type { tuningProcedures } from '../../protocol/tuning';
import type { Parameter } from '../../protocol/values';
import type { Handlers } from '../base/call';
import { checkFlags, textsOkay } from '../base/flags';
import { withDomain } from '../base/identities';
import { asked, hyperOf, unsignedHyperOf } from '../base/parameters';

type Names =
  | 'DomainBlockStats'
  | 'DomainBlockStatsFlags'
  | 'DomainInterfaceStats'
  | 'DomainMemoryStats'
  | 'DomainGetCPUStats'
  | 'DomainInterfaceAddresses';

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
