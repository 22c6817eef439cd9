/** What the package's one file calls its classes: what stack traces and inspect() show, and `constructor.name` says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { packageRoot } from '../../support/process/run-command';
import { exportedClasses } from '../../support/shape/exported-classes';

type Class = new (...given: never[]) => object;

test('each class that the package exports has the name of its export', () => {
  const library = jest.requireActual<Readonly<Record<string, unknown>>>('tslxc');
  const classes = Object.entries(library).filter(
    (one): one is [string, Class] => /^[A-Z]/.test(one[0]) && typeof one[1] === 'function',
  );
  const shown = classes.map(([, value]) => {
    const object: unknown = Object.create(value.prototype as object);
    const [first] = inspect(object, { depth: -1 }).match(/\w+/) ?? [];
    return [value.name, first];
  });
  expect(shown).toEqual(classes.map(([name]) => [name, name]));
  const known = [...exportedClasses().keys()].filter((name) => name in library);
  expect(classes.map(([name]) => name).sort()).toEqual(known.sort());
  expect(known).toEqual(expect.arrayContaining(['Connection', 'Domain', 'Network', 'TslxcError']));
});

test('no class in it has a name that its source does not give it', () => {
  const text = ['bundle/parts.js', 'cli/main.js']
    .map((file) => readFileSync(join(packageRoot, 'dist', file), 'utf8'))
    .join('\n');
  const named = [...text.matchAll(/\bclass ([\w$]+)/g)].map(([, name]) => name);
  expect(named.filter((name) => name?.startsWith('_') === true)).toEqual([]);
  expect(named).toContain('Domain');
});
