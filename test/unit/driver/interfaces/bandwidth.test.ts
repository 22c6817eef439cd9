/** lib/driver: the rates of a domain's interface, looked at and changed. */
import type { LinkRecord } from '../../../../lib/container/record/run-state';
import { hostSideMac } from '../../../../lib/domain/interface/mac-address';
import type { Domain } from '../../../../lib/driver/domain';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { link } from '../../../support/fake/host/fake-links';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const mac = '52:54:00:00:00:01';
const rates = { inbound: { average: 1000, burst: 64 }, outbound: { average: 500 } };

const devices = `
  <interface type='bridge'>
    <source bridge='br0'/>
    <mac address='${mac}'/>
    <guest dev='eth0'/>
    <bandwidth><inbound average='1000' burst='64'/><outbound average='500'/></bandwidth>
  </interface>
  <interface type='direct'>
    <source dev='eth7'/>
    <mac address='52:54:00:00:00:02'/>
    <guest dev='lan'/>
  </interface>`;

const records: readonly LinkRecord[] = [
  { type: 'bridge', guest: 'eth0', host: 'vnet1000', mac, bridge: 'br0', bandwidth: rates },
  { type: 'direct', guest: 'lan', mac: '52:54:00:00:00:02', device: 'eth7' },
];

let host: FakeHost;
let domain: Domain;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  host.network.records = records;
  host.network.host = [link({ name: 'vnet1000', kind: 'veth', address: hostSideMac(mac) })];
  domain = await host.connect().defineDomain(domainXml({ name: 'web', devices }));
});

test('of a domain that is off, they are those of its definition', async () => {
  expect(await domain.getBandwidth('eth0')).toEqual(rates);
  expect(await domain.getBandwidth('lan')).toEqual({});
  await domain.setBandwidth('eth0', { inbound: { average: 7, peak: 9 } });
  expect(await domain.getBandwidth(mac)).toEqual({
    inbound: { average: 7, peak: 9 },
    outbound: { average: 500 },
  });
  expect(await domain.xml()).toContain("<inbound average='7' peak='9'/>");
  await domain.setBandwidth('eth0', { inbound: 'none', outbound: { average: 0 } });
  expect(await domain.xml()).not.toContain('bandwidth');
  expect(host.shaped).toEqual([]);
});

test('a change of what runs holds at once, is on record, and not in what is stored', async () => {
  await domain.start();
  await domain.setBandwidth('vnet1000', { outbound: { average: 250, burst: 8 } });
  const changed = { inbound: rates.inbound, outbound: { average: 250, burst: 8 } };
  expect(host.shaped).toEqual([['vnet1000', changed]]);
  expect(await domain.getBandwidth('eth0')).toEqual(changed);
  expect(await domain.getBandwidth('eth0', { which: 'inactive' })).toEqual(rates);
  expect(await domain.xml()).toContain("<outbound average='250' burst='8'/>");
  expect(await domain.xml({ which: 'inactive' })).toContain("<outbound average='500'/>");
  expect(host.state('web')).toMatchObject({ start: { links: [{ bandwidth: changed }, {}] } });
});

test('a change of what is stored leaves what runs alone', async () => {
  await domain.start();
  await domain.setBandwidth('eth0', { inbound: { average: 5 } }, { which: 'inactive' });
  expect(host.shaped).toEqual([]);
  expect(await domain.getBandwidth('eth0')).toEqual(rates);
  expect((await domain.getBandwidth('eth0', { which: 'inactive' })).inbound).toEqual({
    average: 5,
  });
});

test('a change that fails leaves the rates that there were', async () => {
  await domain.start();
  host.failShaping = new Error('tc says no');
  await expect(domain.setBandwidth('eth0', { inbound: 'none' })).rejects.toThrow('tc says no');
  expect(await domain.getBandwidth('eth0')).toEqual(rates);
  expect(host.lines.some(({ level }) => level === 'error')).toBe(true);
});

test.each<[string, Parameters<Domain['setBandwidth']>, string]>([
  ['an unknown interface', ['eth9', { inbound: 'none' }], 'INVALID_ARG'],
  ['a peak without an average', ['eth0', { inbound: { peak: 9 } }], 'INVALID_ARG'],
  ['half a KiB', ['eth0', { inbound: { average: 0.5 } }], 'INVALID_ARG'],
  ['less than nothing', ['eth0', { outbound: { average: -1 } }], 'INVALID_ARG'],
  ['a floor for outbound', ['eth0', { outbound: { average: 1, floor: 1 } }], 'INVALID_ARG'],
  ['a floor on a bridge', ['eth0', { inbound: { floor: 1 } }], 'OPERATION_UNSUPPORTED'],
  ['a macvlan', ['lan', { inbound: { average: 1 } }], 'OPERATION_UNSUPPORTED'],
])('%s is refused, and nothing is changed', async (_, args, code) => {
  const before = await domain.xml();
  await expect(domain.setBandwidth(...args)).rejects.toMatchObject({ code });
  await domain.start();
  await expect(domain.setBandwidth(...args)).rejects.toMatchObject({ code });
  expect(host.shaped).toEqual([]);
  expect(await domain.xml({ which: 'inactive' })).toBe(before);
});

test('what runs can only be changed while it does, by those who may write', async () => {
  const live = domain.setBandwidth('eth0', { inbound: 'none' }, { which: 'live' });
  await expect(live).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  const reader = await host.connect('read-only').lookupDomainByName('web');
  await expect(reader.setBandwidth('eth0', {})).rejects.toMatchObject({ code: 'OPERATION_DENIED' });
  expect(await reader.getBandwidth('eth0')).toEqual(rates);
});

test('a start waits for no other when no interface has a rate', async () => {
  await domain.start();
  expect(host.running.get('web')?.start.whenLinked).toBeDefined();
  const plain = await host.connect().defineDomain(
    domainXml({
      name: 'plain',
      devices: "<interface type='bridge'><source bridge='br0'/></interface>",
    }),
  );
  await plain.start();
  expect(host.running.get('plain')?.start.whenLinked).toBeUndefined();
});

test('a start shapes each interface that has a rate', async () => {
  await domain.start();
  await host.running.get('web')?.start.whenLinked?.(records);
  expect(host.shaped).toEqual([['vnet1000', rates]]);
});

test('a running one whose name another container has by now is left alone', async () => {
  await domain.start();
  const [rated] = host.network.host;
  host.network.host = [
    link({ ...rated, name: 'vnet1000', address: hostSideMac('52:54:00:00:00:03') }),
  ];
  await expect(domain.setBandwidth('vnet1000', { inbound: { average: 5 } })).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: expect.stringContaining(
      "interface 'vnet1000' is not in the container any more",
    ) as string,
  });
  expect(host.shaped).toEqual([]);
});
