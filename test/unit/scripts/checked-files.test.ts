/** What a check has found clean is not looked at again; what has changed is, and what depends on it. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeTree } from '../../support/root/remove-tree';
import { packageRoot } from '../../support/process/run-command';

interface Outcome {
  readonly code: number;
  readonly output: string;
}
type Hashes = ReadonlyMap<string, string>;

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { checkChanged, hashWithImports } = require(
  join(packageRoot, 'scripts/checked-files.js'),
) as {
  checkChanged: (
    record: string,
    hashes: Hashes,
    check: (files: readonly string[]) => Promise<Outcome>,
  ) => Promise<Outcome>;
  hashWithImports: (root: string, files: readonly string[], extra: readonly string[]) => Hashes;
};

const files = ['lib/a.ts', 'lib/deep/b.ts', 'lib/c.ts', 'lib/d.ts'];
let root: string;
let record: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tslxc-checked-'));
  record = join(root, 'build/cache/lint.json');
  write('lib/a.ts', "import { b } from './deep/b';\nexport const a = b;\n");
  write('lib/deep/b.ts', "import type { C } from '../c';\nexport const b: C = 1;\n");
  write(
    'lib/c.ts',
    "import { join } from 'node:path';\nexport type C = ReturnType<typeof join>;\n",
  );
  write('lib/d.ts', 'export const d = 1;\n');
});

afterEach(() => removeTree(root));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** The files that a check is called with, after which it ends with `code`. */
async function checked(code = 0, extra: readonly string[] = []): Promise<readonly string[]> {
  let seen: readonly string[] = [];
  const outcome = { code, output: 'said' };
  const answer = await checkChanged(record, hashWithImports(root, files, extra), (some) => {
    seen = some;
    return Promise.resolve(outcome);
  });
  expect(answer).toEqual(seen.length === 0 ? { code: 0, output: '' } : outcome);
  return seen;
}

test('a first check looks at all files, a second at none', async () => {
  expect(await checked()).toEqual(files);
  expect(await checked()).toEqual([]);
});

test.each([
  ['a type that another imports', 'lib/c.ts', ['lib/a.ts', 'lib/deep/b.ts', 'lib/c.ts']],
  ['what imports others', 'lib/a.ts', ['lib/a.ts']],
  ['what stands alone', 'lib/d.ts', ['lib/d.ts']],
])('a change of %s is seen in all that depends on it', async (_what, file, again) => {
  await checked();
  write(file, `${readFileSync(join(root, file), 'utf8')}\n`);
  expect(await checked()).toEqual(again);
});

test('an import in a circle ends', async () => {
  write('lib/c.ts', "import type { a } from './a';\nexport type C = typeof a;\n");
  expect(await checked()).toEqual(files);
  write('lib/a.ts', "export * from './deep/b';\n");
  expect(await checked()).toEqual(['lib/a.ts', 'lib/deep/b.ts', 'lib/c.ts']);
});

test('what has not been found clean is looked at until it is', async () => {
  expect(await checked(1)).toEqual(files);
  expect(await checked(1)).toEqual(files);
  await checked();
  write('lib/d.ts', 'export const d = 2;\n');
  expect(await checked(1)).toEqual(['lib/d.ts']);
  expect(await checked()).toEqual(['lib/d.ts']);
});

test('other rules, other versions and a record that can’t be read believe nothing', async () => {
  await checked(0, ['rules 1']);
  expect(await checked(0, ['rules 2'])).toEqual(files);
  writeFileSync(record, '{"lib/');
  expect(await checked(0, ['rules 2'])).toEqual(files);
});
