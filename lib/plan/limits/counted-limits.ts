/** Limits of processes and huge pages. Infinity means no limit. Pure. */
import type { HugepageLimit } from '../../domain/tuning/definition';
import type { CgroupPlace } from '../cgroups/places';
import { bytesFrom, type LimitWrite } from './limit-write';

export function processWrites({ path }: CgroupPlace, max: number): LimitWrite[] {
  const value = max === Infinity ? 'max' : String(max);
  return [{ path: `${path}/pids.max`, value, as: 'text' }];
}

/**
 * How many cgroups the container may make, which the kernel charges to no container, and how deep. Where its processes are
 * one level below the limits, that level counts too.
 */
export function cgroupWrites(
  { path, joined }: CgroupPlace,
  { max, depth }: { readonly max: number; readonly depth: number },
): LimitWrite[] {
  const own = path === joined ? 0 : 1;
  return [
    { path: `${path}/cgroup.max.descendants`, value: String(max + own), as: 'text' },
    { path: `${path}/cgroup.max.depth`, value: String(depth + own), as: 'text' },
  ];
}

export function readProcesses(
  { path }: CgroupPlace,
  read: (path: string) => string | undefined,
): number {
  const text = read(`${path}/pids.max`)?.trim() ?? '';
  return /^\d+$/.test(text) ? Number(text) : Infinity;
}

/** Limits in KiB. */
export function hugepageWrites(
  place: CgroupPlace,
  limits: readonly Pick<HugepageLimit, 'size' | 'max'>[],
): LimitWrite[] {
  return limits.map(({ size, max }) => ({
    path: hugepageFile(place, size),
    value: max === Infinity ? none[place.version] : String(BigInt(max) * 1024n),
    as: 'bytes',
  }));
}

export function readHugepages(
  place: CgroupPlace,
  size: number,
  read: (path: string) => string | undefined,
): number | undefined {
  const text = read(hugepageFile(place, size));
  if (text === undefined) return undefined;
  const bytes = bytesFrom(text);
  return bytes === undefined ? Infinity : Number(bytes / 1024n);
}

const none = { v1: '-1', v2: 'max' };

/** The kernel's file for a page size, which it names by the largest unit: `hugetlb.2MB.max`. */
function hugepageFile({ version, path }: CgroupPlace, size: number): string {
  const units = [
    [2 ** 20, 'GB'],
    [2 ** 10, 'MB'],
    [1, 'KB'],
  ] as const;
  const [unit, word] = units.find(([one]) => size >= one) ?? units[2];
  return `${path}/hugetlb.${size / unit}${word}.${version === 'v1' ? 'limit_in_bytes' : 'max'}`;
}
