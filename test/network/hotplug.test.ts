/** Network interfaces that come to a running container, and go: looked at from inside and from the host. */
import { readFileSync, writeFileSync } from 'node:fs';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { HostLinks, host, ip, NetworkView } from '../support/network/host-links';
import { interfaceXml, lentXml, macOf, NetworkWorld } from '../support/network/network-world';
import { expectReached } from '../support/network/ping';
import { rebootFromInside } from '../support/domain/exec';
import { inside as say } from '../support/domain/inside';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';
import { runCommand } from '../support/process/run-command';

let links: HostLinks;

beforeAll(async () => {
  links = new HostLinks();
  await links.bridge('br0', '192.0.2.1/24');
  links.pair('uplink0', 'uplink1');
  // No addresses of their own, which come and go with the carrier.
  for (const name of ['uplink0', 'uplink1']) {
    writeFileSync(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, '1');
  }
});

afterAll(() => links[Symbol.dispose]());

const world = containerTest(async (keep) => keep(await NetworkWorld.make()));

const onBridge = (more = '', mac = '01'): string =>
  interfaceXml({ type: 'bridge', source: "bridge='br0'", mac, more });

const ports = (): string[] =>
  host
    .links()
    .filter(({ master, ifname }) => master === 'br0' && ifname !== 'br0-port')
    .map(({ ifname }) => ifname);

const start = (name: string, devices = onBridge()) => world.start({ name, devices });
const record = (name: string): { undo: { undo: string }[]; links?: unknown[]; plug?: unknown } =>
  JSON.parse(readFileSync(runPaths(statePaths(world.root), name).start, 'utf8')) as never;

test('an interface of a bridge is there at once, up, with its address and its routes', async () => {
  const { domain, inside } = await start('bridged');
  const before = await domain.xml();
  const more =
    "<ip address='192.0.2.10' prefix='24'/><route address='0.0.0.0' gateway='192.0.2.1'/>";
  await domain.attachDevice(onBridge(more, '02'));
  expect(inside.names()).toEqual(['lo', 'eth0', 'eth1']);
  expect(inside.link('eth1')).toMatchObject({ address: macOf('02') });
  expect(inside.isUp('eth1')).toBe(true);
  expect(inside.routes()).toContainEqual(
    expect.objectContaining({ dst: 'default', gateway: '192.0.2.1', dev: 'eth1' }),
  );
  await expectReached(domain, '192.0.2.1');
  expect(ports()).toHaveLength(2);
  const [, own] = (await domain.interfaces()).map(({ name, guest, mac }) => ({ name, guest, mac }));
  expect(own).toEqual({ name: ports()[1], guest: 'eth1', mac: macOf('02') });
  expect(await domain.xml()).toContain("<guest dev='eth1'/>");
  await domain.detachDevice(onBridge('', '02'));
  expect(inside.names()).toEqual(['lo', 'eth0']);
  expect(ports()).toHaveLength(1);
  expect(await domain.xml()).toBe(before);
  expect(record('bridged').undo.filter(({ undo }) => undo === 'removeLink')).toHaveLength(1);
});

test('it has a name inside that is free there, and one that is asked for only if it is free', async () => {
  const { domain, inside } = await start('named');
  expect(inside.try('ip', 'link', 'add', 'eth1', 'type', 'bridge')).toBe(true);
  await domain.attachDevice(onBridge('', '02'));
  expect(inside.names()).toEqual(['lo', 'eth0', 'eth1', 'eth2']);
  const before = record('named');
  await expect(domain.attachDevice(onBridge("<guest dev='eth1'/>", '03'))).rejects.toMatchObject({
    code: 'RESOURCE_BUSY',
    message: "resource busy: the container has a network interface 'eth1' already",
  });
  await domain.attachDevice(onBridge("<guest dev='lan0'/><target dev='web-side'/>", '03'));
  expect(inside.names()).toContain('lan0');
  expect(ports()).toContain('web-side');
  expect(record('named').links).toHaveLength((before.links?.length ?? 0) + 1);
});

