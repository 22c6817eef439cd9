/** control: what makes the library half as slow again is found by the guard of test/undisturbed/speed.test.ts. */
import { join } from 'node:path';
import { packageRoot, runProgram } from '../../support/process/run-command';

test('control: the guard finds a library that is half as slow again', async () => {
  const argv = [process.execPath, join(packageRoot, 'scripts/bench.js'), '--guard'];
  const env = { TSLXC_BENCH_PLANT: '0.5' };
  const { code, stdout, stderr } = await runProgram(argv, { env, timeout: 50_000 });
  if (stdout.includes('there are no bounds')) {
    throw new Error('this kind of host has no bounds: npm run bench -- --guard --save');
  }
  expect(code).toBe(1);
  expect(stderr).toMatch(/^bench: slower than the bound after 8 rounds: .*start/m);
  expect(stdout).toMatch(/^==> WORSE: start: /m);
});
