/** The console as a terminal: job control, size, more than one, the last bytes, and what a typed ^S may not do. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { pidOf } from '../support/domain/exec';
import { readProcess } from '../support/process/processes';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { repeats } from '../support/time/repeats';
import { TestDomain } from '../support/domain/test-domain';
import { ConsoleSession } from '../support/console/console-session';

/** Busybox asks the terminal for its cursor (ESC [6n) after each prompt. */
const prompt = /[#$] (?:\S\[6n)?$/;

const root = containerTest(async (keep) => keep(await makeBusyboxRoot(['stty', 'tty'])), {
  per: 'file',
});

/** What is in the foreground: a number that no other process has among its words. */
const seconds = `18${process.pid}`;

/** Waits until it is there, and runs: a ^C or ^Z before would meet the shell. */
async function untilInForeground(): Promise<void> {
  const pid = await pidOf('sleep', seconds);
  await eventually(() => expect(readProcess(pid).state).toBe('S'));
}

/** Milliseconds from ^C to the next prompt. */
async function interrupted(session: ConsoleSession): Promise<number> {
  session.enter(`echo be"gin"; sleep ${seconds}`);
  await session.expect(/begin\r\n/);
  await untilInForeground();
  const typed = performance.now();
  session.type('\x03');
  await session.expect(prompt);
  return performance.now() - typed;
}

/** A domain on the busybox root whose init is this script, or an interactive shell. */
function onBusybox(name: string, script?: string, devices = ''): Promise<TestDomain> {
  return TestDomain.make({
    name,
    init: '/bin/sh',
    initArguments: script === undefined ? [] : ['-c', script],
    filesystems: [{ source: root.path, target: '/' }],
    devices,
  });
}

describe.each([
  ['the host’s shell', (): Promise<TestDomain> => TestDomain.make({ name: 'console-jobs' })],
  ['busybox', (): Promise<TestDomain> => onBusybox('console-jobs')],
])('job control with %s', (_, make) => {
  test('^C ends what is in the foreground, the fastest of three within a second', async () => {
    await using test = await make();
    await test.domain.start();
    using session = await ConsoleSession.open(test.domain);
    // What else the machine does may hold one of them up: not all three.
    let took = Infinity;
    for (let tries = 3; took >= 1000 && tries > 0; tries -= 1) took = await interrupted(session);
    expect(took).toBeLessThan(1000);
    session.enter('echo status=$?');
    await session.expect(/status=130/);
    expect(session.text).not.toMatch(/job control|can't access tty/);
  });

  test('^Z stops it, fg goes on with it', async () => {
    await using test = await make();
    await test.domain.start();
    using session = await ConsoleSession.open(test.domain);
    session.enter(`echo be"gin"; sleep ${seconds}`);
    await session.expect(/begin\r\n/);
    await untilInForeground();
    session.type('\x1a');
    await session.expect(/Stopped/);
    await session.expect(prompt);
    session.enter('fg');
    await session.expect(new RegExp(`sleep ${seconds}\r\n`));
    await untilInForeground();
    session.type('\x03');
    await session.expect(prompt);
    session.enter('jobs; echo no"ne"');
    expect((await session.expect(/\r\n([^]*?)none\r\n/))[1]).not.toContain('sleep');
  });
});

test('the size is that of whoever attached, and programs learn of a change', async () => {
  const script = 'trap "stty size" WINCH; echo ready; stty size; while :; do sleep 0.05; done';
  await using test = await onBusybox('console-size', `read line; ${script}`);
  await test.domain.start();
  using session = await ConsoleSession.open(test.domain, { size: { rows: 30, columns: 100 } });
  session.enter('');
  await session.expect(/ready\r\n30 100\r\n/);
  session.stream.resize({ rows: 51, columns: 132 });
  await session.expect(/^51 132\r\n/);
});

test('two consoles are two terminals', async () => {
  const second = "<console type='pty'/>";
  await using test = await onBusybox('console-two', undefined, second);
  const { domain } = test;
  await domain.start();
  expect(domain.consolePath(0)).toMatch(/^\/dev\/pts\/\d+$/);
  expect(domain.consolePath('console1')).toMatch(/^\/dev\/pts\/\d+$/);
  expect(domain.consolePath(1)).not.toBe(domain.consolePath(0));
  using one = await ConsoleSession.open(domain);
  using other = await ConsoleSession.open(domain, { device: 1 });
  one.enter('tty; echo ttys=$container_ttys; read line < /dev/$container_ttys; echo "read=$line"');
  await one.expect(/\n\/dev\/(pts\/0|console)\r\nttys=pts\/1\r\n/);
  one.enter('not for this one');
  other.enter('from the second');
  await one.expect(/read=from the second\r\n/);
  one.enter('echo to the sec"ond" > /dev/tty2');
  await other.expect(/to the second\r\n/);
  await expect(domain.openConsole({ device: 2 })).rejects.toMatchObject({ code: 'INVALID_ARG' });
});

test('a container has as many consoles as there are descriptors in one message, and each is a terminal', async () => {
  const most = 253;
  await using test = await onBusybox(
    'console-most',
    undefined,
    "<console type='pty'/>".repeat(most - 1),
  );
  const { domain } = test;
  await domain.start();
  const paths = Array.from({ length: most }, (_, index) => domain.consolePath(index));
  expect(new Set(paths).size).toBe(most);
  using first = await ConsoleSession.open(domain);
  using last = await ConsoleSession.open(domain, { device: most - 1 });
  first.enter(`echo to the la"st" > /dev/tty${most}`);
  await last.expect(/to the last\r\n/);
});

test(`the last bytes before the end always arrive: ${repeats(200)} times`, async () => {
  await using test = await onBusybox('console-end');
  let seen = 0;
  for (let run = 0; run < repeats(200); run += 1) {
    await test.domain.start();
    using session = await ConsoleSession.open(test.domain);
    session.enter('echo E"N"D; exit 3');
    await session.end();
    if (session.text.includes('\nEND\r\n')) seen += 1;
    expect(await test.domain.wait()).toMatchObject({ how: 'exited', code: 3 });
  }
  expect(seen).toBe(repeats(200));
});

test('output of a container that has no reader and ends at once is told to who comes in time', async () => {
  const script = 'echo early; until [ -e /go ]; do sleep 0.05; done; sleep 0.1; printf END; exit';
  await using test = await onBusybox('console-late', script);
  await test.domain.start();
  await test.domain.waitFor({ console: /early\r\n/ });
  using session = await ConsoleSession.open(test.domain);
  writeFileSync(join(root.path, 'go'), '');
  await session.end();
  expect(session.text).toBe('early\r\nEND');
  expect(session.stream.replayed).toBe('early\r\n'.length);
});

test('a ^S stops the container’s output for as long as its typist is attached, and no longer', async () => {
  const count = 'i=0; while :; do i=$((i + 1)); echo $i; echo $i > /counter; sleep 0.01; done';
  await using test = await onBusybox('console-stop', count);
  await test.domain.start();
  const counter = join(root.path, 'counter');
  const current = (): number => (existsSync(counter) ? Number(readFileSync(counter, 'utf8')) : 0);
  {
    using session = await ConsoleSession.open(test.domain);
    await session.expect(/3\r\n/);
    session.type('\x13');
    // It goes on until the ^S has come to its terminal.
    await eventually(async () => {
      const stopped = current();
      await sleep(500);
      expect(current()).toBe(stopped);
    });
  }
  const stopped = current();
  await eventually(() => expect(current()).toBeGreaterThan(stopped + 5), 2000);
  using session = await ConsoleSession.open(test.domain, { from: 'live' });
  await session.expect(/\d+\r\n/);
});

test('two who are attached see the same and both may type', async () => {
  await using test = await onBusybox('console-shared');
  await test.domain.start();
  using one = await ConsoleSession.open(test.domain);
  using other = await ConsoleSession.open(test.domain);
  one.enter('echo fir"st"');
  await Promise.all([one.expect(/\nfirst\r\n/), other.expect(/\nfirst\r\n/)]);
  other.enter('echo sec"ond"');
  await Promise.all([one.expect(/\nsecond\r\n/), other.expect(/\nsecond\r\n/)]);
  await eventually(() => expect(one.text).toBe(other.text));
});

test.each([
  ['little', 20_000],
  ['more than is taken in advance', 200_000],
])(
  'consoles that nobody reads give their descriptors back at the end of a container that has written %s, and keep the output',
  async (_what, last) => {
    const script = `stty -opost -echo; echo there; read go; seq 1 ${last}; exit 0`;
    await using test = await onBusybox('console-unread', script);
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    await test.domain.start();
    await test.domain.waitFor({ console: /there/, timeout: 10_000 });
    const streams = [];
    for (let count = 0; count < 5; count += 1) streams.push(await test.domain.openConsole());
    expect(descriptors()).toBeGreaterThanOrEqual(before + 5);
    streams[0]?.write('\n');
    await test.domain.wait();
    await eventually(() => expect(descriptors()).toBeLessThanOrEqual(before), 20_000);
    const [stream] = streams;
    const chunks: Buffer[] = [];
    for await (const chunk of stream ?? []) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    expect(text).toMatch(/^there\n1\n2\n/);
    expect(text.endsWith(`\n${last}\n`)).toBe(true);
    // What the monitor could not send, as when somebody reads too slowly.
    const lines = Array.from({ length: last }, (_none, index) => `${index + 1}\n`);
    const written = 'there\n'.length + lines.join('').length;
    expect(text.length + Number(stream?.skipped)).toBe(written);
  },
);
