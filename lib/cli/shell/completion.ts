/** Completion in the shell: of verbs, their options, and values of options. The scripts for bash, zsh and fish have the same table. */
import { isUtf8 } from 'node:buffer';
import { readdirSync, statSync } from 'node:fs';
import { splitUnfinished } from './command-string';
import { groups } from './command';
import { commandsWith, verbNames } from './verbs';
import { takesSeveral, type Option, type ValueKind } from './arguments';
import type { Quote } from './command-string';
import type { Connection } from '../../index';

/** The completions of a line. */
export interface Completion {
  /** Texts that may replace `typed` in the line, quoted and escaped as necessary. */
  readonly candidates: readonly string[];
  /** The word that is being typed, as written in the line. */
  readonly typed: string;
}

/** Opens the connection on which names are looked up. */
export type Connect = () => Promise<Connection>;

/** The completions at the end of the line. Never rejects: there are no candidates if the look-up fails. */
export async function completeLine(line: string, connect: Connect): Promise<Completion> {
  const unfinished = splitUnfinished(line);
  if (unfinished === undefined) return { candidates: [], typed: '' };
  const { words, last, start, quote } = unfinished;
  const typed = line.slice(start);
  const found = await completeWord(words, last, connect).catch(() => []);
  const rest = found.map((candidate) => candidate.slice(last.length));
  const before = quote === "'" ? typed : withoutEscape(typed);
  const candidates = rest.map((text) => `${before}${quoted(text, quote)}`);
  const [only, ...others] = candidates;
  // A blank follows a completed word; a folder, or an option that still needs its value, is not complete.
  if (only === undefined || others.length > 0 || /[/=]$/.test(only)) return { candidates, typed };
  return { candidates: [`${only}${quote ?? ''} `], typed };
}

/** The candidates for the word that begins with `last`, after `words`. */
async function completeWord(
  words: readonly string[],
  last: string,
  connect: Connect,
): Promise<string[]> {
  const [verb, ...given] = words;
  if (verb === undefined) return shownVerbs().filter((name) => name.startsWith(last));
  const all = commandsWith(verb)?.[verb]?.options ?? [];
  const options = all.filter(({ refused }) => refused === undefined);
  const { used, awaiting, next } = place(options, given);
  if (awaiting !== undefined) return valuesOf(awaiting, last, connect);
  const [, name, value] = /^--([^=]+)=(.*)$/s.exec(last) ?? [];
  if (name !== undefined && value !== undefined) {
    const option = options.find((one) => one.name === name);
    const values = option === undefined ? [] : await valuesOf(option, value, connect);
    return values.map((one) => `--${name}=${one}`);
  }
  const free = options
    .filter((option) => takesSeveral(option) || !used.has(option.name))
    .map((option) => `--${option.name}`);
  if (last.startsWith('-')) return free.filter((option) => option.startsWith(last));
  const values = next === undefined ? [] : await valuesOf(next, last, connect);
  return values.length > 0 || last !== '' ? values : free;
}

/** The verbs of the overview. */
function shownVerbs(): string[] {
  return verbNames.filter((verb) => commandsWith(verb)?.[verb]?.visibility === undefined);
}

interface Place {
  /** Names of the options that were given. */
  readonly used: ReadonlySet<string>;
  /** The option whose value is being typed. */
  readonly awaiting?: Option | undefined;
  /** The option that a bare word is for. */
  readonly next?: Option | undefined;
}

/** Determines the option to which the word after these belongs. Words that make no sense are skipped. */
function place(options: readonly Option[], words: readonly string[]): Place {
  const used = new Set<string>();
  let awaiting: Option | undefined;
  const nextFree = (): Option | undefined =>
    options.find(
      ({ name, kind, positional }) =>
        positional !== undefined && (kind === 'strings' || !used.has(name)),
    );
  for (const word of words) {
    if (awaiting !== undefined) {
      awaiting = undefined;
      continue;
    }
    const [, name, value] = /^--([^=]+)(=?)/.exec(word) ?? [];
    const option = options.find((one) => one.name === name || word === `-${one.letter ?? ''}`);
    const taken = option ?? (word.startsWith('-') ? undefined : nextFree());
    if (taken !== undefined) used.add(taken.name);
    if (option !== undefined && option.kind !== 'flag' && value !== '=') awaiting = option;
  }
  return { used, awaiting, next: nextFree() };
}

async function valuesOf(
  { values, kind }: Option,
  last: string,
  connect: Connect,
): Promise<string[]> {
  if (kind === 'flag' || values === undefined) return [];
  const all = typeof values === 'string' ? await named(values, last, connect) : values;
  return all.filter((value) => value.startsWith(last));
}

async function named(kind: ValueKind, last: string, connect: Connect): Promise<readonly string[]> {
  switch (kind) {
    case 'file':
    case 'folder':
      return paths(last, kind);
    case 'verb':
      return [...Object.keys(groups), ...shownVerbs()];
    case 'domain':
    case 'active-domain':
    case 'inactive-domain': {
      const domains = await (await connect()).listDomains(filterOf(kind));
      return domains.map(({ name }) => name);
    }
    case 'network':
    case 'active-network':
    case 'inactive-network': {
      const networks = await (await connect()).listNetworks(filterOf(kind));
      return networks.map(({ name }) => name);
    }
    case 'image': {
      const images = await (await connect()).images.list();
      return images.map(({ name }) => name);
    }
    case 'volume': {
      const volumes = await (await connect()).volumes.list();
      return volumes.map(({ name }) => name);
    }
    case 'interface': {
      const interfaces = await (await connect()).hostInterfaces.list();
      return interfaces.map(({ name }) => name);
    }
    case 'secret': {
      const secrets = await (await connect()).secrets.list();
      return secrets.map(({ uuid }) => uuid);
    }
    case 'nwfilter': {
      const filters = await (await connect()).networkFilters.list();
      return filters.map(({ name }) => name);
    }
    case 'nodedev': {
      const devices = await (await connect()).nodeDevices.list();
      return devices.map(({ name }) => name);
    }
  }
}

function filterOf(kind: ValueKind): { readonly state?: 'active' | 'inactive' } {
  if (kind.startsWith('active-')) return { state: 'active' };
  return kind.startsWith('inactive-') ? { state: 'inactive' } : {};
}

/**
 * The entries of the folder that the path so far names; folders end with a slash. Those that are not UTF-8 are left out: no line
 * can name them.
 */
function paths(last: string, kind: 'file' | 'folder'): string[] {
  const folder = last.slice(0, last.lastIndexOf('/') + 1);
  const isHidden = last.slice(folder.length).startsWith('.');
  return readdirSync(folder === '' ? '.' : folder, { encoding: 'buffer' })
    .filter((name) => isUtf8(name))
    .map((name) => name.toString())
    .filter((name) => name.startsWith('.') === isHidden)
    .sort()
    .flatMap((name) => {
      const path = `${folder}${name}`;
      const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
      if (isFolder) return [`${path}/`];
      return kind === 'file' ? [path] : [];
    });
}

/** Without a `\` at the end, which is for the character after it. */
function withoutEscape(typed: string): string {
  const [escapes = ''] = /\\*$/.exec(typed) ?? [];
  return escapes.length % 2 === 1 ? typed.slice(0, -1) : typed;
}

/** The text as it stands in a line where this quote is open: nothing in it ends the word, quotes, or begins a comment. */
function quoted(text: string, quote: Quote | undefined): string {
  if (quote === "'") return text.replaceAll("'", String.raw`'\''`);
  return text.replace(quote === '"' ? /["\\]/g : /[\s;#'"\\]/g, (one) => `\\${one}`);
}
