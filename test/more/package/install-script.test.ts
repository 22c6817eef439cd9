/** What the install script decides, in a copy of the package: to take the native code that it brings, or to compile it. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../../support/root/remove-tree';
import { type CommandResult, packageRoot, runProgram } from '../../support/process/run-command';

const prebuilt = join('prebuilds', `linux-${process.arch}`);
const built = join('build', 'Release');
const needs = 'tslxc install: the build needs: apt-get install g++ make python3\n';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync('/var/tmp/tslxc-install-');
  for (const name of ['dist', 'scripts', 'package.json'])
    cpSync(join(packageRoot, name), join(folder, name), { recursive: true });
  for (const name of ['node_modules', 'native', 'binding.gyp'])
    symlinkSync(join(packageRoot, name), join(folder, name));
});

afterEach(() => removeTree(folder));

/** Native code for this machine, or files that are nothing of the kind. */
function bring(what: 'working' | 'broken'): void {
  mkdirSync(join(folder, prebuilt), { recursive: true });
  for (const name of ['tslxc.node', 'tslxc-monitor']) {
    const path = join(folder, prebuilt, name);
    if (what === 'working') symlinkSync(join(packageRoot, 'build/Release', name), path);
    else writeFileSync(path, 'nothing of the kind', { mode: 0o755 });
  }
}

/** What an earlier build has left: an addon that can't be loaded, a monitor, and what they were linked from. */
function leaveBuild(): void {
  mkdirSync(join(folder, built), { recursive: true });
  for (const name of ['tslxc.node', 'tslxc-monitor', 'tslxc-shared.a'])
    writeFileSync(join(folder, built, name), 'of another version');
}

/** Runs it where there is no compiler. */
function install(env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const argv = [process.execPath, join(folder, 'scripts/install.js')];
  return runProgram(argv, { cwd: folder, env: { PATH: '', ...env } });
}

test('what the package brings is taken where it works, and nothing is compiled but the command', async () => {
  bring('working');
  expect(await install()).toMatchObject({
    code: 0,
    stderr: '',
    stdout:
      `==> the package's own native code for linux-${process.arch} works here: nothing to compile\n` +
      '==> compiling the command with this version of Node.js\n',
  });
  const state = "console.log(require('./dist/cli/main.js').loadBundle().script.cachedDataRejected)";
  const { stdout } = await runProgram([process.execPath, '-e', state], { cwd: folder });
  expect(stdout).toBe('false\n');
});

test.each([
  { when: 'there is none', reason: `this package brings none for linux-${process.arch}` },
  {
    when: 'it does not work',
    what: 'broken',
    reason: 'what this package brings does not run here (',
  },
  {
    when: 'it is asked for',
    what: 'working',
    env: { npm_config_build_from_source: 'true' },
    reason: 'it was asked for',
  },
] as const)('it is compiled where $when', async ({ reason, ...given }) => {
  if ('what' in given) bring(given.what);
  const { code, stdout, stderr } = await install('env' in given ? given.env : {});
  expect([code, stderr]).toEqual([1, needs]);
  expect(stdout).toContain(`==> the native code is compiled from source: ${reason}`);
});

test('an earlier build does not stay in front of what the package brings, where that works', async () => {
  bring('working');
  leaveBuild();
  expect(await install()).toMatchObject({
    code: 0,
    stderr: '',
    stdout:
      `==> the package's own native code for linux-${process.arch} works here: nothing to compile\n` +
      '==> removed an earlier build, which would be loaded instead: tslxc.node, tslxc-monitor\n' +
      '==> compiling the command with this version of Node.js\n',
  });
  expect(readdirSync(join(folder, built))).toEqual(['tslxc-shared.a']);
  const load = `
    const { connect } = require('./dist/bundle/library.js');
    connect('lxc:///', { root: process.cwd() + '/root' }).then((connection) => connection.close());`;
  const loaded = await runProgram([process.execPath, '-e', load], { cwd: folder });
  expect(loaded).toMatchObject({ code: 0, stderr: '' });
});

test.each([
  { where: 'what the package brings does not work', what: 'broken', end: 1 },
  {
    where: 'it is asked for',
    what: 'working',
    env: { npm_config_build_from_source: 'true' },
    end: 1,
  },
  { where: 'it is a clone', what: 'working', clone: 'lib', end: 0 },
] as const)('an earlier build is left alone where $where', async ({ what, end, ...given }) => {
  bring(what);
  leaveBuild();
  if ('clone' in given) mkdirSync(join(folder, given.clone));
  expect(await install('env' in given ? given.env : {})).toMatchObject({ code: end });
  expect(readdirSync(join(folder, built)).sort()).toEqual([
    'tslxc-monitor',
    'tslxc-shared.a',
    'tslxc.node',
  ]);
});
