/** lib/cli/output/container-streams.ts: the streams of a container that runs without a terminal. The test is the container. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createReadStream, createWriteStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { ContainerStreams } from '../../../../lib/cli/output/container-streams';
import { FakeTerminal } from '../run-main';

/** The far ends, as a container has them; a copy, since the streams close them. */
function far(streams: ContainerStreams) {
  const [stdin, stdout, stderr] = streams.descriptors;
  return {
    stdin: createReadStream('', { fd: stdin }),
    stdout: createWriteStream('', { fd: stdout }),
    stderr: createWriteStream('', { fd: stderr }),
  };
}

test('piped input is passed on to its end, and output and errors stay apart, byte by byte', async () => {
  const streams = new ContainerStreams();
  const container = far(streams);
  const terminal = new FakeTerminal('pipe');
  const joined = streams.join(terminal, () => undefined);
  const bytes = 'a line\r\nno end\x04\0';
  terminal.typed.end(bytes);
  expect(await text(container.stdin)).toBe(bytes);
  container.stdout.end('out\r\n');
  container.stderr.end('err\n');
  await joined;
  expect(String(terminal.shown.read())).toBe('out\r\n');
  expect(String(terminal.complaints.read())).toBe('err\n');
});

test('a container that has ended before its streams are joined, without a byte, is not waited for', async () => {
  const streams = new ContainerStreams();
  const container = far(streams);
  container.stdout.destroy();
  container.stderr.destroy();
  await Promise.all([once(container.stdout, 'close'), once(container.stderr, 'close')]);
  // In one of the next turns the other ends are told of it, and nothing listens yet.
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
  await streams.join(new FakeTerminal('tty'), () => undefined);
});

test('a terminal is no input: it is empty', async () => {
  const streams = new ContainerStreams();
  const container = far(streams);
  const terminal = new FakeTerminal('tty');
  const joined = streams.join(terminal, () => undefined);
  terminal.typed.write('typed');
  expect(await text(container.stdin)).toBe('');
  container.stdout.end();
  container.stderr.end();
  await joined;
  expect(terminal.typed).toBeInstanceOf(PassThrough);
});

test('input that can not be read on ends the container, and is the error', async () => {
  const streams = new ContainerStreams();
  const container = far(streams);
  const terminal = new FakeTerminal('pipe');
  const joined = streams.join(terminal, () => {
    container.stdout.end();
    container.stderr.end();
  });
  terminal.typed.destroy(
    Object.assign(new Error('EIO'), { code: 'EIO', errno: -5, syscall: 'read' }),
  );
  await expect(joined).rejects.toMatchObject({
    message: "failed to read all of the program's input",
    cause: { errno: 5, step: 'read standard input' },
  });
});