test.each([
  ['bridge', "<source bridge='none'/>", 'SYSTEM_ERROR', "cannot find the bridge 'none'"],
  ['bridge', "<source bridge='uplink0'/>", 'CONFIG_UNSUPPORTED', 'is not a bridge'],
  ['network', "<source network='none'/>", 'NO_NETWORK', 'no network with matching name'],
  ['direct', "<source dev='none'/>", 'SYSTEM_ERROR', "cannot find the network interface 'none'"],
])(
  'what is not there is refused, and nothing is changed: %s %s',
  async (...[type, source, code, words]) => {
    const { domain, inside } = await start('refused');
    const before = readFileSync(runPaths(statePaths(world.root), 'refused').start, 'utf8');
    await expect(
      domain.attachDevice(interfaceXml({ type, source, mac: '02' })),
    ).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string });
    expect(inside.names()).toEqual(['lo', 'eth0']);
    expect(readFileSync(runPaths(statePaths(world.root), 'refused').start, 'utf8')).toBe(before);
  },
);

test('what fails when it is half done is undone', async () => {
  const { domain, inside } = await start('half');
  const route = "<route address='198.51.100.0' prefix='24' gateway='203.0.113.9'/>";
  await expect(domain.attachDevice(onBridge(route, '02'))).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    message: expect.stringContaining('reaches the gateway 203.0.113.9') as string,
    element: 'domain/devices/interface',
  });
  expect(inside.names()).toEqual(['lo', 'eth0']);
  expect(ports()).toHaveLength(1);
  expect(record('half').plug).toBeUndefined();
  expect(await domain.interfaces()).toHaveLength(1);
});

test('a free pair, a macvlan and an interface of the host come, talk to their end, and go', async () => {
  const { domain, inside } = await start('kinds');
  const free = interfaceXml({
    type: 'ethernet',
    source: "<source><ip address='198.51.100.1' prefix='24'/></source>",
    mac: '02',
    more: "<ip address='198.51.100.2' prefix='24'/>",
  });
  await domain.attachDevice(free);
  await expectReached(domain, '198.51.100.1');
  const direct = interfaceXml({
    type: 'direct',
    source: "dev='br0-port' mode='bridge'",
    mac: '03',
  });
  // A port of a bridge can't be shared.
  await expect(domain.attachDevice(direct)).rejects.toMatchObject({ code: 'SYSTEM_ERROR' });
  ip('link', 'set', 'uplink0', 'up');
  const onUplink = interfaceXml({
    type: 'direct',
    source: "dev='uplink0' mode='bridge'",
    mac: '03',
  });
  await domain.attachDevice(onUplink);
  expect(inside.link('eth2')).toMatchObject({ linkinfo: { info_kind: 'macvlan' } });
  expect(inside.isUp('eth2')).toBe(true);
  await domain.detachDevice(onUplink);
  const lent = lentXml('uplink0', "<ip address='203.0.113.5' prefix='24'/>");
  await domain.attachDevice(lent);
  expect(host.names()).not.toContain('uplink0');
  expect(inside.addresses('uplink0').map(({ local }) => local)).toContain('203.0.113.5');
  expect((await domain.interfaces()).map(({ type }) => type)).toEqual([
    'bridge',
    'ethernet',
    'hostdev',
  ]);
  await domain.detachDevice(lent);
  expect(host.names()).toContain('uplink0');
  await domain.detachDevice(free);
  expect(inside.names()).toEqual(['lo', 'eth0']);
});

test('a macvlan that root inside has given another name and another address goes', async () => {
  const { domain, inside } = await start('renamed');
  ip('link', 'set', 'uplink1', 'up');
  const macvlans = ['03', '04'].map((mac) =>
    interfaceXml({ type: 'direct', source: "dev='uplink1' mode='bridge'", mac }),
  );
  for (const one of macvlans) await domain.attachDevice(one);
  expect(inside.names()).toEqual(['lo', 'eth0', 'eth1', 'eth2']);
  expect(inside.try('ip', 'link', 'set', 'eth1', 'down')).toBe(true);
  expect(inside.try('ip', 'link', 'set', 'eth1', 'name', 'mine', 'address', macOf('77'))).toBe(
    true,
  );
  await domain.detachDevice(macvlans[0] ?? '');
  expect(inside.names()).toEqual(['lo', 'eth0', 'eth2']);
  await domain.detachDevice(macvlans[1] ?? '');
  expect(inside.names()).toEqual(['lo', 'eth0']);
});

