/** lib/driver/events/event-log.ts and event-stream.ts: every follower sees every event, in order, of all processes. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { mkdirSync, renameSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  appendEvents,
  lastEvent,
  parseDomainEvent,
  parseNetworkEvent,
  previousLog,
} from '../../../../lib/driver/events/event-log';
import { EventStream, type OpenStream } from '../../../../lib/driver/events/event-stream';
import type { DomainEvent } from '../../../../lib/driver/types';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';
import { runChild, source } from '../source-child';
import { containing } from '../refusal';

removeScratchAfterEach();

const open: OpenStream[] = [];

afterEach(() => {
  for (const stream of open.splice(0)) stream.close();
});

function event(time: number, domain = 'web'): DomainEvent {
  return { event: 'started', detail: 'booted', domain, uuid: 'u', time };
}

function logPath(): string {
  return join(scratchDirectory(), 'run', 'events');
}

function follow(path: string, signal?: AbortSignal): EventStream<DomainEvent> {
  const parse = parseDomainEvent;
  const stream = new EventStream({ path, parse, ...(signal ? { signal } : {}) });
  open.push(stream);
  return stream;
}

async function take(stream: EventStream<DomainEvent>, count: number): Promise<DomainEvent[]> {
  const taken: DomainEvent[] = [];
  while (taken.length < count) {
    const { value } = await stream.next();
    if (value === undefined) break;
    taken.push(value);
  }
  return taken;
}

test('a follower sees what happens from the moment it was made, before it is asked', async () => {
  const path = logPath();
  await appendEvents(path, [event(1)]);
  const stream = follow(path);
  await appendEvents(path, [event(2)]);
  await appendEvents(path, [event(3)]);
  expect(await take(stream, 2)).toEqual([event(2), event(3)]);
  const later = stream.next();
  await appendEvents(path, [event(4)]);
  expect(await later).toEqual({ done: false, value: event(4) });
});

test('domains and networks share the log, and each follower is told of its own', async () => {
  const path = logPath();
  const networks = new EventStream({ path, parse: parseNetworkEvent });
  open.push(networks);
  const domains = follow(path);
  const started = { event: 'started', network: 'lan', uuid: 'n', time: 2 } as const;
  await appendEvents(path, [event(1)]);
  await appendEvents(path, [started]);
  await appendEvents(path, [event(3)]);
  await appendEvents(path, [{ ...started, event: 'stopped', time: 4 }]);
  expect(await take(domains, 2)).toEqual([event(1), event(3)]);
  expect([await networks.next(), await networks.next()]).toEqual([
    { done: false, value: started },
    { done: false, value: { ...started, event: 'stopped', time: 4 } },
  ]);
  expect(lastEvent(path, () => true)).toEqual(event(3));
});

test('files are 0600 in a directory of 0700', async () => {
  const path = logPath();
  await appendEvents(path, [event(1)]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
});

test('1,000 events of 4 processes arrive at two followers: none missing, each process in order, over rotations', async () => {
  const path = logPath();
  const streams = [follow(path), follow(path)];
  const [each, limit] = [250, 20_000];
  // Every tenth, a writer waits until both followers have told of it: the log holds only so much for those that are slow.
  const seenFile = (domain: string, time: number): string => `${path}.${domain}.${time}`;
  const writer = (domain: string) =>
    runChild(`
      const { appendEvents } = require(${source('driver/events/event-log.ts')});
      const { existsSync } = require('node:fs');
      for (let time = 0; time < ${each}; time++) {
        const event = { event: 'started', detail: 'booted', domain: '${domain}', uuid: 'u', time };
        await appendEvents(${JSON.stringify(path)}, [event], { limit: ${limit} });
        // Without the log the test has failed.
        const isOver = () => existsSync(${JSON.stringify(`${path}.${domain}.`)} + time) || !existsSync(${JSON.stringify(path)});
        while (time % 10 === 9 && !isOver()) await new Promise((resolve) => setTimeout(resolve, 2));
      }
    `);
  const writers = ['a', 'b', 'c', 'd'];
  const seen = new Map<string, number>();
  const takeAll = async (stream: EventStream<DomainEvent>): Promise<DomainEvent[]> => {
    const taken: DomainEvent[] = [];
    while (taken.length < each * writers.length) {
      const [one] = (await take(stream, 1)) as [DomainEvent];
      taken.push(one);
      const file = seenFile(one.domain, one.time);
      seen.set(file, (seen.get(file) ?? 0) + 1);
      if (one.time % 10 === 9 && seen.get(file) === streams.length) writeFileSync(file, '');
    }
    return taken;
  };
  const [first = [], second] = await Promise.all([...streams.map(takeAll), ...writers.map(writer)]);
  const times = Array.from({ length: each }, (_, time) => time);
  for (const domain of writers) {
    const own = (first as DomainEvent[]).filter((one) => one.domain === domain);
    expect(own.map(({ time }) => time)).toEqual(times);
  }
  expect(second).toEqual(first);
  // 1,000 events are about 80,000 bytes.
  expect(generation(path)).toBeGreaterThanOrEqual(3);
  expect(statSync(path).size + statSync(previousLog(path)).size).toBeLessThan(2 * limit + 400);
});

function generation(path: string): number {
  const [line = ''] = readFileSync(path, 'utf8').split('\n');
  return (JSON.parse(line) as { generation: number }).generation;
}

test('the log never takes more than 1 MiB', async () => {
  const path = logPath();
  const large = { ...event(0), domain: 'n'.repeat(20_000) };
  for (let time = 0; time < 120; time++) await appendEvents(path, [{ ...large, time }]);
  expect(generation(path)).toBeGreaterThan(3);
  expect(statSync(path).size + statSync(previousLog(path)).size).toBeLessThan(1024 * 1024 + 40_000);
});

test('a follower that was stopped over two rotations catches up', async () => {
  const path = logPath();
  await appendEvents(path, [event(0)]);
  const stream = follow(path);
  rotateSynchronously(path, 2);
  expect((await take(stream, 2)).map(({ time }) => time)).toEqual([0, 1]);
  await appendEvents(path, [event(9)]);
  expect(await take(stream, 1)).toEqual([event(9)]);
});

test('a follower that missed more than the log holds is told so', async () => {
  const path = logPath();
  await appendEvents(path, [event(0)]);
  const stream = follow(path);
  rotateSynchronously(path, 4);
  // Its own file it still has.
  expect((await take(stream, 1)).map(({ time }) => time)).toEqual([0]);
  await expect(stream.next()).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: containing('events were lost'),
  });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

/** Another process appends, and rotates each time, while this one has no turn of its event loop. */
function rotateSynchronously(path: string, rotations: number): void {
  const code = `(async () => {
    const { appendEvents } = require(${source('driver/events/event-log.ts')});
    for (let time = 0; time < ${rotations}; time++) {
      const event = { event: 'started', detail: 'booted', domain: 'd', uuid: 'u', time };
      await appendEvents(${JSON.stringify(path)}, [event], { limit: 10 });
    }
  })()`;
  const hook = join(__dirname, '../../../support/source/compile-on-require.js');
  const { status, stderr } = spawnSync(process.execPath, ['-r', hook, '-e', code]);
  if (status !== 0) throw new Error(stderr.toString());
}

