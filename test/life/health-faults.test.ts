/** `<tslxc:health>` when something goes wrong with its watcher: a disk without room, and a watcher that is killed. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, HealthInfo, HealthSpec } from 'tslxc';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { helpers } from '../support/domain/exec';
import { commandOn } from '../support/process/command-on';
import { hasEnded, readProcess } from '../support/process/processes';
import { sendSignal } from '../support/process/send-signal';
import { onlyWatcherOf, watchersOf } from '../support/process/watchers';
import { SmallDisk } from '../support/root/small-disk';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const disk = keep(SmallDisk.mount(root.path));
  const flags = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  // Before the disk is gone.
  const destroyed = async (): Promise<void> => {
    for (const domain of await connection.listDomains()) await domain.destroy();
    await eventually(() => expect(watchersOf(world.root.path)).toEqual([]), patience);
  };
  keep({ [Symbol.asyncDispose]: destroyed });
  return { root, disk, flags, connection };
});

const { says } = commandOn(() => world.root.path);

/** Milliseconds, for `eventually`. */
const patience = 30_000;

const flagOf = (name: string): string => join(world.flags.path, name);

/** Healthy as long as its flag is there. */
async function begin(name: string, health: Partial<HealthSpec> = {}): Promise<Domain> {
  writeFileSync(flagOf(name), '');
  const domain = await world.connection.defineDomain({
    name,
    memory: '100MiB',
    init: '/bin/sh',
    // Guarded, as everything that would end the host.
    args: ['-c', '[ $$ = 1 ] || exit; while :; do sleep 0.05; done'],
    mounts: [{ source: world.flags.path, target: '/var/tmp/flags' }],
    privateNetwork: true,
    health: {
      exec: ['test', '-e', `/var/tmp/flags/${name}`],
      ...{ interval: 100, timeout: 1000, retries: 1 },
      ...health,
    },
  });
  await domain.start({ ownership: 'leave' });
  await untilRecorded(name, 'healthy');
  return domain;
}

const becomesIll = (name: string): void => rmSync(flagOf(name));

/** What is on record: reading it asks no process for anything. */
function recorded(name: string): HealthInfo {
  const { health } = runPaths(statePaths(world.root.path), name);
  return (JSON.parse(readFileSync(health, 'utf8')) as { readonly health: HealthInfo }).health;
}

const untilRecorded = (name: string, state: string): Promise<void> =>
  eventually(() => expect(recorded(name).state).toBe(state), patience);

const untilEnded = (pid: number): Promise<void> =>
  eventually(() => expect(hasEnded(pid)).toBe(true), patience);

const onlyWatcher = (): Promise<number> => onlyWatcherOf(world.root.path, patience);

test('a disk that has no room for a while ends no checks, and what they find later is acted on', async () => {
  await begin('ill-later', { action: 'restart' });
  const watcher = await onlyWatcher();
  const init = await initOf('ill-later');
  world.disk.fill();
  const { checkedAt = 0 } = recorded('ill-later');
  // By then, checks have been made whose results could not be written.
  await eventually(() => expect(Date.now() - checkedAt).toBeGreaterThan(2000), patience);
  world.disk.empty();
  await eventually(
    () => expect(recorded('ill-later').checkedAt).toBeGreaterThan(checkedAt),
    patience,
  );
  expect(await onlyWatcher()).toBe(watcher);
  becomesIll('ill-later');
  await untilEnded(init);
  writeFileSync(flagOf('ill-later'), '');
  expect(await initOf('ill-later')).not.toBe(init);
});

test('while the disk has no room, an answer says that nothing is on record, and an unhealthy container is killed', async () => {
  const domain = await begin('ill-full', { action: 'restart' });
  const init = await initOf('ill-full');
  expect((await domain.info()).health).toMatchObject({ state: 'healthy' });
  expect((await domain.info()).health).not.toHaveProperty('overdue');
  world.disk.fill();
  await eventually(async () => {
    const { health } = await domain.info();
    expect(health).toMatchObject({ state: 'healthy', overdue: true });
  }, patience);
  expect(await says('dominfo ill-full')).toMatch(
    /^Health: +healthy \(checked \d+ s ago, and nothing on record since\)$/m,
  );
  becomesIll('ill-full');
  await untilEnded(init);
  world.disk.empty();
});

