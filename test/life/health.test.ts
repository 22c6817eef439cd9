/** `<tslxc:health>`: what is checked, who is told, what is done, and that it goes on without its caller. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, DomainSpec } from 'tslxc';
import { rebootFromInside } from '../support/domain/exec';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { runWithLibrary } from '../support/process/library-child';
import { environmentOf, listProcesses, readProcess } from '../support/process/processes';
import { commandOn } from '../support/process/command-on';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { makeTestRoot } from '../support/root/test-root';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { root, connection };
});

const { says, refuses, refusesEach } = commandOn(() => world.root.path);

/** Milliseconds: for `eventually`, which has more of it where the machine is slow, and for what has not. */
const [patience, timeout] = [10_000, 60_000];
const asleep = 'while :; do sleep 0.05; done';

const define = (name: string, more: Partial<DomainSpec>, script = asleep): Promise<Domain> =>
  world.connection.defineDomain({
    name,
    memory: '100MiB',
    init: '/bin/sh',
    // Guarded, as everything that would end the host.
    args: ['-c', `[ $$ = 1 ] || exit; echo begun; ${script}`],
    mounts: [{ type: 'ram', target: '/tmp', size: '1MiB' }],
    privateNetwork: true,
    ...more,
  });

const ready = { exec: ['test', '-e', '/tmp/ready'], interval: 100, retries: 2 } as const;

/** The processes that check the health of containers of this root. */
function watchers(): number[] {
  return listProcesses().filter((pid) => {
    const isWatcher = readProcess(pid).words.includes('watch-health');
    return isWatcher && environmentOf(pid).includes(`TSLXC_ROOT=${world.root.path}`);
  });
}

const health = async (domain: Domain): Promise<unknown> => (await domain.info()).health;

