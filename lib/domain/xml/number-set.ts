/** Sets of CPUs or memory nodes as libvirt and the kernel write them: `0-3,8`. */

/** The highest number that the kernel supports. */
const largest = 16_383;

/**
 * The numbers in ascending order; undefined if the text is not a set. libvirt's `^N` removes a number that is listed before
 * it.
 */
function parseNumberSet(text: string): number[] | undefined {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^ *(?:(\^?)(\d{1,5})|(\d{1,5}) *- *(\d{1,5})) *$/.exec(part);
    if (match === null) return undefined;
    const [, not, single, from = single, to = single] = match;
    const [first, last] = [Number(from), Number(to)];
    if (first > last || last > largest) return undefined;
    for (let number = first; number <= last; number++) {
      if (not === '^') numbers.delete(number);
      else numbers.add(number);
    }
  }
  return numbers.size === 0 ? undefined : [...numbers].sort((a, b) => a - b);
}

/** As the kernel prints it: `0-1,3`. */
function formatNumberSet(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** The numbers of a set, in ascending order. */
export function numbersOfSet(set: string): number[] {
  return parseNumberSet(set) ?? [];
}

/** The set as the kernel prints it; undefined if the text is not a set. */
export function canonicalNumberSet(text: string): string | undefined {
  const numbers = parseNumberSet(text);
  return numbers && formatNumberSet(numbers);
}

/** The numbers of the first set that the second one lacks. */
export function missingNumbers(wanted: string, available: string): number[] {
  const there = new Set(parseNumberSet(available));
  return (parseNumberSet(wanted) ?? []).filter((number) => !there.has(number));
}

/** The union of both sets, as the kernel prints it. */
export function unitedNumbers(one: string, other: string): string {
  const all = new Set([...(parseNumberSet(one) ?? []), ...(parseNumberSet(other) ?? [])]);
  return formatNumberSet([...all].sort((a, b) => a - b));
}
