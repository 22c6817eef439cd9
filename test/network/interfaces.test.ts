/** Interfaces of running containers, looked at from inside and from the host. */
import { readFileSync } from 'node:fs';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { HostLinks, host, ip } from '../support/network/host-links';
import type { ShownLink } from '../support/network/host-links';
import { inside as say } from '../support/domain/inside';
import { idMapXml, makeClosedRoot } from '../support/domain/mapped-domain';
import { NetworkWorld, interfaceXml, macOf } from '../support/network/network-world';
import { expectReached, reaches } from '../support/network/ping';

let links: HostLinks;

beforeAll(async () => {
  links = new HostLinks();
  await links.bridge('br0', '192.0.2.1/24', '2001:db8::1/64');
});

afterAll(() => links[Symbol.dispose]());

const world = containerTest(async (keep) => keep(await NetworkWorld.make()));

const onBridge = (more = '', mac = '01'): string =>
  interfaceXml({ type: 'bridge', source: "bridge='br0'", mac, more });

/** Of br0, those that are of containers. */
const ports = (): ShownLink[] =>
  host.links().filter(({ master, ifname }) => master === 'br0' && ifname !== 'br0-port');

test('a port of a bridge is up with its address before anything is configured', async () => {
  const { domain, inside } = await world.start({ name: 'plain', devices: onBridge() });
  expect(inside.names()).toEqual(['lo', 'eth0']);
  expect(inside.link('eth0')).toMatchObject({ address: macOf('01'), mtu: 1500 });
  expect([inside.isUp('lo'), inside.isUp('eth0')]).toEqual([true, true]);
  expect(inside.routes()).toEqual([]);
  // The kernel gives it that once it has noticed the carrier.
  await eventually(() => {
    expect(inside.addresses('eth0').map(({ scope }) => scope)).toEqual(['link']);
  });
  const shown = await say(domain, 'busybox ifconfig');
  expect(shown).toMatch(/^eth0 +Link encap:Ethernet +HWaddr 52:54:00:A0:00:01/m);
  expect(shown).toMatch(/inet6 addr: fe80::5054:ff:fea0:1\/64 Scope:Link/);
  expect(shown).toMatch(/^lo +Link encap:Local Loopback/m);
  const [port] = ports();
  expect(port?.ifname).toMatch(/^vnet1\d{3}$/);
  expect(port).toMatchObject({ address: 'fe:54:00:a0:00:01' });
  expect(host.isUp(port?.ifname ?? '')).toBe(true);
  expect(host.link('br0').address).toBe('52:54:00:b0:00:01');
});

test('it is configured by hand as on any machine, and talks', async () => {
  const { domain } = await world.start({ name: 'by-hand', devices: onBridge() });
  await say(
    domain,
    'busybox ifconfig eth0 192.0.2.50 && busybox route add default gw 192.0.2.1 eth0',
  );
  expect(await say(domain, 'busybox route -n')).toMatch(/^0\.0\.0\.0 +192\.0\.2\.1 /m);
  await expectReached(domain, '192.0.2.1');
  expect(await reaches(domain, '192.0.2.77')).toBe(false);
});

test('addresses, routes and IPv6 are there from the start', async () => {
  const more = [
    "<ip address='192.0.2.10' prefix='24'/>",
    "<ip address='10.1.2.3'/>",
    "<ip family='ipv6' address='2001:db8::10' prefix='64'/>",
    "<route address='0.0.0.0' gateway='192.0.2.1'/>",
    "<route address='198.51.100.0' prefix='24' gateway='192.0.2.9' metric='7'/>",
    "<route family='ipv6' address='::' gateway='2001:db8::1'/>",
  ].join('');
  const { domain, inside } = await world.start({ name: 'addressed', devices: onBridge(more) });
  const own = inside.addresses('eth0').filter(({ scope }) => scope === 'global');
  expect(own).toEqual([
    expect.objectContaining({ local: '192.0.2.10', prefixlen: 24, broadcast: '192.0.2.255' }),
    expect.objectContaining({ local: '10.1.2.3', prefixlen: 8, broadcast: '10.255.255.255' }),
    expect.objectContaining({ local: '2001:db8::10', prefixlen: 64 }),
  ]);
  expect(inside.routes()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ dst: 'default', gateway: '192.0.2.1', dev: 'eth0', metric: 1 }),
      expect.objectContaining({ dst: '198.51.100.0/24', gateway: '192.0.2.9', metric: 7 }),
    ]),
  );
  expect(inside.routes('-6')).toContainEqual(
    expect.objectContaining({ dst: 'default', gateway: '2001:db8::1', metric: 1 }),
  );
  await expectReached(domain, '192.0.2.1');
  await expectReached(domain, '2001:db8::1');
});

