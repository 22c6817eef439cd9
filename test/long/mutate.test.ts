/**
 * `npm run mutate` in a copy of the project with a function that its test knows well, and one that it knows badly, in both
 * languages: the weak spot is named, the others are counted as killed, and the files are as before.
 */
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot, runProgram } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';
import { removeTree } from '../support/root/remove-tree';

const timeout = 500_000;

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { copyTree } = require(join(packageRoot, 'scripts/mutate/tree.js')) as {
  copyTree: (folder: string) => void;
};

const typeScript = `export function known(number: number): boolean {
  return number > 3;
}

export function unknown(number: number): boolean {
  return number > 7;
}
`;
const typeScriptTest = `import { known, unknown } from '../../lib/planted';

test('planted', () => {
  expect([known(3), known(4), unknown(6), unknown(8)]).toEqual([false, true, false, true]);
});
`;
const cpp = `bool known(int number) {
  return number > 3;
}

bool unknown(int number) {
  return number > 7;
}
`;
const cppTest = `#include <cassert>

bool known(int);
bool unknown(int);

int main() {
  assert(!known(3));
  assert(known(4));
  assert(!unknown(6));
  assert(unknown(8));
}
`;

const folder = mkdtempSync(join(tmpdir(), 'tslxc-mutate-'));

beforeAll(() => {
  copyTree(folder);
  writeFileSync(join(folder, 'lib/planted.ts'), typeScript);
  writeFileSync(join(folder, 'test/unit/planted.test.ts'), typeScriptTest);
  writeFileSync(join(folder, 'native/base/planted.cc'), cpp);
  writeFileSync(join(folder, 'test/native/planted.cc'), cppTest);
  const table = join(folder, 'test/native/compile.ts');
  const last = '  overflow: [],\n';
  const text = readFileSync(table, 'utf8');
  expect(text).toContain(last);
  writeFileSync(table, text.replace(last, `${last}  planted: ['native/base/planted.cc'],\n`));
  appendFileSync(
    join(folder, 'test/more/native/native.test.ts'),
    "testOf('planted', 'planted', async () => expect(await run('planted')).toMatchObject(success));\n",
  );
});

afterAll(() => removeTree(folder));

function mutate(...words: readonly string[]): Promise<CommandResult> {
  const argv = [process.execPath, join(folder, 'scripts/mutate.js'), ...words];
  return runProgram(argv, { cwd: folder, timeout });
}

test(
  'a weak spot of a test is named, and all else counts as killed',
  async () => {
    const { code, stdout } = await mutate('lib/planted.ts', 'native/base/planted.cc');
    const lines = stdout.slice(stdout.indexOf('\n\n') + 2).split('\n');
    expect(lines).toEqual([
      'lib/planted.ts:6  number > 7  →  number >= 7',
      'native/base/planted.cc:6  >  →  >=',
      'native/base/planted.cc:6  7  →  6',
      '==> lib/planted.ts: 9 of 10 mutants killed (90.0 %)',
      '==> native/base/planted.cc: 6 of 8 mutants killed (75.0 %)',
      '',
    ]);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'lib/planted.ts'), 'utf8')).toBe(typeScript);
    expect(readFileSync(join(folder, 'native/base/planted.cc'), 'utf8')).toBe(cpp);
    expect(readdirSync(join(folder, 'build/mutate'))).toEqual(['stryker']);
  },
  timeout,
);

test(
  'where a test fails without a mutant there is no figure',
  async () => {
    writeFileSync(join(folder, 'test/native/planted.cc'), 'int main() { return 1; }\n');
    const { code, stdout, stderr } = await mutate('native/base/planted.cc');
    expect(code).toBe(1);
    expect(stdout).not.toContain('killed');
    expect(stderr).toMatch(/^mutate: without a mutant, .* ends with 1:/);
  },
  timeout,
);
