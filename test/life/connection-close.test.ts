/** What waits for a container ends with its connection, and keeps no process alive; the container goes on. */
import { once } from 'node:events';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { pidOf, pidsOf } from '../support/domain/exec';
import { containerTest } from '../support/world/container-test';
import { eventually } from '../support/time/eventually';
import { runWithLibrary } from '../support/process/library-child';
import { TestDomain } from '../support/domain/test-domain';

const world = containerTest(
  async (keep) => {
    const test = keep(
      await TestDomain.make({
        name: 'closed',
        initArguments: ['-c', 'echo begun; while :; do sleep 0.05; done'],
      }),
    );
    await test.start();
    return { test };
  },
  { per: 'file' },
);

const closed = { code: 'OPERATION_INVALID', message: expect.stringContaining('closed') as unknown };

/** A connection of its own, which the test closes, and its handle of the domain. */
async function another(): Promise<{ readonly connection: Connection; readonly domain: Domain }> {
  const connection = await connect(undefined, { root: world.test.root });
  return { connection, domain: await connection.lookupDomainByName('closed') };
}

/** What its connection leaves behind: the container runs. */
async function expectRunning(): Promise<void> {
  expect(await world.test.domain.state()).toMatchObject({ state: 'running' });
}

test('a console is closed with its connection, and fails for those who listen', async () => {
  const { connection, domain } = await another();
  const [heard, unheard] = [await domain.openConsole(), await domain.openConsole()];
  const failure = once(heard, 'error');
  const over = new Promise((resolve) => unheard.once('close', resolve));
  heard.resume();
  await connection.close();
  expect((await failure)[0]).toMatchObject(closed);
  await over;
  expect(unheard.errored).toBeNull();
  await expectRunning();
});

test('who iterates over a console is told that its connection is closed', async () => {
  const { connection, domain } = await another();
  const stream = await domain.openConsole();
  const reading = (async (): Promise<void> => {
    for await (const chunk of stream) if (String(chunk).includes('begun')) void connection.close();
  })();
  await expect(reading).rejects.toMatchObject(closed);
  await connection.close();
});

test('commands are killed with their connection, whether awaited, started or on their way', async () => {
  const { connection, domain } = await another();
  const seconds = `27${process.pid}`;
  const sleep = ['sleep', seconds];
  const started = await domain.exec(sleep).started;
  const awaited = domain.exec(sleep);
  const ends = Promise.allSettled([started.result, awaited, awaited.started]);
  await pidOf(...sleep);
  // It has not been executed when the connection is closed.
  const late = domain.exec(sleep).then(
    () => undefined,
    (error: unknown) => error,
  );
  await connection.close();
  expect(pidsOf(...sleep)).toEqual([]);
  const [first, second] = await ends;
  for (const end of [first, second]) expect(end).toMatchObject({ reason: closed });
  expect(await late).toMatchObject(closed);
  await expectRunning();
});

test('waits end with their connection, and followed output as well', async () => {
  const { connection, domain } = await another();
  const lines = domain.logs({ lines: 0, follow: true });
  const waits = Promise.allSettled([
    domain.wait(),
    domain.waitFor({ exit: 'any' }),
    domain.waitFor({ port: 1 }),
    domain.waitFor({ address: 'ipv4' }),
    domain.waitFor({ state: 'shutoff' }),
    domain.waitFor({ console: /never/ }),
    domain.waitFor({ exec: ['false'] }),
    lines.next(),
  ]);
  await domain.waitFor({ console: /begun/ });
  await connection.close();
  for (const wait of await waits) expect(wait).toMatchObject({ reason: closed });
  await expectRunning();
});

test('a process ends by itself once it has closed its connection', async () => {
  const program = `
    const domain = await connection.lookupDomainByName('closed');
    const stream = await domain.openConsole();
    stream.on('data', () => undefined);
    await domain.exec(['sleep', '100']).started;
    connection.on('domain', () => undefined);
    const waits = [domain.wait(), domain.waitFor({ port: 1 }), domain.exec(['sleep', '100'])];
    const ends = Promise.allSettled(waits);
    await domain.waitFor({ console: /begun/ });
    await connection.close();
    console.log((await ends).map(({ reason }) => reason.code).join(' '));`;
  const { code: status, stdout, stderr } = await runWithLibrary(world.test.root, program);
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: 'OPERATION_INVALID OPERATION_INVALID OPERATION_INVALID\n',
    stderr: '',
  });
  await eventually(() => expect(pidsOf('sleep', '100')).toEqual([]));
  await expectRunning();
});
