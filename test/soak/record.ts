/** What a storm has done and found: counts, the last events of each domain and network, and the findings. */
import type { Target } from './killer';
import type { Operation } from './operations';

/** So many events are told with a finding. */
const lastEvents = 25;

export interface Finding {
  readonly round: number;
  readonly what: string;
  /** What led to it, or what it looks like, in lines. */
  readonly details: readonly string[];
}

export class SoakRecord {
  readonly findings: Finding[] = [];
  readonly #began = performance.now();
  readonly #operations = new Map<string, { done: number; refused: number; lost: number }>();
  readonly #ways = new Map<Operation['via'], number>();
  readonly #kills = new Map<Target, number>();
  readonly #events = new Map<string, string[]>();
  readonly #say: (line: string) => void;
  round = 0;
  containers = 0;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Of a domain or network, by `domain 3`. */
  event(subject: string, text: string): void {
    const known = this.#events.get(subject) ?? [];
    known.push(`${this.#seconds()} ${text}`);
    this.#events.set(subject, known.slice(-lastEvents));
  }

  operation(
    { verb, via }: Pick<Operation, 'verb' | 'via'>,
    outcome: 'done' | 'refused' | 'lost',
  ): void {
    this.#ways.set(via, (this.#ways.get(via) ?? 0) + 1);
    const name = verb === 'startLinked' ? 'start' : verb;
    const counts = this.#operations.get(name) ?? { done: 0, refused: 0, lost: 0 };
    counts[outcome] += 1;
    this.#operations.set(name, counts);
    if (name === 'start' && outcome === 'done') this.containers += 1;
  }

  kill(kind: Target): void {
    this.#kills.set(kind, (this.#kills.get(kind) ?? 0) + 1);
  }

  /** Tells of it at once, with the last events of its subject. */
  find(
    what: string,
    { subject = '', details = [] }: { subject?: string; details?: string[] },
  ): void {
    const events = this.#events.get(subject) ?? [];
    const finding = { round: this.round, what, details: [...details, ...events] };
    this.findings.push(finding);
    this.#say(`FINDING in round ${finding.round} at ${this.#seconds()}: ${what}`);
    for (const line of finding.details) this.#say(`    ${line}`);
  }

  /** The figures of all rounds, as lines. */
  summary(): string[] {
    const verbs = [...this.#operations].sort(([a], [b]) => (a < b ? -1 : 1));
    const all = verbs.reduce((sum, [, { done, refused, lost }]) => sum + done + refused + lost, 0);
    const kills = [...this.#kills].sort(([a], [b]) => (a < b ? -1 : 1));
    const killed = kills.reduce((sum, [, count]) => sum + count, 0);
    const ways = [...this.#ways].sort(([a], [b]) => (a < b ? -1 : 1));
    const verbWords = ([verb, { done, refused, lost }]: (typeof verbs)[number]): string =>
      `${verb} ${done} (${refused} refused, ${lost} lost)`;
    return [
      `${this.round} rounds in ${this.#seconds()}, ${this.containers} containers started`,
      `${all} operations: ${verbs.map(verbWords).join(', ')}`,
      `by ${ways.map(([via, count]) => `${via} ${count}`).join(', ')}`,
      `${killed} kills: ${kills.map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
      `${this.findings.length} findings`,
    ];
  }

  #seconds(): string {
    return `${((performance.now() - this.#began) / 1000).toFixed(2)} s`;
  }
}
