/** What is collected of a command's output, also of one that was ended. */
import { PassThrough } from 'node:stream';
import type { PipedProcess } from '../../../../lib/container/exec/command-process';
import { collectOutput } from '../../../../lib/driver/exec/command-output';
import { TslxcError } from '../../../../lib/errors';

/** The parts of a command that its output is collected from. */
type FakeCommand = Pick<PipedProcess, 'stdout' | 'stderr' | 'result' | 'endBecauseOf'>;

test('what a command had written when it was ended is read, though that is told first', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const failure = new TslxcError('OPERATION_ABORTED', 'a command was ended');
  const command = {
    stdout,
    stderr,
    result: Promise.reject(failure),
    endBecauseOf: () => undefined,
  } satisfies FakeCommand;
  const collected = collectOutput<string>(command, { encoding: 'utf8', maxBuffer: 100 });
  setImmediate(() => {
    stdout.write('last words');
    stderr.write('and errors');
  });
  await expect(collected).rejects.toBe(failure);
  expect(failure).toMatchObject({ stdout: 'last words', stderr: 'and errors' });
});

test('too much output has a code of its own, and is kept up to its limit', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let endBecauseOf: (reason: Error) => void = () => undefined;
  const result = new Promise<never>((_resolve, reject) => {
    endBecauseOf = reject;
  });
  const command = { stdout, stderr, result, endBecauseOf } satisfies FakeCommand;
  const collected = collectOutput<string>(command, { encoding: 'utf8', maxBuffer: 4 });
  stderr.write('few');
  stdout.write('too much');
  await expect(collected).rejects.toMatchObject({
    code: 'MAX_BUFFER_EXCEEDED',
    stdout: 'too ',
    stderr: 'few',
  });
});
