/** What is in the tarball; its documents, and what tools say of it: test/more/package/tarball.test.ts. */
import { mkdtempSync } from 'node:fs';
import { packPackage } from '../support/source/packed-package';
import { removeTree } from '../support/root/remove-tree';

const folder = mkdtempSync('/var/tmp/tslxc-packed-');
afterAll(() => removeTree(folder));

test('the tarball holds what runs and what builds it, and nothing else', async () => {
  const { files } = await packPackage(folder);
  const tops = new Set(files.map((path) => path.split('/')[0]));
  const allowed =
    /^(completions|dist|docs|examples|man|native|prebuilds|scripts|systemd|binding\.gyp|package\.json|LICENSE|[A-Z]+\.md)$/;
  expect([...tops].filter((top) => top === undefined || !allowed.test(top))).toEqual([]);
  const units = [
    'tslxc@.service',
    'tslxc-autostart.service',
    'tslxcd.service',
    'tslxcd.socket',
    'tslxcd-ro.socket',
  ].map((name) => `systemd/${name}`);
  for (const path of [
    'dist/index.js',
    'dist/index.d.mts',
    'dist/cli/main.js',
    'dist/bundle/library.js',
    'dist/bundle/parts.js',
    'completions/bash/tslxc',
    'completions/fish/tslxc.fish',
    'completions/zsh/_tslxc',
    'scripts/compile-bundle.js',
    'scripts/install.js',
    'scripts/prebuilt.js',
    'native/addon.map',
    'binding.gyp',
    'examples/README.md',
    'examples/service/package.json',
    ...units,
  ]) {
    expect(files).toContain(path);
  }
});
