/**
 * The host pty of a console: any terminal program can open /dev/pts/N, type and read; it is left and opened
 * again, and the monitor sleeps all the while.
 */
import { closeSync, constants, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import type { Domain } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { mostResting, runnableShare } from '../support/process/runnable-share';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { hasEnded } from '../support/process/processes';
import { runProgram } from '../support/process/run-command';
import { TestDomain } from '../support/domain/test-domain';
import { ConsoleSession } from '../support/console/console-session';

const root = containerTest(async (keep) => keep(await makeBusyboxRoot(['seq', 'stty'])), {
  per: 'file',
});

/** A started domain whose init is this script. */
async function running(name: string, script: string): Promise<TestDomain> {
  const test = await TestDomain.ofScript(name, script, root);
  await test.domain.start();
  return test;
}

function terminalOf(domain: Domain): string {
  const path = domain.consolePath();
  if (path === undefined) throw new Error('there is no console');
  return path;
}

function openTerminal(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NOCTTY);
}

/** The terminal as a program opens it, not as its controlling one. */
class Terminal implements Disposable {
  readonly #descriptors: readonly [number, number];
  readonly #stream: ReadStream;
  #text = '';

  constructor(path: string) {
    // libuv opens a terminal once more by its path, and leaves the given descriptor to its owner.
    this.#descriptors = [openTerminal(path), openTerminal(path)];
    this.#stream = new ReadStream(this.#descriptors[1]);
    this.#stream.on('data', (chunk: Buffer) => (this.#text += chunk.toString('latin1')));
    this.#stream.on('error', () => undefined);
  }

  get text(): string {
    return this.#text;
  }

