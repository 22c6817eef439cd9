/** The search: changes texts that have reached something new, and keeps those that do. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Corpus, type Change } from './corpus';
import { counters } from './coverage';
import { mutate } from './mutate';
import { mutateArchive } from './mutate-archives';
import { mutateBytes } from './mutate-bytes';
import { Parts } from './parts';
import { Random } from './random';
import type { Subject } from './subjects';
import { Systematic } from './systematic';
import { nameOf, textsOf, Trial, type Announce } from './trial';
import { values } from './values';

/** Words of the sources of the parsers, which scripts/fuzz/xml-fuzzer.js defines in the bundle. */
declare const fuzzWords: readonly string[];

export interface Settings {
  readonly subject: Subject;
  /** Of a text. */
  readonly longest: number;
  /** With texts. */
  readonly folders: readonly string[];
}

export interface Figures {
  readonly executions: number;
  /** Seconds. */
  readonly took: number;
  readonly covered: number;
  readonly counters: number;
}

/** A search from the texts of the folders on; what is new is kept in the first folder. */
export class Search {
  readonly #settings: Settings;
  readonly #trial: Trial;
  readonly #corpus = new Corpus();
  readonly #parts = new Parts();
  readonly #systematic = new Systematic(values);
  readonly #random = new Random(Date.now());
  readonly #began = performance.now();

  constructor(settings: Settings, announce: Announce) {
    this.#settings = settings;
    this.#trial = new Trial(settings.subject, announce);
  }

  /** @throws Finding */
  run(seconds: number): void {
    const { folders, longest } = this.#settings;
    for (const text of ['<a/>', ...textsOf(folders)]) this.#offer(text);
    while (performance.now() - this.#began < seconds * 1000) {
      const text = this.#nextText().slice(0, longest);
      const { added, dropped } = this.#offer(text);
      if (!added) continue;
      writeFileSync(this.#pathOf(text), text);
      for (const each of dropped) rmSync(this.#pathOf(each), { force: true });
    }
  }

  figures(): Figures {
    return {
      executions: this.#trial.executions,
      took: (performance.now() - this.#began) / 1000,
      covered: this.#corpus.covered,
      counters: counters(),
    };
  }

  #offer(text: string): Change {
    const reached = this.#trial.try(text);
    const change = this.#corpus.offer(text, reached);
    // What is refused has parts that are wrong where they stand.
    if (!change.added || reached.depth === 'refused') return change;
    this.#parts.learn(text);
    this.#systematic.learn(text, reached.depth);
    return change;
  }

  #pathOf(text: string): string {
    return join(this.#settings.folders[0] ?? '', nameOf(text));
  }

  /** As long as there is something to try in turn, every other text is by chance. */
  #nextText(): string {
    const inTurn = this.#trial.executions % 2 === 0 ? this.#systematic.next() : undefined;
    return inTurn ?? this.#textByChance();
  }

  #textByChance(): string {
    const text = this.#corpus.choose(this.#random);
    const material = { other: this.#corpus.pick(this.#random), random: this.#random };
    if (this.#settings.subject === 'frames') return mutateBytes(text, material);
    if (this.#settings.subject === 'archives') return mutateArchive(text, material);
    return mutate(text, { ...material, parts: this.#parts, words: fuzzWords });
  }
}
