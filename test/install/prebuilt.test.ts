/**
 * The tarball with native code for this machine, made in a Debian 11: installed without any being compiled, with and without its
 * scripts. How long that takes, `npm run test:fresh` measures, where nothing else runs.
 */
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { containerTest } from '../support/world/container-test';
import { removeTree } from '../support/root/remove-tree';
import { packWithPrebuilds } from '../support/source/packed-package';
import { packageRoot, runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { Consumer } from './consumer';
import { helloOutput, helloXml, importProgram, requireProgram } from './programs';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { portabilityFaults } = require(join(packageRoot, 'scripts/prebuild/portability.js')) as {
  portabilityFaults: (folder: string, arch: string) => Promise<string[]>;
};

const offline = ['--prefer-offline', '--no-audit', '--no-fund'];
const own = `linux-${process.arch}`;
const patience = 390_000;

const packed = containerTest(
  async (keep) => {
    const folder = mkdtempSync('/var/tmp/tslxc-packed-');
    keep(() => removeTree(folder));
    const script = join(packageRoot, 'scripts/prebuild.js');
    const argv = [process.execPath, script, '--if-stale', process.arch];
    const { code, stderr } = await runProgram(argv, { timeout: patience });
    if (code !== 0) throw new Error(stderr);
    return packWithPrebuilds(join(packageRoot, 'prebuilds'), folder);
  },
  { per: 'file' },
);

/** A project with the package installed. */
async function install(...options: readonly string[]): Promise<Consumer> {
  const consumer = new Consumer();
  const result = await consumer.run('npm', 'install', ...options, ...offline, packed.tarball);
  expect(result).toMatchObject({ code: 0 });
  return consumer;
}

const inPackage = (consumer: Consumer, path: string): string =>
  join(consumer.path, 'node_modules/tslxc', path);

/** Hello world by require and by import, and what the doctor says of the native code. */
async function expectItWorks(consumer: Consumer): Promise<void> {
  for (const [name, program] of [
    ['hello.cjs', requireProgram],
    ['hello.mjs', importProgram],
  ] as const) {
    consumer.write(name, program);
    await using root = await makeTestRoot();
    const result = await consumer.run(process.execPath, name, root.path, helloXml);
    expect(result).toEqual({ code: 0, signal: null, stdout: helloOutput, stderr: '' });
  }
  const { stdout } = await consumer.run('npx', '--no-install', 'tslxc', 'doctor', '--json');
  const { checks } = JSON.parse(stdout) as { checks: { id: string }[] };
  expect(checks.find(({ id }) => id === 'package.native')).toEqual({
    id: 'package.native',
    status: 'ok',
    found: `the package’s addon and monitor for ${process.arch}`,
  });
}

test('the tarball has it, and it runs on every Debian since 11', async () => {
  for (const name of ['tslxc.node', 'tslxc-monitor']) {
    expect(packed.files).toContain(`prebuilds/${own}/${name}`);
  }
  const faults = await portabilityFaults(join(packageRoot, 'prebuilds', own), process.arch);
  expect(faults).toEqual([]);
  // What is built here needs this machine's C++ runtime.
  const built = await portabilityFaults(join(packageRoot, 'build/Release'), process.arch);
  expect(built).toContainEqual(expect.stringMatching(/ needs .*libstdc\+\+\.so\.6/));
});

test('installed as usual, nothing but the command is compiled', async () => {
  await using consumer = await install();
  // node-gyp's makefiles and objects would be there as well.
  expect(readdirSync(inPackage(consumer, 'build'))).toEqual(['bundle.compiled']);
  await expectItWorks(consumer);
});

test('installed without scripts, it works as well', async () => {
  await using consumer = await install('--ignore-scripts');
  expect(existsSync(inPackage(consumer, 'build'))).toBe(false);
  await expectItWorks(consumer);
});
