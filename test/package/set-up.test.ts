/** What set-up and build say when they can't do their work: one line that tells what to do, and exit code 1. */
import { chmodSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../support/root/remove-tree';
import { type CommandResult, packageRoot, runProgram } from '../support/process/run-command';

let programs: string;

beforeEach(() => {
  programs = mkdtempSync('/var/tmp/tslxc-path-');
  symlinkSync(process.execPath, join(programs, 'node'));
});

afterEach(() => removeTree(programs));

function script(name: string, options: { uid?: number } = {}): Promise<CommandResult> {
  const argv = [process.execPath, join(packageRoot, 'scripts', name)];
  return runProgram(argv, { env: { PATH: programs }, cwd: '/', ...options });
}

/** A program of this name that says one thing and fails. */
function failing(name: string, text: string): void {
  const path = join(programs, name);
  writeFileSync(path, `#!/bin/sh\necho '${text}' >&2\nexit 100\n`);
  chmodSync(path, 0o755);
}

test('the build names the Debian packages that it lacks', async () => {
  const { code, stdout, stderr } = await script('build-native.js');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe('tslxc build: the build needs: apt-get install g++ make python3\n');
});

test('set-up refuses to run as another user than root', async () => {
  const { code, stdout, stderr } = await script('setup.js', { uid: 65534 });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe('set-up: containers need root, and this is uid 65534\n');
});

test('set-up says which packages apt can not get, and why', async () => {
  failing('apt-get', 'E: Unable to locate package make');
  const { code, stdout, stderr } = await script('setup.js');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^==> installing from Debian: g\+\+ make python3 .*\n$/);
  expect(stderr).toMatch(
    /^set-up: apt-get can't install g\+\+ make .*: Unable to locate package make\n$/,
  );
});

test('set-up says what is missing where there is no apt', async () => {
  const { code, stderr } = await script('setup.js');
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^set-up: missing, and there is no apt-get to install it: g\+\+ make .*\n$/,
  );
});
