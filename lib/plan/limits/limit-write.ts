/** What a limit is to the kernel: a value in a file of a cgroup, and how it reads afterwards. Pure. */
import type { CgroupStep } from '../../host/native';

export interface LimitWrite {
  readonly path: string;
  readonly value: string;
  /**
   * `text`: the file holds the value. `bytes`: a number that the kernel rounds to pages, or a word for no limit.
   * `line`: the value is one line of several.
   */
  readonly as: 'text' | 'bytes' | 'line';
  /** Of a line: its first word, a device's number or `default`. */
  readonly key?: string;
  /** Of a line: what is written to take it away. */
  readonly none?: string;
}

/** The kernel reads what is at least this as no limit (PAGE_COUNTER_MAX pages). */
const unlimitedBytes = 2n ** 63n - 65_536n;

/** Pages are at most this large. */
const largestPage = 65_536n;

export function limitSteps(writes: readonly LimitWrite[]): CgroupStep[] {
  return writes.map(({ path, value }) => ({ step: 'write', path, value }));
}

/** The value that `text`, the content of the file, has for this limit; undefined where it has no such line. */
export function valueIn(text: string, { as, key }: LimitWrite): string | undefined {
  if (as !== 'line') return text.trim();
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line.split(' ')[0] === key);
}

/** Whether the file says what was written. */
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
