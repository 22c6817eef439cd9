/** lib/driver/waits: waiting until a container is healthy, by what is on record. */
import { closeSync, mkdirSync } from 'node:fs';
import { writeHealth } from '../../../../lib/driver/health/record';
import { tryTakeContainer } from '../../../../lib/driver/health/watcher-lock';
import type { Domain } from '../../../../lib/driver/domain';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const elements =
  "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:health port='80' interval='10' timeout='10'/></tslxc:container></metadata>";

let host: FakeHost;
let domain: Domain;
let lock: number;

/** It was found healthy long ago, by this process, in the place of its watcher. */
beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  const paths = statePaths(host.root);
  mkdirSync(runPaths(paths, 'web').directory, { recursive: true });
  lock = tryTakeContainer(paths, 'web') ?? -1;
  domain = await host.connect().createDomain(domainXml({ name: 'web', elements }));
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error(state.phase);
  const health = { state: 'healthy', since: 1000, failures: 0, checkedAt: 1000 } as const;
  const clock = jest.spyOn(process.hrtime, 'bigint').mockReturnValue(0n);
  writeHealth(paths, 'web', { id: state.running.id, boots: 0, health });
  clock.mockRestore();
});

afterEach(() => closeSync(lock));

test('what was found is no answer when the next check is overdue', async () => {
  const failing = domain.waitFor({ healthy: true, timeout: 50 });
  await expect(failing).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
});

test('a paused container, which is not checked, is as healthy as it was found', async () => {
  await domain.suspend();
  const found = await domain.waitFor({ healthy: true, timeout: 5000 });
  expect(found).toMatchObject({ state: 'healthy', checkedAt: 1000 });
  expect((await domain.info()).health).toEqual(found);
});
