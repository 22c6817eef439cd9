/** What virsh says with either daemon, compared, less what is known to differ. */
import { differentLines } from '../lines';
import type { DifferentLine } from '../lines';
import type { KnownDifference } from './walk';

interface BothSaid {
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
}

export class Comparison {
  readonly #known: readonly KnownDifference[];
  readonly #shown = new Set<KnownDifference>();
  readonly #mismatches: string[] = [];

  constructor(known: readonly KnownDifference[]) {
    this.#known = known;
  }

  /** Takes note of what has come of a line with libvirt's daemon, and with ours. */
  add(line: string, said: BothSaid): void {
    const different = differentLines(said.theirs, said.ours);
    const rest = different.filter((one) => !this.#isKnown(line, one.line));
    if (rest.length > 0) this.#mismatches.push(report(line, said, rest));
  }

  /** Each line of which something differs that is not known: what that is (`-` in libvirt, `+` here), and then all of both. */
  mismatches(): readonly string[] {
    return this.#mismatches;
  }

  /** The known differences that no line has shown. */
  stale(): string[] {
    return this.#known.filter((one) => !this.#shown.has(one)).map(({ id }) => id);
  }

  #isKnown(line: string, text: string): boolean {
    const found = this.#known.filter(({ lines, says }) => lines.test(line) && says.test(text));
    for (const one of found) this.#shown.add(one);
    return found.length > 0;
  }
}

function report(
  line: string,
  { theirs, ours }: BothSaid,
  different: readonly DifferentLine[],
): string {
  const signs = { libvirt: '-', here: '+' } as const;
  const title = 'with libvirt';
  const width = Math.max(title.length, ...theirs.map(({ length }) => length));
  const beside = (left: string, right: string): string =>
    `  | ${left.padEnd(width)} | ${right}`.trimEnd();
  const count = Math.max(theirs.length, ours.length);
  return [
    `virsh ${line}`,
    ...different.map((one) => `  ${signs[one.side]} ${one.line}`),
    beside(title, 'here'),
    ...Array.from({ length: count }, (_, at) => beside(theirs[at] ?? '', ours[at] ?? '')),
  ].join('\n');
}