test.each(['destroy', 'shutdown'] as const)(
  'a lent interface and a macvlan that came later come home at the end: %s',
  async (how) => {
    const { domain } = await start(`home-${how}`);
    await domain.attachDevice(lentXml('uplink0'));
    ip('link', 'set', 'uplink1', 'up');
    await domain.attachDevice(
      interfaceXml({ type: 'direct', source: "dev='uplink1' mode='bridge'", mac: '03' }),
    );
    if (how === 'destroy') await domain.destroy();
    else await say(domain, 'exit').catch(() => undefined);
    await eventually(async () => expect((await domain.state()).state).toBe('shutoff'));
    expect(host.names()).toContain('uplink0');
    expect(ports()).toEqual([]);
  },
);

test('what came and what went is there, and gone, after a reboot under the same monitor', async () => {
  const { domain } = await start('again', onBridge() + onBridge('', '04'));
  const { id } = domain;
  await domain.attachDevice(onBridge("<ip address='192.0.2.10' prefix='24'/>", '02'));
  await domain.detachDevice(onBridge('', '04'));
  const before = await initOf('again');
  await rebootFromInside(domain);
  await eventually(async () => expect(await initOf('again')).not.toBe(before));
  expect(domain.id).toBe(id);
  const inside = new NetworkView(await initOf('again'));
  await eventually(() => {
    expect(inside.names().sort()).toEqual(['eth0', 'eth2', 'lo']);
    expect(inside.addresses('eth2').map(({ local }) => local)).toContain('192.0.2.10');
  });
  expect(await domain.interfaces()).toHaveLength(2);
});

test('its rates hold as at a start', async () => {
  const { domain } = await start('rated');
  const rates = "<bandwidth><inbound average='1000'/></bandwidth>";
  await domain.attachDevice(onBridge(rates, '02'));
  expect(await domain.getBandwidth(macOf('02'))).toEqual({ inbound: { average: 1000 } });
  const [, port = ''] = ports();
  expect(ip('-details', 'link', 'show', port)).toContain(' qdisc ');
});

test('the last that goes leaves the container with a network of its own', async () => {
  const { domain, inside } = await start('last');
  await domain.detachDevice(onBridge());
  expect(inside.names()).toEqual(['lo']);
  expect(await domain.xml()).toContain('<privnet/>');
  await domain.attachDevice(onBridge());
  expect(inside.names()).toEqual(['lo', 'eth0']);
});

test('a container of the host’s network gets none', async () => {
  const domain = await world.define({ name: 'open', devices: '' });
  await domain.start();
  await expect(domain.attachDevice(onBridge())).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
    message: expect.stringContaining('uses the host’s network') as string,
  });
  expect(ports()).toEqual([]);
});

test('the commands of virsh do it', async () => {
  const { domain, inside } = await start('typed');
  const tslxc = (...words: string[]) => runCommand(words, { root: world.root });
  const attached = await tslxc('attach-interface', 'typed', 'bridge', 'br0', '--live', '--config');
  expect(attached).toMatchObject({ code: 0, stdout: 'Interface attached successfully\n\n' });
  expect(inside.names()).toEqual(['lo', 'eth0', 'eth1']);
  const list = (await tslxc('domiflist', 'typed')).stdout;
  expect(list.match(/bridge +br0/g)).toHaveLength(2);
  const mac = (await domain.interfaces())[1]?.mac ?? '';
  const detached = await tslxc('detach-interface', 'typed', 'bridge', '--mac', mac, '--persistent');
  expect(detached).toMatchObject({ code: 0, stdout: 'Interface detached successfully\n\n' });
  expect(inside.names()).toEqual(['lo', 'eth0']);
  expect(await domain.xml({ which: 'inactive' })).not.toContain(mac);
});
