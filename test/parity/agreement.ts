/** What differs between both sides, less what the table of intended differences has. */
import { intendedDifferences } from '../../scripts/differences/intended';
import type { Aspect, IntendedDifference, Shown } from '../../scripts/differences/intended';
import type { DifferentLine } from './lines';

type Place = Shown & { readonly id: string };

/** Collects the comparisons of one aspect. */
export class Agreement {
  readonly #aspect: Aspect;
  /** The places in the table that are about this aspect, each with the name of its reason. */
  readonly #places: readonly Place[];
  readonly #shown = new Set<Place>();
  readonly #unintended: string[] = [];
  #compared = 0;
  #differing = 0;

  constructor(aspect: Aspect, table: readonly IntendedDifference[] = intendedDifferences) {
    this.#aspect = aspect;
    this.#places = table
      .flatMap(({ id, shows }) => shows.map((show) => ({ id, ...show })))
      .filter((place) => place.aspect === aspect);
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

  /** The places in the table that no document shows any more; of what only some hosts show nothing is known. */
  stale(): string[] {
    return this.#places
      .filter((place) => place.where === undefined && !this.#shown.has(place))
      .map(({ id, documents }) => `${id} of ${documents.source}`);
  }

  #isIntended(document: string, { line }: DifferentLine): boolean {
    const found = this.#places.filter(
      ({ documents, lines }) => documents.test(document) && lines.test(line),
    );
    for (const place of found) this.#shown.add(place);
    return found.length > 0;
  }
}
