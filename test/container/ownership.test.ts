/** Real containers and the processes that come and go beside them: other callers, workers, none at all. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { connect, type DomainEvent } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { libraryPath, runWithLibrary } from '../support/process/library-child';
import { makeTestRoot } from '../support/root/test-root';

const name = 'ownership';

const world = containerTest(rootAndConnection);

function scriptXml(script: string): string {
  return domainXml({ name, initArguments: ['-c', script] });
}

/** As code for another process. */
function literal(script: string): string {
  return JSON.stringify(scriptXml(script));
}

async function child(code: string): Promise<string> {
  const { code: status, stdout, stderr } = await runWithLibrary(world.root.path, code);
  if (status !== 0) throw new Error(`child: exit code ${status}\n${stderr}`);
  return stdout;
}

async function take(events: AsyncIterator<DomainEvent>, count: number): Promise<DomainEvent[]> {
  const taken: DomainEvent[] = [];
  while (taken.length < count) {
    const { value } = (await events.next()) as { value: DomainEvent };
    // What a start lacks is of no concern here.
    if (value.event !== 'warning') taken.push(value);
  }
  return taken;
}

test.each(['keep', 'leave'])(
  'the end is exact when no caller is alive at that moment (ownership %s)',
  async (ownership) => {
    const events = world.connection.events();
    const gate = join(world.root.path, 'gate');
    const script = `until [ -e ${gate} ]; do sleep 0.05; done; exit 33`;
    await child(`
      const domain = await connection.defineDomain(${literal(script)});
      await domain.start({ ownership: ${JSON.stringify(ownership)} });
    `);
    const domain = await world.connection.lookupDomainByName(name);
    expect(domain.id).toBeDefined();
    writeFileSync(gate, '');
    // This process doesn't touch the domain: the monitor's last act cleans up and tells.
    const [defined, started, stopped] = await take(events, 3);
    expect([defined?.event, started?.event]).toEqual(['defined', 'started']);
    expect(stopped).toMatchObject({
      event: 'stopped',
      detail: 'shutdown',
      domain: name,
      exit: { how: 'exited', code: 33 },
    });
    expect(await domain.state()).toMatchObject({ reason: 'shutdown', exit: { code: 33 } });
    expect(await domain.wait()).toMatchObject({ how: 'exited', code: 33 });
  },
);

test('a process whose connection is idle ends, and its container goes on', async () => {
  const began = Date.now();
  await child(`
    const domain = await connection.createDomain(${literal('exec sleep 100')});
    connection.events();
    await domain.info();
  `);
  // Far below the 100 s of its container; node and a start are slow where three lanes share two processors.
  expect(Date.now() - began).toBeLessThan(20_000);
  const [domain] = await world.connection.listDomains();
  expect(domain?.id).toBeDefined();
  await domain?.destroy();
});

test('a connection that is ref-ed keeps its process alive while it owns a container', async () => {
  const stdout = await child(`
    const began = Date.now();
    await connection.createDomain(${literal('sleep 2')});
    connection.ref();
    process.on('exit', () => console.log(Date.now() - began));
  `);
  expect(Number(stdout)).toBeGreaterThan(1900);
});

test('wait keeps its process alive', async () => {
  const stdout = await child(`
    const domain = await connection.createDomain(${literal('sleep 0.5; exit 3')});
    const { how, code } = await domain.wait();
    console.log(how, code);
  `);
  expect(stdout).toBe('exited 3\n');
});

test('what one process starts another lists, waits for and destroys', async () => {
  const events = world.connection.events();
  const domain = await world.connection.defineDomain(scriptXml('exec sleep 100'));
  await domain.start();
  const waiting = domain.wait();
  const stdout = await child(`
    const [domain] = await connection.listDomains();
    console.log(domain.name, domain.id);
    await domain.destroy();
    await domain.undefine();
  `);
  expect(stdout).toMatch(new RegExp(`^${name} \\d+\n$`));
  expect(await waiting).toMatchObject({ how: 'killed', signal: 9, requested: 'destroy' });
  const seen = await take(events, 4);
  expect(seen.map(({ event, detail }) => `${event} ${detail}`)).toEqual([
    'defined added',
    'started booted',
    'stopped destroyed',
    'undefined removed',
  ]);
  expect(await world.connection.listDomains()).toEqual([]);
});

test('a killed caller leaves its container running, to be found and destroyed', async () => {
  const { signal } = await runWithLibrary(
    world.root.path,
    `
    await connection.createDomain(${literal('exec sleep 100')});
    process.kill(process.pid, 'SIGKILL');
  `,
  );
  expect(signal).toBe('SIGKILL');
  const domain = await world.connection.lookupDomainByName(name);
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  await domain.destroy();
  expect(await world.connection.listDomains()).toEqual([]);
});

test('a monitor that is killed takes its container along, and destroy cleans up', async () => {
  const domain = await world.connection.defineDomain(scriptXml('exec sleep 100'));
  await domain.start();
  const { id } = domain;
  if (id === undefined) throw new Error('no id');
  const waiting = domain.wait();
  process.kill(id, 'SIGKILL');
  expect(await waiting).toMatchObject({ how: 'lost' });
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'crashed' });
  await domain.start();
  expect(domain.id).toBeDefined();
  await domain.destroy();
});

test('a worker thread starts, sees and destroys as any other caller', async () => {
  const code = `
    const { parentPort } = require('node:worker_threads');
    const { connect } = require(${libraryPath});
    (async () => {
      const connection = await connect('lxc:///', { root: ${JSON.stringify(world.root.path)} });
      const events = connection.events();
      const domain = await connection.createDomain(${literal('exit 9')});
      const exit = await domain.wait();
      const { value } = await events.next();
      const other = await connection.createDomain(${literal('exec sleep 100').replace(name, 'ownership-2')});
      await other.destroy();
      await connection.close();
      parentPort.postMessage({ code: exit.code, event: value.event });
    })();
  `;
  const worker = new Worker(code, { eval: true });
  const answer = await new Promise((resolve, reject) => {
    worker.on('message', resolve).on('error', reject);
  });
  expect(answer).toEqual({ code: 9, event: 'started' });
  await eventually(() => expect(worker.threadId).toBe(-1));
  expect(await world.connection.listDomains()).toEqual([]);
});

test('two roots with one name do not touch each other', async () => {
  await using second = await makeTestRoot();
  const other = await connect('lxc:///', { root: second.path });
  const [mine, theirs] = [
    await world.connection.defineDomain(scriptXml('exec sleep 100')),
    await other.defineDomain(scriptXml('exec sleep 100')),
  ];
  await mine.start();
  await expect(theirs.start()).rejects.toMatchObject({ code: 'RESOURCE_BUSY' });
  expect(mine.id).toBeDefined();
  await expect(theirs.destroy()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  expect(await mine.state()).toMatchObject({ state: 'running' });
  await mine.destroy();
  await theirs.start();
  await sleep(1);
  await theirs.destroy();
  await other.close();
});
