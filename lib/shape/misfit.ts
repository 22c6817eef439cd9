/** Compares a value with a shape: what does not fit, and where, in words. Pure. */
import { suggestion } from '../suggestion';
import type { AnyField, AnyFields, Choice, Form } from './shape';

/** The first thing in a value that does not fit its shape. */
export interface Misfit {
  /** The names and indices that lead to it, from the outside. */
  readonly at: readonly (string | number)[];
  /** What is wrong with it, as `is unknown`. */
  readonly what: string;
}

type Entries = Readonly<Record<string, unknown>>;

/** Characters of a text that are quoted. */
const quoted = 60;
/** So many known names are listed for one that is like none of them. */
const listed = 16;

/** undefined if all of it fits. Names that are unknown come first. */
export function misfitOf(form: Form, value: unknown): Misfit | undefined {
  switch (form.kind) {
    case 'value':
      return form.fits(value) ? undefined : ofValue(form, value);
    case 'list':
      return Array.isArray(value) ? ofItems(form, value) : wrong(value, wordsOf(form));
    case 'record':
      return isEntries(value) ? ofRecord(form, value) : wrong(value, wordsOf(form));
    case 'object':
      return isEntries(value) ? ofObject(form, value) : wrong(value, wordsOf(form));
    case 'either':
      return ofEither(form.forms, value);
    case 'variants':
      return isEntries(value) ? ofVariants(form, value) : wrong(value, wordsOf(form));
  }
}

/** As a path: `definition.mounts[0].target`. */
export function pathOf(name: string, at: Misfit['at']): string {
  const steps = at.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return name + steps.join('');
}

/** Whether a field may be left out, and its form. */
export function fieldOf(field: AnyField): { readonly form: Form; readonly isOptional: boolean } {
  return 'optional' in field
    ? { form: field.optional.form, isOptional: true }
    : { form: field.form, isOptional: false };
}

/**
 * Objects that consist of their own keys. What an instance of a class holds, such as a Map or a Promise, its keys do not tell: it
 * would pass as an empty object.
 */
function isEntries(value: unknown): value is Entries {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Of whichever realm: no other prototype of objects has none itself.
  return prototype === null || prototype === environment || isRoot(prototype as object);
}

function isRoot(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null;
}

/** That of process.env, which is Node's own. */
const environment: unknown = Object.getPrototypeOf(process.env);

function ofValue({ words, known, flaw }: Extract<Form, { kind: 'value' }>, value: unknown): Misfit {
  const what = flaw?.(value);
  return what === undefined ? wrong(value, words, known) : { at: [], what };
}

function ofItems(
  { item, count, whenEmpty }: Extract<Form, { kind: 'list' }>,
  list: readonly unknown[],
): Misfit | undefined {
  if (whenEmpty !== undefined && list.length === 0) {
    return { at: [], what: `is empty, ${whenEmpty}` };
  }
  if (count !== undefined && list.length !== count) {
    return { at: [], what: `has ${list.length} items, and not ${count}` };
  }
  for (let index = 0; index < list.length; index += 1) {
    const misfit = misfitOf(item, list[index]);
    if (misfit !== undefined) return within(index, misfit);
  }
  return undefined;
}

function ofRecord(
  { item, names }: Extract<Form, { kind: 'record' }>,
  record: Entries,
): Misfit | undefined {
  for (const name of Object.keys(record)) {
    // It counts as left out.
    if (record[name] === undefined) continue;
    if (names?.fits(name) === false) return { at: [name], what: `is not ${names.words}` };
    const misfit = misfitOf(item, record[name]);
    if (misfit !== undefined) return within(name, misfit);
  }
  return undefined;
}

function ofObject(
  { fields, otherWords = {}, contradiction }: Extract<Form, { kind: 'object' }>,
  object: Entries,
): Misfit | undefined {
  const unknown = Object.keys(object).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) {
    const hint = Object.hasOwn(otherWords, unknown) ? otherWords[unknown] : undefined;
    const what = hint === undefined ? unknownAmong(unknown, fields) : `is unknown; ${hint}`;
    return { at: [unknown], what };
  }
  for (const name of Object.keys(fields)) {
    const { form, isOptional } = fieldOf(fields[name] as AnyField);
    const value = object[name];
    if (isOptional && value === undefined) continue;
    const misfit = misfitOf(form, value);
    if (misfit !== undefined) return within(name, misfit);
  }
  const found = contradiction?.(object);
  return found && { at: [found.field], what: found.what };
}

