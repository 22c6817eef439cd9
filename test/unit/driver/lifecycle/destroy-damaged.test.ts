/** lib/driver/lifecycle/destroy-damaged.ts and lib/driver/lookup/damaged-state.ts: one damaged record among many domains. */
import type { Connection } from '../../../../lib/driver/connection';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;
let connection: Connection;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  await connection.createDomain(domainXml({ name: 'other' }), { ownership: 'leave' });
});

const persistences = ['persistent', 'transient'] as const;
const records = ['start', 'running'] as const;
const cases = persistences.flatMap((kept) => records.map((record) => [kept, record] as const));

async function damage(kept: 'persistent' | 'transient', record: 'start' | 'running') {
  const xml = domainXml({ name: 'web' });
  const options = { ownership: 'leave' } as const;
  const domain =
    kept === 'persistent'
      ? await connection.defineDomain(xml)
      : await connection.createDomain(xml, options);
  if (kept === 'persistent') await domain.start(options);
  host.damaged.set('web', record);
  return { domain, path: runPaths(statePaths(host.root), 'web')[record] };
}

test.each(cases)('%s, %s damaged: it is listed with the reason', async (kept, record) => {
  const { path } = await damage(kept, record);
  for (const filter of [{}, { state: 'active' }, { state: 'inactive' }] as const) {
    const listed = (await connection.listDomains(filter)).map(({ name }) => name);
    expect(listed).toContain('web');
  }
  const found = await connection.lookupDomainByName('web');
  expect(found.id).toBeUndefined();
  const state = { state: 'nostate', reason: 'unknown', damage: `${path} is damaged` };
  expect(await found.state()).toEqual(state);
  const statistics = await connection.stats();
  expect(statistics.find(({ name }) => name === 'web')?.state).toEqual(state);
  expect(statistics.find(({ name }) => name === 'other')?.state.state).toBe('running');
});

test.each(cases)('%s, %s damaged: a filter by persistence holds', async (kept, record) => {
  await damage(kept, record);
  for (const persistence of persistences) {
    const names = (await connection.listDomains({ persistence })).map(({ name }) => name);
    expect(names.includes('web')).toBe(persistence === kept);
  }
});

test.each(cases)('%s, %s damaged: destroy ends what runs, and tells', async (kept, record) => {
  await damage(kept, record);
  const domain = await connection.lookupDomainByName('web');
  await domain.destroy();
  expect(host.running.has('web')).toBe(false);
  expect(host.running.has('other')).toBe(true);
  expect(host.lastEvent()).toMatchObject({ event: 'stopped', detail: 'destroyed', domain: 'web' });
  if (kept === 'transient') {
    expect(host.states.has('web')).toBe(false);
    return;
  }
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  await domain.start({ ownership: 'leave' });
  expect(await domain.state()).toMatchObject({ state: 'running' });
});

test('the same when its monitor says nothing', async () => {
  const { domain } = await damage('persistent', 'running');
  host.deaf.add('web');
  await domain.destroy();
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
});

test('every other verb refuses it with the path', async () => {
  const { domain, path } = await damage('persistent', 'running');
  for (const call of [
    () => domain.start(),
    () => domain.undefine(),
    () => domain.suspend(),
    () => domain.setTitle('x'),
    () => domain.openConsole(),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: 'INTERNAL_ERROR', path });
  }
  expect(host.running.has('web')).toBe(true);
});

test('a handle on another domain of that name destroys nothing', async () => {
  const { domain } = await damage('persistent', 'running');
  await domain.destroy();
  await domain.undefine();
  await damage('persistent', 'running');
  await expect(domain.destroy()).rejects.toMatchObject({ code: 'NO_DOMAIN' });
  expect(host.running.has('web')).toBe(true);
});
