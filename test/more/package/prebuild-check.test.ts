/** What `npm pack` takes along of native code, in a copy of the package: what is whole, and as old as its sources. */
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../../support/root/remove-tree';
import { type CommandResult, packageRoot, runProgram } from '../../support/process/run-command';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync('/var/tmp/tslxc-prebuilt-');
  for (const name of ['scripts', 'package.json', 'binding.gyp', 'native'])
    cpSync(join(packageRoot, name), join(folder, name), { recursive: true });
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
});

afterEach(() => removeTree(folder));

function prebuild(...words: readonly string[]): Promise<CommandResult> {
  const argv = [process.execPath, join(folder, 'scripts/prebuild.js'), ...words];
  return runProgram(argv, { cwd: folder });
}

/** Puts files in place as if they had been built from the sources as they are. */
async function pretendToHaveBuilt(arch: string): Promise<void> {
  mkdirSync(join(folder, 'prebuilds', `linux-${arch}`), { recursive: true });
  for (const name of ['tslxc.node', 'tslxc-monitor'])
    writeFileSync(join(folder, 'prebuilds', `linux-${arch}`, name), '');
  const remember = `
    const { remember } = require('./scripts/fingerprint');
    const { currentFingerprint } = require('./scripts/prebuild');
    remember('build/prebuilt-${arch}.fingerprint', currentFingerprint());`;
  const made = await runProgram([process.execPath, '-e', remember], { cwd: folder });
  expect(made).toMatchObject({ code: 0, stderr: '' });
}

test('without any, or with that of one machine, it says what the package will not bring', async () => {
  expect(await prebuild('--check')).toMatchObject({
    code: 0,
    stdout:
      '==> the package brings no native code for linux-x64 and linux-arm64: npm run prebuilds makes it\n',
  });
  await pretendToHaveBuilt('x64');
  expect(await prebuild('--check')).toMatchObject({
    code: 0,
    stdout: '==> the package brings no native code for linux-arm64: npm run prebuilds makes it\n',
  });
});

test('what is current is neither made again nor complained of', async () => {
  for (const arch of ['x64', 'arm64']) await pretendToHaveBuilt(arch);
  const silent = { code: 0, stdout: '', stderr: '' };
  expect(await prebuild('--check')).toMatchObject(silent);
  expect(await prebuild('--if-stale')).toMatchObject(silent);
});

test('what its sources are newer than is not packed', async () => {
  await pretendToHaveBuilt('x64');
  writeFileSync(join(folder, 'native/base/another.cc'), '// A new source.\n');
  expect(await prebuild('--check')).toMatchObject({
    code: 1,
    stderr: 'prebuild: prebuilds/ is older than its sources for linux-x64: run npm run prebuilds\n',
  });
});

test('an unknown word is told with those that there are', async () => {
  expect(await prebuild('mips')).toMatchObject({
    code: 1,
    stderr: "prebuild: what is 'mips'? x64, arm64, --if-stale, --check\n",
  });
});

test('what is put in place is there as a whole, or what was there before is', async () => {
  await pretendToHaveBuilt('x64');
  const made = join(folder, 'made');
  mkdirSync(made);
  writeFileSync(join(made, 'tslxc.node'), 'made anew');
  const place = "require('./scripts/prebuild').place('x64', 'made')";
  const argv = [process.execPath, '-e', place];
  const inPlace = join(folder, 'prebuilds');
  const addon = join(inPlace, 'linux-x64/tslxc.node');
  const whole = ['linux-x64', 'linux-x64/tslxc-monitor', 'linux-x64/tslxc.node'];
  const listed = (): string[] => readdirSync(inPlace, { recursive: true, encoding: 'utf8' }).sort();
  // It ends when half of it is copied.
  expect(await runProgram(argv, { cwd: folder })).toMatchObject({ code: 1 });
  expect(listed()).toEqual(whole);
  expect(readFileSync(addon, 'utf8')).toBe('');
  writeFileSync(join(made, 'tslxc-monitor'), 'made anew');
  expect(await runProgram(argv, { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
  expect(listed()).toEqual(whole);
  expect(readFileSync(addon, 'utf8')).toBe('made anew');
  expect(readdirSync(join(folder, 'build'))).toEqual(['prebuilt-x64.fingerprint']);
});

test('on a machine that it can’t be made on, it says so before it installs anything', async () => {
  for (const arch of ['x64', 'arm64']) await pretendToHaveBuilt(arch);
  const pretend = join(folder, 'pretend.js');
  writeFileSync(pretend, "Object.defineProperty(process, 'arch', { value: 'riscv64' });");
  const argv = [process.execPath, '--require', pretend, join(folder, 'scripts/prebuild.js')];
  // Nothing is to be made.
  for (const option of ['--check', '--if-stale']) {
    const asked = await runProgram([...argv, option], { cwd: folder });
    expect(asked).toMatchObject({ code: 0, stdout: '', stderr: '' });
  }
  expect(await runProgram([...argv, 'arm64'], { cwd: folder })).toMatchObject({
    code: 1,
    stdout: '',
    stderr:
      'prebuild: native code for other machines is made on x64 alone, and this is riscv64: ' +
      'npm run build:native makes that of this machine\n',
  });
});
