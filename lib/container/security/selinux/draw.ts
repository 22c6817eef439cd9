/** Which pairs of categories a caller may assign, and the choice of a free one. Pure except for chance. */
import { randomInt } from 'node:crypto';
import { TslxcError } from '../../../errors';
import { parseContext, parseRange } from '../../../host/security/context';

/** Two categories, the lower one first. */
export type Pair = readonly [number, number];

export interface Bounds {
  readonly sensitivity: string;
  /** In rising order, at least eight. */
  readonly categories: readonly number[];
}

/** As in libvirt: with fewer, containers would soon get the same. */
const fewest = 8;
/** As long as half of the pairs are free, this many draws all fail once in four billion times. */
const draws = 32;
const allCategories = Array.from({ length: 1024 }, (_, category) => category);

/**
 * What the caller's own context leaves for containers: its lower sensitivity, and the categories of its upper level, or
 * all that there are if that has none.
 *
 * @throws TslxcError INTERNAL_ERROR, as libvirt's, for too few categories; INVALID_ARG for a caller that is not a
 * context.
 */
export function boundsOf(caller: string): Bounds {
  const { range } = parseContext(caller);
  const { low, high } = parseRange(range ?? 's0');
  const categories = high.categories.length === 0 ? allCategories : high.categories;
  if (categories.length === 1) {
    throw new TslxcError('INTERNAL_ERROR', `No category range available in ${caller}`);
  }
  if (categories.length < fewest) {
    const [first, last] = [categories[0] ?? 0, categories.at(-1) ?? 0];
    throw new TslxcError('INTERNAL_ERROR', `Category range c${first}-c${last} too small`);
  }
  return { sensitivity: low.sensitivity, categories };
}

/** `s0:c12,c803` */
export function formatRange({ sensitivity }: Bounds, [first, second]: Pair): string {
  return `${sensitivity}:c${first},c${second}`;
}

/** One number for each pair. */
export function keyOf([first, second]: Pair): number {
  return first * 65_536 + second;
}

/** A random pair that is not taken; undefined when all are. */
export function drawPair(
  { categories }: Bounds,
  taken: { has(key: number): boolean },
): Pair | undefined {
  for (let draw = 0; draw < draws; draw += 1) {
    const one = randomInt(categories.length);
    const other = randomInt(categories.length - 1);
    // Every pair of two different places is as likely as any other.
    const pair = pairAt(categories, one, other < one ? other : other + 1);
    if (!taken.has(keyOf(pair))) return pair;
  }
  const free = [...pairsOf(categories)].filter((pair) => !taken.has(keyOf(pair)));
  return free.length === 0 ? undefined : free[randomInt(free.length)];
}

function* pairsOf(categories: readonly number[]): Generator<Pair> {
  for (let one = 0; one < categories.length; one += 1) {
    for (let other = one + 1; other < categories.length; other += 1) {
      yield pairAt(categories, one, other);
    }
  }
}

function pairAt(categories: readonly number[], one: number, other: number): Pair {
  return [categories[Math.min(one, other)] ?? 0, categories[Math.max(one, other)] ?? 0];
}
