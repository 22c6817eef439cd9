/** A monitor that starts before its plan is there. */
import { existsSync, readlinkSync } from 'node:fs';
import { EarlyMonitor } from '../../lib/container/start/early-monitor';
import { Channel } from '../../lib/container/monitor/channel';
import { hostFacts } from '../../lib/host/facts';
import { native } from '../../lib/host/native';
import { ensureBaseCgroups } from '../../lib/host/kernel/base-cgroups';
import { planBaseCgroups } from '../../lib/plan/cgroups/base';
import { hasEnded } from '../support/process/processes';
import { eventually } from '../support/time/eventually';
import { monitorsOf } from '../support/world/container-traces';

const name = 'early-monitor';
const layout = hostFacts().cgroups;

beforeAll(() => ensureBaseCgroups(planBaseCgroups(layout)));

afterEach(() => {
  jest.restoreAllMocks();
  expect(monitorsOf(name)).toEqual([]);
});

const begin = (passDescriptors: readonly number[] = []): EarlyMonitor =>
  new EarlyMonitor({ name, passDescriptors }, layout);

test('it is there with what it was passed, waits, and is given once', async () => {
  await using early = begin([process.stdin.fd]);
  const channel = Channel.fromDescriptor((await early.take()) ?? -1);
  const first = await channel.held(() => channel.receive());
  expect(first).toMatchObject({ message: 'spawned' });
  const pid = first?.message === 'spawned' ? first.pid : 0;
  expect(monitorsOf(name)).toEqual([pid]);
  expect(readlinkSync(`/proc/${pid}/fd/6`)).toBe(readlinkSync(`/proc/self/fd/${process.stdin.fd}`));
  expect(await early.take()).toBeUndefined();
  channel.close();
  await eventually(() => expect(hasEnded(pid)).toBe(true));
});

test('one that is not taken has ended when it is let go', async () => {
  let pids: readonly number[] = [];
  {
    await using _early = begin();
    await eventually(() => expect((pids = monitorsOf(name))).toHaveLength(1));
  }
  expect(pids.map((pid) => existsSync(`/proc/${pid}/fd/3`))).toEqual([false]);
});

test('one that has waited for long is not given: it is about to end', async () => {
  await using early = begin();
  const now = performance.now();
  jest.spyOn(performance, 'now').mockReturnValue(now + 5001);
  expect(await early.take()).toBeUndefined();
});

test('one that could not be spawned is none', async () => {
  jest.spyOn(native(), 'startMonitor').mockRejectedValue(new Error('no process'));
  await using early = begin();
  expect(await early.take()).toBeUndefined();
});
