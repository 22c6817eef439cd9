/**
 * The words after the verb, by virsh's rules: options are long, `--name VALUE` or `--name=VALUE` (few have a letter),
 * bare words fill the positional options in order, `--` ends the options. Pure; errors in virsh's words.
 */
import { CommandError, UsageError } from './command-error';
import { nearest } from '../../suggestion';
import { foreignLetter, foreignOption } from './foreign/options';

/** An option of a command, in virsh's syntax: `--name`, `--name VALUE` or `--name=VALUE`. */
export interface Option {
  readonly name: string;
  /** The letter of its short form, `-x`. */
  readonly letter?: string;
  /** Only the values in `values` are accepted. */
  readonly closed?: true;
  /** May be given several times: see `takesSeveral`. `Options.strings` returns all values. */
  readonly repeatable?: true;
  /**
   * `strings`: any number of values, after the option, after each further one of its name, or as bare words. `words`: all remaining
   * words, even those like options.
   */
  readonly kind: 'flag' | 'string' | 'number' | 'strings' | 'words';
  readonly help: string;
  /**
   * May also be given as a bare word; bare words are assigned to options in the order of the table. `undocumented`: the
   * help shows it as an option only, as virsh's does of those that it marks `unwanted_positional`.
   */
  readonly positional?: 'required' | 'optional' | 'undocumented';
  /** All words behind it are data, as in docker's verbs, unless a `--` among them says where data begins. */
  readonly endsOptions?: true;
  /** Required as `positional: 'required'` is, unless this other option is given. */
  readonly requiredUnless?: string;
  /** virsh's other names of the option, which the help does not show. An alias that has a value takes none, and stands for that value. */
  readonly aliases?: readonly Alias[];
  /** Set if the option is refused: libvirt's message, with which `Options.refuseUnsupported` fails if the option is given. */
  readonly refused?: string;
  /** An empty value means something, here and in virsh if it has the option: `Options` refuses that of any other `string`. */
  readonly mayBeEmpty?: true;
  /** Possible values, for completion: these words, or names of this kind. */
  readonly values?: ValueKind | readonly string[];
}

interface Alias {
  readonly name: string;
  readonly value?: string;
}

/** Whether an option may be given several times: in virsh each that takes several values, VSH_OT_ARGV (tools/vsh.c). */
export function takesSeveral({ kind, repeatable }: Option): boolean {
  return repeatable === true || kind === 'strings';
}

/** The kinds of values that completion looks up: names of domains, networks, images, secrets, filters, volumes, devices or interfaces of the host, paths, and verbs. */
export type ValueKind =
  | 'domain'
  | 'active-domain'
  | 'inactive-domain'
  | 'network'
  | 'active-network'
  | 'inactive-network'
  | 'image'
  | 'nodedev'
  | 'nwfilter'
  | 'secret'
  | 'interface'
  | 'volume'
  | 'file'
  | 'folder'
  | 'verb';

/** The value of an option: an array for `strings` and `words`. */
type Value = string | true | readonly string[];

/** The options that were given. */
export class Options {
  readonly #values: ReadonlyMap<string, Value>;
  readonly #table: readonly Option[];

  constructor(values: ReadonlyMap<string, Value>, table: readonly Option[] = []) {
    this.#values = values;
    this.#table = table;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Undefined if it was not given. @throws UsageError for an empty one, as virsh when it reads it, unless it `mayBeEmpty`. */
  string(name: string): string | undefined {
    const value = this.#text(name);
    const option = this.#table.find((one) => one.name === name);
    if (value !== '' || option === undefined || option.mayBeEmpty === true) return value;
    throw new UsageError(`Failed to get option '${name}': Option argument is empty`);
  }

  #text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** The values of an option that takes several; empty if it was not given. */
  strings(name: string): readonly string[] {
    const value = this.#values.get(name);
    return typeof value === 'object' ? value : [];
  }

  /** The value of an option whose presence the parser has checked. @throws UsageError as `string`. */
  required(name: string): string {
    const value = this.string(name);
    if (value !== undefined) return value;
    throw new UsageError(`option --${name} is missing`);
  }

  /** The whole number, 0 to 2^31 - 1, of an option; undefined if it was not given. @throws UsageError. */
  number(name: string): number | undefined {
    return this.#integer(name, 0, 0x7fffffff);
  }

  /** As `number`, and down to -2^31: what a negative one means, or how it is refused, the command says. @throws UsageError. */
  integer(name: string): number | undefined {
    return this.#integer(name, -0x80000000, 0x7fffffff);
  }

  /** As `number`, of seconds that are awaited: Node's timers end at 2^31 milliseconds. @throws UsageError. */
  seconds(name: string): number | undefined {
    return this.#integer(name, 0, 2_147_483);
  }

  /**
   * A command with such options calls it where libvirt's driver would refuse them: once what it is about has been found.
   *
   * @throws CommandError with libvirt's message if a refused option was given.
   */
  refuseUnsupported(): void {
    const given = this.#table.find(({ name, refused }) => refused !== undefined && this.has(name));
    if (given?.refused === undefined) return;
    throw new CommandError(given.refused, { code: 'ARGUMENT_UNSUPPORTED' });
  }

  /** @throws UsageError if more than one of these options was given. */
  exclusive(...names: readonly string[]): void {
    const [first, second] = names.filter((name) => this.has(name));
    if (first === undefined || second === undefined) return;
    throw new UsageError(`Options --${first} and --${second} are mutually exclusive`);
  }

  #integer(name: string, least: number, most: number): number | undefined {
    const value = this.#text(name);
    if (value === undefined) return undefined;
    const number = /^-?\d+$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    throw new UsageError(
      `Numeric value '${value}' for <${name}> option is malformed or out of range`,
    );
  }
}

