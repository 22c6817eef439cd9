/**
 * lib/host/state/file-lock.ts, lock-holder.ts, and who uses them: a process that holds a lock and was stopped is named, and keeps nobody
 * waiting.
 */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkLocks } from '../../../../lib/driver/doctor/locks';
import { appendEvents } from '../../../../lib/driver/events/event-log';
import { DefinitionStore } from '../../../../lib/host/state/definitions/definition-store';
import { silence } from '../../../../lib/host/logger';
import { statePaths } from '../../../../lib/host/state/state-paths';
import { errorOf } from '../../driver/refusal';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';
import { holdFlock } from '../../../support/process/flock-holder';

removeScratchAfterEach();

const paths = () => statePaths(scratchDirectory());
const event = { event: 'started', detail: 'booted', domain: 'web', uuid: 'u', time: 1 } as const;
const patience = 50;

test('an event is given up, and the process that holds the log is named, with what lets it go on', async () => {
  const { events } = paths();
  await appendEvents(events, [event]);
  const written = readFileSync(events, 'utf8');
  {
    await using holder = await holdFlock(events);
    const { pid } = holder;
    const add = (): Promise<unknown> => errorOf(() => appendEvents(events, [event], { patience }));
    expect(await add()).toMatchObject({
      code: 'RESOURCE_BUSY',
      path: events,
      message: `resource busy: the lock of ${events} could not be had in time: process ${pid} (sleep 1000) holds it: if it hangs, kill -KILL ${pid} ends it`,
    });
    process.kill(pid, 'SIGSTOP');
    // Those that are called together wait together, and not one after the other.
    const began = performance.now();
    const errors = await Promise.all(Array.from({ length: 40 }, add));
    expect(performance.now() - began).toBeLessThan(40 * patience);
    for (const error of errors) {
      expect(error).toMatchObject({
        message: expect.stringContaining(
          `process ${pid} (sleep 1000) holds it, and is stopped: kill -CONT ${pid} lets it go on`,
        ) as string,
      });
    }
    expect(readFileSync(events, 'utf8')).toBe(written);
  }
  await appendEvents(events, [event], { patience });
  expect(readFileSync(events, 'utf8')).not.toBe(written);
});

test('a change of the definitions is refused while a process that was stopped is at one', async () => {
  const { definitions: directory } = paths();
  mkdirSync(directory, { recursive: true });
  const parse = (): never => {
    throw new Error('nothing is read');
  };
  const store = new DefinitionStore({
    directory,
    kind: 'domain',
    command: 'tslxc define',
    parse,
    format: () => '',
    standIn: () => '',
    logger: silence,
    patience,
  });
  {
    await using holder = await holdFlock(directory);
    process.kill(holder.pid, 'SIGSTOP');
    const message = `process ${holder.pid} (sleep 1000) holds it, and is stopped`;
    await expect(store.exclusive(() => 'done')).rejects.toMatchObject({
      code: 'RESOURCE_BUSY',
      message: expect.stringContaining(message) as string,
    });
  }
  expect(await store.exclusive(() => 'done')).toBe('done');
});

test('doctor tells of a lock that is held, and of none otherwise', async () => {
  const state = paths();
  expect(await checkLocks(state, patience)).toEqual([]);
  mkdirSync(dirname(state.events), { recursive: true });
  mkdirSync(state.definitions, { recursive: true });
  await appendEvents(state.events, [event]);
  expect(await checkLocks(state, patience)).toEqual([]);
  await using holder = await holdFlock(state.events);
  const holds = `process ${holder.pid} (sleep 1000) holds it`;
  expect(await checkLocks(state, patience)).toMatchObject([
    { id: 'state.lock', status: 'warn', found: expect.stringContaining(holds) as string },
  ]);
  // What can't be looked at is not free.
  const link = join(scratchDirectory(), 'link');
  symlinkSync('link', link);
  expect(await checkLocks({ ...state, events: link }, patience)).toMatchObject([
    { found: expect.stringContaining('it is unknown whether') as string },
  ]);
});
