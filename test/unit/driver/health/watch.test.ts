/** The watcher of a root: what it tells of each container, and when it is done. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../../lib/index';
import { readHealth } from '../../../../lib/driver/health/record';
import { requested } from '../../../../lib/driver/health/requests';
import { tryTakeContainer, tryTakeWatch } from '../../../../lib/driver/health/watcher-lock';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { domainXml } from '../../../support/domain/domain-xml';
import { eventually } from '../../../support/time/eventually';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const elements = (interval: number): string =>
  `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:health port='80' interval='${interval}' retries='1'/></tslxc:container></metadata>`;

let host: FakeHost;
let connection: Connection;
let watching: Promise<void>;

async function start(name: string, interval = 10): Promise<void> {
  mkdirSync(runPaths(statePaths(host.root), name).directory, { recursive: true });
  const document = domainXml({ name, elements: elements(interval) });
  await connection.createDomain(document, { ownership: 'leave' });
}

/** What `act` would have another process watch is watched by this one alone. */
async function withoutWatcher(act: () => Promise<void>): Promise<void> {
  const lock = tryTakeWatch(statePaths(host.root));
  if (lock === undefined) throw new Error('no other process can have it');
  try {
    await act();
  } finally {
    closeSync(lock);
  }
}

/** Runs a container, and watches it in this process, in the place of the one that a start would spawn. */
beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  await withoutWatcher(() => start('web'));
  watching = connection.watchHealth();
});

function runs(name: string): { id: number; boots?: number } {
  const state = host.state(name);
  if (state.phase !== 'running') throw new Error(state.phase);
  return state.running;
}

const found = (name = 'web'): string | undefined =>
  readHealth(statePaths(host.root), name, runs(name))?.health.state;

const untilFound = (state: string, name = 'web'): Promise<void> =>
  eventually(() => expect(found(name)).toBe(state));

const listen = (): void => {
  host.network.listening = [{ family: 'ipv4', port: 80, address: '0.0.0.0' }];
};

/** It runs again, by another monitor, as soon as it has ended. */
function startAgain(): void {
  const [state, entry] = [host.state('web'), host.running.get('web')];
  if (state.phase !== 'running' || entry === undefined) throw new Error(state.phase);
  host.end('web');
  const running = { ...state.running, id: state.running.id + 100 };
  host.states.set('web', { ...state, running });
  host.running.set('web', { ...entry, ended: [] });
}

function reboot(name = 'web'): void {
  const state = host.state(name);
  if (state.phase !== 'running') throw new Error(state.phase);
  host.states.set(name, { ...state, running: { ...state.running, boots: 1 } });
}

test('it finds the container unhealthy and healthy, and ends with it', async () => {
  await untilFound('unhealthy');
  listen();
  await untilFound('healthy');
  host.end('web');
  await watching;
  expect(requested(statePaths(host.root))).toEqual([]);
});

test('one that is started again before it is done is its own, too', async () => {
  await untilFound('unhealthy');
  startAgain();
  expect(found()).toBeUndefined();
  await untilFound('unhealthy');
  host.end('web');
  await watching;
});

test('what was found before a reboot says nothing of the next life', async () => {
  await untilFound('unhealthy');
  reboot();
  expect(found()).toBeUndefined();
  await untilFound('unhealthy');
  host.end('web');
  await watching;
});

test('a reboot is noticed in the longest pause, by the record that the monitor replaces', async () => {
  listen();
  await start('slow', 3_600_000);
  await untilFound('healthy', 'slow');
  reboot('slow');
  writeFileSync(runPaths(statePaths(host.root), 'slow').running, '{}');
  await untilFound('healthy', 'slow');
  host.end('slow');
  host.end('web');
  await watching;
});

test('there is one at most, which goes on with those that are asked for later, until the last one has ended', async () => {
  let state = 'watching';
  const ended = watching.then(() => {
    state = 'ended';
  });
  await start('mail');
  await connection.watchHealth();
  await connection.watchHealth('mail');
  await untilFound('unhealthy', 'mail');
  await untilFound('unhealthy');
  host.end('web');
  // A further check of the other one.
  listen();
  await untilFound('healthy', 'mail');
  expect(state).toBe('watching');
  host.end('mail');
  await ended;
});

