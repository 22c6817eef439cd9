/** lib/driver: the interfaces and addresses of a domain. */
import type { LinkRecord } from '../../../../lib/container/record/run-state';
import { hostSideMac } from '../../../../lib/domain/interface/mac-address';
import type { Connection } from '../../../../lib/driver/connection';
import type { Domain } from '../../../../lib/driver/domain';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { address, link, noTraffic } from '../../../support/fake/host/fake-links';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const mac = '52:54:00:00:00:01';
const other = '52:54:00:00:00:02';

const devices = `
  <interface type='bridge'>
    <source bridge='br0'/>
    <mac address='${mac}'/>
    <model type='virtio'/>
  </interface>
  <interface type='direct'>
    <source dev='eth7'/>
    <mac address='${other}'/>
    <guest dev='lan'/>
    <link state='down'/>
  </interface>
  <hostdev mode='capabilities' type='net'>
    <source><interface>eth1</interface></source>
  </hostdev>`;

const records: readonly LinkRecord[] = [
  { type: 'bridge', guest: 'eth0', host: 'vnet1000', mac, bridge: 'br0' },
  { type: 'direct', guest: 'lan', mac: other, device: 'eth7' },
  { type: 'hostdev', guest: 'eth1', host: 'eth1', mac: '' },
];

let host: FakeHost;
let connection: Connection;
let domain: Domain;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  host.network.records = records;
  host.network.host = [
    link({
      name: 'vnet1000',
      kind: 'veth',
      address: hostSideMac(mac),
      statistics: { ...noTraffic, rxBytes: 10n, txBytes: 70n, txPackets: 7n, rxDropped: 1n },
    }),
  ];
  host.network.inside = {
    links: [
      link({ index: 1, name: 'lo', address: '00:00:00:00:00:00' }),
      link({ index: 2, name: 'eth0', kind: 'veth', address: mac }),
      link({
        index: 3,
        name: 'renamed',
        kind: 'macvlan',
        address: other,
        up: false,
        statistics: { ...noTraffic, rxBytes: 30n },
      }),
      link({ index: 4, name: 'eth1', address: '02:00:00:00:00:09' }),
    ],
    addresses: [],
  };
  connection = host.connect();
  domain = await connection.defineDomain(domainXml({ name: 'web', devices }));
});

describe('interfaces', () => {
  test('of a domain that is off are those of its definition', async () => {
    const defined = [
      { type: 'bridge', guest: 'eth0', source: 'br0', model: 'virtio', mac, link: 'up' },
      { type: 'direct', source: 'eth7', guest: 'lan', mac: other, link: 'down' },
      { type: 'hostdev', name: 'eth1', guest: 'eth1', source: 'eth1', link: 'up' },
    ];
    expect(await domain.interfaces()).toEqual(defined);
    await domain.start();
    expect(await domain.interfaces({ which: 'inactive' })).toEqual(defined);
  });

  test('of a running one have names, counters as the container sees them, and the link as it is', async () => {
    await domain.start();
    expect(await domain.interfaces()).toEqual([
      {
        type: 'bridge',
        name: 'vnet1000',
        guest: 'eth0',
        source: 'br0',
        model: 'virtio',
        mac,
        link: 'up',
        statistics: { ...noTraffic, txBytes: 10n, rxBytes: 70n, rxPackets: 7n, txDropped: 1n },
      },
      {
        type: 'direct',
        guest: 'lan',
        source: 'eth7',
        mac: other,
        link: 'down',
        statistics: { ...noTraffic, rxBytes: 30n },
      },
      {
        type: 'hostdev',
        name: 'eth1',
        guest: 'eth1',
        source: 'eth1',
        mac: '02:00:00:00:00:09',
        link: 'up',
        statistics: noTraffic,
      },
    ]);
  });

  test('the library does not look inside when all have a side on the host', async () => {
    host.network.records = records.slice(0, 1);
    await domain.start();
    expect(await domain.interfaces()).toHaveLength(1);
    expect(host.network.looks).toBe(0);
  });

  test.each([
    ['another thing', { kind: 'tun', address: hostSideMac(mac) }],
    ['of another container', { kind: 'veth', address: hostSideMac(other) }],
  ])('one whose host side was deleted, and is %s now, has no counters', async (_, fields) => {
    host.network.host = [link({ name: 'vnet1000', ...fields })];
    host.network.inside = undefined;
    await domain.start();
    const [first] = await domain.interfaces();
    expect(first).toMatchObject({ name: 'vnet1000', link: 'down' });
    expect(first).not.toHaveProperty('statistics');
  });

  test('live ones are refused while nothing runs', async () => {
    await expect(domain.interfaces({ which: 'live' })).rejects.toMatchObject({
      code: 'OPERATION_INVALID',
      message: 'Requested operation is not valid: domain is not running',
    });
  });
});

