/** One line of an LXC configuration, `key = value`, and what its value says. Pure. */
import { TslxcError } from '../../errors';

/** Where a line stands; lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Entry {
  /** As LXC 3 and later call it, whatever the file says. */
  readonly key: string;
  /** As the file has it. */
  readonly written: string;
  /** Without blanks around it and without its quotes. Empty: takes back what was said before. */
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

/** The words of a value that is a list. */
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
