/**
 * The tarball: its documents, and what tools that judge packages say of it. What else is in it:
 * test/package/tarball-contents.test.ts.
 */
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { documentPages, readPage } from '../../support/documents/blocks';
import { type PackedPackage, packPackage } from '../../support/source/packed-package';
import { removeTree } from '../../support/root/remove-tree';
import { packageRoot, runProgram } from '../../support/process/run-command';

let folder: string;
let packed: PackedPackage;

beforeAll(async () => {
  folder = mkdtempSync('/var/tmp/tslxc-packed-');
  packed = await packPackage(folder);
});

afterAll(() => removeTree(folder));

test('the tarball has the documents for users, and the command its manual page', async () => {
  const pages = documentPages();
  expect(pages.length).toBeGreaterThan(15);
  const others = ['CHANGELOG.md', 'LICENSE', 'SECURITY.md', 'man/tslxc.1'];
  for (const path of [...pages, ...others]) expect(packed.files).toContain(path);
  const { man } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as {
    man: readonly string[];
  };
  // A list: npm 11 links no page that is named by a string.
  expect(man).toEqual(['man/tslxc.1']);
});

test('no document of the tarball links to what is not in it', () => {
  const linked = packed.files
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) => linksOf(path).map((target) => ({ path, target })));
  expect(linked.length).toBeGreaterThan(30);
  const folders = packed.files.map((path) => dirname(path));
  const there = new Set([...packed.files, ...folders]);
  expect(linked.filter(({ target }) => !there.has(target))).toEqual([]);
});

/** Paths in the package that a document links to. */
function linksOf(page: string): string[] {
  return [...readPage(page).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].flatMap(([, link = '']) =>
    /^https?:/.test(link) ? [] : [join(dirname(page), link)],
  );
}

test('publint finds nothing', async () => {
  const publint = join(packageRoot, 'node_modules/.bin/publint');
  const { code, stdout } = await runProgram([publint, 'run', '--strict', packed.tarball]);
  expect([code, stdout]).toEqual([0, expect.stringContaining('All good')]);
});

test('attw finds the types right for every kind of consumer', async () => {
  const attw = join(packageRoot, 'node_modules/.bin/attw');
  const argv = [attw, '--format', 'json', '--no-definitely-typed', packed.tarball];
  const { code, stdout } = await runProgram(argv);
  expect(code).toBe(0);
  const { analysis } = JSON.parse(stdout) as { analysis: { problems: unknown[] } };
  expect(analysis.problems).toEqual([]);
});

test('the command is executable by its first line', async () => {
  const text = await readFile(join(packageRoot, 'dist/cli/main.js'), 'utf8');
  expect(text).toMatch(/^#!\/usr\/bin\/env -S node --\n/);
});
