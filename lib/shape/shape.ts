/**
 * Shapes of plain data: what an object may have, and of what type it is. A shape is written for an interface that exists, and
 * does not compile unless it has all of its fields, with their types. Pure.
 */
import { types } from 'node:util';

/** What a value has to be. `Type` is exactly the type of the values that fit. */
export interface Shape<Type> {
  readonly form: Form;
  /** Never there: a shape of more or fewer values is another type. */
  readonly exactly?: (value: Type) => Type;
}

/** The shape of what may be left out, or be undefined. */
export interface Optional<Type> {
  readonly optional: Shape<Type>;
}

/** A shape for each field of an interface. */
export type Fields<Type> = {
  readonly [Name in keyof Type]-?: Partial<Pick<Type, Name>> extends Pick<Type, Name>
    ? Optional<Exclude<Type[Name], undefined>>
    : Shape<Type[Name]>;
};

/** Fields, without the types of their values. */
export type AnyFields = Readonly<Record<string, AnyField>>;

/** The same for one field. */
export type AnyField = { readonly form: Form } | { readonly optional: { readonly form: Form } };

/** A shape as data. */
export type Form =
  | Readonly<{
      kind: 'value';
      /** Completes `is not …`. */
      words: string;
      fits: (value: unknown) => boolean;
      /** What is wrong with a value that is of the right type, as `contains …`. */
      flaw?: (value: unknown) => string | undefined;
      /** A value that fits. */
      example: unknown;
      /** All that fit, if they can be named. */
      known?: readonly string[];
      /** It is a function that the library calls. */
      isCalled?: true;
    }>
  | Readonly<{
      kind: 'list';
      item: Form;
      /** So many items it has to have. */
      count?: number;
      /** It needs an item: completes `is empty, …`. */
      whenEmpty?: string;
    }>
  | Readonly<{ kind: 'record'; item: Form; names: Names | undefined }>
  | Readonly<{
      kind: 'object';
      fields: AnyFields;
      /** Names that are not fields, and what completes `is unknown; …` for them. */
      otherWords?: Readonly<Record<string, string>>;
      /** What in an object whose fields all fit contradicts the rest of it. */
      contradiction?: (object: Readonly<Record<string, unknown>>) => Contradiction | undefined;
    }>
  | Readonly<{ kind: 'either'; forms: readonly Form[] }>
  | Readonly<{
      kind: 'variants';
      choice: Choice;
      variants: Readonly<Record<string, Extract<Form, { kind: 'object' }>>>;
    }>;

/** What the keys of a record may be. */
export interface Names {
  /** Completes `is not …`. */
  readonly words: string;
  readonly fits: (name: string) => boolean;
}

/** The name of a field, and what is wrong with it, as `does not go with …`. */
export interface Contradiction {
  readonly field: string;
  readonly what: string;
}

interface ValueForm {
  readonly words: string;
  readonly fits: (value: unknown) => boolean;
  readonly flaw?: (value: unknown) => string | undefined;
  readonly example: unknown;
}

/** A value that can be judged by itself. */
export function value<Type>(form: ValueForm): Shape<Type> {
  return { form: { kind: 'value', ...form } };
}

/** The kernel, XML and libvirt's protocol have no NUL within a text: what follows it would be lost. */
function flawOfText(one: unknown): string | undefined {
  return typeof one === 'string' && one.includes('\0') ? 'contains a NUL character' : undefined;
}

/** A name, a path, or another text that the kernel or a definition may get. */
export const text: Shape<string> = value({
  words: 'text',
  fits: (one) => typeof one === 'string' && flawOfText(one) === undefined,
  flaw: flawOfText,
  example: 'x',
});

/** Text where XML has no way to say that it is empty. */
export const filledText: Shape<string> = value({
  words: 'text that is not empty',
  fits: (one) => typeof one === 'string' && one !== '' && flawOfText(one) === undefined,
  flaw: flawOfText,
  example: 'x',
});

