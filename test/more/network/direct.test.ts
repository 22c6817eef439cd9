/** Macvlans on a device of the host: which frames pass, and what comes back. */
import type { Domain } from 'tslxc';
import { containerTest } from '../../support/world/container-test';
import { eventually } from '../../support/time/eventually';
import { HostLinks, host, ip, settled } from '../../support/network/host-links';
import { sendSignal } from '../../support/process/send-signal';
import { expectReached, reaches } from '../../support/network/ping';
import { NetworkWorld, interfaceXml, macOf } from '../../support/network/network-world';

let links: HostLinks;

beforeAll(async () => {
  links = new HostLinks();
  // What would be a network card, and the switch at its other end: a port that can send frames back.
  await links.bridge('switch', '192.0.2.1/24');
  links.pair('card', 'wire');
  ip('link', 'set', 'wire', 'master', 'switch');
  ip('link', 'set', 'card', 'up');
  await settled('card', 'wire');
});

afterAll(() => links[Symbol.dispose]());

const world = containerTest(async (keep) => keep(await NetworkWorld.make()));

const direct = (mode: string | undefined, mac: string, device = 'card'): string =>
  interfaceXml({
    type: 'direct',
    source: `dev='${device}'${mode === undefined ? '' : ` mode='${mode}'`}`,
    mac,
    more: `<ip address='192.0.2.1${mac}' prefix='24'/>`,
  });

/** Two containers on the same device, which both reach the switch; the first of them. */
async function twoOn(mode: string | undefined): Promise<Domain> {
  const name = mode ?? 'unsaid';
  const { domain, inside } = await world.start({ name, devices: direct(mode, '01') });
  const { domain: other } = await world.start({ name: `${name}-2`, devices: direct(mode, '02') });
  expect(inside.link('eth0')).toMatchObject({
    address: macOf('01'),
    linkinfo: { info_kind: 'macvlan', info_data: { mode: mode ?? 'vepa' } },
  });
  expect(inside.isUp('eth0')).toBe(true);
  expect(host.names().filter((one) => /vnet|macvlan/.test(one))).toEqual([]);
  for (const one of [domain, other]) await expectReached(one, '192.0.2.1');
  return domain;
}

const second = '192.0.2.102';

test('without a mode it is vepa: frames between two go out, and come back only where they are sent back', async () => {
  const domain = await twoOn(undefined);
  expect(await reaches(domain, second)).toBe(false);
  ip('link', 'set', 'wire', 'type', 'bridge_slave', 'hairpin', 'on');
  try {
    await expectReached(domain, second);
  } finally {
    ip('link', 'set', 'wire', 'type', 'bridge_slave', 'hairpin', 'off');
  }
});

test('in bridge mode two talk directly', async () => {
  await expectReached(await twoOn('bridge'), second);
});

test('in private mode two don’t talk, even where frames are sent back', async () => {
  ip('link', 'set', 'wire', 'type', 'bridge_slave', 'hairpin', 'on');
  try {
    expect(await reaches(await twoOn('private'), second)).toBe(false);
  } finally {
    ip('link', 'set', 'wire', 'type', 'bridge_slave', 'hairpin', 'off');
  }
});

test('a bridge can be the device below', async () => {
  const { domain } = await world.start({
    name: 'on-bridge',
    devices: direct('bridge', '03', 'switch'),
  });
  await world.start({ name: 'on-card', devices: direct('bridge', '04') });
  await expectReached(domain, '192.0.2.104');
});

describe('passed through, the device has the address of the container', () => {
  const own = (): string => host.link('card').address;
  let address: string;

  beforeEach(() => {
    address = own();
  });

  test('and its own again after destroy', async () => {
    const { domain } = await world.start({ name: 'through', devices: direct('passthrough', '05') });
    expect(own()).toBe(macOf('05'));
    await expectReached(domain, '192.0.2.1');
    await domain.destroy();
    expect(own()).toBe(address);
    await domain.start();
    expect(own()).toBe(macOf('05'));
    await domain.destroy();
    expect(own()).toBe(address);
  });

  test.each(['init', 'monitor'] as const)('and when the %s is killed', async (victim) => {
    const { domain, init } = await world.start(
      { name: 'through', devices: direct('passthrough', '05') },
      { ownership: 'leave' },
    );
    sendSignal(victim === 'init' ? init : domain.id, 'SIGKILL');
    await eventually(() => expect(own()).toBe(address));
    await eventually(async () => expect((await domain.state()).state).toBe('shutoff'));
  });

  test('and when the start fails later', async () => {
    const domain = await world.define({
      name: 'through',
      devices: direct('passthrough', '05'),
      init: '/bin/none',
    });
    await expect(domain.start()).rejects.toThrow('cannot find init path');
    expect(own()).toBe(address);
  });

  test('and only one container can have it', async () => {
    await world.start({ name: 'through', devices: direct('passthrough', '05') });
    const second = await world.define({ name: 'second', devices: direct('passthrough', '06') });
    await expect(second.start()).rejects.toMatchObject({
      code: 'SYSTEM_ERROR',
      element: 'domain/devices/interface',
      message: expect.stringMatching(
        /^the network interface 'card' can't be shared in this way: .*passed through.*line \d+, column \d+\)/,
      ) as string,
    });
    expect(own()).toBe(macOf('05'));
  });
});

test('two with one address on a device are refused in the line of the second', async () => {
  await world.start({ name: 'first', devices: direct('bridge', '07') });
  const second = await world.define({ name: 'second', devices: direct('bridge', '07') });
  await expect(second.start()).rejects.toMatchObject({
    element: 'domain/devices/interface',
    message: expect.stringMatching(
      /^the MAC address of 'eth0' is in use on the device below it: .*line \d+, column \d+\)/,
    ) as string,
  });
});
