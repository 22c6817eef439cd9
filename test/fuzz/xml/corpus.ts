/** The texts that a search goes on from: for each feature, the shortest that has it. */
import { counterOf, mostFeatures } from './coverage';
import type { Random } from './random';
import type { Depth } from './depth';
import type { Reached } from './trial';

interface Entry {
  readonly text: string;
  readonly depth: Depth;
  /** How many features it is the shortest text for. */
  owned: number;
  /** How often it was chosen. */
  chosen: number;
}

/** What happened to a text that was offered. */
export interface Change {
  readonly added: boolean;
  /** Texts for which nothing is left. */
  readonly dropped: readonly string[];
}

/** A text takes a feature from another if it has less than this part of its length; else each character that is left out would. */
const muchShorter = 0.8;
/** One change of what gets far gets about as far; most of what is made of a text that is refused is refused there too. */
const costs: Readonly<Record<Depth, number>> = { refused: 8, read: 2, prepared: 1 };
/** So many are looked at for each choice. */
const candidates = 4;

export class Corpus {
  readonly #owners: (Entry | undefined)[] = new Array<undefined>(mostFeatures()).fill(undefined);
  #entries: Entry[] = [];

  get covered(): number {
    const counters = new Set<number>();
    this.#owners.forEach((owner, feature) => {
      if (owner !== undefined) counters.add(counterOf(feature));
    });
    return counters.size;
  }

  /** Takes the text if it has a feature that no text has, or only a much longer one. */
  offer(text: string, { depth, features }: Reached): Change {
    const entry: Entry = { text, depth, owned: 0, chosen: 0 };
    const losers = new Set<Entry>();
    for (const feature of features) {
      const owner = this.#owners[feature];
      if (owner !== undefined && text.length >= owner.text.length * muchShorter) continue;
      this.#owners[feature] = entry;
      entry.owned += 1;
      if (owner === undefined) continue;
      owner.owned -= 1;
      if (owner.owned === 0) losers.add(owner);
    }
    if (losers.size > 0) this.#entries = this.#entries.filter((one) => !losers.has(one));
    if (entry.owned > 0) this.#entries.push(entry);
    return { added: entry.owned > 0, dropped: [...losers].map((loser) => loser.text) };
  }

  /** Of a few by chance, that which was tried least; a long one, which takes longer, counts as tried more. */
  choose(random: Random): string {
    let best = random.pick(this.#entries);
    for (let left = candidates - 1; left > 0; left -= 1) {
      const other = random.pick(this.#entries);
      if (costOf(other) < costOf(best)) best = other;
    }
    best.chosen += 1;
    return best.text;
  }

  /** Any of its texts. */
  pick(random: Random): string {
    return random.pick(this.#entries).text;
  }
}

function costOf({ text, depth, chosen }: Entry): number {
  return (1 + chosen) * costs[depth] * Math.sqrt(text.length + 100);
}
