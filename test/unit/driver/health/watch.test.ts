/** The watcher of a container: what it tells, and when it is done. */
import { closeSync, mkdirSync } from 'node:fs';
import type { Connection } from '../../../../lib/index';
import { readHealth } from '../../../../lib/driver/health/record';
import { tryTakeWatch } from '../../../../lib/driver/health/watcher-lock';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { domainXml } from '../../../support/domain/domain-xml';
import { eventually } from '../../../support/time/eventually';
import { FakeHost } from '../fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const health = `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:health port='80' interval='10' retries='1'/></tslxc:container></metadata>`;

let host: FakeHost;
let connection: Connection;
let watching: Promise<void>;

/** Runs a container, and watches it in this process, in the place of the one that a start would spawn. */
beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  mkdirSync(runPaths(statePaths(host.root), 'web').directory, { recursive: true });
  const lock = tryTakeWatch(statePaths(host.root), 'web');
  if (lock === undefined) throw new Error('nobody can have it');
  await connection.createDomain(domainXml({ name: 'web', elements: health }), {
    ownership: 'leave',
  });
  closeSync(lock);
  watching = connection.watchHealth('web');
});

function runs(): { id: number; boots?: number } {
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error(state.phase);
  return state.running;
}

const found = (): string | undefined => readHealth(statePaths(host.root), 'web', runs())?.state;

/** It runs again, by another monitor, as soon as it has ended. */
function startAgain(): void {
  const [state, entry] = [host.state('web'), host.running.get('web')];
  if (state.phase !== 'running' || entry === undefined) throw new Error(state.phase);
  host.end('web');
  const running = { ...state.running, id: state.running.id + 100 };
  host.states.set('web', { ...state, running });
  host.running.set('web', { ...entry, ended: [] });
}

test('it finds the container unhealthy and healthy, and ends with it', async () => {
  await eventually(() => expect(found()).toBe('unhealthy'));
  host.network.listening = [{ family: 'ipv4', port: 80, address: '0.0.0.0' }];
  await eventually(() => expect(found()).toBe('healthy'));
  host.end('web');
  await watching;
});

test('one that is started again before it is done is its own, too', async () => {
  await eventually(() => expect(found()).toBe('unhealthy'));
  startAgain();
  expect(found()).toBeUndefined();
  await eventually(() => expect(found()).toBe('unhealthy'));
  host.end('web');
  await watching;
});

test('what was found before a reboot says nothing of the next life', async () => {
  await eventually(() => expect(found()).toBe('unhealthy'));
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error(state.phase);
  host.states.set('web', { ...state, running: { ...state.running, boots: 1 } });
  expect(found()).toBeUndefined();
  await eventually(() => expect(found()).toBe('unhealthy'));
  host.end('web');
  await watching;
});

test('there is one at most', async () => {
  await connection.watchHealth('web');
  host.end('web');
  await watching;
});