test('what goes wrong with one is logged, the others go on, and it is watched again once that has passed', async () => {
  await start('mail');
  await untilFound('unhealthy', 'mail');
  host.damaged.set('mail', 'start');
  await eventually(() => {
    expect(host.lines).toContainEqual({
      level: 'error',
      fields: { domain: 'mail', err: expect.objectContaining({ code: 'INTERNAL_ERROR' }) as Error },
      message: 'the checks of the health of the container failed, and begin anew',
    });
  });
  listen();
  await untilFound('healthy');
  host.damaged.delete('mail');
  await untilFound('healthy', 'mail');
  host.end('mail');
  host.end('web');
  await watching;
});

test('a check that does not end holds up no other one', async () => {
  const web = runs('web').id;
  const look = host.network.listeningInside.bind(host.network);
  const asked = jest.fn();
  let answer = (): void => undefined;
  const late = new Promise<undefined>((resolve) => {
    answer = () => resolve(undefined);
  });
  host.network.listeningInside = (running) => {
    if (running.id !== web) return look(running);
    asked();
    return late;
  };
  await eventually(() => expect(asked).toHaveBeenCalled());
  await start('mail');
  await untilFound('unhealthy', 'mail');
  listen();
  await untilFound('healthy', 'mail');
  expect(asked).toHaveBeenCalledTimes(1);
  host.end('web');
  answer();
  host.end('mail');
  await watching;
});

test('what another process checks, of an older package, is not checked twice', async () => {
  const lock = tryTakeContainer(statePaths(host.root), 'mail');
  if (lock === undefined) throw new Error('no other process can have it');
  await start('mail');
  await connection.watchHealth('mail');
  await untilFound('unhealthy');
  await eventually(() => expect(requested(statePaths(host.root))).toEqual(['web']));
  expect(found('mail')).toBeUndefined();
  closeSync(lock);
  await connection.watchHealth('mail');
  await untilFound('unhealthy', 'mail');
  host.end('mail');
  host.end('web');
  await watching;
});

test('requests for what does not run are withdrawn, and there may be anything in their place', async () => {
  const { checked } = statePaths(host.root);
  mkdirSync(join(checked, 'folder', 'in-it'), { recursive: true });
  await connection.watchHealth('nothing');
  await eventually(() => expect(requested(statePaths(host.root))).toEqual(['web']));
  expect(existsSync(join(checked, 'folder'))).toBe(false);
  host.end('web');
  await watching;
});

test('the checks of a container are not called off while it is unknown whether it runs', async () => {
  const lock = tryTakeContainer(statePaths(host.root), 'mail');
  if (lock === undefined) throw new Error('no other process can have it');
  await start('mail');
  await eventually(() => expect(requested(statePaths(host.root))).toEqual(['web']));
  closeSync(lock);
  host.damaged.set('mail', 'start');
  await connection.watchHealth('mail');
  const message = "skipped a domain whose records can't be read";
  await eventually(() => {
    expect(host.lines).toContainEqual(expect.objectContaining({ level: 'warn', message }));
  });
  host.damaged.delete('mail');
  await untilFound('unhealthy', 'mail');
  host.end('mail');
  host.end('web');
  await watching;
});

test('while the requests can not be read, the watcher goes on, and it looks again', async () => {
  const { checked } = statePaths(host.root);
  const kept = `${checked}.kept`;
  renameSync(checked, kept);
  symlinkSync(checked, checked);
  const message = 'the requests to check the health of containers could not be read';
  await eventually(() => expect(host.lines).toContainEqual(expect.objectContaining({ message })));
  unlinkSync(checked);
  renameSync(kept, checked);
  await start('mail');
  await untilFound('unhealthy', 'mail');
  host.end('mail');
  host.end('web');
  await watching;
});

test('a container of which it is unknown whether it has ended is checked again', async () => {
  await untilFound('unhealthy');
  for (const end of host.running.get('web')?.ended ?? []) end(undefined);
  listen();
  await untilFound('healthy');
  expect(requested(statePaths(host.root))).toEqual(['web']);
  host.end('web');
  await watching;
});