test('a container becomes unhealthy, healthy and so on, and all are told', async () => {
  const domain = await define('health-told', { health: ready });
  const details: string[] = [];
  world.connection.on('domain', ({ event, detail }) => {
    if (event === 'health-change') details.push(detail);
  });
  await domain.start();
  const isUnhealthy = (): Promise<void> =>
    eventually(async () => {
      expect(await health(domain)).toMatchObject({
        state: 'unhealthy',
        message: 'it exited with 1',
      });
    }, patience);
  await isUnhealthy();
  expect(await refuses('wait health-told --healthy --timeout 1')).toContain('is not healthy');
  await domain.exec(['touch', '/tmp/ready']);
  expect(await domain.waitFor({ healthy: true, timeout })).toMatchObject({
    state: 'healthy',
    failures: 0,
  });
  expect(await says('wait health-told --healthy --timeout 10')).toBe('');
  expect(await says('dominfo health-told')).toMatch(/^Health: +healthy$/m);
  await domain.exec(['rm', '/tmp/ready']);
  await isUnhealthy();
  expect(await says('dominfo health-told')).toMatch(/^Health: +unhealthy \(\d+ failed, it exited/m);
  await domain.exec(['touch', '/tmp/ready']);
  await domain.waitFor({ healthy: true, timeout });
  const changes = ['unhealthy', 'healthy', 'unhealthy', 'healthy'];
  await eventually(() => expect(details).toEqual(changes));
  const log = join(statePaths(world.root.path).logs, 'health-told.log');
  await eventually(() => {
    const logged = readFileSync(log, 'utf8').match(/(?<="the container is )\w+/g);
    expect(logged).toEqual(changes);
  });
});

test('failures do not count for a while after the start', async () => {
  const domain = await define('health-grace', { health: { ...ready, grace: 3_600_000 } });
  await domain.start();
  expect(await health(domain)).toMatchObject({ state: 'starting', failures: 0 });
  await eventually(async () => {
    expect(await health(domain)).toMatchObject({
      state: 'starting',
      failures: 0,
      message: 'it exited with 1',
    });
  }, patience);
  expect(await says('dominfo health-grace')).toMatch(/^Health: +starting \(it exited with 1\)$/m);
});

test('a port is looked at, and a command that hangs has failed', async () => {
  const port = await define(
    'health-port',
    { health: { port: 8080, interval: 100 } },
    'busybox httpd -f -p 8080 -h /tmp',
  );
  await port.start();
  await port.waitFor({ healthy: true, timeout });
  const hangs = { exec: ['sleep', '600'], interval: 100, timeout: 200, retries: 1 };
  const slow = await define('health-slow', { health: hangs });
  await slow.start();
  await eventually(async () => {
    expect(await health(slow)).toMatchObject({
      state: 'unhealthy',
      message: expect.stringContaining('took longer than 200 ms') as string,
    });
  }, patience);
});

/** Starts it, and is killed as soon as it runs. */
async function startAndDie({ name }: Domain): Promise<void> {
  const code = `
    await (await connection.lookupDomainByName('${name}')).start();
    process.kill(process.pid, 'SIGKILL');`;
  expect(await runWithLibrary(world.root.path, code)).toMatchObject({ signal: 'SIGKILL' });
}

test('with its caller killed, an unhealthy container is started again, and watched again', async () => {
  const domain = await define('health-restart', {
    health: { exec: ['false'], interval: 100, retries: 2, action: 'restart' },
  });
  await startAndDie(domain);
  await eventually(async () => {
    let runs = 0;
    for await (const line of domain.logs()) if (line.includes('begun')) runs += 1;
    expect(runs).toBeGreaterThan(3);
  }, patience);
});

test('after a reboot all begins anew, and is looked at at once, whatever the interval', async () => {
  const hour = 3_600_000;
  const check = { exec: ['test', '-e', '/tmp/ready'], interval: hour, grace: hour };
  const domain = await define('health-reboot', { health: check });
  await domain.start();
  await domain.exec(['touch', '/tmp/ready']);
  await domain.waitFor({ healthy: true, timeout });
  await rebootFromInside(domain);
  // Failures do not count yet; that there was one shows that it was looked at.
  await eventually(async () => {
    expect(await health(domain)).toMatchObject({
      state: 'starting',
      message: 'it exited with 1',
    });
  }, patience);
  await domain.exec(['touch', '/tmp/ready']);
  await domain.waitFor({ healthy: true, timeout });
});

test('one process checks three, outside of its caller’s cgroups, and another one when it was killed, until the last ends', async () => {
  const names = ['health-one', 'health-two', 'health-three'];
  const domains = await Promise.all(names.map((name) => define(name, { health: ready })));
  await Promise.all(domains.map((domain) => domain.start()));
  for (const domain of domains) {
    await eventually(async () => {
      expect(await health(domain)).toMatchObject({ state: 'unhealthy' });
    }, patience);
  }
  // What it starts for a check has its words for a moment.
  const [first = 0] = await eventually(() => {
    const found = watchers();
    expect(found).toHaveLength(1);
    return found;
  }, patience);
  await eventually(() => {
    expect(readFileSync(`/proc/${first}/cgroup`, 'utf8')).toContain('tslxc-monitor');
  }, patience);
  // A second one finds that there is one, and ends.
  expect(await says('watch-health')).toBe('');
  expect(await says('watch-health health-one')).toBe('');
  process.kill(first, 'SIGKILL');
  await eventually(async () => {
    await says('dominfo health-one');
    expect(watchers().filter((pid) => pid !== first)).toHaveLength(1);
  }, patience);
  // It checks those, too, that no process has asked for since.
  for (const domain of domains) await domain.exec(['touch', '/tmp/ready']);
  for (const name of names) {
    const { health: record } = runPaths(statePaths(world.root.path), name);
    await eventually(() => {
      expect(readFileSync(record, 'utf8')).toContain('"state":"healthy"');
    }, patience);
  }
  for (const domain of domains) {
    await eventually(() => expect(watchers()).toHaveLength(1), patience);
    await domain.destroy();
  }
  await eventually(() => expect(watchers()).toEqual([]), patience);
});

test('what has no checks can not be waited for, nor what makes no sense', async () => {
  const domain = await define('health-none', {});
  await domain.start();
  await expect(domain.waitFor({ healthy: true })).rejects.toMatchObject({
    code: 'OPERATION_UNSUPPORTED',
  });
  await expect(domain.waitFor({ healthy: false } as never)).rejects.toMatchObject({
    code: 'INVALID_ARG',
  });
  expect(await health(domain)).toBeUndefined();
  // There is nothing to be watched.
  expect(await says('watch-health health-none')).toBe('');
  await refusesEach([['watch-health health-none more', "unexpected data 'more'"]]);
});
