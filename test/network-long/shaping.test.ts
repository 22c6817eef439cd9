/** What `<bandwidth>` does to real TCP connections, in both directions from the container's point of view. */
import type { ActiveNetwork } from '../../lib/network/active-network';
import { clearShaping, shapeLink, shapeNetwork } from '../../lib/network/shaping/shaping';
import { withoutProgram } from '../support/fake/hidden-program';
import { Lab, run, serverAddress, type Place } from '../support/network/lab';
import { expectFast, expectSeconds } from '../support/network/transfers';

let lab: Lab;
let network: ActiveNetwork;
let guest: Place;
const host = 'vnet1000';

beforeEach(async () => {
  lab = await Lab.make();
  network = lab.network(`<network><name>default</name><forward mode='route'/><bridge name='virbr0'/>
    <ip address='192.168.122.1' netmask='255.255.255.0'/></network>`);
  guest = await lab.guest('virbr0', host, ['192.168.122.50/24']);
  await lab.serve();
});

afterEach(async () => {
  await lab.end();
});

/** Of `average='1000' burst='64'`. */
const rate = { average: 1000, burst: 64 };

/** Everything that is to see of queues, classes and filters, without what changes by itself. */
function queues(): string {
  const devices = JSON.parse(run('ip', '-json', 'link')) as { ifname: string }[];
  const shown = devices.map(({ ifname }) =>
    ['qdisc', 'class', 'filter'].map((what) => run('tc', what, 'show', 'dev', ifname)),
  );
  return JSON.stringify([devices.map(({ ifname }) => ifname), shown]);
}

function address(device: string, place?: Place): string {
  const argv = ['ip', '-json', 'link', 'show', device] as const;
  const text = place === undefined ? run(...argv) : place.run(...argv);
  const [link] = JSON.parse(text) as [{ address: string }];
  return link.address;
}

test('inbound: 5000 KiB take five seconds, and outbound stays fast', async () => {
  await shapeLink(host, { inbound: rate });
  expectSeconds(await guest.seconds('receive', 5000), 5);
  await expectFast(() => guest.seconds('send', 5000));
});

test('outbound: 5000 KiB take five seconds, and inbound stays fast', async () => {
  await shapeLink(host, { outbound: rate });
  expectSeconds(await guest.seconds('send', 5000), 5);
  await expectFast(() => guest.seconds('receive', 5000));
});

test('both directions have rates of their own', async () => {
  await shapeLink(host, { inbound: rate, outbound: { average: 2000, burst: 64 } });
  expectSeconds(await guest.seconds('receive', 3000), 3);
  expectSeconds(await guest.seconds('send', 6000), 3);
});

test('four connections share the rate, and all of them get through', async () => {
  await shapeLink(host, { outbound: rate });
  const seconds = await Promise.all([1, 2, 3, 4].map(() => guest.seconds('send', 1250)));
  expectSeconds(Math.max(...seconds), 5);
});

test('a burst goes out at once, and with a peak at that rate', async () => {
  await expectFast(async () => {
    // What has been used up of a burst would be missing in the next try.
    await shapeLink(host, {});
    await shapeLink(host, { inbound: { average: 100, burst: 4000 } });
    return await guest.seconds('receive', 3000);
  });
  await shapeLink(host, {});
  await shapeLink(host, { inbound: { average: 100, burst: 4000, peak: 1000 } });
  expectSeconds(await guest.seconds('receive', 3000), 3);
});

test('a rate is changed while packets wait, and the other direction is left alone', async () => {
  await shapeLink(host, { inbound: { average: 200 }, outbound: rate });
  const receiving = guest.seconds('receive', 4000);
  const before = run('tc', 'qdisc', 'show', 'dev', 'ifb-vnet1000');
  const classes = run('tc', 'class', 'show', 'dev', 'ifb-vnet1000');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await shapeLink(host, { inbound: { average: 2000 }, outbound: rate });
  // 200 KiB in the first second, the rest in two more.
  expectSeconds(await receiving, 2.9);
  expect(run('tc', 'qdisc', 'show', 'dev', 'ifb-vnet1000')).toBe(before);
  expect(run('tc', 'class', 'show', 'dev', 'ifb-vnet1000')).toBe(classes);
  expectSeconds(await guest.seconds('send', 2000), 2);
});

test('what is shaped twice is shaped once, and cleared nothing of it is left', async () => {
  const before = queues();
  const both = { inbound: rate, outbound: rate };
  const mac = address(host);
  await shapeLink(host, both);
  const shaped = queues();
  await shapeLink(host, both);
  expect(queues()).toBe(shaped);
  await shapeLink(host, { outbound: rate });
  await shapeLink(host, { inbound: rate });
  await clearShaping({ name: host, mac });
  await clearShaping({ name: host, mac });
  expect(queues()).toBe(before);
  await expectFast(() => guest.seconds('receive', 5000));
  await expectFast(() => guest.seconds('send', 5000));
});

