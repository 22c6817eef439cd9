/** When the result of a command settles: after all that it has written has been read, or nobody will read it. */
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import type { CommandResult } from '../../../../lib/container/exec/command-process';
import { encodeFrame } from '../../../../lib/container/monitor/frames';
import { TslxcError } from '../../../../lib/errors';
import { pipedCommand, terminalCommand } from './fake-command';

const line = 'all that it has written\n';
/** More than a stream keeps before it is read. */
const much = Buffer.alloc(150_000, 'much ');

async function written(
  stream: { write: (bytes: string | Buffer, done: () => void) => unknown },
  bytes: string | Buffer,
): Promise<void> {
  await new Promise<void>((resolve) => stream.write(bytes, resolve));
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

/** `pending`, unless it settles in many turns of the event loop. */
async function outcomeSoon(result: Promise<CommandResult>): Promise<unknown> {
  let outcome: unknown = 'pending';
  result.then(
    (value) => (outcome = value),
    (error: unknown) => (outcome = error),
  );
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
  return outcome;
}

test('a process shows the streams that a caller uses, and nothing of how it is attended', async () => {
  using command = await pipedCommand();
  expect(Object.keys(command.process)).toEqual(['stdin', 'stdout', 'stderr']);
  using shell = await terminalCommand();
  expect(Object.keys(shell.process)).toEqual(['terminal']);
});

test.each([
  ['has ended', /a command in domain 'web' was ended with its container, which was destroyed/],
  ['runs', /the process that supervises a command in domain 'web' was killed/],
] as const)(
  'a command of which nothing more is heard rejects, and its container %s',
  async (ofContainer, message) => {
    using command = await pipedCommand(ofContainer);
    command.attendant.destroy();
    const code = 'OPERATION_FAILED';
    await expect(command.process.result).rejects.toMatchObject({ code, domain: 'web' });
    await expect(command.process.result).rejects.toThrow(message);
  },
);

test('a listener has all of the output when the result settles', async () => {
  using command = await pipedCommand();
  const { process } = command;
  await written(command.stdout, much);
  await written(command.stderr, line);
  command.exit(3);
  await once(process.stdin, 'close');
  let [out, errors] = ['', ''];
  process.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
  process.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)));
  expect(await process.result).toEqual({ code: 3 });
  expect(out).toBe(String(much));
  expect(errors).toBe(line);
});

test('the result waits for a slow reader, however it reads', async () => {
  using command = await pipedCommand();
  const { stdout, stderr, result } = command.process;
  let [out, errors] = [0, ''];
  stdout.on('data', (chunk: Buffer) => (out += chunk.length));
  stdout.pause();
  const reading = stderr[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = reading.next();
  await written(command.stderr, line);
  await first;
  await written(command.stdout, much);
  command.stdout.end();
  await written(command.stderr, 'the rest');
  command.stderr.end();
  command.exit(0);
  expect(await outcomeSoon(result)).toBe('pending');
  stdout.resume();
  await once(stdout, 'end');
  expect(out).toBe(much.length);
  expect(await outcomeSoon(result)).toBe('pending');
  for (let next = await reading.next(); next.done !== true; next = await reading.next()) {
    errors += String(next.value);
  }
  expect(errors).toBe('the rest');
  expect(await result).toEqual({ code: 0 });
});

test('what nobody has begun to read holds nothing up, and can be read later', async () => {
  using command = await pipedCommand();
  const { process } = command;
  await written(command.stdout, much);
  await written(command.stderr, line);
  command.stdout.end();
  command.stderr.end();
  command.exit(0);
  expect(await process.result).toEqual({ code: 0 });
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
  expect(await textOf(process.stdout)).toBe(String(much));
  expect(await textOf(process.stderr)).toBe(line);
});

test('what is left behind by a command is not waited for, and goes on writing to who reads', async () => {
  using command = await pipedCommand();
  const { stdout, stderr, result } = command.process;
  let out = '';
  stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
  await written(command.stdout, line);
  command.exit(0);
  expect(await result).toEqual({ code: 0 });
  expect(out).toBe(line);
  const ended = once(stdout, 'end');
  command.stdout.end('later');
  // Nobody reads this one, and still it does not fill up.
  await written(command.stderr, Buffer.alloc(4_000_000));
  command.stderr.end();
  await ended;
  expect(out).toBe(`${line}later`);
  await once(stderr.resume(), 'end');
});

test.each([
  ['destroys the stream', (stdout: Readable) => stdout.destroy()],
  ['destroys the command', (_: Readable, destroy: () => void) => destroy()],
] as const)('a caller that %s is not waited for', async (_, giveUp) => {
  using command = await pipedCommand();
  const { process } = command;
  process.stdout.on('data', () => undefined).pause();
  await written(command.stdout, line);
  command.exit(0);
  expect(await outcomeSoon(process.result)).toBe('pending');
  giveUp(process.stdout, () => process.destroy());
  expect(await process.result).toEqual({ code: 0 });
});

test('a command with a reader that has stopped is disposed of', async () => {
  using command = await pipedCommand();
  {
    await using process = command.process;
    process.stdout.on('data', () => undefined).pause();
    await written(command.stdout, line);
    command.exit(0);
  }
  expect(await command.process.result).toEqual({ code: 0 });
});

test('a command that was ended waits for no reader, but what has been read of it is there', async () => {
  using command = await pipedCommand();
  const { process } = command;
  let errors = '';
  process.stdout.on('data', () => undefined).pause();
  process.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)));
  await written(command.stdout, line);
  await written(command.stderr, line);
  const reason = new TslxcError('OPERATION_ABORTED', 'a command was ended');
  process.endBecauseOf(reason);
  command.exit(0);
  await expect(process.result).rejects.toBe(reason);
  expect(errors).toBe(line);
});

test('the result of a command on a terminal comes after its last byte', async () => {
  using command = await terminalCommand();
  const { terminal, result } = command.process;
  let shown = '';
  terminal.on('data', (chunk: Buffer) => (shown += String(chunk)));
  command.exit(0);
  expect(await outcomeSoon(result)).toBe('pending');
  command.stdout.end(much);
  expect(await result).toEqual({ code: 0 });
  expect(shown).toBe(String(much));
});

test.each([
  ['NOPE', "'NOPE' is not a signal such as SIGTERM, SIGRTMIN+3 or 15"],
  ['SIGRTMIN+99', "'SIGRTMIN+99' is not a signal such as SIGTERM, SIGRTMIN+3 or 15"],
  [65, 'signum value 65 is out of range'],
  [{}, 'CommandProcess.kill: signal is an object, not a number or text'],
  [
    Promise.resolve(9),
    'CommandProcess.kill: signal is a Promise, not a number or text: an await is missing',
  ],
])('%p is no signal that a command can be sent', async (signal, message) => {
  using command = await pipedCommand();
  const refusal = {
    code: 'INVALID_ARG',
    element: 'signal',
    message: `invalid argument: ${message}`,
  };
  expect(() => command.process.kill(signal as never)).toThrow(
    expect.objectContaining(refusal) as Error,
  );
});

test.each([
  ['SIGTERM', 15],
  ['TERM', 15],
  ['SIGRTMIN+3', 37],
  ['9', 9],
  [10, 10],
  [undefined, 15],
])('%p is the signal %d, as for the domain itself', async (signal, number) => {
  using command = await pipedCommand();
  const told = once(command.attendant, 'data');
  command.process.kill(signal);
  expect(await told).toEqual([Buffer.from(encodeFrame({ message: 'signal', number }))]);
});
