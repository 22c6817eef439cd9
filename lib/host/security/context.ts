/**
 * SELinux contexts as text: `user:role:type:range`. A range is one level, or two with a `-` between them; a level is a
 * sensitivity, with a colon and categories: `s0-s0:c0.c1023`. Pure: only the kernel knows whether a context is valid in
 * the policy.
 */
import { TslxcError } from '../../errors';

export interface SecurityContext {
  readonly user: string;
  readonly role: string;
  readonly type: string;
  /** As written; undefined in policies without MLS. */
  readonly range?: string;
}

export interface SecurityLevel {
  readonly sensitivity: string;
  /** In ascending order, without duplicates. */
  readonly categories: readonly number[];
}

export interface SecurityRange {
  readonly low: SecurityLevel;
  /** The same as `low` if only one level was written. */
  readonly high: SecurityLevel;
}

/** A part of a context: no character may end the part, or the text in a file. */
const part = /^[^\s:,\0]+$/;
const level = /^([A-Za-z][\w.]*)(?::(c\d+(?:[.,]c\d+)*))?$/;
/** A limit for categories: a policy could have 32-bit numbers, but none has so many. */
const mostCategories = 65_536;

/** @throws TslxcError INVALID_ARG for text that does not have the form of a context. */
export function parseContext(text: string): SecurityContext {
  const [user = '', role = '', type = '', ...rest] = text.split(':');
  if (![user, role, type].every((one) => part.test(one))) throw malformed('context', text);
  if (rest.length === 0) return { user, role, type };
  const range = rest.join(':');
  parseRange(range);
  return { user, role, type, range };
}

export function formatContext({ user, role, type, range }: SecurityContext): string {
  return [user, role, type, ...(range === undefined ? [] : [range])].join(':');
}

/** The same user, role and type with another range. */
export function withRange(context: string, range: string): string {
  return formatContext({ ...parseContext(context), range });
}

/** @throws TslxcError INVALID_ARG for text that does not have the form of a range. */
export function parseRange(text: string): SecurityRange {
  const levels = text.split('-').map((one) => parseLevel(one));
  const [low, high = low] = levels;
  if (low === undefined || high === undefined || levels.length > 2) throw malformed('range', text);
  return { low, high };
}

/** The two categories of a container's range; undefined for a range that does not have exactly two. */
export function pairOf(context: string): readonly [number, number] | undefined {
  const { range } = parseContext(context);
  if (range === undefined) return undefined;
  const [first, second, ...more] = parseRange(range).high.categories;
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  return [first, second];
}

function parseLevel(text: string): SecurityLevel {
  const [, sensitivity, list] = level.exec(text) ?? [];
  if (sensitivity === undefined) throw malformed('range', text);
  const found = new Set<number>();
  for (const item of list?.split(',') ?? []) {
    const [first = Number.NaN, last = first, ...more] = item
      .split('.')
      .map((name) => Number(name.slice(1)));
    if (more.length > 0 || last < first || last >= mostCategories) throw malformed('range', text);
    for (let category = first; category <= last; category += 1) found.add(category);
  }
  return { sensitivity, categories: [...found].sort((one, other) => one - other) };
}

function malformed(what: string, text: string): TslxcError {
  return new TslxcError('INVALID_ARG', `'${text}' is not a security ${what}`);
}
