/** What is collected of a command's output, also of one that was ended. */
import { collectOutput } from '../../../../lib/driver/exec/command-output';
import { TslxcError } from '../../../../lib/errors';
import { pipedCommand } from '../../container/exec/fake-command';

test('what a command had written when it was ended is read, though that is told first', async () => {
  using command = await pipedCommand();
  const { process, stdout, stderr, exit } = command;
  const failure = new TslxcError('OPERATION_ABORTED', 'a command was ended');
  const collected = collectOutput<string>(process, {
    encoding: 'utf8',
    maxBuffer: 100,
    domain: 'web',
  });
  process.endBecauseOf(failure);
  exit(0);
  process.ended.catch(() => {
    stdout.write('last words');
    stderr.write('and errors');
  });
  await expect(collected).rejects.toBe(failure);
  expect(failure).toMatchObject({ stdout: 'last words', stderr: 'and errors' });
});

test('too much output has a code of its own, and is kept up to its limit', async () => {
  using command = await pipedCommand();
  const { process, stdout, stderr, attendant, exit } = command;
  const collected = collectOutput<string>(process, {
    encoding: 'utf8',
    maxBuffer: 4,
    domain: 'web',
  });
  stderr.write('few', () => stdout.write('too much'));
  // It is asked to end the command.
  attendant.once('data', () => exit(0));
  await expect(collected).rejects.toMatchObject({
    code: 'MAX_BUFFER_EXCEEDED',
    domain: 'web',
    stdout: 'too ',
    stderr: 'few',
  });
});
