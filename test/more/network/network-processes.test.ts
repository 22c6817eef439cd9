/**
 * Networks belong to no process: several work on them at once, hear of one another, and find them after a boot. One network
 * that several start, and what a boot brings up: test/network/network-{started-once,autostart}.test.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { HookScripts } from '../../support/domain/hook-scripts';
import { domainXml } from '../../support/domain/domain-xml';
import { eventually } from '../../support/time/eventually';
import { libraryWords } from '../../support/process/library-child';
import { untilLockAwaited } from '../../support/process/lock-waiters';
import {
  commandEnvironment,
  runProgram,
  type CommandResult,
} from '../../support/process/run-command';
import { Boot, endedIn } from '../../network/host-boot';
import { containing } from '../../unit/driver/refusal';
import {
  makeNetworkWorld,
  networkXml,
  run,
  traces,
} from '../../support/network/virtual-network-world';

test('what one process does to a network, another hears of in order', async () => {
  await using world = await makeNetworkWorld();
  const events = world.connection.networkEvents();
  const { code, stdout } = await world.child(`
    const network = await connection.defineNetwork(${JSON.stringify(networkXml('lan', 41))});
    await network.start();
    await network.destroy();
    await network.undefine();
    console.log(network.uuid);`);
  expect(code).toBe(0);
  const heard: string[] = [];
  while (heard.at(-1) !== 'undefined lan') {
    const { value } = await events.next();
    if (value?.network === 'lan') expect(value.uuid).toBe(stdout.trim());
    heard.push(`${value?.event ?? ''} ${value?.network ?? ''}`);
  }
  expect(heard).toEqual([
    'defined default',
    'defined lan',
    'started lan',
    'stopped lan',
    'undefined lan',
  ]);
  await events.return?.();
});

test('two processes that start networks at once never have the same bridge', async () => {
  await using world = await makeNetworkWorld();
  const start = (first: number) =>
    world.child(`
      const names = [];
      for (let index = ${first}; index < ${first} + 5; index += 1) {
        const xml = '<network><name>n' + index + '</name>' +
          '<ip address="10.78.' + index + '.1" netmask="255.255.255.0"/></network>';
        names.push((await (await connection.createNetwork(xml)).info()).bridge);
      }
      console.log(names.join(' '));`);
  const [a, b] = await Promise.all([start(10), start(20)]);
  expect([a.code, a.stderr, b.code, b.stderr]).toEqual([0, '', 0, '']);
  const names = `${a.stdout} ${b.stdout}`.trim().split(/\s+/);
  expect(names).toHaveLength(10);
  expect(new Set(names).size).toBe(10);
});

test('while one process starts a network with a uuid, another is refused it once that runs', async () => {
  await using world = await makeNetworkWorld();
  const scripts = new HookScripts({ path: world.root });
  const [began, go] = [scripts.file('began'), scripts.file('go')];
  const held = `: > ${began}; until [ -e ${go} ]; do sleep 0.02; done`;
  scripts.add('network', `[ "$2" != start ] || { ${held}; }`);
  const uuid = '4f0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f55';
  const making = (call: string, name: string, third: number): Promise<CommandResult> => {
    const xml = networkXml(name, third, `<uuid>${uuid}</uuid>`);
    return world.child(`await connection.${call}(${JSON.stringify(xml)});`);
  };
  const creating = making('createNetwork', 'one', 51);
  await eventually(() => expect(existsSync(began)).toBe(true));
  const others = [making('createNetwork', 'other', 52), making('defineNetwork', 'third', 53)];
  const awaited = untilLockAwaited(world.root).finally(() => writeFileSync(go, ''));
  const [created, ...refused] = await Promise.all([creating, ...others]);
  await awaited;
  expect([created.code, created.stderr]).toEqual([0, '']);
  const refusal = `network 'one' is already defined with uuid ${uuid}`;
  const stderr = expect.stringContaining(refusal) as string;
  expect(refused).toEqual(Array(2).fill(expect.objectContaining({ code: 99, stderr })));
});

test('of two processes that want one subnet, one is told that it is in use', async () => {
  await using world = await makeNetworkWorld();
  const before = traces();
  for (let round = 0; round < 3; round += 1) {
    const start = (name: string) =>
      world.child(`
        await connection.createNetwork(${JSON.stringify(networkXml(name, 42))})
          .then(() => console.log('started'), ({ message }) => console.log(message));`);
    const said = (await Promise.all([start('a'), start('b')])).map(({ stdout }) => stdout.trim());
    expect(said.sort()).toEqual([
      expect.stringMatching(/^operation failed: Network is already in use by interface virbr\d+ /),
      'started',
    ]);
    for (const network of await world.connection.listNetworks({ state: 'active' })) {
      await network.destroy();
    }
    expect(traces()).toEqual(before);
  }
});

describe('a boot of the host', () => {
  test('a network that was stopped by hand stays off until the next one', async () => {
    await using world = await makeNetworkWorld();
    await using _clean = endedIn(world);
    const network = await world.connection.defineNetwork(
      networkXml('auto', 46, '<bridge name="auto0"/>'),
    );
    await network.setAutostart('on');
    const [first, second] = [new Boot(world.root), new Boot(world.root)];
    expect(await first.list()).toEqual(['auto', 'default']);
    await first.run(`await (await connection.lookupNetworkByName('auto')).destroy();`);
    expect(await first.list()).toEqual(['default']);
    await first.destroyAll();
    expect(await first.list()).toEqual([]);
    expect(await second.list()).toEqual(['auto', 'default']);
    await second.destroyAll();
  });

  test('one that can not be started is tried once', async () => {
    await using world = await makeNetworkWorld();
    await using _clean = endedIn(world);
    const network = await world.connection.defineNetwork(
      networkXml('auto', 47, '<bridge name="auto0"/>'),
    );
    const foreign = await world.connection.defineNetwork(
      `<network><name>foreign</name><forward mode='bridge'/><bridge name='auto1'/></network>`,
    );
    for (const one of [network, foreign]) await one.setAutostart('on');
    run('ip', 'link', 'add', 'auto0', 'type', 'bridge');
    const boot = new Boot(world.root);
    try {
      expect(await boot.list()).toEqual(['default']);
    } finally {
      run('ip', 'link', 'del', 'auto0');
    }
    run('ip', 'link', 'add', 'auto1', 'type', 'bridge');
    try {
      expect(await boot.list()).toEqual(['default']);
    } finally {
      run('ip', 'link', 'del', 'auto1');
    }
    await boot.run(`await (await connection.lookupNetworkByName('auto')).start();`);
    expect(await boot.list()).toEqual(['auto', 'default']);
    await boot.destroyAll();
  });
});

const container = domainXml({
  name: 'web',
  devices: `<interface type='network'><source network='lan'/></interface>`,
});

test('a container waits for a network that is being stopped, and is told that it is off', async () => {
  await using world = await makeNetworkWorld();
  await world.connection.defineNetwork(networkXml('lan', 49, `<bridge name='lan0'/>`));
  await (await world.connection.lookupNetworkByName('lan')).start();
  const [program, ...words] = libraryWords(`
    const connection = await connect();
    const network = await connection.lookupNetworkByName('lan');
    process.env.TSLXC_NETWORK_FAILPOINT = 'network:after-stop-record=stop';
    await network.destroy();`);
  const child = spawn(program, words, { stdio: 'inherit', env: commandEnvironment(world.root) });
  const ended = once(child, 'exit');
  const isStopped = () => /\) T /.test(readFileSync(`/proc/${child.pid ?? 0}/stat`, 'latin1'));
  await eventually(() => expect(isStopped()).toBe(true));
  const starting = world.connection.createDomain(container).catch((error: unknown) => error);
  await untilLockAwaited(world.root);
  child.kill('SIGCONT');
  expect(await starting).toMatchObject({
    code: 'OPERATION_INVALID',
    element: 'domain/devices/interface',
    message: containing("network 'lan' is not active"),
  });
  expect(await ended).toEqual([0, null]);
});

test('a network of another network namespace is not touched from this one', async () => {
  await using world = await makeNetworkWorld();
  const network = await world.connection.createNetwork(
    networkXml('lan', 48, `<bridge name='lan0'/>`),
  );
  const before = traces();
  const words = libraryWords(`
    const connection = await connect();
    const network = await connection.lookupNetworkByName('lan');
    console.log((await network.info()).active);
    await network.destroy().catch(({ message }) => console.log(message));
    await connection.createDomain(${JSON.stringify(container)})
      .catch(({ message }) => console.log(message));`);
  const { stdout } = await runProgram(['unshare', '--net', '--', ...words], { root: world.root });
  expect(stdout.trim().split('\n')).toEqual([
    'true',
    "Requested operation is not valid: network 'lan' runs in another network namespace of this host",
    "Requested operation is not valid: network 'lan' runs in another network namespace of this host (domain/devices/interface, line 10, column 1)",
  ]);
  expect(traces()).toEqual(before);
  expect((await network.info()).active).toBe(true);
});