test('a line that a killed writer left half done is passed over', async () => {
  const path = logPath();
  await appendEvents(path, [event(1)]);
  const stream = follow(path);
  appendFileSync(path, '{"event":"star');
  await appendEvents(path, [event(2)]);
  appendFileSync(path, 'null\n[]\n{}\n');
  await appendEvents(path, [event(3)]);
  expect(await take(stream, 2)).toEqual([event(2), event(3)]);
});

test('an empty log that a killed writer left is used', async () => {
  const path = logPath();
  await appendEvents(path, [event(1)]);
  truncateSync(path);
  const stream = follow(path);
  await appendEvents(path, [event(2)]);
  expect(await take(stream, 1)).toEqual([event(2)]);
  expect(generation(path)).toBe(1);
});

test('names outside ASCII arrive whole, though the file is read in pieces', async () => {
  const path = logPath();
  const stream = follow(path);
  const names = Array.from({ length: 40 }, (_, index) => 'ü'.repeat(1000 + index));
  for (const name of names) await appendEvents(path, [event(0, name)]);
  expect((await take(stream, names.length)).map(({ domain }) => domain)).toEqual(names);
});

test('the iteration ends on abort, on close and on break', async () => {
  const path = logPath();
  const controller = new AbortController();
  const aborted = follow(path, controller.signal);
  const waiting = aborted.next();
  controller.abort();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(aborted.isOpen).toBe(false);

  const broken = follow(path);
  await appendEvents(path, [event(1)]);
  for await (const one of broken) {
    expect(one).toEqual(event(1));
    break;
  }
  expect(await broken.next()).toEqual({ done: true, value: undefined });

  const closed = follow(path);
  const [first, second] = [closed.next(), closed.next()];
  closed.close();
  closed.close();
  expect([await first, await second].map(({ done }) => done)).toEqual([true, true]);
});

test('a signal that has fired already gives a stream that is over', async () => {
  const stream = follow(logPath(), AbortSignal.abort());
  expect(stream.isOpen).toBe(false);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test('streams leave no descriptor behind', async () => {
  const path = logPath();
  const count = () => readdirSync('/proc/self/fd').length;
  follow(path).close();
  const before = count();
  for (let index = 0; index < 20; index++) {
    const stream = follow(path);
    await appendEvents(path, [event(index)]);
    await stream.return();
  }
  expect(count()).toBeLessThanOrEqual(before);
});

test('a log whose root is gone ends nothing', async () => {
  const path = logPath();
  await appendEvents(path, [event(1)]);
  const stream = follow(path);
  rmSync(join(path, '..'), { recursive: true });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(existsSync(path)).toBe(false);
  expect(stream.isOpen).toBe(true);
});

test('the last event that matches is found, also in the file before', async () => {
  const path = logPath();
  expect(lastEvent(path, () => true)).toBeUndefined();
  await appendEvents(path, [event(1, 'a')]);
  await appendEvents(path, [event(2, 'a')], { limit: 10 });
  await appendEvents(path, [event(3, 'b')]);
  expect(generation(path)).toBe(2);
  expect(lastEvent(path, ({ domain }) => domain === 'a')).toEqual(event(2, 'a'));
  expect(lastEvent(path, ({ domain }) => domain === 'b')).toEqual(event(3, 'b'));
  expect(lastEvent(path, ({ domain }) => domain === 'c')).toBeUndefined();
});

describe('in the place of the log', () => {
  test('a symbolic link is neither read nor written through', async () => {
    const path = logPath();
    await appendEvents(path, [event(1)]);
    const target = join(scratchDirectory(), 'elsewhere');
    renameSync(path, target);
    const before = readFileSync(target);
    symlinkSync(target, path);
    expect(lastEvent(path, () => true)).toBeUndefined();
    expect(() => follow(path)).toThrow('ELOOP');
    await expect(appendEvents(path, [event(2)])).rejects.toMatchObject({ errno: 40 });
    expect(readFileSync(target).equals(before)).toBe(true);
  });

  test('a fifo blocks no one who reads', () => {
    const path = logPath();
    mkdirSync(dirname(path));
    spawnSync('mkfifo', [path]);
    expect(lastEvent(path, () => true)).toBeUndefined();
  });
});
