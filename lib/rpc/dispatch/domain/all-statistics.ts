/** What all domains use, or those that a client names: in one answer, which may be long. */
import { TslxcError } from '../../../errors';
import type { Domain } from '../../../driver/domain';
import { refusedBits, statisticsGroups } from '../../../driver/statistics/named';
import type { Measured, Named } from '../../../driver/statistics/named';
import type { tuningProcedures } from '../../protocol/tuning';
import type { Parameter, WireDomain } from '../../protocol/values';
import type { Call, Handlers } from '../base/call';
import { hasFlag } from '../base/flags';
import { wireSeen, withDomain } from '../base/identities';
import { inSlices } from '../base/in-slices';
import { intOf, textOf, uintOf, unsignedHyperOf } from '../base/parameters';
import { listed } from './lists';

/** Flags of ConnectGetAllDomainStats; `enforce` (2^31) refuses groups that do not exist here. */
const statsFlags = { nowait: 2 ** 29, backing: 2 ** 30, enforce: 2 ** 31 } as const;
/** Its filter flags, which are those of a list of domains. */
const statsFilters = 0xff;

/** How many times a call for statistics may name a domain that it has named before: nothing but an attack does so often. */
export const mostRepeats = 16;

export const allStatisticsHandlers: Handlers<
  Pick<typeof tuningProcedures, 'ConnectGetAllDomainStats'>
> = {
  ConnectGetAllDomainStats: async (call, { domains, groups, flags }) => {
    refuseMissing(groups, flags);
    const records = await inSlices(await meant(call, domains, flags), ({ domain, times }) =>
      recordOf(domain, groups).then((record) => Array.from({ length: times }, () => record)),
    );
    return { records: records.flat(2) };
  },
};

function refuseMissing(groups: number, flags: number): void {
  const known = statisticsGroups.reduce(
    (sum, { bit, named }) => (named === undefined ? sum : sum + bit),
    0,
  );
  const missing = (groups & ~known) >>> 0;
  if (missing === 0 || !hasFlag(flags, statsFlags.enforce)) return;
  throw new TslxcError('ARGUMENT_UNSUPPORTED', refusedBits(missing));
}

/** A domain, and how many times it is named. */
interface Meant {
  readonly domain: Domain;
  readonly times: number;
}

/**
 * The domains that are named, or those that pass the filters. libvirt gives a record for each naming, and here, too, there is one, but
 * the work for it is done once: see `mostRepeats`.
 */
async function meant(call: Call, named: readonly WireDomain[], flags: number): Promise<Meant[]> {
  if (named.length === 0) {
    return (await listed(call, flags & statsFilters)).map(({ domain }) => ({ domain, times: 1 }));
  }
  return inSlices(namings(named), ({ one, times }) =>
    withDomain(call, one, async (domain) => {
      await domain.state();
      return { domain, times };
    }),
  );
}

/** @throws TslxcError INVALID_ARG when domains are named again and again, without going on to count how often. */
function namings(named: readonly WireDomain[]): { one: WireDomain; times: number }[] {
  const found = new Map<string, { one: WireDomain; times: number }>();
  let repeats = 0;
  for (const one of named) {
    const uuid = keyOf(one.uuid);
    const known = found.get(uuid);
    if (known === undefined) found.set(uuid, { one, times: 1 });
    else {
      known.times += 1;
      repeats += 1;
    }
    if (repeats > mostRepeats) throw tooManyRepeats();
  }
  return [...found.values()];
}

function tooManyRepeats(): TslxcError {
  const detail = `more than ${mostRepeats} domains are named that were named before in the same call`;
  return new TslxcError('INVALID_ARG', detail);
}

/** Of a domain whose definition can't be read, the state: it must not keep those of others from being told. */
async function measure(domain: Domain): Promise<Measured> {
  const statistics = await domain.stats();
  const { unreadable } = statistics.state;
  if (unreadable !== undefined && statistics.id === undefined) return { statistics };
  return { statistics, info: await domain.info() };
}

/** Empty for a domain that has gone meanwhile. */
async function recordOf(
  domain: Domain,
  groups: number,
): Promise<{ domain: WireDomain; parameters: Parameter[] }[]> {
  try {
    const measured = await measure(domain);
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

/** The bytes as a text that is quickly made: a call may name thousands of domains. */
function keyOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}
