/** Suggests the nearest known word for an unknown one. Pure. */

/** `; did you mean 'list'?`, or '' if no known word is near. */
export function suggestion(word: string, known: Iterable<string>): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : `; did you mean '${meant}'?`;
}

/** The minimum length of a word to be taken for the beginning of another word, and for a misspelt word. */
const shortest = { begun: 2, misspelt: 3 } as const;

/** The known word with the fewest misspellings, or else the only known word that begins with the given one. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length < shortest.begun) return undefined;
  let best: string | undefined;
  let fewest = slipsAllowed(word) + 1;
  const longer: string[] = [];
  for (const one of known) {
    if (one === word) continue;
    const slips = distance(word.toLowerCase(), one.toLowerCase(), fewest);
    if (slips < fewest) [best, fewest] = [one, slips];
    if (one.startsWith(word)) longer.push(one);
  }
  return best ?? (longer.length === 1 ? longer[0] : undefined);
}

function slipsAllowed({ length }: string): number {
  if (length < shortest.misspelt) return 0;
  return length < 6 ? 1 : 2;
}

/**
 * The number of letters that are missing, superfluous, wrong, or swapped with a neighbour (optimal string alignment). Only a result
 * below `limit` is exact.
 */
function distance(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) >= limit) return limit;
  let last: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped =
        i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (last[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    [last, row] = [row, next];
  }
  return row[other.length] ?? limit;
}
