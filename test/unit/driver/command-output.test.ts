/** What is collected of a command's output, also of one that was ended. */
import { PassThrough } from 'node:stream';
import type { PipedProcess } from '../../../lib/container/exec/command-process';
import { collectOutput } from '../../../lib/driver/exec/command-output';
import { TslxcError } from '../../../lib/errors';

test('what a command had written when it was ended is read, though that is told first', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const failure = new TslxcError('OPERATION_ABORTED', 'a command was ended');
  const command = {
    stdout,
    stderr,
    result: Promise.reject(failure),
    endBecauseOf: () => undefined,
  } as unknown as PipedProcess;
  const collected = collectOutput<string>(command, { encoding: 'utf8', maxBuffer: 100 });
  setImmediate(() => {
    stdout.write('last words');
    stderr.write('and errors');
  });
  await expect(collected).rejects.toBe(failure);
  expect(failure.output).toEqual({ stdout: 'last words', stderr: 'and errors' });
});
