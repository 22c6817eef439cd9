/** Parses the formats of cgroup files (cgroup-v2.rst, "Interface Files"). Pure. */

/** A file of one cgroup, by its name: its text, or undefined where the kernel has no such file. */
export type Files = (name: string) => string | undefined;

/** Lines of `key value`. Values that are not numbers are left out. */
export function keyedNumbers(text: string | undefined): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const line of lines(text)) {
    const [key, value] = line.split(' ');
    const number = wholeNumber(value);
    if (key !== undefined && number !== undefined) numbers.set(key, number);
  }
  return numbers;
}

/** Lines of `key name=value name=value`. */
export function nestedNumbers(
  text: string | undefined,
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const found = new Map<string, ReadonlyMap<string, number>>();
  for (const line of lines(text)) {
    const [key = '', ...pairs] = line.split(' ');
    const numbers = new Map<string, number>();
    for (const pair of pairs) {
      const [name = '', value] = pair.split('=');
      const number = wholeNumber(value);
      if (number !== undefined) numbers.set(name, number);
    }
    found.set(key, numbers);
  }
  return found;
}

/** One number; undefined for `max`, and for anything else that is not a number. */
export function singleNumber(text: string | undefined): number | undefined {
  return wholeNumber(text?.trim());
}

/** The sum of two counters, either of which may be missing. */
export function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : one + (other ?? 0);
}

/** One number that may be too large for a double. */
export function bigNumber(text: string | undefined): bigint | undefined {
  const word = text?.trim() ?? '';
  return /^\d+$/.test(word) ? BigInt(word) : undefined;
}

/** Numbers in one line, such as those of each CPU. */
export function bigNumbers(text: string | undefined): readonly bigint[] | undefined {
  const words = text?.split(/\s+/).filter((word) => word !== '');
  if (words === undefined || words.length === 0) return undefined;
  return words.every((word) => /^\d+$/.test(word)) ? words.map(BigInt) : undefined;
}

/** `read` and `written` of each device in a v1 file of blkio: lines of `major:minor Read 4096`. */
export function blkioNumbers(
  text: string | undefined,
): ReadonlyMap<string, { readonly read: number; readonly written: number }> {
  const found = new Map<string, { read: number; written: number }>();
  for (const line of lines(text)) {
    const [device = '', operation, value] = line.split(' ');
    const number = wholeNumber(value);
    if (!/^\d+:\d+$/.test(device) || number === undefined) continue;
    const numbers = found.get(device) ?? { read: 0, written: 0 };
    if (operation === 'Read') numbers.read = number;
    if (operation === 'Write') numbers.written = number;
    found.set(device, numbers);
  }
  return found;
}

function lines(text: string | undefined): string[] {
  return text === undefined ? [] : text.split('\n').filter((line) => line !== '');
}

function wholeNumber(word: string | undefined): number | undefined {
  return word !== undefined && /^\d+$/.test(word) ? Number(word) : undefined;
}
