/**
 * Much output and input: no client's slowness blocks a container, what is kept is exactly the end, and bytes pass
 * as they are.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsoleStream, Domain } from 'tslxc';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { commandLine } from '../../support/process/run-command';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { PtySession } from '../../support/console/pty-session';
import { TestDomain } from '../../support/domain/test-domain';
import { ConsoleSession } from '../../support/console/console-session';

const kept = 262_144;
const megabyte = 2 ** 20;
const transfer = 16 * megabyte;

const root = containerTest(
  async (keep) => keep(await makeBusyboxRoot(['stty', 'seq', 'sha256sum'])),
  { per: 'file' },
);

afterEach(() => {
  for (const name of ['data', 'received', 'sum', 'done']) rmSync(inRoot(name), { force: true });
});

function inRoot(name: string): string {
  return join(root.path, name);
}

/** A domain whose init is this script. */
function running(name: string, script: string): Promise<TestDomain> {
  return TestDomain.ofScript(name, script, root);
}

/** What `seq 1 last` writes, by arithmetic: its length, and its last `size` bytes. */
function sequence(last: number, size: number): { length: number; tail: string } {
  let length = 0;
  for (let digits = 1; 10 ** (digits - 1) <= last; digits += 1) {
    const numbers = Math.min(last, 10 ** digits - 1) - 10 ** (digits - 1) + 1;
    length += numbers * (digits + 1);
  }
  const lines: string[] = [];
  for (let number = last, bytes = 0; number >= 1 && bytes < size; number -= 1) {
    const line = `${number}\n`;
    lines.push(line);
    bytes += line.length;
  }
  return { length, tail: lines.reverse().join('').slice(-size) };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Waits for the container to say that it is done, and how long that took in milliseconds. */
async function untilDone(limit: number): Promise<number> {
  const started = performance.now();
  await eventually(() => {
    if (!existsSync(inRoot('done'))) throw new Error('the container is not done');
  }, limit);
  return performance.now() - started;
}

const numbers = 12_500_000;
const flood = `stty -opost; seq 1 ${numbers} | cat`;

test('a console that no client reads does not block a container that writes 100 MB, of which the last 262,144 bytes are kept', async () => {
  const { length, tail } = sequence(numbers, kept);
  expect(length).toBeGreaterThan(100_000_000);
  const script = `${flood}; echo > /done; read go; exit 42`;
  await using test = await running('flow-unread', script);
  await test.domain.start();
  await untilDone(50_000);
  using session = await ConsoleSession.open(test.domain);
  const replay = await session.expectBytes(kept);
  expect(session.stream.replayed).toBe(kept);
  expect(session.stream.dropped).toBe(BigInt(length - kept));
  expect(replay.toString('latin1') === tail).toBe(true);
  await sleep(100);
  expect(session.bytes.length).toBe(kept);
  session.enter('');
  expect(await test.domain.wait()).toMatchObject({ how: 'exited', code: 42 });
});

test('who wants only what comes gets nothing of it', async () => {
  const script = 'seq 1 1000; echo > /done; read line; printf now; sleep 1000';
  await using test = await running('flow-live', script);
  await test.domain.start();
  await untilDone(5000);
  // Its last line may still be in the terminal.
  await test.domain.waitFor({ console: /\n1000\r\n/ });
  using session = await ConsoleSession.open(test.domain, { from: 'live' });
  expect(session.stream.replayed).toBe(0);
  session.enter('');
  await session.expect(/now$/);
  expect(session.text).toBe('\r\nnow');
});

describe('after stty raw -echo', () => {
  test('16 MB come out byte for byte', async () => {
    const data = randomBytes(transfer);
    writeFileSync(inRoot('data'), data);
    const script = 'stty raw -echo; printf R; read line; cat /data; sleep 1000';
    await using test = await running('flow-out', script);
    await test.domain.start();
    using session = await ConsoleSession.open(test.domain);
    await session.expect(/^R$/);
    session.type('\n');
    const bytes = await session.expectBytes(transfer + 1);
    expect(sha256(bytes.subarray(1))).toBe(sha256(data));
  });

  test('16 MB go in byte for byte', async () => {
    const data = randomBytes(transfer);
    const script = `stty raw -echo; printf R; head -c ${transfer} | sha256sum; sleep 1000`;
    await using test = await running('flow-in', script);
    await test.domain.start();
    using session = await ConsoleSession.open(test.domain);
    await session.expect(/^R$/);
    await pipeline(Readable.from([data]), session.stream, { end: false });
    expect((await session.expect(/([0-9a-f]{64}) {2}-/, 40_000))[1]).toBe(sha256(data));
  });

  test('16 MB pass in both directions at once', async () => {
    const [data, input] = [randomBytes(transfer), randomBytes(transfer)];
    writeFileSync(inRoot('data'), data);
    const both = `cat /data & head -c ${transfer} | sha256sum > /sum; wait; echo > /done`;
    const script = `stty raw -echo; printf R; read line; ${both}; sleep 1000`;
    await using test = await running('flow-both', script);
    await test.domain.start();
    using session = await ConsoleSession.open(test.domain);
    // Before that nothing comes: what is more than the console keeps would be gone when this attaches late.
    await session.expect(/^R$/);
    session.type('\n');
    await pipeline(Readable.from([input]), session.stream, { end: false });
    const bytes = await session.expectBytes(transfer + 1);
    await untilDone(30_000);
    expect(sha256(bytes.subarray(1))).toBe(sha256(data));
    expect(readFileSync(inRoot('sum'), 'latin1').slice(0, 64)).toBe(sha256(input));
  });
});

const burst = 2_000_000;
const waits = `stty -opost; read go; seq 1 ${burst} | cat; echo > /done; sleep 1000`;

/** Starts the burst while a client stands still; resolves when it is over. */
async function writeBurst(domain: Domain): Promise<void> {
  using session = await ConsoleSession.open(domain);
  session.enter('');
  session[Symbol.dispose]();
  await untilDone(20_000);
}

async function expectTail(domain: Domain): Promise<void> {
  const { tail } = sequence(burst, kept);
  using session = await ConsoleSession.open(domain);
  const bytes = await session.expectBytes(kept);
  expect(bytes.toString('latin1') === tail).toBe(true);
}

describe('who stands still', () => {
  test('as a stopped process, does not keep the container from its end, nor another reader from what it wrote', async () => {
    await using test = await running('flow-stopped', waits);
    await test.domain.start();
    const argv = commandLine('console', test.name);
    await using client = PtySession.start(argv, { env: { TSLXC_ROOT: test.root } });
    await client.expect('Escape character');
    const pid = await client.pid();
    process.kill(pid, 'SIGSTOP');
    try {
      await writeBurst(test.domain);
      await expectTail(test.domain);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await client.expect(`${burst}\n`, 20_000);
  });

  test('as a stream that the caller does not read, does not fill this process either, and is told what it missed', async () => {
    const { length, tail } = sequence(burst, kept);
    await using test = await running('flow-idle', waits);
    await test.domain.start();
    const stream: ConsoleStream = await test.domain.openConsole();
    const held = process.memoryUsage().arrayBuffers;
    await writeBurst(test.domain);
    await sleep(200);
    expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(2 * megabyte);
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    await eventually(() =>
      expect(Buffer.concat(chunks).toString('latin1').endsWith(tail)).toBe(true),
    );
    expect(stream.skipped).toBeGreaterThan(0n);
    // The echo of Enter came before what `seq` wrote: one byte or two, as the terminal was raw by then or not.
    const received = Number(stream.skipped) + Buffer.concat(chunks).length;
    expect(['\n'.length, '\r\n'.length]).toContain(received - length);
    stream.destroy();
  });
});
