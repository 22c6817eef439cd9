/** Shorter texts that do the same, and few that do it together. */
import { counterOf } from './coverage';
import { subjects, type Subject } from './subjects';
import { attributesOf, elementAt, replaced, tagsOf, type Span } from './tags';
import { textsOf, Trial, type Announce, type Finding } from './trial';

/** That one text is shortened for. */
const mostMilliseconds = 10_000;

/** Elements and attributes, those first that can leave out most. */
function partsOf(text: string): Span[] {
  const tags = tagsOf(text);
  const elements = tags.flatMap((_, index) => elementAt(tags, index) ?? []);
  return [...elements, ...attributesOf(text)].sort((a, b) => b.end - b.start - (a.end - a.start));
}

/** The text without the parts that can be left out so that it still is `wanted`. */
function withoutParts(text: string, wanted: (candidate: string) => boolean): string {
  const until = performance.now() + mostMilliseconds;
  let short = text;
  const tryWithout = (part: Span): boolean => {
    if (performance.now() > until) return false;
    const candidate = replaced(short, part, '');
    const works = wanted(candidate);
    if (works) short = candidate;
    return works;
  };
  while (partsOf(short).some(tryWithout));
  for (let size = Math.min(64, short.length); size > 0; size >>= 1) {
    for (let start = 0; start < short.length;) {
      if (!tryWithout({ start, end: start + size })) start += size;
    }
  }
  return short;
}

/** A shorter text that fails with the same kind of error. */
export function shortenFinding(
  subject: Subject,
  { text, cause }: Finding,
  announce: Announce,
): string {
  const kindOf = (error: unknown): string =>
    error instanceof Error ? `${error.name} ${error.message.replace(/[\d.]+/g, '')}` : '';
  const wanted = kindOf(cause);
  return withoutParts(text, (candidate) => {
    announce(candidate);
    try {
      subjects[subject](candidate);
      return false;
    } catch (error) {
      return kindOf(error) === wanted;
    }
  });
}

interface Wanted {
  readonly subject: Subject;
  readonly folders: readonly string[];
  /** What a text must bring to be kept, in statements and branches. */
  readonly leastGain: number;
}

/**
 * A few short texts that reach most of what those of `folders` reach and those of `known` do not.
 *
 * @throws Finding
 */
export function fewTexts(
  { subject, folders, leastGain }: Wanted,
  known: string,
  announce: Announce,
): string[] {
  const trial = new Trial(subject, announce);
  const reached = (text: string): Set<number> => new Set(trial.try(text).features.map(counterOf));
  const seen = new Set(textsOf([known]).flatMap((text) => [...reached(text)]));
  const found = textsOf(folders).map((text) => ({ text, gain: [...reached(text)] }));
  return chosen({ found, leastGain }, seen, announce).map(({ text, gain }) =>
    withoutParts(text, (candidate) => {
      const counters = reached(candidate);
      return gain.every((counter) => counters.has(counter));
    }),
  );
}

interface Found {
  readonly text: string;
  /** What it reaches, and no text before it. */
  readonly gain: readonly number[];
}

/** The text that brings most, and then again with what is left, until none brings enough. */
function chosen(
  { found, leastGain }: { readonly found: readonly Found[]; readonly leastGain: number },
  seen: Set<number>,
  announce: Announce,
): Found[] {
  const taken: Found[] = [];
  let left = found;
  for (;;) {
    // Else the choice would be taken for a text that takes too long.
    announce('');
    left = left
      .map(({ text, gain }) => ({ text, gain: gain.filter((counter) => !seen.has(counter)) }))
      .filter(({ gain }) => gain.length >= leastGain);
    const [first, ...others] = left;
    if (first === undefined) return taken;
    const best = others.reduce((a, b) => (b.gain.length > a.gain.length ? b : a), first);
    taken.push(best);
    for (const counter of best.gain) seen.add(counter);
  }
}
