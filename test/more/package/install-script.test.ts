/** What the install script decides, in a copy of the package: to take the native code that it brings, or to compile it. */
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../../support/root/remove-tree';
import { type CommandResult, packageRoot, runProgram } from '../../support/process/run-command';

const prebuilt = join('prebuilds', `linux-${process.arch}`);
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
