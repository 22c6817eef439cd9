/** `<tslxc:restart>`: what fails is started again by whichever process there is, as often and as late as is said. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';
import { runWithLibrary } from '../support/process/library-child';
import { makeTestRoot } from '../support/root/test-root';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { root, connection };
});

/** Milliseconds: for `eventually`, which has more of it where the machine is slow, and for what has not. */
const [patience, timeout] = [10_000, 60_000];

const define = (name: string, script: string, restart: object): Promise<Domain> =>
  world.connection.defineDomain({
    name,
    memory: '20MiB',
    init: '/bin/sh',
    // Guarded, as everything that would end the host.
    args: ['-c', `[ $$ = 1 ] || exit; ${script}`],
    privateNetwork: true,
    restart: { policy: 'on-failure', ...restart },
  });

async function runs({ name }: Domain): Promise<number> {
  let count = 0;
  for await (const line of world.connection.logs(name)) if (line.includes('begun')) count += 1;
  return count;
}

/** Starts it, and is killed as soon as it runs. */
async function startAndDie({ name }: Domain): Promise<void> {
  const code = `
    await (await connection.lookupDomainByName('${name}')).start();
    process.kill(process.pid, 'SIGKILL');`;
  expect(await runWithLibrary(world.root.path, code)).toMatchObject({ signal: 'SIGKILL' });
}

test('with its caller killed, one that fails is started again max times, each pause twice as long', async () => {
  // Both are seen inside, since it has the host's root. It fails once its caller is dead; to look at a log would end a pause.
  const [dead, begun] = [join(world.root.path, 'dead'), join(world.root.path, 'begun')];
  const script = `echo >> ${begun}; until [ -e ${dead} ]; do sleep 0.02; done; exit 3`;
  const count = (): number => readFileSync(begun, 'utf8').length;
  const domain = await define('restart-max', script, { max: 3, delay: 200 });
  await startAndDie(domain);
  const began = performance.now();
  writeFileSync(dead, '');
  await eventually(() => expect(count()).toBe(4), patience);
  // 200, 400 and 800 ms.
  expect(performance.now() - began).toBeGreaterThan(1400);
  await eventually(async () => {
    expect(await domain.state()).toMatchObject({ state: 'shutoff', exit: { code: 3 } });
  }, patience);
  expect(count()).toBe(4);
});

test('one that is killed comes again, and one that ends well stays off', async () => {
  const script = 'echo begun; while :; do sleep 0.05; done';
  const killed = await define('restart-killed', script, { delay: 0 });
  await killed.start();
  await killed.waitFor({ console: /begun/, timeout });
  process.kill(await initOf(killed.name), 'SIGKILL');
  await eventually(async () => expect(await runs(killed)).toBe(2), patience);
  await eventually(async () => expect((await killed.state()).state).toBe('running'), patience);
  await killed.destroy();
  expect((await killed.state()).state).toBe('shutoff');
  const well = await define('restart-well', 'echo begun; exit 0', {});
  await well.start();
  await well.wait();
  expect(await well.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
  expect(await runs(well)).toBe(1);
});

test('so does one that its memory was not enough for', async () => {
  const starved = await define('restart-starved', 'echo begun; exec tail /dev/zero', { max: 1 });
  await starved.start({ ownership: 'leave' });
  await eventually(async () => {
    expect(await starved.state()).toMatchObject({
      state: 'shutoff',
      exit: { how: 'killed', signal: 9, OOMKilled: true },
    });
  }, patience);
  expect(await runs(starved)).toBe(2);
});

test('a shutdown is no failure, with whatever code it ends', async () => {
  const script = "trap 'exit 9' TERM; echo begun; while :; do sleep 0.05; done";
  const domain = await define('restart-shutdown', script, {});
  await domain.start();
  await domain.waitFor({ console: /begun/, timeout });
  expect(await domain.shutdown({ timeout })).toMatchObject({ outcome: 'stopped' });
  expect(await domain.state()).toMatchObject({ state: 'shutoff', exit: { code: 9 } });
});
