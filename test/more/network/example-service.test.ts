/** examples/service on the default network: what its README promises. */
import { existsSync } from 'node:fs';
import { initOf } from '../../support/world/container-traces';
import { ExampleCopy } from '../../support/examples/example';
import { eventually } from '../../support/time/eventually';
import { containerTest, rootAndConnection } from '../../support/world/container-test';

const world = containerTest(async (keep) => {
  const { root, connection } = await rootAndConnection(keep);
  const example = keep(new ExampleCopy('service', { root: root.path, home: 'GREETER_HOME' }));
  return { root, connection, example };
});

/** Runs a verb of the service, which has to succeed; resolves with what it printed. */
async function verb(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await world.example.run('service.js', ...words);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${code}\n${stdout}${stderr}`);
  return stdout;
}

async function pageOf(address: string): Promise<string> {
  return (await fetch(address.trim())).text();
}

test('the service goes on without its program, and begins again when it has failed, until it is stopped', async () => {
  const address = await verb('start');
  expect(address).toBe('http://127.0.0.1:8080/\n');
  expect(await pageOf(address)).toContain('Hello from a container');
  const domain = await world.connection.lookupDomainByName('greeter');
  expect((await domain.info()).isolation).toBe('user-namespace');

  const { id } = domain;
  expect(await verb('start')).toBe(address);
  expect(domain.id).toBe(id);
  expect(await verb('status')).toMatch(/^running \(healthy\)\nmemory: \d+ KiB\nprocesses: \d+\n$/);
  const looked = await world.example.run('service.js', 'exec', 'sh', '-c', 'id -u; exit 3');
  expect(looked).toMatchObject({ code: 3, stdout: '0\n' });
  await eventually(async () => expect(await verb('logs')).toContain('response:200'));

  const init = await initOf('greeter');
  process.kill(init, 'SIGKILL');
  await eventually(async () => {
    expect((await domain.state()).state).toBe('running');
    expect(await initOf('greeter')).not.toBe(init);
  });
  expect(await verb('start')).toBe(address);
  await eventually(async () => expect(await pageOf(address)).toContain('Hello'));

  await verb('stop');
  expect(await verb('status')).toBe('shutoff (destroyed)\n');
  await verb('start');
  await verb('remove');
  expect(await world.connection.listDomains()).toEqual([]);
  expect(existsSync(world.example.home)).toBe(false);
});

test('it says what it can do, and what it can not', async () => {
  const nonsense = await world.example.run('service.js', 'restart');
  expect([nonsense.code, nonsense.stderr]).toEqual([2, expect.stringMatching(/^usage: /)]);
  const early = await world.example.run('service.js', 'status');
  expect([early.code, early.stderr]).toEqual([1, expect.stringMatching(/^error: .*greeter/)]);
});
