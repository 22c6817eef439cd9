/** A command on this process's standard streams: its exit status, and the signals that it gets. */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { joinPipes } from '../../../../lib/cli/terminal/command-session';
import type { CommandResult, PipedProcess } from '../../../../lib/index';
import { eventually } from '../../../support/time/eventually';
import { FakeTerminal } from '../run-main';

type Streams = Pick<PipedProcess, 'stdin' | 'stdout' | 'stderr'>;
type Ending = Pick<PipedProcess, 'ended' | 'kill' | 'destroy'>;

class FakeCommand implements Streams, Ending {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly killed: unknown[] = [];
  readonly ended: Promise<CommandResult>;
  end: (result: CommandResult) => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = (result) => {
        this.stdout.end();
        this.stderr.end();
        resolve(result);
      };
    });
  }

  kill(signal: unknown): void {
    this.killed.push(signal);
  }

  destroy(): void {
    this.killed.push('SIGKILL');
  }
}

function join(signals = new EventEmitter(), terminal = new FakeTerminal('pipe')) {
  const command = new FakeCommand();
  const { typed } = terminal;
  return { command, typed, status: joinPipes({ process: command, terminal, signals }) };
}

const unread = (code: string, errno: number): Error =>
  Object.assign(new Error(code), { code, errno, syscall: 'read' });

test.each<[CommandResult, number]>([
  [{ code: 0 }, 0],
  [{ code: 255 }, 255],
  [{ code: 129, signal: 'SIGHUP' }, 129],
  [{ code: 137, signal: 'SIGKILL' }, 137],
  [{ code: 159, signal: 'SIGSYS' }, 159],
  // Those of real time have no names.
  [{ code: 162, signal: 'SIG34' }, 162],
  [{ code: 192, signal: 'SIG64' }, 192],
])('after %j the exit status is %d', async (result, expected) => {
  const { command, status } = join();
  command.end(result);
  expect(await status).toBe(expected);
});

test('signals of this process go to the command until it has ended', async () => {
  const signals = new EventEmitter();
  const { command, status } = join(signals);
  for (const name of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']) signals.emit(name, name);
  command.end({ code: 143, signal: 'SIGTERM' });
  expect(await status).toBe(143);
  signals.emit('SIGINT', 'SIGINT');
  expect(command.killed).toEqual(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']);
  expect(signals.eventNames()).toEqual([]);
});

test('a command whose input can not be read on is killed, and the read is the error', async () => {
  const { command, typed, status } = join();
  typed.destroy(unread('EISDIR', -21));
  setImmediate(() => command.end({ code: 137, signal: 'SIGKILL' }));
  await expect(status).rejects.toMatchObject({
    message: "failed to read all of the command's input",
    cause: { errno: 21, syscall: 'read', step: 'read standard input' },
  });
  expect(command.killed).toEqual(['SIGKILL']);
});

test('input that is open for writing only, as under nohup, is empty', async () => {
  const { command, typed, status } = join();
  typed.destroy(unread('EBADF', -9));
  expect(await text(command.stdin)).toBe('');
  command.end({ code: 3 });
  expect(await status).toBe(3);
  expect(command.killed).toEqual([]);
});

test.each([
  ['EBADF', -9],
  ['EISDIR', -21],
])('the next command is told of input that has failed before: %s', async (code, errno) => {
  const terminal = new FakeTerminal('pipe');
  const isEmpty = code === 'EBADF';
  for (const turn of ['first', 'second']) {
    const { command, typed, status } = join(new EventEmitter(), terminal);
    if (turn === 'first') typed.destroy(unread(code, errno));
    if (isEmpty) expect(await text(command.stdin)).toBe('');
    else await eventually(() => expect(command.killed).toEqual(['SIGKILL']));
    command.end({ code: 0 });
    if (isEmpty) expect(await status).toBe(0);
    else await expect(status).rejects.toMatchObject({ cause: { errno: 21 } });
  }
});

test('a command that has ended leaves nothing with the streams of this process', async () => {
  const terminal = new FakeTerminal('pipe');
  const { typed, shown, complaints } = terminal;
  const listeners = () => [typed, shown, complaints].map((one) => one.listenerCount('error'));
  const before = listeners();
  const { command, status } = join(new EventEmitter(), terminal);
  command.end({ code: 0 });
  await status;
  expect(listeners()).toEqual(before);
});
