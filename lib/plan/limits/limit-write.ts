/** A limit as the kernel sees it: a value for a file of a cgroup, and how the file reads afterwards. Pure. */
import type { CgroupStep } from '../../host/native';
import { seenPlace, type CgroupPlace } from '../cgroups/places';

export interface LimitWrite {
  readonly path: string;
  readonly value: string;
  /**
   * `text`: the file holds the value. `bytes`: a number that the kernel rounds to pages, or a word for no limit.
   * `line`: the value is one line of several.
   */
  readonly as: 'text' | 'bytes' | 'line';
  /** For `line`: its first word, a device number or `default`. */
  readonly key?: string;
  /** For `line`: what is written to remove it. */
  readonly none?: string;
  /** It limits nothing, and root inside may have changed it: that it can't be written changes nothing. */
  readonly isCopy?: true;
}

type WritesOf = (level: CgroupPlace) => LimitWrite[];

/** The writes for the directory that has the limits, and the same for the one that the container sees, if it is another. */
export function writesOnLevels(place: CgroupPlace, writesOf: WritesOf): LimitWrite[] {
  return [...writesOf(place), ...copies(place, writesOf)];
}

/** Only those for the directory that the container sees; none if it is the one that has the limits. */
export function copies(place: CgroupPlace, writesOf: WritesOf): LimitWrite[] {
  const seen = seenPlace(place);
  return seen === undefined ? [] : writesOf(seen).map((one) => ({ ...one, isCopy: true }));
}

/** From this value on, the kernel means no limit (PAGE_COUNTER_MAX pages). */
const unlimitedBytes = 2n ** 63n - 65_536n;

/** The largest page size, in bytes. */
const largestPage = 65_536n;

export function limitSteps(writes: readonly LimitWrite[]): CgroupStep[] {
  return writes.map(({ path, value }) => ({ step: 'write', path, value }));
}

/** The value of this limit in `text`, the content of the file; undefined if it has no such line. */
export function valueIn(text: string, { as, key }: LimitWrite): string | undefined {
  if (as !== 'line') return text.trim();
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line.split(' ')[0] === key);
}

/** Whether the content of the file is what was written. */
export function holds(text: string, write: LimitWrite): boolean {
  const value = valueIn(text, write);
  if (write.as === 'bytes') return sameBytes(value ?? '', write.value);
  if (write.as === 'line') return (value ?? write.none) === write.value;
  return value === write.value.trim();
}

/** Undefined for no limit. */
export function bytesFrom(text: string): bigint | undefined {
  const value = /^\d+$/.test(text.trim()) ? BigInt(text.trim()) : undefined;
  return value === undefined || value >= unlimitedBytes ? undefined : value;
}

function sameBytes(one: string, other: string): boolean {
  const [first, second] = [bytesFrom(one), bytesFrom(other)];
  if (first === undefined || second === undefined) return first === second;
  const difference = first - second;
  return difference < largestPage && difference > -largestPage;
}
