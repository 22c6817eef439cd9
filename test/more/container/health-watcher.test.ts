/** The watcher of `<tslxc:health>`: that no start is lost at its end, what one container is to the others, and older packages. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, HealthSpec } from 'tslxc';
import { requested } from '../../../lib/driver/health/requests';
import { tryTakeContainer } from '../../../lib/driver/health/watcher-lock';
import { commandPath } from '../../../lib/host/package-paths';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import {
  environmentOf,
  hasEnded,
  listProcesses,
  readProcess,
} from '../../support/process/processes';
import { makeTestRoot } from '../../support/root/test-root';
import { commandEnvironment } from '../../support/process/run-command';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { root, connection };
});

/** Milliseconds, for `eventually`. */
const patience = 10_000;

const paths = (): ReturnType<typeof statePaths> => statePaths(world.root.path);

const define = (name: string, health: HealthSpec): Promise<Domain> =>
  world.connection.defineDomain({
    name,
    memory: '100MiB',
    init: '/bin/sh',
    // Guarded, as everything that would end the host.
    args: ['-c', '[ $$ = 1 ] || exit; while :; do sleep 0.05; done'],
    mounts: [{ type: 'ram', target: '/tmp', size: '1MiB' }],
    privateNetwork: true,
    health,
  });

const ready = { exec: ['test', '-e', '/tmp/ready'], interval: 100, retries: 1 } as const;

/** What is on record, which asks no process to watch it. */
const untilRecorded = (name: string, state: string): Promise<void> =>
  eventually(() => {
    const record = readFileSync(runPaths(paths(), name).health, 'utf8');
    expect(record).toContain(`"state":"${state}"`);
  }, patience);

function watchers(): number[] {
  return listProcesses().filter((pid) => {
    const isWatcher = readProcess(pid).words.includes('watch-health');
    return isWatcher && environmentOf(pid).includes(`TSLXC_ROOT=${world.root.path}`);
  });
}

/** What the watcher starts for a check has its words for a moment. */
const onlyWatcher = (): Promise<number> =>
  eventually(() => {
    const [first = 0, ...others] = watchers();
    expect(first).toBeGreaterThan(0);
    expect(others).toEqual([]);
    return first;
  }, patience);

test('no start is lost, however soon after the end of the last one', async () => {
  const names = ['health-turn-one', 'health-turn-two'];
  const domains = await Promise.all(names.map((name) => define(name, ready)));
  for (let round = 0; round < 6; round += 1) {
    for (const [index, domain] of domains.entries()) {
      await domain.start();
      await untilRecorded(names[index] ?? '', 'unhealthy');
      await domain.destroy();
    }
  }
  await eventually(() => expect(watchers()).toEqual([]), patience);
});

test('a check that hangs delays no other one, and a changed one counts from the next start on', async () => {
  const hangs = { exec: ['sleep', '600'], interval: 100, timeout: 600_000, retries: 1 };
  const slow = await define('health-hangs', hangs);
  const quick = await define('health-quick', ready);
  await slow.start();
  await quick.start();
  await untilRecorded('health-quick', 'unhealthy');
  await quick.exec(['touch', '/tmp/ready']);
  await untilRecorded('health-quick', 'healthy');
  expect(await slow.info()).toMatchObject({ health: { state: 'starting', failures: 0 } });
  await quick.destroy();
  await define('health-quick', { ...ready, exec: ['test', '-e', '/tmp/other'] });
  await quick.start();
  await quick.exec(['touch', '/tmp/other']);
  await untilRecorded('health-quick', 'healthy');
  await onlyWatcher();
});

test('what can not be written of one is in its log, the others go on, and it is written once it can be', async () => {
  const faulty = await define('health-faulty', ready);
  const sound = await define('health-sound', ready);
  await faulty.start();
  await sound.start();
  await untilRecorded('health-sound', 'unhealthy');
  const watcher = await onlyWatcher();
  const { health: record } = runPaths(paths(), 'health-faulty');
  // No record can take the place of a folder; one may come before the folder does.
  await eventually(() => {
    rmSync(record, { recursive: true, force: true });
    mkdirSync(record);
  });
  const log = join(paths().logs, 'health-faulty.log');
  await eventually(() => {
    expect(readFileSync(log, 'utf8')).toContain(
      'what the check of the health has found is not on record',
    );
  }, patience);
  await sound.exec(['touch', '/tmp/ready']);
  await untilRecorded('health-sound', 'healthy');
  rmSync(record, { recursive: true });
  await untilRecorded('health-faulty', 'unhealthy');
  expect(await onlyWatcher()).toBe(watcher);
});

test('what a watcher of an older package checks is left to it, and what one is to check is taken over', async () => {
  const lock = tryTakeContainer(paths(), 'health-old');
  if (lock === undefined) throw new Error('no other process can have it');
  const [old, other] = [await define('health-old', ready), await define('health-new', ready)];
  await old.start();
  await other.start();
  await untilRecorded('health-new', 'unhealthy');
  await other.exec(['touch', '/tmp/ready']);
  await untilRecorded('health-new', 'healthy');
  expect(await old.info()).toMatchObject({ health: { state: 'starting', failures: 0 } });
  expect(() => readFileSync(runPaths(paths(), 'health-old').health)).toThrow('ENOENT');
  // As a process of an older package starts one: with the lock of the container, and its name.
  const child = spawn(process.execPath, [commandPath, 'watch-health', '--', 'health-old'], {
    stdio: ['ignore', 'ignore', 'ignore', lock],
    cwd: '/',
    env: { PATH: process.env['PATH'], TSLXC_ROOT: world.root.path, TSLXC_HEALTH_LOCK: '3' },
  });
  closeSync(lock);
  expect(await once(child, 'exit')).toEqual([0, null]);
  await untilRecorded('health-old', 'unhealthy');
  await onlyWatcher();
});

/** Of the containers of other tests, too, whose monitors would start a watcher as well. */
async function untilNoneRuns(): Promise<void> {
  for (const domain of await world.connection.listDomains()) await domain.destroy();
  await eventually(() => expect(watchers()).toEqual([]), patience);
}

/** `start`, by a process that dies once the container runs on without it, before it asks for checks. */
async function startByDying(name: string): Promise<void> {
  const env = {
    ...commandEnvironment(world.root.path),
    TSLXC_FAILPOINT: 'controller:after-own=killSelf',
  };
  const child = spawn(process.execPath, [commandPath, 'start', name], { stdio: 'ignore', env });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect(requested(paths())).not.toContain(name);
}

test('a container whose caller died before it asked for checks is checked, by a new watcher or the one that runs', async () => {
  await untilNoneRuns();
  const names = ['health-unasked-one', 'health-unasked-two'];
  for (const name of names) {
    await define(name, ready);
    await startByDying(name);
    await untilRecorded(name, 'unhealthy');
  }
  await onlyWatcher();
});

test('ten that start at once have one watcher, which stays until the last one has ended', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `health-many-${index}`);
  const domains = await Promise.all(names.map((name) => define(name, ready)));
  await Promise.all(domains.map((domain) => domain.start()));
  await Promise.all(names.map((name) => untilRecorded(name, 'unhealthy')));
  const watcher = await onlyWatcher();
  await Promise.all(domains.slice(1).map((domain) => domain.destroy()));
  expect(await onlyWatcher()).toBe(watcher);
  await domains[0]?.destroy();
  await eventually(() => expect(hasEnded(watcher)).toBe(true), patience);
});
