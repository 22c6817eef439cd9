/** The package without its native code: it loads, tells what is missing, and refuses what needs it. */
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../lib/host/package-paths';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';
import { runChild } from '../source-child';

removeScratchAfterEach();

test('checkHost says that it is not built, and connect refuses', async () => {
  const copy = scratchDirectory();
  for (const part of ['lib', 'package.json']) {
    cpSync(join(packageRoot, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(copy, 'node_modules'));
  const printed = await runChild(`
    const { checkHost, connect } = require(${JSON.stringify(join(copy, 'lib', 'index.ts'))});
    const { status, checks } = await checkHost();
    const { code, path, message } = await connect().catch((error) => error);
    const native = checks.find(({ id }) => id === 'package.native');
    console.log(JSON.stringify({ status, native, code, path, message }));`);
  expect(JSON.parse(printed)).toEqual({
    status: 'fail',
    native: expect.objectContaining({ status: 'fail' }) as unknown,
    code: 'NATIVE_NOT_BUILT',
    path: join(copy, 'build', 'Release', 'tslxc.node'),
    message: expect.stringContaining('run `npm run build:native`') as unknown,
  });
});
