/** lib/driver/interfaces/own-addresses.ts: no two running containers have one address, or one MAC address, on one bridge. */
import { EventEmitter, once } from 'node:events';
import type { LinkRecord } from '../../../../lib/container/record/run-state';
import type { Connection } from '../../../../lib/driver/connection';
import type { Domain } from '../../../../lib/driver/domain';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';
import { containing } from '../refusal';

removeScratchAfterEach();

const [mac, other] = ['52:54:00:00:00:01', '52:54:00:00:00:02'];

let host: FakeHost;
let connection: Connection;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
});

/** On this bridge with this address, and what a start puts on record of it. */
async function plugged(name: string, { bridge = 'br0', of = mac, more = '' } = {}) {
  const devices = `<interface type='bridge'><source bridge='${bridge}'/><mac address='${of}'/><ip address='10.7.0.5' prefix='24'/>${more}</interface>`;
  const domain = await connection.defineDomain(domainXml({ name, devices }));
  const addresses = [{ family: 'ipv4', address: '10.7.0.5', prefix: 24 }] as const;
  const record: LinkRecord = {
    type: 'bridge',
    guest: 'eth0',
    host: 'v',
    mac: of,
    bridge,
    addresses,
  };
  return { domain, record };
}

/** The same interface without an address of its own. */
async function unaddressed(name: string): Promise<Domain> {
  const devices = `<interface type='bridge'><source bridge='br0'/><mac address='${mac}'/></interface>`;
  return await connection.defineDomain(domainXml({ name, devices }));
}

test('the second start with an address is refused, with the name of the first, until that ends', async () => {
  const [first, second] = [await plugged('first'), await plugged('second', { of: other })];
  host.network.records = [first.record];
  await first.domain.start();
  await expect(second.domain.start()).rejects.toMatchObject({
    code: 'RESOURCE_BUSY',
    message: containing("10.7.0.5 on the bridge 'br0' is that of domain 'first'"),
    element: 'domain/devices/interface',
    line: expect.any(Number) as number,
  });
  await first.domain.destroy();
  await second.domain.start();
});

test('of two starts at once, one has the address', async () => {
  const [first, second] = [await plugged('first'), await plugged('second', { of: other })];
  host.network.records = [first.record];
  const started = await Promise.allSettled([first.domain.start(), second.domain.start()]);
  expect(started.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('of three starts at once with one MAC address, one runs, and the others name it', async () => {
  const domains = [await unaddressed('a'), await unaddressed('b'), await unaddressed('c')];
  const { addresses: _none, ...record } = (await plugged('other')).record;
  host.network.records = [record];
  const started = await Promise.allSettled(domains.map((domain) => domain.start()));
  expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const [runs] = await connection.listDomains({ state: 'active' });
  const refusal = {
    code: 'RESOURCE_BUSY',
    message: containing(
      `the MAC address ${mac} on the bridge 'br0' is that of domain '${runs?.name}'`,
    ),
    element: 'domain/devices/interface',
  };
  expect(
    started.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : [])),
  ).toEqual([1, 2].map(() => expect.objectContaining(refusal) as Error));
});

test('a start whose process has died has no address', async () => {
  const [first, second] = [await plugged('first'), await plugged('second', { of: other })];
  host.network.records = [first.record];
  await first.domain.start();
  host.killMonitor('first');
  await second.domain.start();
});

test('a start that is not on record yet keeps no other from its bridge', async () => {
  const [slow, fast] = [await plugged('slow'), await plugged('fast', { of: other })];
  host.network.records = [slow.record];
  const others = new EventEmitter();
  host.network.slow.set(
    'slow',
    once(others, 'done').then(() => undefined),
  );
  const outcome = expect(slow.domain.start()).rejects.toMatchObject({ code: 'RESOURCE_BUSY' });
  await fast.domain.start();
  others.emit('done');
  await outcome;
});

test('an address on another bridge, or in a VLAN, is another one', async () => {
  const first = await plugged('first');
  host.network.records = [first.record];
  await first.domain.start();
  const elsewhere = await plugged('elsewhere', { bridge: 'br1', of: other });
  await elsewhere.domain.start();
  const tag = "<vlan><tag id='7'/></vlan>";
  const tagged = await plugged('tagged', { of: '52:54:00:00:00:03', more: tag });
  await tagged.domain.start();
});

test('an address that DHCP has given to a running container is taken as well', async () => {
  const [first, second] = [await plugged('first'), await plugged('second', { of: other })];
  const { addresses: _given, ...leased } = first.record;
  host.network.records = [leased];
  host.forwards.leases.set(mac, '10.7.0.5');
  await first.domain.start();
  await expect(second.domain.start()).rejects.toMatchObject({ code: 'RESOURCE_BUSY' });
});

test('an interface with an address that another container has is not attached', async () => {
  const first = await plugged('first');
  host.network.records = [first.record];
  await first.domain.start();
  host.network.records = [];
  const second = await connection.defineDomain(
    domainXml({ name: 'second', devices: '<interface type="ethernet"/>' }),
  );
  await second.start();
  const device = `<interface type='bridge'><source bridge='br0'/><mac address='${other}'/><ip address='10.7.0.5' prefix='24'/></interface>`;
  await expect(second.attachDevice(device)).rejects.toMatchObject({ code: 'RESOURCE_BUSY' });
});

test('domifaddr knows the addresses that the definition gives, and says each once', async () => {
  const { domain, record } = await plugged('first');
  host.network.records = [record];
  await domain.start();
  expect(await domain.addresses({ source: 'lease' })).toEqual([
    { family: 'ipv4', address: '10.7.0.5', prefix: 24, interface: 'v', mac },
  ]);
});
