/**
 * A process is killed between any two steps that make or take back a network interface. Whatever the moment, nothing is
 * left after the next command that looks, and the domain starts again. The points tried are printed.
 */
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import type { FailAction } from '../../lib/container/monitor/failpoints';
import { initOf, lookUntilGone, monitorsOf } from '../support/world/container-traces';
import { eventually } from '../support/time/eventually';
import { startOnce } from '../support/world/first-start';
import { HostLinks, NetworkView, host, ip, settled } from '../support/network/host-links';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import type { HostSnapshot } from '../support/world/host-snapshot';
import { NetworkWorld, interfaceXml, lentXml } from '../support/network/network-world';
import { spawnCommand } from '../support/process/run-command';

const minutes = 60_000;
const name = 'killed';

let links: HostLinks;
let world: NetworkWorld;
let looker: Connection;
let before: HostSnapshot;

beforeAll(async () => {
  links = new HostLinks();
  await links.bridge('br0');
  links.pair('card0', 'wire0');
  links.pair('lent0', 'wire1');
  for (const card of ['card0', 'lent0']) ip('link', 'set', card, 'up');
  await settled('card0', 'wire0', 'lent0', 'wire1');
  ip('link', 'set', 'lent0', 'down');
  await startOnce();
});

afterAll(() => links[Symbol.dispose]());

beforeEach(async () => {
  world = await NetworkWorld.make();
  before = snapshotHost();
  looker = await connect(undefined, { root: world.root });
});

afterEach(async () => {
  await looker.close();
  await world[Symbol.asyncDispose]();
});

const made = [
  interfaceXml({
    type: 'bridge',
    source: "bridge='br0'",
    mac: '01',
    more: "<ip address='192.0.2.2' prefix='24'/><port isolated='yes'/>",
  }),
  interfaceXml({
    type: 'ethernet',
    source: "<source><ip address='198.51.100.1' prefix='30'/></source>",
    mac: '02',
  }),
  interfaceXml({ type: 'direct', source: "dev='card0' mode='passthrough'", mac: '03' }),
].join('');

const actions = { caller: 'killController', monitor: 'killMonitor' } as const satisfies Record<
  string,
  FailAction
>;

/** Kills at a point, looks, and wants the host as before; then a start that works, and all gone again. */
async function tryOne(words: readonly string[], failpoint: string): Promise<void> {
  await spawnCommand([...words, name], { root: world.root, env: { TSLXC_FAILPOINT: failpoint } });
  await eventually(() => expect(monitorsOf(name)).toEqual([]));
  const domain = await looker.lookupDomainByName(name);
  await lookUntilGone(name, async () => expect((await domain.state()).state).toBe('shutoff'));
  await expectHostUnchanged(before, { except: ['descriptors'] });
  process.stdout.write(`${failpoint}: nothing left\n`);
}

async function expectStarts(): Promise<void> {
  const domain = await looker.lookupDomainByName(name);
  await domain.start({ ownership: 'leave' });
  const inside = new NetworkView(await initOf(name));
  expect(inside.names()).toContain('eth0');
  expect(inside.isUp('eth0')).toBe(true);
  await domain.destroy();
  await eventually(() => expect(monitorsOf(name)).toEqual([]));
  await expectHostUnchanged(before, { except: ['descriptors'] });
}

async function stepsOf(): Promise<number> {
  const { mapped } = await looker.plan({ name });
  return mapped.length;
}

test.each(['caller', 'monitor'] as const)(
  'the %s killed between any two steps that make interfaces leaves nothing',
  async (victim) => {
    await world.define({ name, devices: made });
    const steps = await stepsOf();
    expect(steps).toBeGreaterThanOrEqual(9);
    for (let step = 1; step <= steps; step += 1) {
      await tryOne(['start'], `monitor:after-mapped#${step}=${actions[victim]}`);
    }
    // With the monitor the network goes that would be kept: the kernel frees the card in its own time.
    await (victim === 'monitor' ? eventually(expectStarts) : expectStarts());
  },
  2 * minutes,
);

test(
  'the caller killed between any two steps brings what was lent home',
  async () => {
    await world.define({ name, devices: made + lentXml('lent0') });
    const steps = await stepsOf();
    for (let step = 1; step <= steps; step += 1) {
      await tryOne(['start'], `monitor:after-mapped#${step}=killController`);
      expect(host.names()).toContain('lent0');
    }
    await expectStarts();
  },
  2 * minutes,
);

test.each([
  'controller:before-start-record',
  'controller:after-start-record',
  'controller:before-spawn',
  'controller:after-spawn',
  'controller:after-spawned',
  'monitor:after-clone',
  'monitor:after-proceed',
  'monitor:after-ready',
  'monitor:before-exec',
])('the caller killed at %s leaves nothing', async (point) => {
  await world.define({ name, devices: made + lentXml('lent0') });
  const failpoint = `${point}=killController`;
  await spawnCommand(['start', name], { root: world.root, env: { TSLXC_FAILPOINT: failpoint } });
  const domain = await looker.lookupDomainByName(name);
  await eventually(async () => {
    const { state } = await domain.state();
    // The kernel closes the caller's socket when it gets to it: the monitor may have committed by then.
    if (state === 'running') await domain.destroy();
    expect((await domain.state()).state).toBe('shutoff');
    expect(monitorsOf(name)).toEqual([]);
  });
  await expectHostUnchanged(before, { except: ['descriptors'] });
  process.stdout.write(`${failpoint}: nothing left\n`);
  await expectStarts();
});

test(
  'who destroys, killed between any two things that it gives back, leaves nothing',
  async () => {
    const domain = await world.define({ name, devices: made + lentXml('lent0') });
    // Two for the passed-through card, two host sides, one that is lent, the cgroups.
    const things = 6;
    for (let thing = 1; thing <= things; thing += 1) {
      await domain.start({ ownership: 'leave' });
      await initOf(name);
      await tryOne(['destroy'], `controller:after-undo#${thing}=killController`);
      expect(host.names()).toContain('lent0');
    }
    await expectStarts();
  },
  2 * minutes,
);