test('three interfaces have their order, names, addresses and MTU', async () => {
  const devices = [
    onBridge('<mtu size="1300"/>', '01'),
    onBridge("<target dev='web-side'/><guest dev='lan0'/>", '02'),
    onBridge('', '03'),
  ].join('');
  const { domain, inside } = await world.start({ name: 'three', devices });
  const [, ...own] = inside.links();
  expect(own.map(({ ifname, address, mtu }) => [ifname, address, mtu])).toEqual([
    ['eth0', macOf('01'), 1300],
    ['lan0', macOf('02'), 1500],
    ['eth1', macOf('03'), 1500],
  ]);
  expect(ports().map(({ address, mtu }) => [address, mtu])).toEqual([
    ['fe:54:00:a0:00:01', 1300],
    ['fe:54:00:a0:00:02', 1500],
    ['fe:54:00:a0:00:03', 1500],
  ]);
  expect(ports()[1]?.ifname).toBe('web-side');
  const xml = await domain.xml();
  const interfaces = xml.split('<interface').slice(1);
  expect(interfaces.map((text) => /<guest dev='(.*?)'/.exec(text)?.[1])).toEqual([
    'eth0',
    'lan0',
    'eth1',
  ]);
  expect(interfaces.map((text) => /<target dev='(.*?)'/.exec(text)?.[1])).toEqual(
    ports().map(({ ifname }) => ifname),
  );
  expect(await domain.xml({ which: 'inactive' })).not.toContain('vnet1');
});

test('an interface is down when its link state is', async () => {
  const more = "<ip address='192.0.2.10' prefix='24'/><link state='down'/>";
  const { inside } = await world.start({ name: 'down', devices: onBridge(more) });
  expect([inside.isUp('lo'), inside.isUp('eth0')]).toEqual([true, false]);
  expect(inside.addresses('eth0').map(({ local }) => local)).toEqual(['192.0.2.10']);
});

test('two containers on one bridge talk, and isolated ones don’t', async () => {
  const device = (number: number, port: 'isolated' | 'open'): string =>
    onBridge(
      `<ip address='192.0.2.${number}' prefix='24'/>${port === 'isolated' ? "<port isolated='yes'/>" : ''}`,
      String(number),
    );
  const { domain } = await world.start({ name: 'first', devices: device(11, 'isolated') });
  await world.start({ name: 'second', devices: device(12, 'open') });
  await world.start({ name: 'third', devices: device(13, 'isolated') });
  await expectReached(domain, '192.0.2.12');
  expect(await reaches(domain, '192.0.2.13')).toBe(false);
  await expectReached(domain, '192.0.2.1');
});

test('the MTU of a bridge is that of its ports', async () => {
  using more = new HostLinks('beside others');
  await more.bridge('br1');
  ip('link', 'set', 'br1', 'mtu', '1400');
  const devices = interfaceXml({ type: 'bridge', source: "bridge='br1'" });
  const { domain, inside } = await world.start({ name: 'small', devices });
  expect(inside.link('eth0').mtu).toBe(1400);
  await domain.destroy();
});

test('an ethernet interface has its other side on the host, with what it is given there', async () => {
  const source =
    "<source><ip address='198.51.100.1' prefix='30'/><route address='203.0.113.0' prefix='24' gateway='198.51.100.2'/></source>";
  const more =
    "<ip address='198.51.100.2' prefix='30'/><route address='0.0.0.0' gateway='198.51.100.1'/><target dev='free0'/>";
  const devices = interfaceXml({ type: 'ethernet', source, more });
  const { domain } = await world.start({ name: 'routed', devices });
  expect(host.link('free0')).not.toHaveProperty('master');
  const own = host.addresses('free0').filter(({ family }) => family === 'inet');
  expect(own).toEqual([expect.objectContaining({ local: '198.51.100.1', prefixlen: 30 })]);
  expect(host.routes()).toContainEqual(
    expect.objectContaining({ dst: '203.0.113.0/24', gateway: '198.51.100.2', dev: 'free0' }),
  );
  await expectReached(domain, '198.51.100.1');
  await expectReached(domain, '192.0.2.1');
});

test('the host takes no word of a router from the other side', async () => {
  const more = "<target dev='free0'/>";
  await world.start({ name: 'router', devices: interfaceXml({ type: 'ethernet', more }) });
  expect(readFileSync('/proc/sys/net/ipv6/conf/free0/accept_ra', 'utf8')).toBe('0\n');
});

test('with an id map the interface is the container’s, and its /sys and settings are its own', async () => {
  const more = "<ip address='192.0.2.10' prefix='24'/>";
  await using closed = await makeClosedRoot();
  const { domain } = await world.start({
    name: 'mapped',
    devices: onBridge(more),
    elements: idMapXml(),
    source: closed.path,
  });
  expect(await say(domain, 'busybox id -u; busybox ls /sys/class/net')).toMatch(/^0\neth0\s+lo$/m);
  await expectReached(domain, '192.0.2.1');
  expect(
    await say(domain, 'busybox ip link set eth0 mtu 1400; busybox ip link show eth0'),
  ).toContain('mtu 1400');
  expect(await say(domain, 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo is=$?')).toContain('is=0');
  expect(await domain.info()).toMatchObject({ isolation: 'user-namespace' });
  await domain.destroy();
});

test('a container with an interface doesn’t share the host’s network, and may manage its own', async () => {
  const seen: string[] = [];
  const over = new AbortController();
  const events = world.connection.events({ signal: over.signal });
  const { domain } = await world.start({ name: 'own-net', devices: onBridge() });
  await domain.destroy();
  for await (const { event, detail } of events) {
    seen.push(`${event} ${detail}`);
    if (event === 'stopped') over.abort();
  }
  expect(seen).not.toContain('warning SharedHostNetwork');
  await domain.start();
  const status = await say(domain, 'grep CapEff /proc/self/status');
  const [netAdmin, netRaw] = [12n, 13n];
  const held = BigInt(`0x${/CapEff:\s+(\w+)/.exec(status)?.[1] ?? '0'}`);
  expect([(held >> netAdmin) & 1n, (held >> netRaw) & 1n]).toEqual([1n, 1n]);
});