function ofEither(forms: readonly Form[], value: unknown): Misfit | undefined {
  const alike = forms.find((form) => isAlike(form, value));
  if (alike !== undefined) return misfitOf(alike, value);
  return wrong(value, forms.map(wordsOf).join(' or '));
}

/** Whether a misfit is best told by this form: another could only say that the value is something else. */
function isAlike(form: Form, value: unknown): boolean {
  switch (form.kind) {
    case 'value':
      return form.fits(value) || form.flaw?.(value) !== undefined;
    case 'list':
      return Array.isArray(value);
    case 'either':
      return form.forms.some((one) => isAlike(one, value));
    default:
      return isEntries(value);
  }
}

function ofVariants(
  { choice, variants }: Extract<Form, { kind: 'variants' }>,
  object: Entries,
): Misfit | undefined {
  const all = Object.assign(
    {},
    ...Object.values(variants).map(({ fields }) => fields),
  ) as AnyFields;
  const unknown = Object.keys(object).find((name) => !Object.hasOwn(all, name));
  if (unknown !== undefined) return { at: [unknown], what: unknownAmong(unknown, all) };
  const chosen = choice.choose(object);
  const variant = chosen === undefined ? undefined : variants[chosen];
  if (chosen === undefined || variant === undefined) return unchosen(choice, object);
  const given = Object.entries(object).filter(([, one]) => one !== undefined);
  const stray = given.find(([name]) => !Object.hasOwn(variant.fields, name));
  if (stray !== undefined)
    return { at: [stray[0]], what: `does not go with ${choice.naming(chosen)}` };
  return ofObject(variant, Object.fromEntries(given));
}

function unchosen({ field, names, hint = '' }: Choice, object: Entries): Misfit {
  const all = `${names.join(', ')}${hint}`;
  return field === undefined
    ? { at: [], what: `has none of ${all}` }
    : within(field, wrong(object[field], `one of ${all}`, names));
}

function unknownAmong(name: string, fields: AnyFields): string {
  const known = Object.keys(fields);
  const meant = suggestion(name, known);
  if (meant !== '' || known.length > listed) return `is unknown${meant}`;
  return `is unknown; known are ${known.join(', ')}`;
}

function wrong(value: unknown, words: string, known: readonly string[] = []): Misfit {
  if (value === undefined) return { at: [], what: `is missing: it is ${words}` };
  const hint = typeof value === 'string' ? suggestion(value, known) : hintFor(value);
  return { at: [], what: `is ${shown(value)}, not ${words}${hint}` };
}

function hintFor(value: unknown): string {
  return isThenable(value) ? ': an await is missing' : '';
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value;
}

function wordsOf(form: Form): string {
  switch (form.kind) {
    case 'value':
      return form.words;
    case 'list':
      if (form.count !== undefined) return `a list of ${form.count}`;
      return form.item.kind === 'value' && form.item.known === undefined
        ? `a list of ${form.item.words}`
        : 'a list';
    case 'variants':
      return `an object, ${form.choice.words}`;
    case 'either':
      return form.forms.map(wordsOf).join(' or ');
    default:
      return 'an object';
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > quoted ? `'${value.slice(0, quoted)}…'` : `'${value}'`;
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return shownObject(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  return String(value);
}

function shownObject(value: object): string {
  if (isEntries(value)) return 'an object';
  if (isThenable(value)) return 'a Promise';
  const { constructor } = value as { readonly constructor?: unknown };
  const name = typeof constructor === 'function' ? constructor.name : '';
  return name === '' ? 'an object with a prototype' : `an instance of ${name}`;
}

function within(step: string | number, { at, what }: Misfit): Misfit {
  return { at: [step, ...at], what };
}
