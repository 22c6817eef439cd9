/**
 * What an input has reached, as features: a statement or branch, and how often it was passed (once, twice, a few times,
 * often).
 */

/**
 * A counter for each statement and branch of the parsers. scripts/fuzz/xml-fuzzer.js defines it in the bundle, and has the
 * parsers count there.
 */
declare const fuzzCounters: Uint32Array;

/** The feature of a counter whose magnitude is `m` (0 to 7) is `counter * 8 + m`. */
const magnitudes = 8;

/** 0 for 1, 1 for 2, 2 for 3 and 4, 3 for 5 to 8, and so on. */
function magnitudeOf(count: number): number {
  return Math.min(magnitudes - 1, 32 - Math.clz32(count - 1));
}

/** How many features there can be. */
export function mostFeatures(): number {
  return fuzzCounters.length * magnitudes;
}

/** How many counters there are. */
export function counters(): number {
  return fuzzCounters.length;
}

export const counterOf = (feature: number): number => Math.floor(feature / magnitudes);

/** Sets all counters to 0. */
export function startCounting(): void {
  fuzzCounters.fill(0);
}

/** The features of what has run since. */
export function countedFeatures(): number[] {
  const features: number[] = [];
  for (let index = 0; index < fuzzCounters.length; index += 1) {
    const count = fuzzCounters[index] ?? 0;
    if (count !== 0) features.push(index * magnitudes + magnitudeOf(count));
  }
  return features;
}
