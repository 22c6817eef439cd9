/**
 * The words after the verb, by virsh's rules: options are long only, `--name VALUE` or `--name=VALUE`,
 * bare words fill the positional options in order, `--` ends the options. Pure; errors in virsh's words.
 */
import { UsageError } from './command-error';
import type { Command, Option } from './command';

/** The options that were given. */
export class Options {
  readonly #values: ReadonlyMap<string, string | true>;

  constructor(values: ReadonlyMap<string, string | true>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  string(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === true ? undefined : value;
  }

  /** The value of an option that the parser has made sure of. */
  required(name: string): string {
    const value = this.string(name);
    if (value === undefined) throw new UsageError(`option --${name} is missing`);
    return value;
  }

  /** A whole number from 0 on. */
  number(name: string): number | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (Number.isSafeInteger(number) && number <= 0x7fffffff) return number;
    throw new UsageError(
      `Numeric value '${value}' for <${name}> option is malformed or out of range`,
    );
  }

  /** At most one of these may be given. */
  exclusive(...names: readonly string[]): void {
    const [first, second] = names.filter((name) => this.has(name));
    if (first === undefined || second === undefined) return;
    throw new UsageError(`Options --${first} and --${second} are mutually exclusive`);
  }
}

export interface Parsed {
  readonly options: Options;
  /** `--help` was among them: nothing else counts. */
  readonly wants: 'action' | 'help';
}

/** Parses the words after `verb`. Throws UsageError. */
export function parseArguments(
  verb: string,
  command: Pick<Command, 'options'>,
  words: readonly string[],
): Parsed {
  const parser = new Parser(verb, command.options);
  return parser.parse(words);
}

class Parser {
  readonly #verb: string;
  readonly #table: readonly Option[];
  readonly #values = new Map<string, string | true>();

  constructor(verb: string, table: readonly Option[]) {
    this.#verb = verb;
    this.#table = table;
  }

  parse(words: readonly string[]): Parsed {
    const rest = [...words];
    let place: 'options' | 'data' = 'options';
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
      if (place === 'data' || !/^--([0-9A-Za-z]|$)/.test(word)) this.#takeData(word);
      else if (word === '--') place = 'data';
      else if (word === '--help') return { options: new Options(this.#values), wants: 'help' };
      else this.#takeOption(word.slice(2), rest);
    }
    this.#checkRequired();
    return { options: new Options(this.#values), wants: 'action' };
  }

  #takeOption(text: string, rest: string[]): void {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const option = this.#table.find((candidate) => candidate.name === name);
    if (option === undefined) {
      throw new UsageError(`command '${this.#verb}' doesn't support option --${name}`);
    }
    if (this.#values.has(name)) throw new UsageError(`option --${name} already seen`);
    this.#values.set(
      name,
      this.#valueOf(option, equals < 0 ? undefined : text.slice(equals + 1), rest),
    );
  }

  #valueOf(option: Option, attached: string | undefined, rest: string[]): string | true {
    if (option.kind === 'flag') {
      if (attached === undefined) return true;
      throw new UsageError(`invalid '=' after option --${option.name}`);
    }
    const value = attached ?? rest.shift();
    if (value !== undefined) return value;
    throw new UsageError(`expected syntax: --${option.name} <${option.kind}>`);
  }

  #takeData(word: string): void {
    const free = this.#table.find(
      ({ name, positional }) =>
        positional === 'rest' || (positional !== undefined && !this.#values.has(name)),
    );
    if (free === undefined) throw new UsageError(`unexpected data '${word}'`);
    const before = this.#values.get(free.name);
    this.#values.set(free.name, typeof before === 'string' ? `${before} ${word}` : word);
  }

  #checkRequired(): void {
    const missing = this.#table.find(
      ({ name, positional }) => positional === 'required' && !this.#values.has(name),
    );
    if (missing === undefined) return;
    throw new UsageError(`command '${this.#verb}' requires <${missing.name}> option`);
  }
}
