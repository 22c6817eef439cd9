/** Connection.close, and what is under way then. */
import { closeSync, mkdirSync } from 'node:fs';
import { readHealth } from '../../../../lib/driver/health/record';
import { requested } from '../../../../lib/driver/health/requests';
import { tryTakeWatch } from '../../../../lib/driver/health/watcher-lock';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { eventually } from '../../../support/time/eventually';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

test('waits end with their connection', async () => {
  const host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  const waits = [domain.wait(), domain.waitFor({ port: 80 }), domain.waitFor({ state: 'paused' })];
  const ends = Promise.allSettled(waits);
  await connection.close();
  const closed = { code: 'OPERATION_INVALID', domain: 'web' };
  for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason: closed });
});

test('the checks of health end with their connection, and their requests stay', async () => {
  const health = "<tslxc:health port='80' interval='3600000'/>";
  const elements = `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>${health}</tslxc:container></metadata>`;
  const host = new FakeHost(scratchDirectory());
  const paths = statePaths(host.root);
  const connection = host.connect();
  mkdirSync(runPaths(paths, 'web').directory, { recursive: true });
  // Else a process that is spawned would be the watcher.
  const lock = tryTakeWatch(paths);
  if (lock === undefined) throw new Error('no other process can have it');
  await connection.createDomain(domainXml({ name: 'web', elements }), { ownership: 'leave' });
  closeSync(lock);
  const watching = Promise.allSettled([connection.watchHealth()]);
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error(state.phase);
  await eventually(() => expect(readHealth(paths, 'web', state.running)).toBeDefined());
  await connection.close();
  expect((await watching)[0]).toMatchObject({ reason: { code: 'OPERATION_INVALID' } });
  expect(requested(paths)).toEqual(['web']);
});

test('a start in flight is waited for', async () => {
  const host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  let state = 'in flight';
  const start = connection.createDomain(domainXml({ name: 'web' })).then(() => (state = 'over'));
  await connection.close();
  expect(state).toBe('over');
  await start;
  expect(host.state('web').phase).toBe('running');
});
