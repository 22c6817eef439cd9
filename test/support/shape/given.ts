/** Arguments that fit the shapes of a call, and each way to put one key too many into them. */
import { fieldOf } from '../../../lib/shape/misfit';
import type { AnyParameters } from '../../../lib/shape/arguments';
import type { AnyField, AnyFields, Form } from '../../../lib/shape/shape';

/** Arguments with all that each may have, or with what each must have. */
export type Extent = 'all' | 'least';

/** Arguments that fit. */
export function fitting(parameters: AnyParameters, extent: Extent = 'least'): unknown[] {
  return parameters.map(([, field]) => ofField(field, extent));
}

function ofField(field: AnyField, extent: Extent): unknown {
  const { form, isOptional } = fieldOf(field);
  return isOptional && extent === 'least' ? undefined : ofForm(form, extent);
}

function ofForm(form: Form, extent: Extent): unknown {
  switch (form.kind) {
    case 'value':
      return form.example;
    case 'list':
      return Array.from({ length: form.count ?? 1 }, () => ofForm(form.item, extent));
    case 'record':
      return { any: ofForm(form.item, extent) };
    case 'object':
      return ofFields(form.fields, extent);
    case 'either':
      return ofForm(form.forms[0] as Form, extent);
    case 'variants':
      return ofFields(Object.values(form.variants)[0]?.fields ?? {}, extent);
  }
}

function ofFields(fields: AnyFields, extent: Extent): Record<string, unknown> {
  const entries = Object.entries(fields).map(
    ([name, field]) => [name, ofField(field, extent)] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** A value with an object in it, and where that has a key too many. */
export interface Planted {
  readonly value: unknown;
  /** Names and indices, the key last. */
  readonly at: readonly (string | number)[];
  /** The keys that fit there. */
  readonly known: readonly string[];
}

/** Puts the key into each kind of object that a value of this form may have in it. */
export function plantings(form: Form, key: string): Planted[] {
  switch (form.kind) {
    case 'value':
      return [];
    case 'list':
      return plantings(form.item, key).map((one) => inside(0, [one.value], one));
    case 'record':
      return plantings(form.item, key).map((one) => inside('any', { any: one.value }, one));
    case 'object':
      return inFields(form.fields, key);
    case 'either':
      return form.forms.flatMap((one) => plantings(one, key));
    case 'variants': {
      const known = Object.values(form.variants).flatMap(({ fields }) => Object.keys(fields));
      return Object.entries(form.variants).flatMap(([name, { fields }]) =>
        inFields(chosen(name, fields), key).map((one) =>
          one.at.length === 1 ? { ...one, known } : one,
        ),
      );
    }
  }
}

/** The fields, with the one that says which variant it is as it has to be. */
function chosen(name: string, fields: AnyFields): AnyFields {
  const named = Object.entries(fields).filter(([, field]) => {
    const { form } = fieldOf(field);
    return form.kind === 'value' && form.known?.includes(name) === true;
  });
  const exact = named.map(([field]) => {
    const form: Form = { kind: 'value', words: name, fits: (one) => one === name, example: name };
    return [field, { form }] as const;
  });
  return { ...fields, ...Object.fromEntries(exact) };
}

function inFields(fields: AnyFields, key: string): Planted[] {
  const base = ofFields(fields, 'least');
  const here = { value: { ...base, [key]: 1 }, at: [key], known: Object.keys(fields) };
  const below = Object.entries(fields).flatMap(([name, field]) =>
    plantings(fieldOf(field).form, key).map((one) =>
      inside(name, { ...base, [name]: one.value }, one),
    ),
  );
  return [here, ...below];
}

function inside(step: string | number, value: unknown, { at, known }: Planted): Planted {
  return { value, at: [step, ...at], known };
}

/** A place in a value of a form: of the value itself, or of something that it is or may have in it. */
export interface Place {
  readonly form: Form;
  /** Names and indices. */
  readonly at: readonly (string | number)[];
  /** A value of the whole form, with the least that it must have, and this in the place. */
  readonly put: (value: unknown) => unknown;
}

/** Every place in what a value of this form may be. */
export function placesOf(form: Form): Place[] {
  const here: Place = { form, at: [], put: (value) => value };
  switch (form.kind) {
    case 'value':
      return [here];
    case 'list':
      return [
        here,
        ...placesOf(form.item).map((one) =>
          below(0, (value) => (ofForm(form, 'least') as unknown[]).with(0, value), one),
        ),
      ];
    case 'record':
      return [here, ...placesOf(form.item).map((one) => below('any', (any) => ({ any }), one))];
    case 'object':
      return [here, ...placesIn(form.fields)];
    case 'either':
      return form.forms.flatMap(placesOf);
    case 'variants': {
      const all = Object.entries(form.variants);
      return [here, ...all.flatMap(([name, { fields }]) => placesIn(chosen(name, fields)))];
    }
  }
}

function placesIn(fields: AnyFields): Place[] {
  const base = ofFields(fields, 'least');
  return Object.entries(fields).flatMap(([name, field]) =>
    placesOf(fieldOf(field).form).map((one) =>
      below(name, (value) => ({ ...base, [name]: value }), one),
    ),
  );
}

function below(
  step: string | number,
  around: (value: unknown) => unknown,
  { form, at, put }: Place,
): Place {
  return { form, at: [step, ...at], put: (value) => around(put(value)) };
}
