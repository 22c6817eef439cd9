/** Tries texts one by one, and says what they reach. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { countedFeatures, startCounting } from './coverage';
import type { Depth } from './depth';
import { subjects, type Subject } from './subjects';

/** A text that breaks a promise. */
export class Finding extends Error {
  readonly text: string;

  constructor(text: string, cause: unknown) {
    super(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), { cause });
    this.text = text;
  }
}

export function nameOf(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

/** The texts of these folders, each once, the shortest first. */
export function textsOf(folders: readonly string[]): string[] {
  const texts = folders.flatMap((folder) =>
    readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  return [...new Set(texts)].sort((a, b) => a.length - b.length);
}

/** Called with each text before it is tried. */
export type Announce = (text: string) => void;

export interface Reached {
  readonly depth: Depth;
  readonly features: readonly number[];
}

export class Trial {
  readonly #subject: Subject;
  readonly #announce: Announce;
  #executions = 0;

  constructor(subject: Subject, announce: Announce) {
    this.#subject = subject;
    this.#announce = announce;
    // A parser refuses by an error, and most texts are refused: where in the parser is seldom of interest.
    Error.stackTraceLimit = 0;
  }

  get executions(): number {
    return this.#executions;
  }

  /** What it reaches. @throws Finding */
  try(text: string): Reached {
    this.#announce(text);
    this.#executions += 1;
    startCounting();
    try {
      const depth = subjects[this.#subject](text);
      return { depth, features: countedFeatures() };
    } catch (cause) {
      throw new Finding(text, this.#withStack(text, cause));
    }
  }

  /** The same error, if it comes again, with the place where it was thrown. */
  #withStack(text: string, cause: unknown): unknown {
    Error.stackTraceLimit = 30;
    try {
      subjects[this.#subject](text);
    } catch (again) {
      return again;
    } finally {
      Error.stackTraceLimit = 0;
    }
    return cause;
  }
}
