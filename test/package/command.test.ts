/** How the command starts: from one file, and with what V8 made of that, where it fits. */
import { chownSync, cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot, runProgram } from '../support/process/run-command';

const script = join('dist', 'cli', 'main.js');
const compiled = join('build', 'bundle.compiled');
let folder: string;

/** The package elsewhere, without what V8 made. */
beforeEach(() => {
  folder = mkdtempSync('/var/tmp/tslxc-command-');
  cpSync(join(packageRoot, 'dist'), join(folder, 'dist'), { recursive: true });
  for (const name of ['tslxc.node', 'tslxc-monitor'].map((file) => join('build/Release', file)))
    cpSync(join(packageRoot, name), join(folder, name));
  cpSync(join(packageRoot, 'scripts'), join(folder, 'scripts'), { recursive: true });
  for (const name of ['node_modules', 'native', 'package.json'])
    symlinkSync(join(packageRoot, name), join(folder, name));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a program of Node's with the package's folder as the current one; resolves with what it printed. */
async function node(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram([process.execPath, ...words], { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
  return stdout.trim();
}

/** Of what tells what is for which bundle and Node: two lines. */
function endOfHeader(bytes: Buffer): number {
  return bytes.indexOf('\n', bytes.indexOf('\n') + 1) + 1;
}

const state = `
  const { loadBundle } = require('./dist/cli/main.js');
  console.log(loadBundle().script.cachedDataRejected);
`;
const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  version: string;
};

test('it is made by the build script, taken from then on, and nothing is left of the rehearsal', async () => {
  expect(await node('-e', state)).toBe('undefined');
  expect(await node(script, '--version')).toBe(version);
  await node('scripts/compile-bundle.js');
  expect(await node('-e', state)).toBe('false');
  expect(await node(script, '--version')).toBe(version);
  expect(await node('-e', "console.log(require('fs').readdirSync('build').sort().join())")).toBe(
    'Release,bundle.compiled',
  );
});

test('it is made anew for other flags of V8, which it does not fit', async () => {
  await node('scripts/compile-bundle.js');
  expect(await node('--no-opt', '-e', state)).toBe('true');
  expect(await node('--no-opt', script, '--version')).toBe(version);
  await node('--no-opt', 'scripts/compile-bundle.js');
  expect(await node('--no-opt', '-e', state)).toBe('false');
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
  await node('scripts/compile-bundle.js');
  writeFileSync(join(folder, compiled), change(await readFile(join(folder, compiled))));
  expect(await node('-e', state)).not.toBe('false');
  expect(await node(script, '--version')).toBe(version);
});

describe('a verb that is run often', () => {
  const own = `${compiled}.list`;
  const list = (): string[] => [script, '--root', join(folder, 'root'), 'list'];
  const ownState = state.replace('loadBundle()', "loadBundle(['--quiet', 'list'])");
  const built = (): string[] => readdirSync(join(folder, 'build')).sort();

  test('keeps what its first run has compiled, for those that come', async () => {
    await node(...list());
    const first = statSync(join(folder, own), { bigint: true });
    expect(first.mode & 0o777n).toBe(0o644n);
    expect(await node('-e', ownState)).toBe('false');
    expect(await node(...list())).toMatch(/^Id +Name +State/);
    const { ino, mtimeNs } = statSync(join(folder, own), { bigint: true });
    expect([ino, mtimeNs]).toEqual([first.ino, first.mtimeNs]);
    expect(built()).toEqual(['Release', 'bundle.compiled.list']);
  });

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
    await node(...list());
    writeFileSync(join(folder, own), change(await readFile(join(folder, own))));
    expect(await node('-e', ownState)).not.toBe('false');
    expect(await node(...list())).toMatch(/^Id +Name +State/);
    expect(await node('-e', ownState)).toBe('false');
  });

  test('keeps it as well where no install script has run, which makes the folder', async () => {
    const prebuilt = join(folder, 'prebuilds', `linux-${process.arch}`);
    cpSync(join(folder, 'build/Release'), prebuilt, { recursive: true });
    rmSync(join(folder, 'build'), { recursive: true });
    chownSync(folder, 1234, 1234);
    expect(await node(...list())).toMatch(/^Id +Name +State/);
    expect(built()).toEqual(['bundle.compiled.list']);
    expect(await node('-e', ownState)).toBe('false');
    // The user who has installed the package can remove it.
    expect(statSync(join(folder, 'build'))).toMatchObject({ uid: 1234, gid: 1234 });
  });

  test('keeps nothing of a run that failed, and no other verb keeps anything', async () => {
    await runProgram([process.execPath, ...list(), '--no-such-option'], { cwd: folder });
    await node(script, 'version');
    expect(built()).toEqual(['Release']);
  });

  test('takes what there is for all where it can keep none of its own', async () => {
    await node('scripts/compile-bundle.js');
    const readOnly = 'mount --bind build build && mount -o remount,bind,ro build && exec "$@"';
    const unshare = ['unshare', '-m', '--propagation', 'private', 'sh', '-c', readOnly, 'sh'];
    const argv = [...unshare, process.execPath];
    const loaded = await runProgram([...argv, '-e', ownState], { cwd: folder });
    expect(loaded).toMatchObject({ code: 0, stdout: 'false\n', stderr: '' });
    const listed = await runProgram([...argv, ...list()], { cwd: folder });
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(built()).toEqual(['Release', 'bundle.compiled']);
  });
});

test('it loads a handful of files', async () => {
  const counted = join(folder, 'counted');
  const count = `process.on('exit', () =>
    require('fs').writeFileSync(${JSON.stringify(counted)}, String(Object.keys(require.cache).length)))`;
  writeFileSync(join(folder, 'count.js'), count);
  await node('--require', './count.js', script, '--root', join(folder, 'root'), 'list');
  expect(Number(await readFile(counted, 'utf8'))).toBeLessThan(12);
});

test('a build before there was a bundle is left alone, and a failure is no failed installation', async () => {
  writeFileSync(join(folder, script), '');
  expect(await node('scripts/compile-bundle.js')).toBe('');
  cpSync(join(packageRoot, script), join(folder, script));
  rmSync(join(folder, 'build'), { recursive: true });
  writeFileSync(join(folder, 'build'), '');
  expect(await node('scripts/compile-bundle.js')).toMatch(/will start more slowly: EEXIST/);
});
