/** Snapshots of what domains use, on a host without containers. */
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { link, noTraffic } from '../../../support/fake/host/fake-links';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
});

const cpu = { total: 7_000_000_000n };

test('a domain that is off has a state and nothing else', async () => {
  await using connection = host.connect();
  const domain = await connection.defineDomain(domainXml({ name: 'off' }));
  expect(await domain.stats()).toEqual({
    name: 'off',
    uuid: domain.uuid,
    time: expect.any(Number) as number,
    state: { state: 'shutoff', reason: 'unknown' },
  });
});

test('one that runs has what its cgroups say, and its interfaces as it sees them', async () => {
  const mac = '52:54:00:12:34:56';
  host.network.records = [
    { type: 'bridge', guest: 'eth0', host: 'vnet7', mac },
    { type: 'direct', guest: 'eth1', mac: '52:54:00:00:00:02' },
    { type: 'direct', guest: 'gone', mac: '52:54:00:00:00:03' },
  ];
  const outer = { ...noTraffic, rxBytes: 5n, txBytes: 90n, txPackets: 2n };
  host.network.host = [
    link({ name: 'vnet7', kind: 'veth', address: 'fe:54:00:12:34:56', statistics: outer }),
  ];
  const inner = { ...noTraffic, rxBytes: 11n };
  host.network.inside = { links: [link({ name: 'eth1', statistics: inner })], addresses: [] };
  host.cgroupStatistics.set('web', { cpu });
  await using connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  expect(await domain.stats()).toMatchObject({
    id: domain.id,
    state: { state: 'running' },
    cpu,
    network: [
      { type: 'bridge', guest: 'eth0', name: 'vnet7', rxBytes: 90n, rxPackets: 2n, txBytes: 5n },
      { type: 'direct', guest: 'eth1', rxBytes: 11n },
    ],
  });
  const { network } = await domain.stats();
  expect(network).toHaveLength(2);
});

test('all domains come in the order of the list, as the filter says', async () => {
  await using connection = host.connect();
  await connection.defineDomain(domainXml({ name: 'b-off' }));
  await connection.createDomain(domainXml({ name: 'z-first' }));
  await connection.createDomain(domainXml({ name: 'a-second' }));
  const names = (await connection.stats()).map(({ name }) => name);
  expect(names).toEqual(['z-first', 'a-second', 'b-off']);
  const active = await connection.stats({ filter: { state: 'active' } });
  expect(active.map(({ name }) => name)).toEqual(['z-first', 'a-second']);
});

test('watching ends with the container', async () => {
  await using connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  host.cgroupStatistics.set('web', { cpu });
  let seen = 0;
  for await (const snapshot of domain.watchStats({ interval: 1 })) {
    expect(snapshot.cpu).toEqual(cpu);
    seen += 1;
    if (seen === 3) host.end('web');
  }
  expect(seen).toBe(3);
});

test('watching ends at an abort, also in between', async () => {
  await using connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  const abort = new AbortController();
  let seen = 0;
  for await (const _ of domain.watchStats({ interval: 60_000, signal: abort.signal })) {
    seen += 1;
    setTimeout(() => abort.abort(), 5);
  }
  expect(seen).toBe(1);
});

test.each([0, -1, NaN, Infinity])('an interval of %p is refused', async (interval) => {
  await using connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  await expect(domain.watchStats({ interval }).next()).rejects.toMatchObject({
    code: 'INVALID_ARG',
  });
});

test('watching what does not run is refused', async () => {
  await using connection = host.connect();
  const domain = await connection.defineDomain(domainXml({ name: 'off' }));
  await expect(domain.watchStats().next()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  await expect(domain.blockStats()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
});

describe('blocks', () => {
  const vda = { device: '254:0', name: 'vda', readBytes: 1, writtenBytes: 2, reads: 3, writes: 4 };
  const loop = { device: '7:0', readBytes: 10, writtenBytes: 20, reads: 30, writes: 40 };

  test('are summed up', async () => {
    await using connection = host.connect();
    const domain = await connection.createDomain(domainXml({ name: 'web' }));
    host.cgroupStatistics.set('web', { io: [vda, loop] });
    const all = { readBytes: 11, writtenBytes: 22, reads: 33, writes: 44 };
    expect(await domain.blockStats()).toEqual(all);
  });

  test.each(['nonsense', '../x', '/dev/null', '.'])('of %p are refused', async (device) => {
    await using connection = host.connect();
    const domain = await connection.createDomain(domainXml({ name: 'web' }));
    host.cgroupStatistics.set('web', { io: [vda] });
    await expect(domain.blockStats(device)).rejects.toMatchObject({ code: 'INVALID_ARG' });
  });

  test('that the kernel does not count are told to be so', async () => {
    await using connection = host.connect();
    const domain = await connection.createDomain(domainXml({ name: 'web' }));
    await expect(domain.blockStats()).rejects.toMatchObject({ code: 'OPERATION_UNSUPPORTED' });
  });
});
