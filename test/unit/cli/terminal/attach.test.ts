/** The caller's terminal and a console, joined: every end of a session, and the terminal afterwards. */
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { attach } from '../../../../lib/cli/terminal/attach';
import { escapeByte } from '../../../../lib/cli/terminal/terminal';
import type { SessionEnd } from '../../../../lib/cli/terminal/attach';
import { FakeConnection } from '../../../support/fake/connection/fake-connection';
import { FakeConsole } from '../../../support/fake/connection/fake-console';
import { socketPair } from '../../container/socket-pair';
import { FakeTerminal, run } from '../run-main';

class Started {
  readonly terminal = new FakeTerminal();
  readonly stream = new FakeConsole();
  readonly signals = new EventEmitter();
  readonly sent: Buffer[] = [];
  readonly end: Promise<SessionEnd>;

  constructor() {
    // What is sent to the container must not come back as its output.
    this.stream._transform = (chunk: Buffer, _encoding, done): void => {
      this.sent.push(chunk);
      done();
    };
    const { terminal, stream, signals } = this;
    this.end = attach({
      terminal,
      stream,
      resize: (size) => stream.resize(size),
      signals,
      escape: 0x1d,
    });
  }

  text(): string {
    return Buffer.concat(this.sent).toString();
  }
}

test.each<[string, readonly string[], string]>([
  ['alone', ['\u001d'], ''],
  ['at the end of a chunk', ['exit\u001d'], 'exit'],
  ['at the start of a later chunk', ['ex', 'it', '\u001d'], 'exit'],
  ['inside a chunk', ['exit\u001dlost'], 'exit'],
  ['twice', ['a\u001db\u001dc'], 'a'],
  ['after other control characters', ['\u0003\u001b[A', '\u001d'], '\u0003\u001b[A'],
])(
  'the escape character %s ends the session, and what is before it is sent',
  async (_, chunks, sent) => {
    const session = new Started();
    for (const chunk of chunks) session.terminal.typed.write(chunk);
    expect(await session.end).toEqual({ how: 'escape' });
    expect(session.text()).toBe(sent);
    expect(session.terminal.modes).toEqual(['raw', 'normal']);
    expect(session.stream.destroyed).toBe(true);
  },
);

test('the end of the container ends it, after its last byte', async () => {
  const session = new Started();
  session.stream.push('bye\r\n');
  session.stream.push(null);
  expect(await session.end).toEqual({ how: 'ended' });
  expect(String(session.terminal.shown.read())).toBe('bye\r\n');
  expect(session.terminal.modes).toEqual(['raw', 'normal']);
});

test('a container that has ended before it is attached, without a byte, ends it', async () => {
  const [terminal, signals] = [new FakeTerminal(), new EventEmitter()];
  using pair = await socketPair();
  const stream = pair.ours;
  pair.theirs.destroy();
  // A socket that nobody reads tells its end, if there is nothing to be read.
  await once(stream, 'close');
  const resize = (): void => undefined;
  expect(await attach({ terminal, stream, resize, signals })).toEqual({ how: 'ended' });
  expect(terminal.modes).toEqual(['raw', 'normal']);
});

test('a hang-up ends it', async () => {
  const session = new Started();
  session.terminal.typed.end();
  expect(await session.end).toEqual({ how: 'hangup' });
  expect(session.terminal.modes).toEqual(['raw', 'normal']);
});

test.each<NodeJS.Signals>(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'])(
  '%s ends it',
  async (signal) => {
    const session = new Started();
    session.signals.emit(signal, signal);
    expect(await session.end).toEqual({ how: 'signal', signal });
    expect(session.terminal.modes).toEqual(['raw', 'normal']);
    expect(session.signals.eventNames()).toEqual([]);
  },
);

test('an error of the console is passed on with the terminal restored', async () => {
  const session = new Started();
  session.stream.destroy(new Error('lost'));
  await expect(session.end).rejects.toThrow('lost');
  expect(session.terminal.modes).toEqual(['raw', 'normal']);
});

