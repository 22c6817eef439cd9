/**
 * The options before the verb, parsed as getopt_long(3) does for virsh, and the choice of the URI. Pure: the environment is an
 * argument, and a note for the user is returned.
 */
import { present } from '../../present';
import { UsageError } from './command-error';

/** virsh's levels: 0 is all, 4 is errors only. */
export type DebugLevel = 0 | 1 | 2 | 3 | 4;

export interface GlobalOptions {
  /** As given with `-c`. */
  readonly uri?: string;
  readonly root?: string;
  readonly verbosity: 'normal' | 'quiet';
  readonly access: 'read-write' | 'read-only';
  /** As written, such as `^]`. */
  readonly escape: string;
  /** If undefined, errors are logged if `logFile` is set, and nothing otherwise. */
  readonly debug?: DebugLevel;
  readonly logFile?: string;
  /** Whether each command says how long it took. */
  readonly timing: 'shown' | 'untold';
}

export interface CommandLine {
  readonly globals: GlobalOptions;
  /** `--version`, `-V` or `--help` was given before the verb. */
  readonly wants: 'command' | 'version' | 'long-version' | 'help';
  /** The verb and what follows it. */
  readonly words: readonly string[];
  /** What is said of a value that has no effect. */
  readonly ignored?: string;
}

interface GlobalSpec {
  readonly letter?: string;
  /** `optional`: the value must be attached, as in `--version=long`. */
  readonly value: 'none' | 'required' | 'optional';
}

const specs: Readonly<Record<string, GlobalSpec>> = {
  connect: { letter: 'c', value: 'required' },
  debug: { letter: 'd', value: 'required' },
  escape: { letter: 'e', value: 'required' },
  help: { letter: 'h', value: 'none' },
  'keepalive-interval': { letter: 'k', value: 'required' },
  'keepalive-count': { letter: 'K', value: 'required' },
  log: { letter: 'l', value: 'required' },
  quiet: { letter: 'q', value: 'none' },
  readonly: { letter: 'r', value: 'none' },
  timing: { letter: 't', value: 'none' },
  version: { letter: 'v', value: 'optional' },
  root: { value: 'required' },
};

/** `-V`, which has no long form. */
const longVersion = 'long-version';

const defaultEscape = '^]';

/** Splits a command line at the verb. Throws UsageError. */
export function parseGlobals(argv: readonly string[]): CommandLine {
  const rest = [...argv];
  const given = new Map<string, string>();
  for (let word = rest[0]; word?.startsWith('-') === true && word !== '-'; word = rest[0]) {
    rest.shift();
    if (word === '--') break;
    if (word.startsWith('--')) takeLong(word, rest, given);
    else takeLetters(word, rest, given);
  }
  return {
    globals: globalsOf(given),
    wants: wantsOf(given),
    words: rest,
    ...present({ ignored: ignoredOf(given) }),
  };
}

function wantsOf(given: ReadonlyMap<string, string>): CommandLine['wants'] {
  if (given.has(longVersion) || given.get('version') === 'long') return 'long-version';
  if (given.has('version')) return 'version';
  return given.has('help') ? 'help' : 'command';
}

function takeLong(word: string, rest: string[], given: Map<string, string>): void {
  const equals = word.indexOf('=');
  const text = word.slice(2, equals < 0 ? undefined : equals);
  // getopt_long(3) accepts any unambiguous prefix of an option's name.
  const found = Object.hasOwn(specs, text)
    ? [text]
    : Object.keys(specs).filter((name) => name.startsWith(text));
  const [name] = found;
  const spec = name === undefined ? undefined : specs[name];
  if (name === undefined || spec === undefined || found.length > 1) throw unsupported(word);
  if (spec.value === 'none' && equals >= 0) throw unsupported(word);
  if (spec.value !== 'required') {
    given.set(name, equals < 0 ? '' : word.slice(equals + 1));
    return;
  }
  const value = valueOf(word, equals < 0 ? rest.shift() : word.slice(equals + 1));
  given.set(name, checked(name, `--${name}`, value));
}

