/** One line of an LXC configuration, `key = value`, and the parsing of its value. Pure. */
import { TslxcError } from '../../errors';

/** The location of a line; lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Entry {
  /** The key by its name since LXC 3, even if the file has an older name. */
  readonly key: string;
  /** The key as the file has it. */
  readonly written: string;
  /** Without surrounding blanks and quotes. An empty value discards earlier values of the key. */
  readonly value: string;
  readonly place: Place;
}

/** The error for what LXC itself would refuse. */
export function configurationError({ file, line }: Place, detail: string): TslxcError {
  return new TslxcError('CONF_SYNTAX', `${file}:${line}: ${detail}`, { path: file, line });
}

/** The error for a value that LXC would refuse. */
export function valueError({ written, value, place }: Entry, fault: string): TslxcError {
  return configurationError(place, `${written} = ${value}: ${fault}`);
}

/** The words of a value, separated by blanks. */
export function wordsOf({ value }: Pick<Entry, 'value'>): string[] {
  return value.split(/[ \t]+/).filter((word) => word !== '');
}

/** @throws TslxcError CONF_SYNTAX for a value that is not a number, or is above `most`. */
export function numberOf(entry: Entry, most = 2 ** 32 - 1): number {
  const number = /^\d{1,16}$/.test(entry.value) ? Number(entry.value) : NaN;
  if (number <= most) return number;
  throw valueError(entry, `not a number up to ${most}`);
}

/** @throws TslxcError CONF_SYNTAX for a value other than 0 and 1. */
export function switchOf(entry: Entry): 'on' | 'off' {
  return numberOf(entry, 1) === 1 ? 'on' : 'off';
}