test('a reader of the output that has gone is a hang-up, and a full disk an error', async () => {
  const gone = new Started();
  gone.terminal.shown.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(await gone.end).toEqual({ how: 'hangup' });
  const full = new Started();
  full.terminal.shown.destroy(Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' }));
  await expect(full.end).rejects.toThrow('failed to write all of the output');
  expect(full.stream.destroyed).toBe(true);
  expect(full.terminal.modes).toEqual(['raw', 'normal']);
});

test('the size follows the terminal, and raw mode comes back after a stop', async () => {
  const session = new Started();
  session.signals.emit('SIGWINCH', 'SIGWINCH');
  session.signals.emit('SIGCONT', 'SIGCONT');
  session.terminal.typed.write('\u001d');
  await session.end;
  expect(session.stream.sizes).toEqual([{ rows: 24, columns: 80 }]);
  expect(session.terminal.modes).toEqual(['raw', 'raw', 'normal']);
});

test('a container that reads nothing can be left', async () => {
  const session = new Started();
  session.stream._transform = (): void => undefined;
  session.terminal.typed.write('x');
  session.terminal.typed.write('\u001d');
  expect(await session.end).toEqual({ how: 'escape' });
});

test('a container that reads nothing does not fill the memory', async () => {
  const session = new Started();
  session.stream._transform = (): void => undefined;
  const chunk = Buffer.alloc(65_536);
  for (let count = 0; count < 32; count += 1) session.terminal.typed.write(chunk);
  await sleep(10);
  expect(session.terminal.typed.isPaused()).toBe(true);
  expect(session.stream.writableLength).toBeLessThan(1.2 * 1024 * 1024);
  session.stream.push(null);
  await session.end;
});

test('a slow terminal holds the container’s output back, and loses nothing', async () => {
  const session = new Started();
  const total = 300_000;
  session.stream.push(Buffer.alloc(total, 'y'));
  session.stream.push(null);
  let seen = 0;
  session.terminal.shown.on('data', (chunk: Buffer) => (seen += chunk.length));
  const [end] = await Promise.all([session.end, once(session.stream, 'close')]);
  expect([end, seen]).toEqual([{ how: 'ended' }, total]);
});

test.each([
  ['^]', 0x1d],
  ['^[', 0x1b],
  ['^x', 0x18],
  ['^X', 0x18],
  ['^@', 0],
  ['^?', 0x7f],
  ['%', 0x25],
])('%s is the byte %d', (escape, byte) => {
  expect(escapeByte(escape)).toBe(byte);
});

test('console says where it is and how to leave', async () => {
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  const terminal = new FakeTerminal();
  terminal.typed.write('\u0018');
  const ran = await run('-e ^x console web --devname console1 --force', { connection, terminal });
  expect(ran).toMatchObject({
    status: 0,
    stdout: "Connected to domain 'web'\nEscape character is ^x (Ctrl + x)\n\n",
  });
  expect(connection.domains[0]?.calls).toEqual([
    ['openConsole', { size: { rows: 24, columns: 80 }, replay: 'quiet', device: 'console1' }],
  ]);
});

test('console --no-replay shows nothing earlier, and says nothing of it', async () => {
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  const terminal = new FakeTerminal();
  terminal.typed.write('\u001d');
  const ran = await run('console web --no-replay', { connection, terminal });
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  expect(connection.domains[0]?.calls).toEqual([
    ['openConsole', { size: { rows: 24, columns: 80 }, replay: 'quiet', from: 'live' }],
  ]);
});

test.each([
  ['paused', { state: 'paused', reason: 'user' }, [['resume']]],
  ['running', { state: 'running', reason: 'booted' }, []],
] as const)('console --resume of a %s container', async (_what, state, calls) => {
  const connection = new FakeConnection([{ name: 'web', id: 7, state }]);
  const terminal = new FakeTerminal();
  terminal.typed.write('\u001d');
  expect((await run('console web --resume', { connection, terminal })).status).toBe(0);
  const options = { size: { rows: 24, columns: 80 }, replay: 'quiet' };
  expect(connection.domains[0]?.calls).toEqual([['openConsole', options], ['state'], ...calls]);
});

describe('the screen of the terminal', () => {
  const vim = '\u001b[?1049h\u001b[?1000;2004h\u001b[?25l';
  const undone = '\u001b[?1049l\u001b[?1000l\u001b[?2004l\u001b[?25h';

  /** What has been shown by the end of a console that is left once the container's output is there. */
  async function shownWhenLeft(leave: (terminal: FakeTerminal) => void): Promise<string> {
    const connection = new FakeConnection([{ name: 'web', id: 7 }]);
    const terminal = new FakeTerminal();
    const running = run('console web', { connection, terminal });
    connection.domains[0]?.console.push(vim);
    while (terminal.shown.readableLength < vim.length) await sleep(1);
    leave(terminal);
    await running;
    return String(terminal.shown.read());
  }

  test('is restored when it is left, before anything else is shown', async () => {
    const shown = await shownWhenLeft(({ typed }) => void typed.write('\u001d'));
    expect(shown).toBe(`${vim}${undone}`);
  });

  test('is left alone after a hang-up', async () => {
    expect(await shownWhenLeft(({ typed }) => void typed.end())).toBe(vim);
  });
});

test('a signal that ends the console is in the exit status', async () => {
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  const signals = new EventEmitter();
  const running = run('console web', { connection, signals, terminal: new FakeTerminal() });
  while (signals.listenerCount('SIGTERM') === 0) await sleep(1);
  signals.emit('SIGTERM', 'SIGTERM');
  expect((await running).status).toBe(143);
});