  type(text: string): void {
    writeSync(this.#descriptors[0], text);
  }

  async expect(pattern: RegExp): Promise<void> {
    await eventually(() => expect(this.#text).toMatch(pattern));
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
    for (const fd of this.#descriptors) closeSync(fd);
  }
}

/** It may have something to do at first, of what came before; then it rests. */
function untilIdle(pid = 0): Promise<void> {
  return eventually(async () => expect(await runnableShare(pid, 500)).toBeLessThan(mostResting));
}

const answering = 'while read line; do echo "answer=<$line>"; done';

test('what is typed arrives, and the answer is read', async () => {
  await using test = await running('terminal-talk', answering);
  using terminal = new Terminal(terminalOf(test.domain));
  terminal.type('question\r');
  await terminal.expect(/question\r\nanswer=<question>\r\n/);
});

test('it is raw before its first byte: a ^C goes to the container, not to who opened it', async () => {
  const script = `trap 'echo interrupted' INT; echo ready; while :; do ${answering}; done`;
  await using test = await running('terminal-raw', script);
  using session = await ConsoleSession.open(test.domain);
  await session.expect(/ready/);
  using terminal = new Terminal(terminalOf(test.domain));
  terminal.type('\x03');
  await terminal.expect(/interrupted/);
  terminal.type('a\x7fb\r');
  await terminal.expect(/answer=<b>/);
});

test('what one program did to it is not the next one’s', async () => {
  await using test = await running('terminal-modes', answering);
  const path = terminalOf(test.domain);
  expect(await runProgram(['stty', '-F', path, 'sane'])).toMatchObject({ code: 0 });
  await eventually(async () => {
    const { stdout } = await runProgram(['stty', '-F', path, '-a']);
    expect(stdout).toMatch(/-isig -icanon .*-echo /s);
  });
});

test('one of several programs that have it open may close it', async () => {
  await using test = await running('terminal-several', answering);
  const path = terminalOf(test.domain);
  for (let round = 0; round < 20; round += 1) {
    const others = [openTerminal(path), openTerminal(path), openTerminal(path)];
    using terminal = new Terminal(path);
    for (const fd of others) closeSync(fd);
    terminal.type(`round ${round}\r`);
    await terminal.expect(new RegExp(`answer=<round ${round}>`));
  }
});

test('what is typed by a program that closes it at once arrives', async () => {
  await using test = await running('terminal-brief', answering);
  using session = await ConsoleSession.open(test.domain);
  for (let round = 0; round < 20; round += 1) {
    const fd = openTerminal(terminalOf(test.domain));
    writeSync(fd, `round ${round}\r`);
    closeSync(fd);
    await session.expect(new RegExp(`answer=<round ${round}>`));
  }
});

test('a plain program of the host can use it', async () => {
  await using test = await running('terminal-python', answering);
  const program = `
import os, sys
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
os.write(fd, b'from python\\r')
text = b''
while b'answer=<from python>' not in text: text += os.read(fd, 4096)
print('answered')`;
  const argv = ['python3', '-c', program, terminalOf(test.domain)];
  expect(await runProgram(argv)).toMatchObject({ code: 0, stdout: 'answered\n' });
});

test('it can be closed and opened again; what was not read is not given to the next reader', async () => {
  await using test = await running('terminal-again', answering);
  const path = terminalOf(test.domain);
  for (let round = 0; round < 5; round += 1) {
    {
      using terminal = new Terminal(path);
      terminal.type(`round ${round}\r`);
      await terminal.expect(new RegExp(`answer=<round ${round}>`));
      expect(terminal.text).not.toContain('unseen');
    }
    await sleep(20);
    using session = await ConsoleSession.open(test.domain, { from: 'live' });
    session.enter(`unseen ${round}`);
    await session.expect(new RegExp(`answer=<unseen ${round}>`));
  }
});

test('it and a stream show the same', async () => {
  await using test = await running('terminal-both', answering);
  using terminal = new Terminal(terminalOf(test.domain));
  using session = await ConsoleSession.open(test.domain);
  terminal.type('one\r');
  await session.expect(/answer=<one>\r\n/);
  session.enter('two');
  await terminal.expect(/answer=<two>\r\n/);
  await session.expect(/answer=<two>\r\n/);
  expect(terminal.text).toBe(session.text);
});

test('the monitor sleeps while it is closed, open, and closed again', async () => {
  await using test = await running('terminal-idle', answering);
  const { id } = test.domain;
  await untilIdle(id);
  {
    using terminal = new Terminal(terminalOf(test.domain));
    terminal.type('x\r');
    await terminal.expect(/answer=<x>/);
    await untilIdle(id);
  }
  await untilIdle(id);
});

test('a program that has it open and reads nothing holds no other reader up', async () => {
  const script = 'read go; seq 1 2000000 | cat; echo > /done; sleep 1000';
  await using test = await running('terminal-unread', script);
  const fd = openTerminal(terminalOf(test.domain));
  try {
    writeSync(fd, '\r');
    await eventually(() => expect(existsSync(join(root.path, 'done'))).toBe(true), 20_000);
    await sleep(1200);
    await untilIdle(test.domain.id);
  } finally {
    closeSync(fd);
  }
});

test('the end of the container hangs it up, after its last byte: 30 times', async () => {
  await using test = await TestDomain.make({
    name: 'terminal-end',
    init: '/bin/sh',
    initArguments: ['-c', 'read line; echo END'],
    filesystems: [{ source: root.path, target: '/' }],
  });
  for (let round = 0; round < 30; round += 1) {
    await test.domain.start();
    using terminal = new Terminal(terminalOf(test.domain));
    terminal.type('\r');
    await terminal.expect(/END\r\n$/);
    await test.domain.wait();
    await eventually(() => expect(() => terminal.type('x')).toThrow(/EIO/));
  }
});

test('a program that has it open and reads nothing holds the end up for no longer than 2 s', async () => {
  await using test = await running('terminal-held', 'read line; echo END');
  const fd = openTerminal(terminalOf(test.domain));
  try {
    const monitor = test.domain.id ?? 0;
    writeSync(fd, '\r');
    expect(await test.domain.wait()).toMatchObject({ how: 'exited', code: 0 });
    await eventually(() => expect(hasEnded(monitor)).toBe(true), 3000);
  } finally {
    closeSync(fd);
  }
});
