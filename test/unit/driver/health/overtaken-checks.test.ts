/** The watcher of a container's health, when something else happens to the container during a check, or before it is killed. */
import { closeSync, mkdirSync } from 'node:fs';
import { SyscallError } from '../../../../lib/errors';
import type { Connection } from '../../../../lib/index';
import { readHealth } from '../../../../lib/driver/health/record';
import { tryTakeWatch } from '../../../../lib/driver/health/watcher-lock';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { eventually } from '../../../support/time/eventually';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;
let connection: Connection;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
});

async function start(action: 'none' | 'restart'): Promise<void> {
  mkdirSync(runPaths(statePaths(host.root), 'web').directory, { recursive: true });
  const health = `<tslxc:health port='80' interval='10' retries='1' action='${action}'/>`;
  const elements = `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>${health}</tslxc:container></metadata>`;
  // The watch is taken, so that the start spawns no process for it.
  const lock = tryTakeWatch(statePaths(host.root));
  if (lock === undefined) throw new Error('no other process can have it');
  try {
    await connection.createDomain(domainXml({ name: 'web', elements }), { ownership: 'leave' });
  } finally {
    closeSync(lock);
  }
}

function found(): string | undefined {
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error(state.phase);
  return readHealth(statePaths(host.root), 'web', state.running)?.health.state;
}

/** Each check waits until it is answered that nothing listens; how many were begun, and the answer to the last of them. */
function holdChecks(): { readonly begun: () => number; readonly answer: () => void } {
  let [begun, answer] = [0, (): void => undefined];
  host.network.listeningInside = () => {
    begun += 1;
    return new Promise((resolve) => {
      answer = () => resolve([]);
    });
  };
  return { begun: () => begun, answer: () => answer() };
}

/** For what goes on without waiting for anything else. */
async function someTurns(): Promise<void> {
  for (let turns = 0; turns < 10; turns += 1) await new Promise(setImmediate);
}

/** Resolves when the first check has failed, and the lock is waited for to kill the container. */
async function untilKillWaits(checks: ReturnType<typeof holdChecks>): Promise<void> {
  await eventually(() => expect(checks.begun()).toBe(1));
  checks.answer();
  await someTurns();
  expect(host.asked).toEqual([]);
}

test('a check during which the container was paused says nothing', async () => {
  const checks = holdChecks();
  await start('none');
  const watching = connection.watchHealth();
  await eventually(() => expect(checks.begun()).toBe(1));
  host.frozen.add('web');
  checks.answer();
  // As long as it is paused, no other check is begun.
  await someTurns();
  host.frozen.delete('web');
  await eventually(() => expect(checks.begun()).toBe(2));
  expect(found()).toBeUndefined();
  // Control: the same answer counts when it was not paused.
  checks.answer();
  await eventually(() => expect(found()).toBe('unhealthy'));
  host.end('web');
  await watching;
});

/** It ends, and runs again under another monitor. */
function startAgain(): void {
  const [state, entry] = [host.state('web'), host.running.get('web')];
  if (state.phase !== 'running' || entry === undefined) throw new Error(state.phase);
  host.end('web');
  host.states.set('web', { ...state, running: { ...state.running, id: state.running.id + 100 } });
  host.running.set('web', { ...entry, ended: [] });
}

const listen = (): void => {
  const listening = [{ family: 'ipv4', port: 80, address: '0.0.0.0' }] as const;
  host.network.listeningInside = () => Promise.resolve([...listening]);
};

test('a later container of the name is not killed, which was started while the lock was waited for', async () => {
  const checks = holdChecks();
  await start('restart');
  const letGo = await host.hold('web');
  const watching = connection.watchHealth();
  await untilKillWaits(checks);
  startAgain();
  listen();
  letGo();
  // It is watched once the former one is done with.
  await eventually(() => expect(found()).toBe('healthy'));
  expect(host.asked).toEqual([]);
  host.end('web');
  await watching;
});

test('control: the same container is killed', async () => {
  const checks = holdChecks();
  await start('restart');
  const letGo = await host.hold('web');
  const watching = connection.watchHealth();
  await untilKillWaits(checks);
  letGo();
  await eventually(() => expect(host.asked).toEqual(['intend unhealthy 60000', 'signal 9']));
  host.end('web');
  await watching;
});

test.each([
  ['for lack of descriptors', { errno: 24, syscall: 'clone', domain: 'web' }],
  ['since the host’s files could not be read', { errno: 5, syscall: 'open', path: '/proc/1/net' }],
])('a check that could not be made %s is no failure of the container', async (_why, failure) => {
  let asked = 0;
  host.network.listeningInside = () => {
    asked += 1;
    return Promise.reject(new SyscallError(failure));
  };
  await start('restart');
  const watching = connection.watchHealth();
  await eventually(() => expect(asked).toBeGreaterThan(3));
  const message = 'the health of the container could not be checked, which is tried again';
  expect(host.lines.filter((line) => line.message === message)).toHaveLength(1);
  expect([found(), host.asked]).toEqual([undefined, []]);
  listen();
  await eventually(() => expect(found()).toBe('healthy'));
  host.end('web');
  await watching;
});
