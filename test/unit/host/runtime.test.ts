/** What runs the package: only Node.js, from the package's own folder. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { packageRoot } from '../../../lib/host/package-paths';
import { requireNode, requirePackage } from '../../../lib/host/runtime';
import { containing, errorOf } from '../driver/refusal';
import { removeScratchAfterEach, scratchDirectory } from '../driver/scratch';
import { runChild } from '../driver/source-child';

removeScratchAfterEach();

test.each([
  [{ bun: '1.4.5', node: '24.3.0' }, 'Bun 1.4.5'],
  [{ deno: '2.9.6', node: '24.2.0' }, 'Deno 2.9.6'],
])('another runtime that passes for Node.js is refused by its name', async (versions, name) => {
  expect(await errorOf(() => requireNode(versions))).toMatchObject({
    code: 'OPERATION_UNSUPPORTED',
    message: containing(`runs in Node.js 20, 22 or 24, and this is ${name}`),
  });
});

test('Node.js is not refused', () => {
  requireNode(process.versions);
});

test('connect and checkHost say which runtime it is, before anything of the native code is loaded', async () => {
  const printed = await runChild(`
    Object.defineProperty(process.versions, 'bun', { value: '1.4.5' });
    process.dlopen = () => { throw new Error('loaded'); };
    const { checkHost, connect } = require(${JSON.stringify(join(packageRoot, 'lib', 'index.ts'))});
    const { checks } = await checkHost();
    const { code, message } = await connect().catch((error) => error);
    console.log(JSON.stringify({ native: checks.find(({ id }) => id === 'package.native'), code, message }));`);
  expect(JSON.parse(printed)).toEqual({
    native: {
      id: 'package.native',
      status: 'fail',
      found: containing('this is Bun 1.4.5'),
      advice: expect.not.stringContaining('rebuild') as unknown,
    },
    code: 'OPERATION_UNSUPPORTED',
    message: containing('this is Bun 1.4.5'),
  });
});

test('code that a bundler has taken out of the package says what the bundler has to do', async () => {
  const folder = scratchDirectory();
  const theirs = join(folder, 'theirs');
  mkdirSync(theirs);
  writeFileSync(join(theirs, 'package.json'), '{ "name": "their-service" }');
  for (const place of [folder, theirs]) {
    expect(await errorOf(() => requirePackage(place))).toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      message: containing('--external:tslxc'),
    });
  }
  requirePackage(packageRoot);
});

test('a bundle with the code of the package in it refuses to connect, with the same words', async () => {
  const outfile = join(scratchDirectory(), 'dist', 'service.js');
  const entryPoints = [join(packageRoot, 'lib', 'index.ts')];
  buildSync({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
  });
  const printed = await runChild(`
    const { code, message } = await require(${JSON.stringify(outfile)}).connect().catch((error) => error);
    console.log(code, message);`);
  expect(printed).toMatch(/^OPERATION_UNSUPPORTED .*--external:tslxc/);
});
