/** What `npm run mutate` is told, which tests it takes, and what it says in the end. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';
import { removeTree } from '../../support/root/remove-tree';

interface Result {
  readonly file: string;
  readonly line: number;
  readonly old: string;
  readonly new: string;
  readonly verdict: string;
  readonly note?: string;
}

function script(name: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(join(packageRoot, 'scripts/mutate', name));
}

type Lookup = (root: string, file: string) => string[];
type Lines = (results: readonly Result[]) => string[];

const { readArguments } = script('arguments.js') as {
  readArguments: (argv: readonly string[], root: string) => object;
};
const { closestTests, programsOf } = script('closest-tests.js') as {
  closestTests: Lookup;
  programsOf: Lookup;
};
const { describeSurvivors, summary } = script('figures.js') as {
  describeSurvivors: Lines;
  summary: Lines;
};

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tslxc-mutate-'));
  write('lib/leaf.ts', 'export const leaf = 1;\n');
  write('lib/middle.ts', "export { leaf } from './leaf';\n");
  write('lib/top.ts', "export { leaf } from './middle';\n");
  write('test/unit/leaf.test.ts', "import { leaf } from '../../lib/leaf';\n");
  write('test/unit/top.test.ts', "import { leaf } from '../../lib/top';\n");
  write('test/unit/deep/top.test.ts', "import { leaf } from '../../../lib/top';\n");
  write('test/golden/all.test.ts', "import { leaf } from '../../lib/top';\n");
  write('test/container/leaf.test.ts', "import { leaf } from '../../lib/leaf';\n");
  write('native/base/walk.cc', '#include "native/base/walk.h"\n');
  write('native/base/walk.h', '#include "native/base/fd.h"\n');
  write('native/base/fd.h', '');
  write('native/base/other.cc', '');
  write('test/native/walk.cc', '#include "native/base/walk.h"\n');
  write('test/native/late.cc', '');
  write(
    'test/native/compile.ts',
    "const programs = {\n  walk: ['native/base/walk.cc'],\n  'late': [\n    'native/base/walk.cc',\n  ],\n};\n",
  );
});

afterEach(() => removeTree(root));

function write(file: string, text: string): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

test('files, tests and numbers are told apart', () => {
  expect(readArguments(['lib/leaf.ts', 'native/base/walk.cc'], root)).toEqual({
    files: ['lib/leaf.ts', 'native/base/walk.cc'],
    tests: [],
    most: 40,
    seed: 1,
  });
  const words = 'lib/leaf.ts --tests test/unit/leaf.test.ts --most 3 --seed 0'.split(' ');
  expect(readArguments(words, root)).toEqual({
    files: ['lib/leaf.ts'],
    tests: ['test/unit/leaf.test.ts'],
    most: 3,
    seed: 0,
  });
});

test.each([
  ['no file', '', 'usage: npm run mutate'],
  ['an unknown option', 'lib/leaf.ts --all', 'unknown option --all'],
  ['a number that is none', 'lib/leaf.ts --most few', '--most takes one number'],
  ['a file that is not there', 'lib/nothing.ts', 'there is no file lib/nothing.ts'],
  ['a folder', 'lib', 'there is no file lib'],
])('%s is refused', (_, words, message) => {
  expect(() => readArguments(words.split(' ').filter(Boolean), root)).toThrow(message);
});

test('the tests of a file are those that import it themselves, and golden ones that come by it', () => {
  expect(closestTests(root, 'lib/leaf.ts')).toEqual([
    'test/golden/all.test.ts',
    'test/unit/leaf.test.ts',
  ]);
  expect(closestTests(root, 'lib/middle.ts')).toEqual([
    'test/golden/all.test.ts',
    'test/unit/deep/top.test.ts',
    'test/unit/top.test.ts',
  ]);
});

test('the programs of a source link it, those of a header include it', () => {
  expect(programsOf(root, 'native/base/walk.cc')).toEqual(['walk', 'late']);
  expect(programsOf(root, 'native/base/fd.h')).toEqual(['walk', 'late']);
  expect(closestTests(root, 'native/base/walk.cc')).toEqual(['test/more/native/native.test.ts']);
  expect(closestTests(root, 'native/base/other.cc')).toEqual([]);
});

test('what no test sees is shown, and what has been tried is counted', () => {
  const result = { file: 'a.cc', line: 3, old: 'f(\n    x);', new: '', verdict: 'killed' };
  const results = [
    result,
    { ...result, verdict: 'timed out' },
    { ...result, verdict: 'not compiled' },
    { ...result, verdict: 'survived', note: 'omitted' },
    { ...result, verdict: 'survived', old: '<', new: '<=' },
    { ...result, file: 'b.ts', verdict: 'not compiled' },
  ];
  expect(describeSurvivors(results)).toEqual(['a.cc:3  f( x);  (omitted)', 'a.cc:3  <  →  <=']);
  expect(summary(results)).toEqual([
    'a.cc: 2 of 4 mutants killed (50.0 %); 1 of them by the time limit; 1 more that does not compile',
    'b.ts: 0 of 0 mutants killed (none tried); 1 more that does not compile',
  ]);
});
