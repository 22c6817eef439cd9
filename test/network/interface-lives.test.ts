/** Interfaces of every type in a container with its own ids, and in one that restarts itself. */
import { runIn } from '../support/domain/exec';
import { initOf } from '../support/world/container-traces';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { HostLinks, NetworkView, host, ip, settled } from '../support/network/host-links';
import { inside as say } from '../support/domain/inside';
import { idMapXml, makeClosedRoot } from '../support/domain/mapped-domain';
import { NetworkWorld, interfaceXml, lentXml } from '../support/network/network-world';

const name = 'lives';

let links: HostLinks;

beforeAll(async () => {
  links = new HostLinks();
  await links.bridge('br0');
  for (const number of [0, 1, 2]) links.pair(`card${number}`, `wire${number}`);
  for (const card of ['card0', 'card1', 'card2']) ip('link', 'set', card, 'up');
  await settled('card0', 'card1', 'card2', 'wire0', 'wire1', 'wire2');
  ip('link', 'set', 'card2', 'down');
});

afterAll(() => links[Symbol.dispose]());

const world = containerTest(async (keep) => keep(await NetworkWorld.make()));

const ofEveryType = [
  interfaceXml({ type: 'bridge', source: "bridge='br0'", mac: '01' }),
  interfaceXml({ type: 'ethernet', mac: '02', more: "<ip address='192.0.2.2' prefix='24'/>" }),
  interfaceXml({ type: 'direct', source: "dev='card0' mode='bridge'", mac: '03' }),
  interfaceXml({ type: 'direct', source: "dev='card1' mode='passthrough'", mac: '04' }),
  lentXml('card2', "<ip address='2001:db8::2' prefix='64'/>"),
].join('');

const names = ['eth0', 'eth1', 'eth2', 'eth3', 'card2'];

function expectAllUp(inside: NetworkView): void {
  expect(inside.names().toSorted()).toEqual(['lo', ...names].toSorted());
  expect(names.map((one) => inside.isUp(one))).toEqual(names.map(() => true));
}

test('with ids of its own it has interfaces of every type, and root inside may change them', async () => {
  await using closed = await makeClosedRoot();
  const address = host.link('card1').address;
  const { domain, inside } = await world.start({
    name,
    source: closed.path,
    elements: idMapXml(),
    devices: ofEveryType,
  });
  expectAllUp(inside);
  expect(inside.addresses('eth1')).toContainEqual(expect.objectContaining({ local: '192.0.2.2' }));
  const answer = await say(
    domain,
    'busybox ip link set eth3 down && busybox ip link set card2 down && busybox ip link set card2 name mine; echo is=$?',
  );
  expect(answer).toContain('is=0');
  await domain.destroy();
  expect(host.names()).toContain('card2');
  expect(host.link('card1').address).toBe(address);
});

test.each(['keep', 'leave'] as const)(
  'one that reboots has them all again, with ownership %s',
  async (ownership) => {
    const { domain, init } = await world.start(
      {
        name,
        elements: '<on_reboot>restart</on_reboot>',
        devices: ofEveryType,
      },
      { ownership },
    );
    const stream = await domain.openConsole();
    stream.write('exec busybox reboot -f\n');
    stream.resume();
    const again = await eventually(async () => {
      const next = await initOf(name);
      expect(next).not.toBe(init);
      expect((await domain.state()).state).toBe('running');
      return next;
    });
    await eventually(() => expectAllUp(new NetworkView(again)));
    stream.destroy();
    await domain.destroy();
    expect(host.names()).toContain('card2');
  },
);

test('one with rates, which the caller sets at its start, reboots without a caller', async () => {
  const more = "<bandwidth><inbound average='1000'/></bandwidth>";
  const { domain, init } = await world.start(
    {
      name,
      elements: '<on_reboot>restart</on_reboot>',
      devices: interfaceXml({ type: 'bridge', source: "bridge='br0'", more }),
    },
    { ownership: 'leave' },
  );
  const { id } = domain;
  const stream = await domain.openConsole();
  stream.resume();
  stream.write('exec busybox reboot -f\n');
  await eventually(async () => expect(await initOf(name)).not.toBe(init));
  stream.destroy();
  // Until the monitor has put the new init on record, the one that has ended counts.
  await eventually(async () => {
    const { result } = await runIn(domain, ['/bin/busybox', 'true']);
    expect(result).toEqual({ code: 0 });
  });
  expect(domain.id).toBe(id);
  await domain.destroy();
});

test.each([
  ['with the ids of the host', ''],
  ['with ids of its own', idMapXml()],
])(
  'a reboot %s leaves the host’s sides as they are, and takes back what was done inside',
  async (_, elements) => {
    await using closed = await makeClosedRoot();
    const { domain } = await world.start({
      name,
      source: closed.path,
      elements,
      devices: ofEveryType,
    });
    const { id } = domain;
    const indexes = (): string[] => ip('-o', 'link').match(/^\d+: [^:@]+/gm) ?? [];
    const onHost = indexes();
    const init = await initOf(name);
    await say(
      domain,
      'busybox ip link set eth0 down && busybox ip link set eth0 name mine && ' +
        'busybox ip link set eth1 address 52:54:00:a0:00:77; busybox ip addr add 192.0.2.77/24 dev eth1; echo is=$?',
    );
    const stream = await domain.openConsole();
    stream.resume();
    stream.write('exec busybox reboot -f\n');
    const inside = await eventually(async () => {
      const next = await initOf(name);
      expect(next).not.toBe(init);
      return new NetworkView(next);
    });
    stream.destroy();
    // Init is there before its interfaces are.
    await eventually(() => expectAllUp(inside));
    expect(inside.link('eth1').address).toBe('52:54:00:a0:00:02');
    expect(inside.addresses('eth1').map(({ local }) => local)).not.toContain('192.0.2.77');
    expect(domain.id).toBe(id);
    expect(indexes()).toEqual(onHost);
    await domain.destroy();
  },
);
