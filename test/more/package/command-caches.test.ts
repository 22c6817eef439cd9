/** What V8 made of the command's file, where it is damaged, foreign, or can't be kept: it is passed over or made anew. */
import { chownSync, cpSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  cacheState,
  compiled,
  copiedPackage,
  endOfHeader,
  script,
} from '../../support/process/package-copy';
import { packageRoot, runProgram } from '../../support/process/run-command';

const copy = copiedPackage();
const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  version: string;
};

test('it is made anew for other flags of V8, which it does not fit', async () => {
  await copy.node('scripts/compile-bundle.js');
  expect(await copy.node('--no-opt', '-e', cacheState)).toBe('true');
  expect(await copy.node('--no-opt', script, '--version')).toBe(version);
  await copy.node('--no-opt', 'scripts/compile-bundle.js');
  expect(await copy.node('--no-opt', '-e', cacheState)).toBe('false');
});

test.each([
  [
    'of another version of Node',
    (bytes: Buffer) =>
      Buffer.from(bytes.toString('latin1').replace(process.version, 'v20.0.0'), 'latin1'),
  ],
  ['of another bundle', (bytes: Buffer) => Buffer.concat([Buffer.from('// x'), bytes.subarray(4)])],
  ['empty', () => Buffer.alloc(0)],
  ['cut off after the first line', (bytes: Buffer) => bytes.subarray(0, endOfHeader(bytes))],
  [
    'of something else',
    (bytes: Buffer) => Buffer.concat([bytes.subarray(0, endOfHeader(bytes)), Buffer.alloc(9999)]),
  ],
])('one that is %s is passed over', async (_what, change) => {
  await copy.node('scripts/compile-bundle.js');
  writeFileSync(join(copy.folder, compiled), change(await readFile(join(copy.folder, compiled))));
  expect(await copy.node('-e', cacheState)).not.toBe('false');
  expect(await copy.node(script, '--version')).toBe(version);
});

describe('a verb that is run often', () => {
  const own = `${compiled}.list`;
  const list = (): string[] => [script, '--root', join(copy.folder, 'root'), 'list'];
  const ownState = cacheState.replace('loadBundle()', "loadBundle(['--quiet', 'list'])");
  const built = (): string[] => readdirSync(join(copy.folder, 'build')).sort();

  test.each([
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    [
      'of something else',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, endOfHeader(bytes)), Buffer.alloc(9999)]),
    ],
    [
      'of another bundle',
      (bytes: Buffer) => Buffer.concat([Buffer.from('// x'), bytes.subarray(4)]),
    ],
  ])('keeps it anew when what there is is %s', async (_what, change) => {
    await copy.node(...list());
    writeFileSync(join(copy.folder, own), change(await readFile(join(copy.folder, own))));
    expect(await copy.node('-e', ownState)).not.toBe('false');
    expect(await copy.node(...list())).toMatch(/^Id +Name +State/);
    expect(await copy.node('-e', ownState)).toBe('false');
  });

  test('keeps it as well where no install script has run, which makes the copy.folder', async () => {
    const prebuilt = join(copy.folder, 'prebuilds', `linux-${process.arch}`);
    cpSync(join(copy.folder, 'build/Release'), prebuilt, { recursive: true });
    rmSync(join(copy.folder, 'build'), { recursive: true });
    chownSync(copy.folder, 1234, 1234);
    expect(await copy.node(...list())).toMatch(/^Id +Name +State/);
    expect(built()).toEqual(['bundle.compiled.list']);
    expect(await copy.node('-e', ownState)).toBe('false');
    // The user who has installed the package can remove it.
    expect(statSync(join(copy.folder, 'build'))).toMatchObject({ uid: 1234, gid: 1234 });
  });

  test('keeps nothing of a run that failed, and no other verb keeps anything', async () => {
    await runProgram([process.execPath, ...list(), '--no-such-option'], { cwd: copy.folder });
    await copy.node(script, 'version');
    expect(built()).toEqual(['Release']);
  });

  test('takes what there is for all where it can keep none of its own', async () => {
    await copy.node('scripts/compile-bundle.js');
    const readOnly = 'mount --bind build build && mount -o remount,bind,ro build && exec "$@"';
    const unshare = ['unshare', '-m', '--propagation', 'private', 'sh', '-c', readOnly, 'sh'];
    const argv = [...unshare, process.execPath];
    const loaded = await runProgram([...argv, '-e', ownState], { cwd: copy.folder });
    expect(loaded).toMatchObject({ code: 0, stdout: 'false\n', stderr: '' });
    const listed = await runProgram([...argv, ...list()], { cwd: copy.folder });
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(built()).toEqual(['Release', 'bundle.compiled']);
  });
});

test('a build before there was a bundle is left alone, and a failure is no failed installation', async () => {
  writeFileSync(join(copy.folder, script), '');
  expect(await copy.node('scripts/compile-bundle.js')).toBe('');
  cpSync(join(packageRoot, script), join(copy.folder, script));
  rmSync(join(copy.folder, 'build'), { recursive: true });
  writeFileSync(join(copy.folder, 'build'), '');
  expect(await copy.node('scripts/compile-bundle.js')).toMatch(/will start more slowly: EEXIST/);
});