test('the shaper is cleared though the interface has gone', async () => {
  await shapeLink(host, { outbound: rate });
  const mac = address(host);
  run('ip', 'link', 'delete', host);
  expect(run('ip', 'link')).toContain('ifb-vnet1000');
  await clearShaping({ name: host, mac });
  expect(run('ip', 'link')).not.toContain('ifb');
});

test('the shaper of an interface that has the name by now is left alone, and takes the place of the old one', async () => {
  await shapeLink(host, { outbound: rate });
  const before = address(host);
  run('ip', 'link', 'delete', host);
  const other = await lab.guest('virbr0', host, ['192.168.122.51/24']);
  await shapeLink(host, { outbound: rate });
  await clearShaping({ name: host, mac: before });
  expectSeconds(await other.seconds('send', 2000), 2);
});

test('a shaper that was removed by others is made again', async () => {
  await shapeLink(host, { outbound: rate });
  run('ip', 'link', 'delete', 'ifb-vnet1000');
  await shapeLink(host, { outbound: rate });
  expectSeconds(await guest.seconds('send', 2000), 2);
});

test('an interface whose name leaves no room for more is shaped as well', async () => {
  const other = await lab.guest('virbr0', 'fifteen-letters', ['192.168.122.51/24']);
  await shapeLink('fifteen-letters', { outbound: rate });
  expectSeconds(await other.seconds('send', 2000), 2);
  await clearShaping({ name: 'fifteen-letters', mac: address('fifteen-letters') });
  expect(run('ip', 'link')).not.toContain('ifb');
});

describe('of a network', () => {
  const shaped = (bandwidth: object): ActiveNetwork => ({
    ...network,
    definition: {
      ...network.definition,
      bandwidth: { ...bandwidth, position: { line: 1, column: 1 } },
    },
  });

  test('containers share it, in each direction, and it is not theirs among themselves', async () => {
    const other = await lab.guest('virbr0', 'vnet1001', ['192.168.122.51/24']);
    await lab.serve(other);
    await shapeNetwork(shaped({ inbound: rate, outbound: rate }));
    const guests = [guest, other];
    const received = await Promise.all(guests.map((one) => one.seconds('receive', 2500)));
    expectSeconds(Math.max(...received), 5);
    const sent = await Promise.all(guests.map((one) => one.seconds('send', 2500)));
    expectSeconds(Math.max(...sent), 5);
    await expectFast(() => guest.seconds('send', 5000, '192.168.122.51'));
  });

  test('what comes from outside counts', async () => {
    await lab.serve(lab.server);
    guest.run('ip', 'route', 'add', 'default', 'via', '192.168.122.1');
    lab.server.run('ip', 'route', 'add', '192.168.122.0/24', 'via', '203.0.113.1');
    await shapeNetwork(shaped({ inbound: rate }));
    expectSeconds(await guest.seconds('receive', 3000, serverAddress), 3);
    await expectFast(() => guest.seconds('send', 5000, serverAddress));
  });

  test('a floor is kept for its container, and left to others when it needs none', async () => {
    const other = await lab.guest('virbr0', 'vnet1001', ['192.168.122.51/24']);
    const mac = address('eth0', guest);
    const floors = [{ mac, floor: 800 }];
    await shapeNetwork(shaped({ inbound: rate }));
    await shapeNetwork(shaped({ inbound: rate }), floors);
    await shapeNetwork(shaped({ inbound: rate }), floors);
    const greedy = [1, 2, 3, 4].map(() => other.seconds('receive', 900));
    const kept = await guest.seconds('receive', 3200);
    // 800 of 1000 KiB/s for the one, though the other has four connections.
    expectSeconds(kept, 4);
    await Promise.all(greedy);
    expectSeconds(await other.seconds('receive', 3000), 3);
  });

  test('cleared, nothing of it is left', async () => {
    const before = queues();
    await shapeNetwork(shaped({ inbound: rate, outbound: rate }), [
      { mac: '52:54:00:12:34:56', floor: 100 },
    ]);
    await shapeNetwork(network);
    await shapeNetwork(network);
    expect(queues()).toBe(before);
  });
});

test('without tc, the error names the package', () => {
  const said = withoutProgram(
    'tc',
    `const { shapeLink } = load('network/shaping/shaping');
     return await shapeLink('vnet1000', {}).catch(({ code, message }) => ({ code, message }));`,
  );
  expect(said).toEqual({
    code: 'OPERATION_UNSUPPORTED',
    message:
      'Operation not supported: there is no tc on this machine: install the Debian package iproute2 ' +
      '(shape the network interface vnet1000)',
  });
});
