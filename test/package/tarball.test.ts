/** The tarball: what is in it, and what tools that judge packages say of it. */
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PackedPackage, packPackage } from '../support/packed-package';
import { removeTree } from '../support/remove-tree';
import { packageRoot, runProgram } from '../support/run-command';

let folder: string;
let packed: PackedPackage;

beforeAll(async () => {
  folder = mkdtempSync('/var/tmp/tslxc-packed-');
  packed = await packPackage(folder);
});

afterAll(() => removeTree(folder));

test('the tarball holds what runs and what builds it, and nothing else', () => {
  const tops = new Set(packed.files.map((path) => path.split('/')[0]));
  const allowed = /^(dist|native|scripts|systemd|binding\.gyp|package\.json|LICENSE|[A-Z]+\.md)$/;
  expect([...tops].filter((top) => top === undefined || !allowed.test(top))).toEqual([]);
  const units = ['systemd/tslxc@.service', 'systemd/tslxc-autostart.service'];
  for (const path of [
    'dist/index.js',
    'dist/index.d.mts',
    'dist/cli/main.js',
    'dist/bundle/library.js',
    'dist/bundle/parts.js',
    'scripts/compile-bundle.js',
    'binding.gyp',
    ...units,
  ]) {
    expect(packed.files).toContain(path);
  }
});

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
  expect(text).toMatch(/^#!\/usr\/bin\/env node\n/);
});
