/** Id maps whose ranges the driver chooses: unique on the host, kept until undefine, seen in the live XML. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { allocatable } from '../../../lib/domain/namespaces/allocated-ids';
import { idRecordPath, statePaths } from '../../../lib/host/state/state-paths';
import { domainXml } from '../../support/domain/domain-xml';
import { eventually } from '../../support/time/eventually';
import { containerTest, rootAndConnection } from '../../support/world/container-test';
import { automaticIdMapXml, idMapXml, idsOnHost } from '../../support/domain/mapped-domain';
import { runSuccessfully } from '../../support/process/run-command';
import { sendSignal } from '../../support/process/send-signal';
import { makeTestRoot } from '../../support/root/test-root';

const uuid = '02169d49-0068-4612-b2de-901c4a14c5a3';
const elements = automaticIdMapXml;

const world = containerTest(rootAndConnection);

/** The first id of the host in the live XML, which says the same for users and groups. */
async function rangeOf(domain: Domain): Promise<number> {
  const xml = await domain.xml({ which: 'live' });
  const ranges = [...xml.matchAll(/<[ug]id start='0' target='(\d+)' count='65536'\/>/g)];
  expect(ranges).toHaveLength(2);
  expect(new Set(ranges.map(([, target]) => target)).size).toBe(1);
  expect(xml).not.toContain('allocate');
  return Number(ranges[0]?.[1]);
}

test('a domain gets a range of the documented ones, and the same again', async () => {
  const domain = await world.connection.defineDomain(domainXml({ name: 'auto', elements }));
  await domain.start();
  const first = await rangeOf(domain);
  expect(first % 65_536).toBe(0);
  expect(first).toBeGreaterThanOrEqual(allocatable.first);
  expect(first + 65_536).toBeLessThanOrEqual(allocatable.first + allocatable.count);
  const ids = Array(8).fill(first).join(' ');
  expect((await idsOnHost('auto')).map((one) => one.ids)).toEqual([ids]);
  expect(await domain.xml({ which: 'inactive' })).toContain('allocate="auto"');
  expect((await domain.info()).isolation).toBe('user-namespace');
  const information = await runSuccessfully(['dominfo', 'auto'], { root: world.root.path });
  expect(information).toMatch(/^Isolation: {6}user namespace$/m);
  await domain.destroy();
  await domain.start();
  expect(await rangeOf(domain)).toBe(first);
  await domain.destroy();
});

test('a domain whose monitor was killed keeps its range, though its init is not reaped yet', async () => {
  const domain = await world.connection.defineDomain(domainXml({ name: 'auto-killed', elements }));
  await domain.start();
  const first = await rangeOf(domain);
  sendSignal(domain.id, 'SIGKILL');
  await eventually(async () => {
    expect((await domain.state()).state).toBe('shutoff');
  });
  await domain.start();
  expect(await rangeOf(domain)).toBe(first);
  await domain.destroy();
});

test('a domain of another root is another, also with the same name and UUID', async () => {
  await using other = await makeTestRoot();
  await using otherConnection = await connect(undefined, { root: other.path });
  const xml = domainXml({ name: 'auto-twin', uuid, elements });
  const ranges: number[] = [];
  for (const one of [world.connection, otherConnection, world.connection]) {
    const domain = await one.lookupDomainByName('auto-twin').catch(() => one.defineDomain(xml));
    await domain.start();
    ranges.push(await rangeOf(domain));
    await domain.destroy();
  }
  const [first, second, again] = ranges;
  expect(second).not.toBe(first);
  expect(again).toBe(first);
});

test('domains of two roots have ranges of their own, though both would choose the same', async () => {
  await using other = await makeTestRoot();
  const otherConnection = await connect(undefined, { root: other.path });
  try {
    const xml = (name: string): string => domainXml({ name, uuid, elements });
    const domains = await Promise.all([
      world.connection.createDomain(xml('auto-one')),
      otherConnection.createDomain(xml('auto-two')),
    ]);
    const [one, two] = await Promise.all(domains.map(rangeOf));
    expect(one).not.toBe(two);
    for (const domain of domains) await domain.destroy();
  } finally {
    await otherConnection.close();
  }
});

test('a range that another domain uses meanwhile is not used a second time', async () => {
  const domain = await world.connection.defineDomain(domainXml({ name: 'auto', uuid, elements }));
  await domain.start();
  const first = await rangeOf(domain);
  await domain.destroy();
  const chosen = idMapXml([[0, first, 65_536]], [[0, first, 65_536]]);
  const taker = await world.connection.createDomain(domainXml({ name: 'taker', elements: chosen }));
  await domain.start();
  expect(await rangeOf(domain)).not.toBe(first);
  // Definitions that name their range may share it.
  const sharer = await world.connection.createDomain(
    domainXml({ name: 'sharer', elements: chosen }),
  );
  for (const one of [domain, taker, sharer]) await one.destroy();
});

test('a range is given back by undefine', async () => {
  const domain = await world.connection.defineDomain(domainXml({ name: 'auto', uuid, elements }));
  await domain.start();
  const first = await rangeOf(domain);
  await domain.destroy();
  await domain.undefine();
  const next = await world.connection.createDomain(domainXml({ name: 'other', uuid, elements }));
  expect(await rangeOf(next)).toBe(first);
  await next.destroy();
});

test('a transient domain keeps no range, neither after its end nor when its start is refused', async () => {
  const records = (): string[] =>
    readdirSync(dirname(idRecordPath(statePaths(world.root.path), '')));
  const domain = await world.connection.createDomain(domainXml({ name: 'auto', elements }));
  expect(records()).toEqual(['auto.json']);
  await domain.destroy();
  expect(records()).toEqual([]);
  const filesystems = [{ source: '/tslxc-nonexistent', target: '/' }];
  await expect(
    world.connection.createDomain(domainXml({ name: 'auto', elements, filesystems })),
  ).rejects.toMatchObject({ code: 'SYSTEM_ERROR', path: '/tslxc-nonexistent' });
  expect(records()).toEqual([]);
});
