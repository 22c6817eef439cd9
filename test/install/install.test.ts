/** The tarball without native code, installed: built, loaded in every way, and said what is missing. Starts containers. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { containerTest } from '../support/world/container-test';
import { removeTree } from '../support/root/remove-tree';
import { packWithPrebuilds } from '../support/source/packed-package';
import { packageRoot } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { Consumer } from './consumer';
import { helloOutput, helloXml, importProgram, requireProgram } from './programs';
import { typedConfig, typedProgram } from './programs';

const offline = ['--prefer-offline', '--no-audit', '--no-fund'];

const packed = containerTest(
  (keep) => {
    const folder = mkdtempSync('/var/tmp/tslxc-packed-');
    keep(() => removeTree(folder));
    return packWithPrebuilds(undefined, folder);
  },
  { per: 'file' },
);

/** Runs a program of the consumer's that starts hello world. */
async function runHello(consumer: Consumer, program: string): Promise<void> {
  await using root = await makeTestRoot();
  const result = await consumer.run(process.execPath, program, root.path, helloXml);
  expect(result).toEqual({ code: 0, signal: null, stdout: helloOutput, stderr: '' });
}

/** Compiles hello.ts with this repository's compiler, against the installed package's types. */
async function compile(consumer: Consumer, resolution: 'node16' | 'bundler'): Promise<void> {
  consumer.write('tsconfig.json', typedConfig(resolution));
  consumer.write('hello.ts', typedProgram);
  const compiler = join(packageRoot, 'node_modules/typescript/bin/tsc');
  const { code, stdout } = await consumer.run(process.execPath, compiler, '-p', '.');
  expect([code, stdout]).toEqual([0, '']);
}

test('installed as usual, it is built and works by require and as a command', async () => {
  await using consumer = new Consumer();
  const install = await consumer.run('npm', 'install', ...offline, packed.tarball);
  expect(install).toMatchObject({ code: 0 });
  consumer.write('hello.js', requireProgram);
  await runHello(consumer, 'hello.js');
  const version = await consumer.run('npx', '--no-install', 'tslxc', 'uri');
  expect(version).toMatchObject({ code: 0, stdout: 'lxc:///\n\n' });
});

test('installed without scripts, it names the command that builds it, and then works everywhere', async () => {
  await using consumer = new Consumer('module');
  const install = await consumer.run(
    'npm',
    'install',
    '--ignore-scripts',
    ...offline,
    packed.tarball,
  );
  expect(install).toMatchObject({ code: 0 });

  consumer.write(
    'load.cjs',
    "require('tslxc').connect().catch((e) => console.log(e.code, e.message));",
  );
  const { stdout } = await consumer.run(process.execPath, 'load.cjs');
  expect(stdout).toMatch(/^NATIVE_NOT_BUILT .*`npm rebuild tslxc`/);

  const rebuild = await consumer.run('npm', 'rebuild', 'tslxc');
  expect(rebuild).toMatchObject({ code: 0 });
  consumer.write('hello.cjs', requireProgram);
  consumer.write('hello.mjs', importProgram);
  await runHello(consumer, 'hello.cjs');
  await runHello(consumer, 'hello.mjs');

  consumer.lend('@types/node', 'undici-types');
  for (const resolution of ['node16', 'bundler'] as const) {
    await compile(consumer, resolution);
    await runHello(consumer, 'hello.js');
  }
});
