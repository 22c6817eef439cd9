/**
 * Splits a command string or a line of the shell into the words of its commands, by libvirt's rules: blanks separate words, `;`
 * and line ends separate commands, `#` at the start of a word begins a comment, `'` and `"` quote, and `\` makes the next
 * character literal, except inside `'`. Pure.
 */
import { UsageError } from './command-error';

/** The words of each non-empty command. @throws UsageError for an unclosed `"`, or a `\` at the end. */
export function splitCommands(text: string): string[][] {
  const { finished, open } = new Splitter(text).split();
  return [...finished, open].filter((words) => words.length > 0);
}

/** A line that is still being typed. */
export interface UnfinishedLine {
  /** The words of the last command, without the one that is being typed. */
  readonly words: readonly string[];
  /** The word that is being typed, without its quotes; empty after a blank. */
  readonly last: string;
  /** Where that word begins in the line. */
  readonly start: number;
  /** The quote that is open in that word, if one is. */
  readonly quote: Quote | undefined;
}

export type Quote = '"' | "'";

/** Splits a line for completion. A quote may be open. Undefined in a comment, where nothing can be completed. */
export function splitUnfinished(text: string): UnfinishedLine | undefined {
  const splitter = new Splitter(text, 'unfinished');
  const { open, lastStart, endsIn, quote } = splitter.split();
  if (endsIn === 'comment') return undefined;
  if (endsIn === 'blank') return { words: open, last: '', start: text.length, quote: undefined };
  return { words: open.slice(0, -1), last: open.at(-1) ?? '', start: lastStart, quote };
}

interface Split {
  readonly finished: readonly string[][];
  /** The words of the last command, which is not terminated. */
  readonly open: string[];
  /** Where its last word begins. */
  readonly lastStart: number;
  readonly endsIn: 'word' | 'blank' | 'comment';
  /** What is open at the end of its last word. */
  readonly quote: Quote | undefined;
}

class Splitter {
  readonly #text: string;
  readonly #kind: 'complete' | 'unfinished';
  #at = 0;
  #quote: Quote | undefined;

  constructor(text: string, kind: 'complete' | 'unfinished' = 'complete') {
    this.#text = text;
    this.#kind = kind;
  }

  split(): Split {
    const finished: string[][] = [];
    let open: string[] = [];
    let [lastStart, endsIn] = [0, 'blank' as Split['endsIn']];
    for (;;) {
      const hadBlanks = this.#skipBlanks();
      const next = this.#text[this.#at];
      if (next === undefined) {
        const quote = this.#quote;
        return { finished, open, lastStart, endsIn: hadBlanks ? 'blank' : endsIn, quote };
      }
      if (next === '#') {
        const end = this.#text.indexOf('\n', this.#at);
        if (end < 0) return { finished, open, lastStart, endsIn: 'comment', quote: undefined };
        this.#at = end;
      } else if (next === ';' || next === '\n') {
        this.#at += 1;
        finished.push(open);
        [open, endsIn] = [[], 'blank'];
      } else {
        lastStart = this.#at;
        open.push(this.#word());
        endsIn = 'word';
      }
    }
  }

  /** Skips blanks, including a `\` before a line end, which joins two lines. Returns whether there were any. */
  #skipBlanks(): boolean {
    const start = this.#at;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === ' ' || character === '\t') this.#at += 1;
      else if (character === '\\' && this.#text[this.#at + 1] === '\n') this.#at += 2;
      else return this.#at > start;
    }
  }

  #word(): string {
    let word = '';
    let quote: Quote | undefined;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text.charAt(this.#at);
      if (quote === undefined && ' \t;\n'.includes(character)) return word;
      if (character === "'" && quote !== '"') quote = quote === undefined ? "'" : undefined;
      else if (character === '"' && quote !== "'") quote = quote === undefined ? '"' : undefined;
      else if (character === '\\' && quote !== "'") word += this.#escaped();
      else word += character;
    }
    this.#quote = quote;
    if (quote === '"' && this.#kind === 'complete') throw new UsageError('missing "');
    return word;
  }

  /** The character after a `\`; empty for a line end. */
  #escaped(): string {
    this.#at += 1;
    const character = this.#text.charAt(this.#at);
    if (character === '' && this.#kind === 'complete') throw new UsageError('dangling \\');
    return character === '\n' ? '' : character;
  }
}
