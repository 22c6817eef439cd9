/**
 * The library has not become slower: its start, destroy and exec, and what they cost the caller's processor, as multiples of the
 * physical floor in the same run (scripts/bench/guard.js). Every unsteady minute of the machine has several rounds to pass.
 */
import { join } from 'node:path';
import { packageRoot, runProgram } from '../support/process/run-command';

test('the library is not slower beside the physical floor than its bounds say', async () => {
  const argv = [process.execPath, join(packageRoot, 'scripts/bench.js'), '--guard'];
  const { code, stdout, stderr } = await runProgram(argv, { timeout: 50_000 });
  process.stdout.write(`\n${stdout}`);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  // A host without bounds of its own says so.
  expect(stdout).toMatch(/^==> (well: (start|destroy|exec|cpu): |there are no bounds)/m);
});
