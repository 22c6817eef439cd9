/**
 * A console under load: what a monitor costs and who is held up when a container floods it, when readers stand still,
 * when every terminal inside is closed. The same scenarios for a short and for a long run.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ConsoleStream, Domain } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { mostResting, runnableShare } from '../support/process/runnable-share';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { TestDomain } from '../support/domain/test-domain';
import { ConsoleSession } from '../support/console/console-session';

export interface ConsoleLoad {
  /** Last number of the `seq` that floods the console. */
  readonly flood: number;
  /** Last number while readers stand still. */
  readonly burst: number;
  /** Bytes that pass in each direction at once. */
  readonly transfer: number;
  /** Milliseconds that a closed terminal is watched. */
  readonly watch: number;
  /** How often each terminal is closed and opened. */
  readonly reopen: number;
}

const kept = 262_144;
const megabyte = 2 ** 20;
const clockTicks = 100;

/** CPU seconds of a process so far, of user and system. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / clockTicks;
}

function residentBytes(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]) * 1024;
}

/** Bytes that `seq 1 last` writes. */
function sequenceBytes(last: number): number {
  let length = 0;
  for (let first = 1; first <= last; first *= 10) {
    length += (Math.min(last, first * 10 - 1) - first + 1) * (String(first).length + 1);
  }
  return length;
}

/** The last `size` of these bytes. */
function sequenceTail(last: number, size: number): string {
  const lines: string[] = [];
  for (let number = last, bytes = 0; bytes < size; number -= 1) {
    lines.push(`${number}\n`);
    bytes += String(number).length + 1;
  }
  return lines.reverse().join('').slice(-size);
}

