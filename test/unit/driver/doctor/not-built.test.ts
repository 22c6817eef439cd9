/** The package without native code of its own: it loads, tells what is missing, and refuses what needs it. */
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../lib/host/package-paths';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';
import { runChild } from '../source-child';

removeScratchAfterEach();

const prebuilt = join('prebuilds', `linux-${process.arch}`);
const built = join('build', 'Release');

/** The package's sources elsewhere, without native code. */
function copyOfPackage(): string {
  const copy = scratchDirectory();
  for (const part of ['lib', 'package.json']) {
    cpSync(join(packageRoot, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Native code in a folder of the copy: what is built here, or files that are nothing of the kind. */
function addNative(copy: string, { to, as }: { to: string; as: 'working' | 'broken' }): void {
  mkdirSync(join(copy, to), { recursive: true });
  for (const name of ['tslxc.node', 'tslxc-monitor']) {
    const path = join(copy, to, name);
    if (as === 'working') symlinkSync(join(packageRoot, built, name), path);
    else writeFileSync(path, 'nothing of the kind');
  }
}

/** What `checkHost` finds of the native code, and how `connect` ends. */
async function lookAt(copy: string): Promise<unknown> {
  const printed = await runChild(`
    const { checkHost, connect } = require(${JSON.stringify(join(copy, 'lib', 'index.ts'))});
    const { checks } = await checkHost();
    const native = checks.find(({ id }) => id === 'package.native');
    const end = await connect().then(() => 'connected', ({ code, path, message }) => ({ code, path, message }));
    console.log(JSON.stringify({ native, end }));`);
  return JSON.parse(printed);
}

test('without any, checkHost says what is missing, and connect refuses', async () => {
  const copy = copyOfPackage();
  const path = join(copy, built, 'tslxc.node');
  const message = expect.stringMatching(
    `there is no ${path}: run \`npm rebuild tslxc\``,
  ) as unknown;
  expect(await lookAt(copy)).toEqual({
    native: { id: 'package.native', status: 'fail', found: message, advice: 'npm rebuild tslxc' },
    end: { code: 'NATIVE_NOT_BUILT', path, message },
  });
});

test('that of the package is found without anything having been installed', async () => {
  const copy = copyOfPackage();
  addNative(copy, { to: prebuilt, as: 'working' });
  expect(await lookAt(copy)).toEqual({
    native: {
      id: 'package.native',
      status: 'ok',
      found: `the package’s addon and monitor for ${process.arch}`,
    },
    end: 'connected',
  });
});

test('half of it is none', async () => {
  const copy = copyOfPackage();
  addNative(copy, { to: prebuilt, as: 'working' });
  mkdirSync(join(copy, built), { recursive: true });
  writeFileSync(join(copy, built, 'tslxc.node'), 'of a build that was interrupted');
  expect(await lookAt(copy)).toMatchObject({ native: { status: 'ok' }, end: 'connected' });
});

test('that of the package which this host can’t load is as good as none, and it says why', async () => {
  const copy = copyOfPackage();
  addNative(copy, { to: prebuilt, as: 'broken' });
  const path = join(copy, prebuilt, 'tslxc.node');
  const message = expect.stringMatching(
    /tslxc\.node: .*: run `npm rebuild tslxc` to build it here/,
  ) as unknown;
  expect(await lookAt(copy)).toEqual({
    native: { id: 'package.native', status: 'fail', found: message, advice: 'npm rebuild tslxc' },
    end: { code: 'NATIVE_NOT_BUILT', path, message },
  });
});

test('what was built here comes first', async () => {
  const copy = copyOfPackage();
  addNative(copy, { to: prebuilt, as: 'broken' });
  addNative(copy, { to: built, as: 'working' });
  expect(await lookAt(copy)).toMatchObject({
    native: { status: 'ok', found: 'the addon and the monitor are built' },
    end: 'connected',
  });
});