export interface Parsed {
  readonly options: Options;
  /** `help`: the words contain `--help`, and everything else is ignored. */
  readonly wants: 'action' | 'help';
}

/** Parses the words after `verb`. Throws UsageError. */
export function parseArguments(
  verb: string,
  command: { readonly options: readonly Option[]; readonly parsing?: 'loose' },
  words: readonly string[],
): Parsed {
  if (command.parsing === 'loose') {
    if (words.includes('--help')) return { options: new Options(new Map()), wants: 'help' };
    const names = command.options.map(({ name }) => name);
    const given = looseValues(verb, names, words);
    return { options: new Options(given, command.options), wants: 'action' };
  }
  const parser = new Parser(verb, command.options);
  return parser.parse(words);
}

/** The values of the required options by name, given as options, or as bare words in order. Unknown options are skipped. */
function looseValues(
  verb: string,
  names: readonly string[],
  words: readonly string[],
): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, option, attached] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const bare = word.startsWith('--') ? undefined : names.find((one) => !given.has(one));
    if (option !== undefined && names.includes(option))
      given.set(option, attached ?? rest.shift() ?? '');
    else if (bare !== undefined) given.set(bare, word);
  }
  const missing = names.find((name) => !given.has(name));
  if (missing === undefined) return given;
  throw new UsageError(`command '${verb}' requires <${missing}> option`);
}

/** One word of short options. */
interface Letters {
  readonly flags: readonly Option[];
  readonly last: Option;
  /** The rest of the word, which is the value of the last. */
  readonly attached?: string;
}

interface GivenOption {
  readonly option: Option;
  /** How it was given: `--name`, or `-x`. */
  readonly written: string;
  /** The value in the same word, or the one that an alias stands for. */
  readonly attached?: string | undefined;
  /** The words after it. */
  readonly rest: string[];
}

class Parser {
  readonly #verb: string;
  readonly #table: readonly Option[];
  readonly #values = new Map<string, Value>();
  /** There is a `--` behind what ends the options otherwise. */
  #isBeforeDashes = false;

  constructor(verb: string, table: readonly Option[]) {
    this.#verb = verb;
    this.#table = table;
  }

  parse(words: readonly string[]): Parsed {
    const rest = [...words];
    let place: 'options' | 'data' = 'options';
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
      const letters = place === 'options' ? this.#withLetters(word) : undefined;
      if (letters !== undefined) this.#takeLetters(letters, rest);
      else if (place === 'data' || !/^--([0-9A-Za-z]|$)/.test(word)) this.#takeData(word, rest);
      else if (word === '--') place = 'data';
      else if (word === '--help') return { options: new Options(this.#values), wants: 'help' };
      else this.#takeOption(word.slice(2), rest);
    }
    this.#checkRequired();
    return { options: new Options(this.#values, this.#table), wants: 'action' };
  }

  /**
   * `-d`; several in one word of which all but the last are flags: `-dp`; and the value of the last in the same word: `-dp8080:80`.
   * undefined for a word that is data: virsh has no letters, and so they begin no option in its verbs; nor in front of a command that
   * is to be run, whose own they may be.
   */
  #withLetters(word: string): Letters | undefined {
    if (!/^-[A-Za-z]/.test(word) || this.#table.every(({ letter }) => letter === undefined)) {
      return undefined;
    }
    const found = this.#lettersOf(word.slice(1));
    const isOne = found?.flags.length === 0 && found.attached === undefined;
    if (!isOne && !this.#isBeforeDashes && this.#free()?.kind === 'words') return undefined;
    if (found !== undefined) return found;
    const hint = foreignLetter(this.#verb, this.#unknownLetter(word.slice(1)));
    throw new UsageError(`command '${this.#verb}' doesn't support option ${word}${hint}`);
  }

  #unknownLetter(letters: string): string {
    return (
      Array.from(letters).find((one) => !this.#table.some(({ letter }) => letter === one)) ?? ''
    );
  }

  /** undefined if one of them is unknown. */
  #lettersOf(letters: string): Letters | undefined {
    const flags: Option[] = [];
    for (const [at, one] of Array.from(letters).entries()) {
      const option = this.#table.find(({ letter }) => letter === one);
      if (option === undefined) return undefined;
      const rest = letters.slice(at + 1);
      if (rest === '') return { flags, last: option };
      if (option.kind !== 'flag') return { flags, last: option, attached: rest.replace(/^=/, '') };
      flags.push(option);
    }
    return undefined;
  }

  #takeLetters({ flags, last, attached }: Letters, rest: string[]): void {
    for (const one of flags) this.#take({ option: one, written: `-${one.letter}`, rest });
    this.#take({ option: last, written: `-${last.letter}`, attached, rest });
  }

  #takeOption(text: string, rest: string[]): void {
    const equals = text.indexOf('=');
    const word = equals < 0 ? text : text.slice(0, equals);
    const option = this.#table.find(({ name, aliases = [] }) =>
      [name, ...aliases.map((alias) => alias.name)].includes(word),
    );
    if (option === undefined) throw this.#unknown(word);
    const attached = equals < 0 ? undefined : text.slice(equals + 1);
    const meant = option.aliases?.find((alias) => alias.name === word)?.value;
    if (meant !== undefined && attached !== undefined) {
      throw new UsageError(`invalid '=' after option --${word}`);
    }
    this.#take({ option, written: `--${option.name}`, attached: meant ?? attached, rest });
  }

