/** How long the watcher pauses after a fault: the longer, the more faults there were in a row, and no longer for those before. */
import { closeSync, mkdirSync } from 'node:fs';
import { readHealth } from '../../../../lib/driver/health/record';
import { tryTakeWatch } from '../../../../lib/driver/health/watcher-lock';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { eventually } from '../../../support/time/eventually';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

/** Those of a watcher are the only sleeps of a second or more, and are over at once. */
const mockPauses: number[] = [];
jest.mock('node:timers/promises', () => {
  const actual = jest.requireActual<typeof import('node:timers/promises')>('node:timers/promises');
  const setTimeout = (milliseconds = 0, ...rest: never[]): Promise<unknown> => {
    if (milliseconds < 1000) return actual.setTimeout(milliseconds, ...rest);
    mockPauses.push(milliseconds);
    return actual.setTimeout(1);
  };
  return { ...actual, setTimeout };
});

removeScratchAfterEach();

test('a fault after checks that could be made is the first one again, whatever there was before', async () => {
  const host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  const paths = statePaths(host.root);
  mkdirSync(runPaths(paths, 'web').directory, { recursive: true });
  const elements =
    "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:health port='80' interval='10' retries='1'/></tslxc:container></metadata>";
  // The watch is taken, so that the start spawns no process for it.
  const lock = tryTakeWatch(paths);
  await connection.createDomain(domainXml({ name: 'web', elements }), { ownership: 'leave' });
  if (lock !== undefined) closeSync(lock);
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error(state.phase);
  const checkedAt = (): number => readHealth(paths, 'web', state.running)?.health.checkedAt ?? 0;
  const watching = connection.watchHealth();
  for (let fault = 1; fault <= 3; fault += 1) {
    const before = checkedAt();
    await eventually(() => expect(checkedAt()).toBeGreaterThan(before));
    const longer = mockPauses.length + 2;
    host.damaged.set('web', 'start');
    await eventually(() => expect(mockPauses.length).toBeGreaterThanOrEqual(longer));
    host.damaged.delete('web');
  }
  host.end('web');
  await watching;
  expect(mockPauses.filter((milliseconds) => milliseconds === 1000)).toHaveLength(3);
  expect(mockPauses.filter((milliseconds) => milliseconds === 2000)).toHaveLength(3);
});
