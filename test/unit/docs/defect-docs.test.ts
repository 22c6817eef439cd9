/** docs/libvirt-defects.md: current, and every test that it names is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { libvirtDefects } from '../../support/documents/libvirt-defects';
import type { LibvirtDefect } from '../../support/documents/libvirt-defects/defect';
import { packageRoot, runProgram } from '../../support/process/run-command';

/** How many defects of libvirt are known. */
const known = 47;

/** Those of which a part is as in libvirt, with the reason in their rows. */
const partly = [16, 43, 44];

const sources = new Map<string, string>();

/** The text of a file, which is read once; empty where there is none. */
function sourceOf(file: string): string {
  const path = join(packageRoot, file);
  const text = sources.get(file) ?? (existsSync(path) ? readFileSync(path, 'utf8') : '');
  sources.set(file, text);
  return text;
}

/**
 * Whether `test('TITLE', …)`, or `….each(…)('TITLE', …)`, stands in a source, with the title as it is written. By its text:
 * the compiler would take seconds for all the files.
 */
function hasTest(source: string, title: string): boolean {
  const written = title.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`(?:^\\s*test\\(|\\)\\()\\s*(['"\`])${written}\\1,`, 'm').test(source);
}

/** What is wrong with the tests that a row names. */
function faultsOf({ number, tests, remains }: LibvirtDefect): string[] {
  if (tests.length === 0 && remains === undefined) return [`${number} has neither test nor reason`];
  return tests.flatMap(([file, ...named]) => {
    if (!file.endsWith('.test.ts') || sourceOf(file) === '') return [`no tests in ${file}`];
    if (named.length === 0) return [`${number} names no test of ${file}`];
    const missing = named.filter((title) => !hasTest(sourceOf(file), title));
    return missing.map((title) => `${file} has no test '${title}'`);
  });
}

test('the committed page is what the table makes of it', async () => {
  const script = join(packageRoot, 'scripts/generate-defect-docs.js');
  expect(await runProgram([process.execPath, script, '--check'])).toMatchObject({
    code: 0,
    stderr: '',
  });
});

test('the table has every known defect once', () => {
  const numbers = libvirtDefects.map(({ number }) => number);
  expect(numbers).toEqual(Array.from({ length: known }, (_, index) => index + 1));
});

test('every test that it names is there', () => {
  expect(libvirtDefects.flatMap(faultsOf)).toEqual([]);
});

test('all are shown by tests, and three are as in libvirt in part', () => {
  expect(libvirtDefects.filter(({ tests }) => tests.length === 0)).toEqual([]);
  const remaining = libvirtDefects.filter(({ remains }) => remains !== undefined);
  expect(remaining.map(({ number }) => number)).toEqual(partly);
});

test.each<[string, Pick<LibvirtDefect, 'tests'>, string[]]>([
  [
    'a file that is not there',
    { tests: [['test/unit/none.test.ts', 'a title']] },
    ['no tests in test/unit/none.test.ts'],
  ],
  [
    'a file without tests',
    { tests: [['test/unit/domain/parse-context.ts', 'a title']] },
    ['no tests in test/unit/domain/parse-context.ts'],
  ],
  [
    'a title that is not there, beside one that is',
    {
      tests: [
        [
          'test/golden/xml.test.ts',
          '%s is printed',
          '%s is printed as its golden text, which is a fixed point',
        ],
      ],
    },
    ["test/golden/xml.test.ts has no test '%s is printed'"],
  ],
  [
    'a title that stands in a text only',
    { tests: [['test/unit/docs/defect-docs.test.ts', 'planted title']] },
    ["test/unit/docs/defect-docs.test.ts has no test 'planted title'"],
  ],
  [
    'no title',
    { tests: [['test/golden/xml.test.ts']] },
    ['1 names no test of test/golden/xml.test.ts'],
  ],
  ['neither test nor reason', { tests: [] }, ['1 has neither test nor reason']],
])('control: %s is found', (_, row, faults) => {
  expect(faultsOf({ number: 1, libvirt: 'x', here: 'y', ...row })).toEqual(faults);
});
