/** CPU shares and CPU time in the files of both cgroup versions. Pure. */
import type { CgroupPlace } from '../cgroups/places';
import { copies, writesOnLevels, type LimitWrite } from './limit-write';

export interface CpuLimits {
  readonly shares: number;
  /** Microseconds. */
  readonly period: number;
  /** Microseconds; negative for no limit. */
  readonly quota: number;
}

/** The kernel's defaults. */
export const defaultCpu: CpuLimits = { shares: 1024, period: 100_000, quota: -1 };

/** The stricter of a definition's two limits of CPU time: `period` and `quota`, or the global ones. */
export function strictestTime<
  Tuning extends Partial<CpuLimits> & { globalPeriod?: number; globalQuota?: number },
>(tuning: Tuning): Tuning {
  const { period, quota, globalPeriod, globalQuota } = tuning;
  const all = shareOf(globalQuota, globalPeriod);
  if (all === Infinity || all >= shareOf(quota, period)) return tuning;
  return { ...tuning, period: globalPeriod ?? defaultCpu.period, quota: globalQuota };
}

/** In CPUs. */
function shareOf(quota = defaultCpu.quota, period = defaultCpu.period): number {
  return quota < 0 ? Infinity : quota / period;
}

const weights = { least: 1, most: 10_000, default: 100 };

/** Converts shares of v1 to a weight of v2 in proportion: the defaults are 1024 shares and weight 100. */
function weightOf(shares: number): number {
  const weight = Math.round((shares * weights.default) / defaultCpu.shares);
  return Math.min(Math.max(weight, weights.least), weights.most);
}

/** The writes for the given values. For CPU time on v2 both numbers are written, since they are in one file. */
export function cpuWrites(
  { version, path }: CgroupPlace,
  limits: Partial<CpuLimits>,
): LimitWrite[] {
  const { shares, period, quota } = limits;
  const write = (name: string, value: string | number | undefined): LimitWrite[] =>
    value === undefined ? [] : [{ path: `${path}/cpu.${name}`, value: String(value), as: 'text' }];
  if (version === 'v1') {
    return [
      ...write('shares', shares),
      ...write('cfs_period_us', period),
      ...write('cfs_quota_us', quota),
    ];
  }
  const time = `${wordOf(quota ?? defaultCpu.quota)} ${period ?? defaultCpu.period}`;
  return [
    ...write('weight', shares && weightOf(shares)),
    ...write('max', period === undefined && quota === undefined ? undefined : time),
  ];
}

/**
 * The writes for a running container. v1 refuses a directory more time than the one above it has, also between two writes: so what
 * the container sees has no limit of its own while the other changes.
 */
export function changeCpu(place: CgroupPlace, limits: Partial<CpuLimits>): LimitWrite[] {
  const isTime = limits.period !== undefined || limits.quota !== undefined;
  const { quota } = defaultCpu;
  return [
    ...(isTime ? copies(place, (level) => cpuWrites(level, { quota })) : []),
    ...writesOnLevels(place, (level) => cpuWrites(level, limits)),
  ];
}

/** The current values. A weight stands for several numbers of shares: `known` is returned if it is one of them. */
export function readCpu(
  { version, path }: CgroupPlace,
  read: (path: string) => string | undefined,
  known: number | undefined,
): CpuLimits {
  const value = (name: string): string => read(`${path}/cpu.${name}`)?.trim() ?? '';
  if (version === 'v1') {
    return {
      shares: numberOr(value('shares'), defaultCpu.shares),
      period: numberOr(value('cfs_period_us'), defaultCpu.period),
      quota: numberOr(value('cfs_quota_us'), defaultCpu.quota),
    };
  }
  const weight = numberOr(value('weight'), weights.default);
  const [quota = '', period = ''] = value('max').split(' ');
  const shares = Math.round((weight * defaultCpu.shares) / weights.default);
  return {
    shares: known !== undefined && weightOf(known) === weight ? known : shares,
    period: numberOr(period, defaultCpu.period),
    quota: numberOr(quota, defaultCpu.quota),
  };
}

function wordOf(quota: number): string {
  return quota < 0 ? 'max' : String(quota);
}

function numberOr(text: string, otherwise: number): number {
  return /^-?\d+$/.test(text) ? Number(text) : otherwise;
}
