/** CPU time, from cpuacct and cpu of cgroup v1 or cpu.stat of v2. Pure. */
import { present } from '../../present';
import { bigNumber, bigNumbers, keyedNumbers } from './parse';
import type { Files } from './parse';
import type { CpuStatistics, ThrottlingStatistics } from './types';

/** USER_HZ is 100 on every architecture that Node runs on: times(2). */
const nanosecondsInTick = 10_000_000n;
const nanosecondsInMicrosecond = 1000n;

/** `cpu` is undefined where that controller is not mounted; `seen`, where the container sees the same cgroup. */
export function cpuFromV1(
  cpuacct: Files,
  cpu: Files | undefined,
  seen?: Files,
): CpuStatistics | undefined {
  const total = bigNumber(cpuacct('cpuacct.usage'));
  if (total === undefined) return undefined;
  const ticks = keyedNumbers(cpuacct('cpuacct.stat'));
  return present({
    total,
    user: scaled(ticks.get('user'), nanosecondsInTick),
    system: scaled(ticks.get('system'), nanosecondsInTick),
    perCpu: bigNumbers(cpuacct('cpuacct.usage_percpu')),
    throttling: cpu && throttlingOf([cpu, seen], 'throttled_time', 1n),
  });
}

export function cpuFromV2(unified: Files, seen?: Files): CpuStatistics | undefined {
  const numbers = keyedNumbers(unified('cpu.stat'));
  const total = scaled(numbers.get('usage_usec'), nanosecondsInMicrosecond);
  if (total === undefined) return undefined;
  return present({
    total,
    user: scaled(numbers.get('user_usec'), nanosecondsInMicrosecond),
    system: scaled(numbers.get('system_usec'), nanosecondsInMicrosecond),
    // Only there with the controller.
    throttling: throttlingOf([unified, seen], 'throttled_usec', nanosecondsInMicrosecond),
  });
}

/** Of cgroups with the same limit, one below the other: whichever reaches it first throttles the processes of both. */
function throttlingOf(
  levels: readonly (Files | undefined)[],
  timeName: string,
  unit: bigint,
): ThrottlingStatistics | undefined {
  return levels
    .map((files) => files && throttling(keyedNumbers(files('cpu.stat')), timeName, unit))
    .reduce((one, other) => (one && other ? moreOf(one, other) : (one ?? other)));
}

function moreOf(one: ThrottlingStatistics, other: ThrottlingStatistics): ThrottlingStatistics {
  return {
    periods: Math.max(one.periods, other.periods),
    throttled: Math.max(one.throttled, other.throttled),
    time: one.time > other.time ? one.time : other.time,
  };
}

function throttling(
  numbers: ReadonlyMap<string, number>,
  timeName: string,
  unit: bigint,
): ThrottlingStatistics | undefined {
  const periods = numbers.get('nr_periods');
  const throttled = numbers.get('nr_throttled');
  const time = scaled(numbers.get(timeName), unit);
  if (periods === undefined || throttled === undefined || time === undefined) return undefined;
  return { periods, throttled, time };
}

function scaled(number: number | undefined, unit: bigint): bigint | undefined {
  return number === undefined ? undefined : BigInt(number) * unit;
}
