/** A caller that dies, or a step that fails, at any point of a network's start and stop: the next look leaves nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/time/eventually';
import { libraryWords } from '../../support/process/library-child';
import { someOf } from '../../support/time/repeats';
import { commandEnvironment } from '../../support/process/run-command';
import { containing, errorOf } from '../../unit/driver/refusal';
import { makeNetworkWorld, traces } from '../../support/network/virtual-network-world';
import {
  armed,
  borrowingXml as xml,
  expectStartUndone,
  startPoints,
  stopPoints,
} from '../../virtual-network/killed-start';

/**
 * Where a caller is killed: at a third of the points, and in `npm run test:long` at all of them, less the one that is tried in
 * test/virtual-network/network-killed-start.test.ts.
 */
const killedStarts = someOf(startPoints, 0, 3).filter((point) => point !== 'network:after-routes');
const killedStops = someOf(stopPoints, 0, 3);

/** Points that were reached: a list that misses one would prove nothing. */
const tried: string[] = [];

test.each(killedStarts)(
  'a start that is killed %s leaves nothing after the next look',
  async (point) => {
    await expectStartUndone(point);
    tried.push(`${point} killed`);
  },
);

test.each(killedStops)('a stop that is killed %s is finished by the next look', async (point) => {
  await using world = await makeNetworkWorld();
  const before = traces();
  const network = await world.connection.defineNetwork(xml);
  await network.start();
  const { signal } = await world.child(`
    const network = await connection.lookupNetworkByName('lan');
    ${armed(point, 'kill')}
    await network.destroy();`);
  expect(signal).toBe('SIGKILL');
  tried.push(`${point} killed`);
  const events = world.connection.networkEvents();
  expect(await network.info()).toMatchObject({ active: false });
  expect(traces()).toEqual(before);
  expect((await events.next()).value).toMatchObject({ event: 'stopped', network: 'lan' });
  await events.return?.();
});

test.each(startPoints)('a start that fails %s leaves nothing at all', async (point) => {
  await using world = await makeNetworkWorld();
  const before = traces();
  const network = await world.connection.defineNetwork(xml);
  process.env['TSLXC_NETWORK_FAILPOINT'] = `${point}=fail`;
  try {
    expect(await errorOf(() => network.start())).toMatchObject({
      step: point,
      message: containing(`failpoint ${point}`),
    });
  } finally {
    delete process.env['TSLXC_NETWORK_FAILPOINT'];
  }
  tried.push(`${point} failed`);
  expect(traces()).toEqual(before);
  expect(await network.info()).toMatchObject({ active: false });
});

test('a start that is killed at any moment, in the middle of a step too, leaves nothing after the next look', async () => {
  await using world = await makeNetworkWorld();
  const before = traces();
  const network = await world.connection.defineNetwork(xml);
  const ends: string[] = [];
  const moments = Array.from({ length: 21 }, (_, index) => 2 + 6 * index);
  for (const milliseconds of someOf(moments, 0)) {
    await killDuringStart(world.root, milliseconds);
    // A program that the dead caller was about to run has its lock for a moment more.
    const active = await eventually(async () => {
      const info = await network.info();
      if (!info.active) expect(traces()).toEqual(before);
      return info.active;
    });
    ends.push(`${milliseconds} ms: ${active ? 'started' : 'off'}`);
    if (active) await network.destroy();
    expect(traces()).toEqual(before);
  }
  process.stdout.write(`starts killed after ${ends.join(', ')}\n`);
});

async function killDuringStart(root: string, milliseconds: number): Promise<void> {
  const [program, ...words] = libraryWords(`
    const connection = await connect();
    const network = await connection.lookupNetworkByName('lan');
    console.log('starts');
    await network.start();
    setInterval(() => undefined, 1000);`);
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: commandEnvironment(root),
  });
  const ended = once(child, 'close');
  await once(createInterface({ input: child.stdout }), 'line');
  await sleep(milliseconds);
  child.kill('SIGKILL');
  await ended;
}

test('a stop that fails on its way is finished by the next look', async () => {
  await using world = await makeNetworkWorld();
  const before = traces();
  const network = await world.connection.createNetwork(xml);
  process.env['TSLXC_NETWORK_FAILPOINT'] = 'network:after-dnsmasq-stopped=fail';
  try {
    expect(await errorOf(() => network.destroy())).toMatchObject({ code: 'OPERATION_FAILED' });
  } finally {
    delete process.env['TSLXC_NETWORK_FAILPOINT'];
  }
  expect(traces()).not.toEqual(before);
  expect((await world.connection.listNetworks()).map(({ name }) => name)).toEqual(['default']);
  expect(traces()).toEqual(before);
});

test('a transient network whose start was killed is unknown afterwards', async () => {
  await using world = await makeNetworkWorld();
  const before = traces();
  const { signal } = await world.child(`
    ${armed('network:after-up', 'kill')}
    await connection.createNetwork(${JSON.stringify(xml)});`);
  expect(signal).toBe('SIGKILL');
  expect((await world.connection.listNetworks()).map(({ name }) => name)).toEqual(['default']);
  expect(traces()).toEqual(before);
});

test('a failpoint that there is not is an error', async () => {
  await using world = await makeNetworkWorld();
  process.env['TSLXC_NETWORK_FAILPOINT'] = 'network:after-nothing=kill';
  try {
    expect(await errorOf(() => world.connection.createNetwork(xml))).toBeInstanceOf(Error);
  } finally {
    delete process.env['TSLXC_NETWORK_FAILPOINT'];
  }
});

test('every failpoint has been tried that is to be', () => {
  process.stdout.write(`failpoints of networks tried: ${tried.join(', ')}\n`);
  expect(tried).toHaveLength(killedStarts.length + killedStops.length + startPoints.length);
});
