/** How the command starts: from one file, and with what V8 made of that, where it fits. Damaged and foreign ones: test/more/package/command-caches. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheState, compiled, copiedPackage, script } from '../support/process/package-copy';
import { packageRoot } from '../support/process/run-command';

const copy = copiedPackage();
const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  version: string;
};

test('it is made by the build script, taken from then on, and nothing is left of the rehearsal', async () => {
  expect(await copy.node('-e', cacheState)).toBe('undefined');
  expect(await copy.node(script, '--version')).toBe(version);
  await copy.node('scripts/compile-bundle.js');
  expect(await copy.node('-e', cacheState)).toBe('false');
  expect(await copy.node(script, '--version')).toBe(version);
  expect(
    await copy.node('-e', "console.log(require('fs').readdirSync('build').sort().join())"),
  ).toBe('Release,bundle.compiled');
});

test('one that is of another bundle is passed over', async () => {
  await copy.node('scripts/compile-bundle.js');
  const foreign = (bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from('// x'), bytes.subarray(4)]);
  writeFileSync(join(copy.folder, compiled), foreign(await readFile(join(copy.folder, compiled))));
  expect(await copy.node('-e', cacheState)).not.toBe('false');
  expect(await copy.node(script, '--version')).toBe(version);
});

describe('a verb that is run often', () => {
  const own = `${compiled}.list`;
  const list = (): string[] => [script, '--root', join(copy.folder, 'root'), 'list'];
  const ownState = cacheState.replace('loadBundle()', "loadBundle(['--quiet', 'list'])");
  const built = (): string[] => readdirSync(join(copy.folder, 'build')).sort();

  test('keeps what its first run has compiled, for those that come', async () => {
    await copy.node(...list());
    const first = statSync(join(copy.folder, own), { bigint: true });
    expect(first.mode & 0o777n).toBe(0o644n);
    expect(await copy.node('-e', ownState)).toBe('false');
    expect(await copy.node(...list())).toMatch(/^Id +Name +State/);
    const { ino, mtimeNs } = statSync(join(copy.folder, own), { bigint: true });
    expect([ino, mtimeNs]).toEqual([first.ino, first.mtimeNs]);
    expect(built()).toEqual(['Release', 'bundle.compiled.list']);
  });
});

test('it loads a handful of files', async () => {
  const counted = join(copy.folder, 'counted');
  const count = `process.on('exit', () =>
    require('fs').writeFileSync(${JSON.stringify(counted)}, String(Object.keys(require.cache).length)))`;
  writeFileSync(join(copy.folder, 'count.js'), count);
  await copy.node('--require', './count.js', script, '--root', join(copy.folder, 'root'), 'list');
  expect(Number(await readFile(counted, 'utf8'))).toBeLessThan(12);
});