export function describeConsoleUnderLoad(load: ConsoleLoad): void {
  const root = containerTest(
    async (keep) => keep(await makeBusyboxRoot(['stty', 'seq', 'sha256sum', 'head', 'getty'])),
    { per: 'file' },
  );

  const inRoot = (name: string): string => join(root.path, name);

  afterEach(() => {
    for (const name of ['done', 'data', 'sum', 'open', 'closed']) {
      rmSync(inRoot(name), { force: true });
    }
  });

  const running = async (name: string, script: string): Promise<TestDomain> => {
    const test = await TestDomain.ofScript(name, script, root);
    await test.start();
    return test;
  };

  const until = (file: string, limit = 300_000): Promise<void> =>
    eventually(() => {
      if (!existsSync(inRoot(file))) throw new Error(`no /${file} yet`);
    }, limit);

  /** It may have something to do at first, of what came before. */
  const untilResting = (pid: number): Promise<void> =>
    eventually(async () => expect(await runnableShare(pid, load.watch)).toBeLessThan(mostResting));

  const cpuOfContainer = async (domain: Domain): Promise<number> =>
    Number((await domain.stats()).cpu?.total ?? 0n) / 1e9;

  describe('R10: a flood that no client reads', () => {
    test('blocks no container, costs the monitor no more than the container, and no memory', async () => {
      const script = `stty -opost; read go; seq 1 ${load.flood} | cat; echo > /done; sleep 1000`;
      await using test = await running('load-flood', script);
      const monitor = test.domain.id ?? 0;
      const most = residentBytes(monitor) + kept + megabyte;
      const begin = cpuSeconds(monitor);
      {
        using session = await ConsoleSession.open(test.domain);
        session.enter('');
      }
      let peak = 0;
      await eventually(() => {
        peak = Math.max(peak, residentBytes(monitor));
        if (!existsSync(inRoot('done'))) throw new Error('the flood goes on');
      }, 300_000);
      const [spent, ofContainer] = [cpuSeconds(monitor) - begin, await cpuOfContainer(test.domain)];
      process.stdout.write(
        `${sequenceBytes(load.flood) / megabyte} MiB: ${spent.toFixed(2)} s of the monitor, ` +
          `${ofContainer.toFixed(2)} s of the container, ${peak / 1024} KiB of memory\n`,
      );
      expect(peak).toBeLessThan(most);
      // Each byte is copied in and out of the kernel twice: to the ring, and to the log.
      expect(spent).toBeLessThan(2 * ofContainer + 0.5);
      await untilResting(monitor);
      using session = await ConsoleSession.open(test.domain);
      const tail = (await session.expectBytes(kept)).toString('latin1');
      expect(tail === sequenceTail(load.flood, kept)).toBe(true);
      // With the echo of Enter, which came raw or not.
      const written = Number(session.stream.dropped) + kept;
      expect([1, 2]).toContain(written - sequenceBytes(load.flood));
      const log = statLog(test);
      expect(log).toBeLessThanOrEqual(2 * megabyte);
      expect(log).toBeGreaterThan(kept);
    });
  });

  describe('R11: readers', () => {
    test('that never read, one that reads a byte a second, and 50 in all hold up neither the container nor one that reads', async () => {
      const script = `stty -opost -echo; read go; seq 1 ${load.burst} | cat; echo > /done; sleep 1000`;
      await using test = await running('load-readers', script);
      const monitor = test.domain.id ?? 0;
      const streams: ConsoleStream[] = [];
      for (let count = 0; count < 49; count += 1) streams.push(await test.domain.openConsole());
      const [slow] = streams;
      const drip = setInterval(() => void slow?.read(1), 1000);
      try {
        using session = await ConsoleSession.open(test.domain);
        const begin = residentBytes(monitor);
        const started = performance.now();
        session.enter('');
        await session.expectBytes(sequenceBytes(load.burst), 240_000);
        await until('done');
        const took = performance.now() - started;
        expect(session.stream.skipped).toBe(0n);
        const hash = createHash('sha256').update(session.bytes.subarray(-kept)).digest('hex');
        const tail = sequenceTail(load.burst, kept);
        expect(hash).toBe(createHash('sha256').update(tail).digest('hex'));
        // Those who stand still are waited for once, for half a second each time that one is found out.
        process.stdout.write(`50 readers: ${(took / 1000).toFixed(1)} s\n`);
        // A frame is queued for each of them, and not more.
        expect(residentBytes(monitor) - begin).toBeLessThan(4 * megabyte);
      } finally {
        clearInterval(drip);
        for (const stream of streams) stream.destroy();
      }
    });

    test('beyond 64 are turned away, and room is made again when one leaves', async () => {
      await using test = await running('load-crowd', 'echo here; sleep 1000');
      const streams: ConsoleStream[] = [];
      try {
        for (let count = 0; count < 64; count += 1) streams.push(await test.domain.openConsole());
        await expect(test.domain.openConsole()).rejects.toMatchObject({ code: 'RESOURCE_BUSY' });
        streams.pop()?.destroy();
        await eventually(async () => {
          using session = await ConsoleSession.open(test.domain);
          await session.expect(/here/);
        });
      } finally {
        for (const stream of streams) stream.destroy();
      }
    });
  });

  describe('R12: bytes', () => {
    test('pass in both directions at once as they are, and no character is split', async () => {
      const [out, into] = [randomBytes(load.transfer), randomBytes(load.transfer)];
      writeFileSync(inRoot('data'), out);
      const script = `stty raw -echo; printf R; read go; cat /data & head -c ${load.transfer} | sha256sum > /sum; wait; echo > /done; sleep 1000`;
      await using test = await running('load-bytes', script);
      using session = await ConsoleSession.open(test.domain);
      await session.expect(/^R/);
      session.type('\n');
      await pipeline(Readable.from([into]), session.stream, { end: false });
      const bytes = await session.expectBytes(load.transfer + 1, 240_000);
      await until('done');
      expect(createHash('sha256').update(bytes.subarray(1)).digest('hex')).toBe(
        createHash('sha256').update(out).digest('hex'),
      );
      expect(readFileSync(inRoot('sum'), 'latin1').slice(0, 64)).toBe(
        createHash('sha256').update(into).digest('hex'),
      );
      expect(session.stream.skipped).toBe(0n);
    });
  });

  describe('R13: terminals that are closed inside', () => {
    test('leave the monitor asleep, and work again when one is opened', async () => {
      const script = `exec <&- >&- 2>&-; : > /closed; until [ -e /open ]; do sleep 0.1; done; exec </dev/console >/dev/console 2>&1; echo back; read line; echo got=$line; sleep 1000`;
      await using test = await running('load-closed', script);
      const monitor = test.domain.id ?? 0;
      await until('closed');
      await untilResting(monitor);
      writeFileSync(inRoot('open'), '');
      using session = await ConsoleSession.open(test.domain);
      await session.expect(/back\r\n/);
      session.enter('again');
      await session.expect(/got=again\r\n/);
    });

    test('and hung up, as a getty does, again and again lose nothing that is written afterwards', async () => {
      const script = `i=0; while [ $i -lt ${load.reopen} ]; do i=$((i + 1)); (exec </dev/console >/dev/console 2>&1; echo line $i); exec <&- >&- 2>&-; done; exec </dev/console >/dev/console 2>&1; echo all; sleep 1000`;
      await using test = await running('load-reopened', script);
      const monitor = test.domain.id ?? 0;
      using session = await ConsoleSession.open(test.domain);
      await session.expect(/all\r\n/, 120_000);
      const lines = session.text.split('\r\n').filter((line) => line.startsWith('line '));
      expect(lines).toEqual(Array.from({ length: load.reopen }, (_, index) => `line ${index + 1}`));
      await untilResting(monitor);
    });
  });
}

/** Bytes of both files of the log. */
function statLog(test: TestDomain): number {
  const file = join(test.root, 'var/log/tslxc/lxc', `${test.name}.console.log`);
  return [file, `${file}.1`]
    .filter((path) => existsSync(path))
    .reduce((sum, path) => sum + readFileSync(path).length, 0);
}