describe('links', () => {
  test.each(['vnet1000', 'eth0', mac, mac.toUpperCase()])(
    '%s goes down and up again, and the XML shows it',
    async (device) => {
      await domain.start();
      await domain.setLink(device, 'down');
      expect(await domain.getLink(device)).toBe('down');
      expect((await domain.xml()).match(/<link state='down'\/>/g)).toHaveLength(2);
      expect((await domain.xml({ which: 'inactive' })).match(/<link state/g)).toHaveLength(1);
      await domain.setLink(device, 'up');
      expect(await domain.getLink(device)).toBe('up');
      expect((await domain.xml()).match(/<link state/g)).toHaveLength(1);
    },
  );

  test('the stored definition is changed when nothing runs, or when that is asked for', async () => {
    await domain.setLink(mac, 'down');
    expect(host.lastEvent()).toMatchObject({ event: 'defined', detail: 'updated', domain: 'web' });
    expect(await domain.getLink(mac)).toBe('down');
    await domain.start();
    await domain.setLink('lan', 'up', { which: 'inactive' });
    expect(await domain.getLink('lan', { which: 'inactive' })).toBe('up');
    expect(await domain.getLink('lan')).toBe('down');
    expect(await domain.getLink(mac)).toBe('up');
  });

  test('what has no side on the host goes up and down inside', async () => {
    await domain.start();
    for (const [device, index] of [
      ['lan', 2],
      ['eth1', 3],
    ] as const) {
      for (const state of ['down', 'up'] as const) {
        await domain.setLink(device, state);
        expect(await domain.getLink(device)).toBe(state);
        expect(host.network.inside?.links[index]).toHaveProperty('up', state === 'up');
      }
    }
    host.network.inside = { links: [], addresses: [] };
    await expect(domain.setLink('lan', 'up')).rejects.toMatchObject({
      message: "operation failed: interface 'lan' is not in the container any more",
    });
  });

  test('plugging a pair in takes its side inside up too, and out leaves that alone', async () => {
    const guest = () => host.network.inside?.links[1]?.up;
    await domain.start();
    await domain.setLink('eth0', 'down');
    expect(guest()).toBe(true);
    host.network.takeDownInside('eth0');
    await domain.setLink('eth0', 'up');
    expect(guest()).toBe(true);
  });

  test('what the host lends has no stored link', async () => {
    await expect(domain.setLink('eth1', 'down')).rejects.toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      message: "Operation not supported: interface 'eth1' of type 'hostdev' has no link state",
    });
  });

  test('an interface that is not there is refused in the words of libvirt', async () => {
    const unknown = {
      code: 'INVALID_ARG',
      message: "invalid argument: invalid path, 'vnet7' is not a known interface",
    };
    await expect(domain.getLink('vnet7')).rejects.toMatchObject(unknown);
    await expect(domain.setLink('vnet7', 'up')).rejects.toMatchObject(unknown);
    await domain.start();
    await expect(domain.getLink('vnet7')).rejects.toMatchObject(unknown);
    await expect(domain.setLink('vnet7', 'up')).rejects.toMatchObject(unknown);
  });

  test('the live link of a domain that is off, and the stored one of a transient domain, are refused', async () => {
    await expect(domain.setLink(mac, 'up', { which: 'live' })).rejects.toMatchObject({
      code: 'OPERATION_INVALID',
    });
    const transient = await connection.createDomain(domainXml({ name: 'once', devices }));
    await expect(transient.setLink(mac, 'up', { which: 'inactive' })).rejects.toMatchObject({
      message:
        'Requested operation is not valid: transient domains do not have any persistent config',
    });
    await expect(domain.setLink(mac, 'sideways' as 'up')).rejects.toMatchObject({
      code: 'INVALID_ARG',
    });
  });

  test('a read-only connection sees a link and sets none', async () => {
    const reader = await host.connect('read-only').lookupDomainByName('web');
    expect(await reader.getLink(mac)).toBe('up');
    await expect(reader.setLink(mac, 'down')).rejects.toMatchObject({ code: 'OPERATION_DENIED' });
  });
});

describe('addresses', () => {
  test('inside are those of every interface, with its name there, but for one without any', async () => {
    host.network.inside = {
      links: [
        link({ index: 1, name: 'lo', address: '00:00:00:00:00:00' }),
        link({ index: 2, name: 'eth0', address: mac }),
        link({ index: 3, name: 'eth1', address: other }),
      ],
      addresses: [
        address({ index: 1, address: '127.0.0.1', prefix: 8, scope: 'host' }),
        address({ index: 2, address: '192.0.2.7' }),
        address({ index: 2, family: 'ipv6', address: 'fe80::1', prefix: 64, scope: 'link' }),
      ],
    };
    await domain.start();
    expect(await domain.addresses()).toEqual([
      { interface: 'lo', family: 'ipv4', address: '127.0.0.1', prefix: 8 },
      { interface: 'eth0', mac, family: 'ipv4', address: '192.0.2.7', prefix: 24 },
      { interface: 'eth0', mac, family: 'ipv6', address: 'fe80::1', prefix: 64 },
    ]);
  });

  test('by arp are those who have answered with the address of an interface', async () => {
    host.network.neighbours = [
      { index: 5, address: '192.0.2.7', mac, state: 'stale' },
      { index: 5, address: 'fd00::7', mac, state: 'reachable' },
      { index: 5, address: '192.0.2.8', mac, state: 'failed' },
      { index: 5, address: '192.0.2.9', mac: '52:54:00:99:99:99', state: 'reachable' },
      { index: 6, address: '192.0.2.10', mac: '', state: 'incomplete' },
    ];
    await domain.start();
    expect(await domain.addresses({ source: 'arp' })).toEqual([
      { interface: 'vnet1000', mac, family: 'ipv4', address: '192.0.2.7' },
      { interface: 'vnet1000', mac, family: 'ipv6', address: 'fd00::7' },
    ]);
  });

  test('of a domain that is off, or from elsewhere, are refused', async () => {
    await expect(domain.addresses()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
    await domain.start();
    await expect(domain.addresses({ source: 'agent' as 'inside' })).rejects.toMatchObject({
      message: 'argument unsupported: Unknown IP address data source 1',
    });
    host.network.inside = undefined;
    await expect(domain.addresses()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  });
});