/** One that does not depend on where the process happens to be. */
export const absolutePath: Shape<string> = value({
  words: 'an absolute path',
  fits: (one) => typeof one === 'string' && one.startsWith('/') && flawOfText(one) === undefined,
  flaw: flawOfText,
  example: '/x',
});

/** A whole document: its parser says which characters it may have, and where one is that it may not. */
export const document: Shape<string> = value({
  words: 'text',
  fits: (one) => typeof one === 'string',
  example: 'x',
});

/** Any number of this unit: its range is for whoever knows what it counts. */
export function numberOf(unit: string): Shape<number> {
  return value({
    words: unit === '' ? 'a number' : `a number of ${unit}`,
    fits: (one) => typeof one === 'number',
    example: 1,
  });
}

export const number = numberOf('');
export const kibibytes = numberOf('KiB');
export const milliseconds = numberOf('milliseconds');

/** Milliseconds that a timer of Node can wait, which has 31 bits for them: with more it would fire at once. */
export const longestTime = 0x7fffffff;

/** How long something may take: with 0 it is over as soon as a timer can fire, be there an answer by then or not. */
export function timeFrom(least: 0 | 1): Shape<number> {
  return value({
    words: `a number of milliseconds from ${least} to ${longestTime}`,
    fits: (one) => typeof one === 'number' && one >= least && one <= longestTime,
    example: 1,
  });
}

export const wholeTime: Shape<number> = value({
  words: `a whole number of milliseconds from 1 to ${longestTime}`,
  fits: (one) => Number.isInteger(one) && (one as number) >= 1 && (one as number) <= longestTime,
  example: 1,
});

export const whole: Shape<number> = value({
  words: 'a whole number from 0 on',
  fits: (one) => Number.isSafeInteger(one) && (one as number) >= 0,
  example: 1,
});

export function wholeBetween(least: number, most: number): Shape<number> {
  return value({
    words: `a whole number from ${least} to ${most}`,
    fits: (one) => Number.isInteger(one) && (one as number) >= least && (one as number) <= most,
    example: least,
  });
}

/** How much at most: Infinity is no limit. */
export const mostBytes: Shape<number> = value({
  words: 'a number of bytes from 0 on',
  fits: (one) => typeof one === 'number' && one >= 0,
  example: 1,
});

export const flag: Shape<boolean> = value({
  words: 'true or false',
  fits: (one) => typeof one === 'boolean',
  example: true,
});

/** A word that is compared with the known ones by whoever acts on it, in the terms of its verb. */
export function word<Word extends string>(example: Word): Shape<Word> {
  return value({ words: 'text', fits: (one) => typeof one === 'string', example });
}

/** Node's own, of whichever realm. */
export const abortSignal: Shape<AbortSignal> = value({
  words: 'an AbortSignal',
  fits: (one) =>
    typeof one === 'object' && one !== null && 'aborted' in one && 'addEventListener' in one,
  // To make a real one would have Node load what it is made of.
  example: { aborted: false, addEventListener: () => undefined },
});

/** Of whichever realm. */
export const date: Shape<Date> = value({
  words: 'a Date',
  fits: (one) => isDate(one) && !Number.isNaN(one.getTime()),
  flaw: (one) => (isDate(one) && Number.isNaN(one.getTime()) ? 'is not a valid date' : undefined),
  example: new Date(0),
});

function isDate(one: unknown): one is Date {
  return types.isDate(one);
}

export function callback<Type>(): Shape<Type> {
  return {
    form: {
      kind: 'value',
      words: 'a function',
      fits: (one) => typeof one === 'function',
      example: () => undefined,
      isCalled: true,
    },
  };
}

export function oneOf<Word extends string>(...words: readonly Word[]): Shape<Word> {
  const known: ReadonlySet<unknown> = new Set(words);
  return {
    form: {
      kind: 'value',
      words: `one of ${words.join(', ')}`,
      fits: (one) => known.has(one),
      example: words[0],
      known: words,
    },
  };
}

