/** What `npm pack` asks before it takes native code along, in a copy of the package: whether that is as old as its sources. */
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
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