test('a watcher that is killed is missed by the monitors, and an unhealthy container is killed though no caller asks', async () => {
  const names = ['missed-one', 'missed-two', 'missed-three'];
  for (const name of names) await begin(name, { action: 'restart' });
  const init = await initOf('missed-two');
  const watcher = await onlyWatcher();
  sendSignal(watcher, 'SIGKILL');
  await untilEnded(watcher);
  becomesIll('missed-two');
  await untilEnded(init);
  writeFileSync(flagOf('missed-two'), '');
  expect(await initOf('missed-two')).not.toBe(init);
  expect(await onlyWatcher()).not.toBe(watcher);
  for (const name of names) await untilRecorded(name, 'healthy');
});

test('what a watcher has found that is gone is no answer', async () => {
  const domain = await begin('gone-watcher');
  const watcher = await onlyWatcher();
  sendSignal(watcher, 'SIGSTOP');
  becomesIll('gone-watcher');
  expect(recorded('gone-watcher').state).toBe('healthy');
  sendSignal(watcher, 'SIGKILL');
  await untilEnded(watcher);
  expect((await domain.info()).health?.state).not.toBe('healthy');
  await eventually(async () => {
    expect((await domain.info()).health?.state).toBe('unhealthy');
  }, patience);
});

/** Kills what looks after the check, once that has shown by its flag that it runs. */
async function killHelper(flag: string): Promise<void> {
  await eventually(() => expect(existsSync(flagOf(flag))).toBe(true), patience);
  const looking = helpers();
  const [attendant, ...others] = looking.filter(
    (pid) => !looking.includes(readProcess(pid).parent),
  );
  expect(others).toEqual([]);
  rmSync(flagOf(flag));
  sendSignal(attendant, 'SIGKILL');
  await untilEnded(attendant ?? 0);
}

test('a check whose helper process is killed is no failure of the container', async () => {
  const slow = `[ ! -e /var/tmp/flags/hold ] || { touch /var/tmp/flags/held; sleep 1000; }; test -e /var/tmp/flags/helper`;
  await begin('helper', {
    exec: ['sh', '-c', slow],
    timeout: 120_000,
    action: 'restart',
  });
  const init = await initOf('helper');
  writeFileSync(flagOf('hold'), '');
  // More often than the check may fail in a row.
  for (let times = 0; times < 3; times += 1) await killHelper('held');
  const { checkedAt = 0 } = recorded('helper');
  rmSync(flagOf('hold'));
  await eventually(async () => {
    // One that had begun before.
    if (existsSync(flagOf('held'))) await killHelper('held');
    expect(recorded('helper').checkedAt).toBeGreaterThan(checkedAt);
  }, patience);
  expect([recorded('helper').state, await initOf('helper')]).toEqual(['healthy', init]);
  // Control: a check that can be made, and fails.
  becomesIll('helper');
  await untilEnded(init);
});

/** Checked by a command of which its init is no part. */
async function startChecked(name: string, exec: readonly string[]): Promise<Domain> {
  const domain = await world.connection.defineDomain({
    name,
    memory: '100MiB',
    init: '/bin/sleep',
    args: ['1000'],
    privateNetwork: true,
    health: { exec, interval: 100, timeout: 1000, retries: 1 },
  });
  await domain.start({ ownership: 'leave' });
  return domain;
}

test('a container with as many processes as it may have fails its checks', async () => {
  const domain = await startChecked('full', ['true']);
  await untilRecorded('full', 'healthy');
  await domain.setProcessLimit(1);
  await untilRecorded('full', 'unhealthy');
  await domain.setProcessLimit('unlimited');
  await untilRecorded('full', 'healthy');
});

test('a check that the container has no program for fails', async () => {
  await startChecked('no-program', ['/var/tmp/no-such-program']);
  await untilRecorded('no-program', 'unhealthy');
  expect(recorded('no-program').message).toContain('cannot find the program');
});