export function optional<Type>(shape: Shape<Type>): Optional<Type> {
  return { optional: shape };
}

export function listOf<Item>(item: Shape<Item>): Shape<readonly Item[]> {
  return { form: { kind: 'list', item: item.form } };
}

/** The words of a command. XML can't say that there are none: they would be left out. */
export const command: Shape<readonly string[]> = {
  form: { kind: 'list', item: text.form, whenEmpty: 'and a command needs a program' },
};

export function threeOf<Item>(item: Shape<Item>): Shape<readonly [Item, Item, Item]> {
  return { form: { kind: 'list', item: item.form, count: 3 } };
}

/** An object with any names; one whose value is undefined counts as left out. */
export function recordOf<Item>(
  item: Shape<Item>,
  names?: Names,
): Shape<Readonly<Record<string, Item | undefined>>> {
  return { form: { kind: 'record', item: item.form, names } };
}

/** Variables of an environment, which has no way to say that a name has a `=` in it. */
export function variablesOf(
  item: Shape<string>,
): Shape<Readonly<Record<string, string | undefined>>> {
  return recordOf(item, { words: 'a variable name', fits: (name) => /^[^=\0]+$/.test(name) });
}

/** An object that has these fields, and no others. `otherWords`: words that others have for them, and what is said of these. */
export function object<Type>(
  fields: Fields<Type>,
  otherWords: Readonly<Record<string, string>> = {},
): Shape<Type> {
  return { form: { kind: 'object', fields, otherWords } };
}

/** The shape of an object in which fields may contradict each other. */
export function withoutContradiction<Type>(
  { form }: Shape<Type>,
  contradiction: (object: Type) => Contradiction | undefined,
): Shape<Type> {
  if (form.kind !== 'object') throw new TypeError('only an object can contradict itself');
  return { form: { ...form, contradiction: (one) => contradiction(one as Type) } };
}

export function either<One, Other>(one: Shape<One>, other: Shape<Other>): Shape<One | Other> {
  return { form: { kind: 'either', forms: [one.form, other.form] } };
}

/** What tells the variants of an object apart. */
export interface Choice {
  /** The field whose value does; undefined if it is which fields there are. */
  readonly field?: string;
  readonly names: readonly string[];
  /** Completes `is not …`, for what is no object. */
  readonly words: string;
  /** Follows the names where none of them is given. */
  readonly hint?: string;
  readonly choose: (object: Readonly<Record<string, unknown>>) => string | undefined;
  /** Completes `does not go with …`, for a field of another variant. */
  readonly naming: (variant: string) => string;
}

/** One of several interfaces, each with the name that `choose` gives for it. */
export function variants<Types extends Readonly<Record<string, unknown>>>(
  choice: Choice,
  fields: { readonly [Name in keyof Types]: Fields<Types[Name]> },
): Shape<Types[keyof Types]> {
  const forms = Object.entries<AnyFields>(fields as Readonly<Record<string, AnyFields>>).map(
    ([name, one]) => [name, { kind: 'object', fields: one }] as const,
  );
  return { form: { kind: 'variants', choice, variants: Object.fromEntries(forms) } };
}

/** Variants that are told apart by the one of their names that the object has. */
export function hasOneOf(names: readonly string[]): Choice {
  return {
    names,
    words: `one with one of ${names.join(', ')}`,
    choose: (given) => names.find((name) => given[name] !== undefined),
    naming: (name) => name,
  };
}

/** Variants that are told apart by the value of a field. */
export function byField(field: string, names: readonly string[], whenAbsent?: string): Choice {
  return {
    field,
    names,
    words: `one whose ${field} is one of ${names.join(', ')}`,
    choose: ({ [field]: named = whenAbsent }) => names.find((name) => name === named),
    naming: (name) => `${field} '${name}'`,
  };
}
