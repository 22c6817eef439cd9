/** What differs between both sides, less what the table of intended differences has. */
import { intendedDifferences } from '../../scripts/differences/intended';
import type { IntendedDifference } from '../../scripts/differences/intended';
import type { DifferentLine } from './lines';

export type Aspect = IntendedDifference['aspect'];

/** Collects the comparisons of one aspect. */
export class Agreement {
  readonly #aspect: Aspect;
  readonly #shown = new Set<string>();
  readonly #unintended: string[] = [];
  #compared = 0;
  #differing = 0;

  constructor(aspect: Aspect) {
    this.#aspect = aspect;
  }

  /** Takes note of a comparison of a document; `words` tell the reader why. */
  add(document: string, lines: readonly DifferentLine[], words: readonly string[] = []): void {
    this.#compared += 1;
    if (lines.length === 0) return;
    this.#differing += 1;
    const rest = lines.filter((line) => !this.#isIntended(document, line));
    if (rest.length === 0) return;
    const signs = { libvirt: '-', here: '+' } as const;
    const shown = rest.map(({ side, line }) => `  ${signs[side]}${line}`);
    const title = words.length === 0 ? document : `${document} (${words.join('; ')})`;
    this.#unintended.push([title, ...shown].join('\n'));
  }

  /** `agree N of M`, with how many of the others are intended. */
  figure(): string {
    const agreeing = this.#compared - this.#differing;
    const intended = this.#differing - this.#unintended.length;
    return `agree ${agreeing} of ${this.#compared} (${this.#aspect}; ${intended} more differ as intended)`;
  }

  /** Each document with the lines that no intended difference covers: `-` is what libvirt has, `+` what there is here. */
  unintended(): readonly string[] {
    return this.#unintended;
  }

  /** The entries of the table that no document shows any more; of what only some hosts show nothing is known. */
  stale(): string[] {
    return intendedDifferences
      .filter(({ aspect, where }) => aspect === this.#aspect && where === undefined)
      .filter(({ id }) => !this.#shown.has(id))
      .map(({ id }) => id);
  }

  #isIntended(document: string, { line }: DifferentLine): boolean {
    const found = intendedDifferences.filter(
      ({ aspect, documents, lines }) =>
        aspect === this.#aspect && documents.test(document) && lines.test(line),
    );
    for (const { id } of found) this.#shown.add(id);
    return found.length > 0;
  }
}
