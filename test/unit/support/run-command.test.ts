/** The tests' way to run a program: all that it says, how it ended, and what it reads. */
import { runProgram } from '../../support/process/run-command';

test('what a program writes, reads and ends with is told', async () => {
  const argv = ['/bin/sh', '-c', 'cat /dev/stdin; echo problem >&2; exit 3'];
  const result = await runProgram(argv, { input: 'typed\n' });
  expect(result).toEqual({ code: 3, signal: null, stdout: 'typed\n', stderr: 'problem\n' });
});

test('a program that runs too long is killed, and that is told', async () => {
  const result = await runProgram(['sleep', '100'], { timeout: 100 });
  expect(result).toMatchObject({ code: -1, signal: 'SIGKILL' });
});

test('the root is given as TSLXC_ROOT, and undefined takes a variable away', async () => {
  const argv = ['/bin/sh', '-c', 'echo "$TSLXC_ROOT,${HOME-none}"'];
  const { stdout } = await runProgram(argv, { root: '/elsewhere', env: { HOME: undefined } });
  expect(stdout).toBe('/elsewhere,none\n');
});
