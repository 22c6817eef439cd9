/** The reference of the library's API: typedoc makes it, by typedoc.json; `npm run check` has it look for gaps. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../lib/host/package-paths';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

const { readme, groupOrder } = JSON.parse(read('typedoc.json')) as {
  readonly readme: string;
  readonly groupOrder: readonly string[];
};

test('it has an introduction, which begins with connect, as the index does', () => {
  expect(existsSync(join(packageRoot, readme))).toBe(true);
  const [first] = /\{@link (\w+)/.exec(read(readme))?.slice(1) ?? [];
  expect(first).toBe('connect');
  const [group = ''] = groupOrder;
  const marked = [
    ...read('lib/driver/connection.ts').matchAll(/@group (.*)(?:\n \*.*)*\n \*\/\nexport (.*)/g),
  ];
  expect(marked.map(([, named, what]) => [named, /connect\b/.exec(what ?? '')?.[0]])).toEqual([
    [group, 'connect'],
  ]);
});
