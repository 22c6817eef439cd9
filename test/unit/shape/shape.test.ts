/** Shapes are held to the interfaces that they are written for, by the compiler; and what they say of values that do not fit. */
import { runInNewContext } from 'node:vm';
import { misfitOf } from '../../../lib/shape/misfit';
import {
  either,
  listOf,
  number,
  object,
  oneOf,
  optional,
  recordOf,
  text,
} from '../../../lib/shape/shape';
import type { Shape } from '../../../lib/shape/shape';

interface Example {
  readonly name: string;
  readonly kind?: 'x' | 'y';
  readonly list?: readonly string[];
}

const kind = oneOf('x', 'y');
const fields = { name: text, kind: optional(kind), list: optional(listOf(text)) };

test('a shape does not compile unless it has all fields of its interface, and of just their types', () => {
  const shapes: Shape<Example>[] = [
    object<Example>(fields),
    // @ts-expect-error -- it lacks a field
    object<Example>({ name: text, kind: optional(kind) }),
    // @ts-expect-error -- it has a field too many
    object<Example>({ name: text, kind: optional(kind), list: optional(listOf(text)), more: text }),
    // @ts-expect-error -- it takes any text
    object<Example>({ ...fields, kind: optional(text) }),
    // @ts-expect-error -- it lacks a word
    object<Example>({ ...fields, kind: optional(oneOf('x')) }),
    // @ts-expect-error -- it has a word too many
    object<Example>({ ...fields, kind: optional(oneOf('x', 'y', 'z')) }),
    // @ts-expect-error -- the name may not be left out
    object<Example>({ ...fields, name: optional(text) }),
    // @ts-expect-error -- the kind may be left out
    object<Example>({ ...fields, kind }),
    // @ts-expect-error -- the items are of another type
    object<Example>({ ...fields, list: optional(listOf(number)) }),
  ];
  expect(shapes).toHaveLength(9);
});

test.each<[unknown, readonly (string | number)[], string]>([
  [null, [], 'is null, not an object'],
  [[], [], 'is a list, not an object'],
  ['x'.repeat(100), [], `is '${'x'.repeat(60)}…', not an object`],
  [Symbol('s'), [], 'is a symbol, not an object'],
  [{ name: () => 1 }, ['name'], 'is a function, not text'],
  [{ name: undefined }, ['name'], 'is missing: it is text'],
  [{ name: 'a', kind: 'X' }, ['kind'], "is 'X', not one of x, y"],
  [{ name: 'a', list: ['a', {}] }, ['list', 1], 'is an object, not text'],
  [{ name: 1, nmae: 'a' }, ['nmae'], "is unknown; did you mean 'name'?"],
  [Object.assign(Object.create(null) as object, { name: 'a', __proto__: 1 }), [], ''],
  [
    JSON.parse('{"name":"a","__proto__":1}'),
    ['__proto__'],
    'is unknown; known are name, kind, list',
  ],
])('of %p the first thing that does not fit is told', (value, at, what) => {
  const { form } = object<Example>(fields);
  expect(misfitOf(form, value)).toEqual(what === '' ? undefined : { at, what });
});

test('of two shapes, the one that is alike says what does not fit', () => {
  const { form } = either(oneOf('none'), object<Example>(fields));
  expect(misfitOf(form, { name: 'a' })).toBeUndefined();
  expect(misfitOf(form, { name: 1 })).toEqual({ at: ['name'], what: 'is 1, not text' });
  expect(misfitOf(form, 1)).toEqual({ at: [], what: 'is 1, not one of none or an object' });
  const nameOrNumber = either(number, text).form;
  expect(misfitOf(nameOrNumber, 'a\0')).toEqual({ at: [], what: 'contains a NUL character' });
});

test.each<[string, unknown]>([
  ['of another realm', runInNewContext("({ name: 'a' })")],
  ['without a prototype', Object.assign(Object.create(null) as object, { name: 'a' })],
  ['that is a structured clone', structuredClone({ name: 'a' })],
  ['from JSON', JSON.parse('{"name":"a"}')],
])('an object %s fits', (_which, value) => {
  expect(misfitOf(object<Example>(fields).form, value)).toBeUndefined();
});

test('the environment of this process is a record', () => {
  expect(misfitOf(recordOf(text).form, process.env)).toBeUndefined();
});

test('an instance of another realm’s class is none', () => {
  const { form } = recordOf(text);
  const what = 'is an instance of Map, not an object';
  expect(misfitOf(form, runInNewContext('new Map()'))).toEqual({ at: [], what });
});

test('what is undefined in a record counts as left out', () => {
  expect(misfitOf(recordOf(text).form, { PORT: undefined })).toBeUndefined();
});