/** Parses `-q`, `-qr`, `-c URI` and `-cURI`. */
function takeLetters(word: string, rest: string[], given: Map<string, string>): void {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    if (letter === 'V') {
      given.set(longVersion, '');
      continue;
    }
    const entry = Object.entries(specs).find(([, spec]) => spec.letter === letter);
    if (entry === undefined) throw unsupported(`-${letter}`);
    const [name, spec] = entry;
    if (spec.value === 'required') {
      const attached = word.slice(at + 1);
      const value = valueOf(`-${letter}`, attached === '' ? rest.shift() : attached);
      given.set(name, checked(name, `-${letter}`, value));
      return;
    }
    given.set(name, '');
  }
}

function unsupported(option: string): UsageError {
  return new UsageError(`unsupported option '${option}'. See --help.`);
}

function valueOf(option: string, value: string | undefined): string {
  if (value === undefined) throw new UsageError(`option '${option}' requires an argument`);
  return value;
}

function globalsOf(given: ReadonlyMap<string, string>): GlobalOptions {
  const uri = given.get('connect');
  const root = given.get('root');
  const logFile = given.get('log');
  const debug = given.get('debug');
  const escape = given.get('escape') ?? defaultEscape;
  if (!/^(\^[?-~]|[!-\]_-~])$/.test(escape)) {
    throw new UsageError(`Invalid string '${escape}' for escape sequence`);
  }
  if (root?.startsWith('/') === false) {
    throw new UsageError(`'${root}' for option '--root' is not an absolute path`);
  }
  return {
    verbosity: given.has('quiet') ? 'quiet' : 'normal',
    access: given.has('readonly') ? 'read-only' : 'read-write',
    escape,
    timing: given.has('timing') ? 'shown' : 'untold',
    ...(uri === undefined ? {} : { uri }),
    ...(root === undefined ? {} : { root }),
    ...(logFile === undefined ? {} : { logFile }),
    ...present({ debug: debug === undefined ? undefined : debugLevel(debug) }),
  };
}

function ignoredOf(given: ReadonlyMap<string, string>): string | undefined {
  const debug = given.get('debug');
  if (debug === undefined || debugLevel(debug) !== undefined) return undefined;
  return `ignoring debug level ${Number(debug)} out of range [0-4]`;
}

/** Checks keepalive numbers as virsh does. They have no effect, since the command uses no daemon that must be kept alive. */
function checked(name: string, spelling: string, value: string): string {
  if (!name.startsWith('keepalive-') || /^\d+$/.test(value)) return value;
  if (!/^-\d+$/.test(value)) throw new UsageError(`Invalid value for option ${spelling}`);
  throw new UsageError(`option ${spelling} requires a positive integer argument`);
}

const debugLevels: readonly DebugLevel[] = [0, 1, 2, 3, 4];

/** Undefined for a number that is none, which virsh only tells of. @throws UsageError for what is no number of an int. */
function debugLevel(text: string): DebugLevel | undefined {
  const number = /^-?\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(number) || Math.abs(number) > 0x7fffffff) {
    throw new UsageError('option -d takes a numeric argument');
  }
  return debugLevels.find((level) => level === number);
}

/** Variables that say where the state is, and what is connected to. */
export const settingVariables = ['TSLXC_ROOT', 'TSLXC_DEFAULT_URI', 'LIBVIRT_DEFAULT_URI'] as const;

export interface UriChoice {
  readonly uri: string;
  /** Something that the user should know. */
  readonly note?: string;
}

/**
 * `-c`, then TSLXC_DEFAULT_URI, then LIBVIRT_DEFAULT_URI, then `lxc:///`. The third is meant for virsh: if it names another
 * driver, it is ignored with a note. A remote `lxc+ssh` URI is kept, so that it is refused, instead of working on the wrong
 * host.
 */
export function chooseUri(
  globals: Pick<GlobalOptions, 'uri'>,
  environment: Readonly<Record<string, string | undefined>>,
): UriChoice {
  if (globals.uri !== undefined) return { uri: globals.uri };
  const own = environment['TSLXC_DEFAULT_URI'];
  if (own !== undefined && own !== '') return { uri: own };
  const libvirt = environment['LIBVIRT_DEFAULT_URI'];
  if (libvirt === undefined || libvirt === '') return { uri: 'lxc:///' };
  if (/^lxc(\+|:)/.test(libvirt)) return { uri: libvirt };
  const note = `LIBVIRT_DEFAULT_URI is '${libvirt}', which is not lxc: using lxc:///`;
  return { uri: 'lxc:///', note };
}
