/** Which native code the package takes: what was built here, what it brings, or none; in a copy of the package. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../../support/root/remove-tree';
import { packageRoot, runProgram } from '../../support/process/run-command';

const prebuilt = join('prebuilds', `linux-${process.arch}`);
const built = join('build', 'Release');
const advice = 'npm rebuild tslxc';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync('/var/tmp/tslxc-native-');
  for (const name of ['dist', 'package.json'])
    cpSync(join(packageRoot, name), join(folder, name), { recursive: true });
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
});

afterEach(() => removeTree(folder));

/** Native code in a folder of the copy: what is built here, or files that are nothing of the kind. */
function addNative(to: string, what: 'working' | 'broken'): void {
  mkdirSync(join(folder, to), { recursive: true });
  for (const name of ['tslxc.node', 'tslxc-monitor']) {
    const path = join(folder, to, name);
    if (what === 'working') symlinkSync(join(packageRoot, built, name), path);
    else writeFileSync(path, 'nothing of the kind');
  }
}

/** What `checkHost` finds of the native code, and how `connect` ends. */
async function look(): Promise<unknown> {
  const program = `(async () => {
    const { checkHost, connect } = require('./dist/bundle/library.js');
    const { checks } = await checkHost();
    const native = checks.find(({ id }) => id === 'package.native');
    const end = await connect('lxc:///', { root: process.cwd() + '/root' }).then(
      (connection) => connection.close().then(() => 'connected'),
      ({ code, path, message, cause }) => ({ code, path, message, cause: cause?.code }),
    );
    console.log(JSON.stringify({ native, end }));
  })()`;
  const argv = [process.execPath, '-e', program];
  const { code, stdout, stderr } = await runProgram(argv, { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

test('without any, checkHost says what is missing, and connect refuses', async () => {
  const path = join(folder, built, 'tslxc.node');
  const message = expect.stringContaining(`there is no ${path}: run \`${advice}\``) as unknown;
  expect(await look()).toEqual({
    native: { id: 'package.native', status: 'fail', found: message, advice },
    end: { code: 'NATIVE_NOT_BUILT', path, message },
  });
});

test('without the package that loads it, it is said that this is what is missing', async () => {
  addNative(built, 'working');
  const modules = join(folder, 'node_modules');
  rmSync(modules);
  mkdirSync(modules);
  for (const name of readdirSync(join(packageRoot, 'node_modules'))) {
    if (name === 'bindings') continue;
    symlinkSync(join(packageRoot, 'node_modules', name), join(modules, name));
  }
  const message =
    "native code can't be used: Cannot find module 'bindings', a package that tslxc needs: run `npm install` where tslxc is installed";
  expect(await look()).toEqual({
    native: { id: 'package.native', status: 'fail', found: message, advice: 'npm install' },
    end: { code: 'NATIVE_NOT_BUILT', message, cause: 'MODULE_NOT_FOUND' },
  });
});

test('that for another processor says for what it would have to be, and what Node.js says', async () => {
  addNative(built, 'working');
  const path = join(folder, built, 'tslxc.node');
  const bytes = readFileSync(path);
  // e_machine of its ELF header: of a SPARC.
  bytes.writeUInt16LE(2, 18);
  rmSync(path);
  writeFileSync(path, bytes);
  const here = `Node.js ${process.version} (linux-${process.arch})`;
  expect(await look()).toMatchObject({
    native: { status: 'fail', advice },
    end: {
      code: 'NATIVE_NOT_BUILT',
      path,
      message: expect.stringContaining(
        `native code can't be used: ${here} can't load it: `,
      ) as string,
      cause: 'ERR_DLOPEN_FAILED',
    },
  });
});

test('that of the package is found without anything having been installed', async () => {
  addNative(prebuilt, 'working');
  const found = `the package’s addon and monitor for ${process.arch}`;
  expect(await look()).toEqual({
    native: { id: 'package.native', status: 'ok', found },
    end: 'connected',
  });
});

test('half of it is none', async () => {
  addNative(prebuilt, 'working');
  mkdirSync(join(folder, built), { recursive: true });
  writeFileSync(join(folder, built, 'tslxc.node'), 'of a build that was interrupted');
  expect(await look()).toMatchObject({ native: { status: 'ok' }, end: 'connected' });
});

test('that of the package which this host can’t load is as good as none, and it says why', async () => {
  addNative(prebuilt, 'broken');
  const path = join(folder, prebuilt, 'tslxc.node');
  const message = expect.stringMatching(
    /tslxc\.node: .*: run `npm rebuild tslxc` to build it here/,
  ) as unknown;
  expect(await look()).toEqual({
    native: { id: 'package.native', status: 'fail', found: message, advice },
    end: { code: 'NATIVE_NOT_BUILT', path, message, cause: 'ERR_DLOPEN_FAILED' },
  });
});

test('what was built here comes first', async () => {
  addNative(prebuilt, 'broken');
  addNative(built, 'working');
  expect(await look()).toMatchObject({
    native: { status: 'ok', found: 'the addon and the monitor are built' },
    end: 'connected',
  });
});