  #take(given: GivenOption): void {
    const { option, written } = given;
    const { name } = option;
    if (this.#values.has(name) && !takesSeveral(option))
      throw new UsageError(`option ${written} already seen`);
    const value = this.#valueOf(given);
    const isOneOfSeveral = takesSeveral(option) && typeof value === 'string';
    this.#values.set(name, isOneOfSeveral ? [...this.#words(name), value] : value);
  }

  #unknown(word: string): UsageError {
    const meant = nearest(word, this.#accepted());
    const suggested = meant === undefined ? '' : `; did you mean --${meant}?`;
    const hint = foreignOption(this.#verb, word) ?? suggested;
    return new UsageError(`command '${this.#verb}' doesn't support option --${word}${hint}`);
  }

  #valueOf({ option, written, attached, rest }: GivenOption): Value {
    if (option.kind === 'flag') {
      if (attached === undefined) return true;
      throw new UsageError(`invalid '=' after option ${written}`);
    }
    const value = attached ?? rest.shift();
    if (value !== undefined) checkClosed(option, written, value);
    if (value !== undefined) return option.kind === 'words' ? [value, ...rest.splice(0)] : value;
    // As virsh, which knows of no other kinds, and says so also of an option that takes several values.
    const kind = option.kind === 'number' ? 'number' : 'string';
    throw new UsageError(`expected syntax: ${written} <${kind}>`);
  }

  #takeData(word: string, rest: string[]): void {
    const free = this.#free();
    if (free === undefined) throw new UsageError(`unexpected data '${word}'${this.#meantBy(word)}`);
    const { name, kind } = free;
    // From its first word on, all words belong to the command that is to be run; only a `--` before it is an option here.
    if (kind === 'words') this.#values.set(name, [word, ...rest.splice(0)]);
    else this.#values.set(name, kind === 'strings' ? [...this.#words(name), word] : word);
    const [next] = rest;
    if (free.endsOptions !== true || next === undefined) return;
    this.#isBeforeDashes = rest.includes('--');
    if (!this.#isBeforeDashes) this.#takeData(next, rest.splice(0).slice(1));
  }

  /** For `-a`, which is data where options have no letters: the options that begin with it. */
  #meantBy(word: string): string {
    if (!/^-[A-Za-z]$/.test(word)) return '';
    const letter = word.slice(1).toLowerCase();
    const begun = this.#accepted().filter((name) => name.startsWith(letter));
    if (begun.length === 0) return '';
    return `; did you mean ${begun.map((name) => `--${name}`).join(' or ')}?`;
  }

  #accepted(): readonly string[] {
    return this.#table.filter(({ refused }) => refused === undefined).map(({ name }) => name);
  }

  /** What the next bare word is. */
  #free(): Option | undefined {
    return this.#table.find(
      ({ name, kind, positional }) =>
        positional !== undefined && (kind === 'strings' || !this.#values.has(name)),
    );
  }

  #words(name: string): readonly string[] {
    const value = this.#values.get(name);
    return typeof value === 'object' ? value : [];
  }

  #checkRequired(): void {
    const isRequired = ({ positional, requiredUnless: other }: Option): boolean =>
      positional === 'required' || (other !== undefined && !this.#values.has(other));
    const missing = this.#table.find((one) => isRequired(one) && !this.#values.has(one.name));
    if (missing === undefined) return;
    throw new UsageError(`command '${this.#verb}' requires <${missing.name}> option`);
  }
}

function checkClosed({ closed, values = [] }: Option, written: string, value: string): void {
  if (closed === undefined || typeof values === 'string' || values.includes(value)) return;
  throw new UsageError(`${written} is one of ${values.join(', ')}, not '${value}'`);
}
