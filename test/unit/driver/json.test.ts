/** lib/exact-json.ts: whatever the library returns can be written as JSON, although JSON has no bigint. */
import { domainXml } from '../../support/domain/domain-xml';
import { connect } from '../../../lib/driver/connection';
import type { DomainStatistics } from '../../../lib/driver/statistics/types';
import type { Plan } from '../../../lib/plan/plan';
import { FakeHost } from '../../support/fake/host/fake-host';
import { link, noTraffic } from '../../support/fake/host/fake-links';
import { removeScratchAfterEach, scratchDirectory } from './scratch';

removeScratchAfterEach();

/** More than a number can hold: 2^53 + 1. */
const large = 9_007_199_254_740_993n;
const written = '9007199254740993';

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
  host.network.records = [
    { type: 'bridge', guest: 'eth0', host: 'vnet7', mac: '52:54:00:12:34:56' },
  ];
  const statistics = { ...noTraffic, txBytes: large };
  host.network.host = [
    link({ name: 'vnet7', kind: 'veth', address: 'fe:54:00:12:34:56', statistics }),
  ];
  host.cgroupStatistics.set('web', {
    cpu: {
      total: large,
      perCpu: [large, 0n],
      throttling: { periods: 1, throttled: 0, time: large },
    },
    pressure: { cpu: { some: { average10: 0, average60: 0, average300: 0, total: large } } },
  });
});

function json(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('info and stats are JSON with each bigint in decimal digits, and stay bigint for the caller', async () => {
  await using connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  const info = await domain.info();
  expect(info.cpuTime).toBe(7n);
  expect(json(info)).toEqual({ ...info, cpuTime: '7' });

  const stats = await domain.stats();
  expect(stats.cpu?.total).toBe(large);
  expect(stats.network?.[0]?.rxBytes).toBe(large);
  expect(json(stats)).toMatchObject({
    name: 'web',
    cpu: { total: written, perCpu: [written, '0'], throttling: { periods: 1, time: written } },
    pressure: { cpu: { some: { average10: 0, total: written } } },
    network: [{ guest: 'eth0', rxBytes: written, txBytes: '0' }],
  });
  for (const part of [
    stats.cpu,
    stats.cpu?.perCpu,
    stats.network?.[0],
    stats.pressure?.cpu?.some,
  ]) {
    expect(JSON.stringify(part)).toContain(`"${written}"`);
  }
});

test('so are all snapshots, interfaces, and the times of the host', async () => {
  await using connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  const all: DomainStatistics[] = await connection.stats();
  expect(json(all)).toMatchObject([{ cpu: { total: written } }]);
  for await (const snapshot of domain.watchStats()) {
    expect(json(snapshot)).toMatchObject({ cpu: { total: written } });
    break;
  }
  expect(json(await domain.interfaces())).toMatchObject([{ statistics: { rxBytes: written } }]);
  const { idle } = json(connection.nodeCpuStats()) as { readonly idle: string };
  expect(idle).toMatch(/^[1-9]\d+$/);
});

test('nothing but JSON sees it: copies and comparisons are those of plain data', async () => {
  await using connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  const stats = await domain.stats();
  expect(Object.keys(stats.cpu ?? {})).toEqual(['total', 'perCpu', 'throttling']);
  expect(structuredClone(stats)).toStrictEqual(stats);
});

test('a plan is JSON as tslxc plan --json prints it', async () => {
  await using connection = await connect();
  const plan: Plan = await connection.plan({ xml: domainXml({ name: 'web' }) });
  const capabilities = plan.inside.find(({ op }) => op === 'setCapabilities');
  expect(capabilities).toMatchObject({ keep: expect.any(BigInt) as bigint });
  const { inside } = json(plan) as Plan;
  const keep = inside.flatMap((one) => (one.op === 'setCapabilities' ? [String(one.keep)] : []));
  expect(keep).toEqual([expect.stringMatching(/^0x[0-9a-f]+$/)]);
  expect(capabilities).toMatchObject({ keep: BigInt(keep[0] ?? '') });
});
