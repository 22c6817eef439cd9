/** What tells a process that rests from one that spins: the same beside whatever else runs. */
import { spawn } from 'node:child_process';
import { mostResting, runnableShare } from '../../support/process/runnable-share';

test.each([
  ['sleeps', ['sleep', '600'], 'toBeLessThan'],
  ['spins', ['sh', '-c', 'while :; do :; done'], 'toBeGreaterThan'],
] as const)('a process that %s', async (_does, [program, ...words], matcher) => {
  const child = spawn(program, words, { stdio: 'ignore' });
  try {
    const spawned = await runnableShare(child.pid ?? 0, 20);
    expect(spawned).toBeGreaterThanOrEqual(0);
    expect(await runnableShare(child.pid ?? 0, 500))[matcher](mostResting);
  } finally {
    child.kill('SIGKILL');
  }
});
