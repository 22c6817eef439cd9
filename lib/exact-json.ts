/** Results that JSON.stringify accepts although JSON has no bigint: a bigint is written as a string of its digits. Pure. */

/** In decimal digits by default. */
type Digits = (value: bigint) => string;

/**
 * A copy of plain data in which every object and array that holds a bigint has a `toJSON`. Nothing but JSON.stringify sees
 * that: it is not enumerable, so copies and comparisons leave it out.
 */
export function exactJson<T>(data: T, digits: Digits = String): T {
  return copyOf(data, digits) as T;
}

/** `0x1f`, the form in a plan. BigInt() parses it as well as decimal digits. */
export function hexadecimal(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function copyOf(data: unknown, digits: Digits): unknown {
  if (typeof data !== 'object' || data === null) return data;
  const copy = mapped(data, (value) => copyOf(value, digits));
  if (!Object.values(copy).some((value) => typeof value === 'bigint')) return copy;
  const toJSON = (): object =>
    mapped(copy, (value) => (typeof value === 'bigint' ? digits(value) : value));
  return Object.defineProperty(copy, 'toJSON', { value: toJSON });
}

function mapped(data: object, change: (value: unknown) => unknown): object {
  if (Array.isArray(data)) return data.map(change);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, change(value)]));
}
