/** The network `default`: there without having been defined, and what a container does with networks. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import type { StartRecord } from '../../lib/container/record/run-state';
import { readRecord } from '../../lib/host/state/record-file';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { runCommand } from '../support/process/run-command';
import { domainXml } from '../support/domain/domain-xml';
import { makeTestRoot } from '../support/root/test-root';
import { containing, errorOf } from '../unit/driver/refusal';
import {
  link,
  makeNetworkWorld,
  networkXml,
  run,
  traces,
} from '../support/network/virtual-network-world';

/** A domain with interfaces on these networks; what else `<interface>` says. */
function onNetworks(name: string, ...networks: readonly string[]): string {
  const devices = networks
    .map((source) => `<interface type='network'><source ${source}/></interface>`)
    .join('\n');
  return domainXml({ name, init: '/bin/sleep', initArguments: ['1000'], devices });
}

const inDefault = onNetworks('first', `network='default'`);

describe('a look at networks', () => {
  test('defines it, to be started with the host, and makes nothing on the host', async () => {
    await using world = await makeNetworkWorld();
    const before = traces();
    const [network, ...others] = await world.connection.listNetworks();
    expect(others).toEqual([]);
    expect(await network?.info()).toEqual({
      active: false,
      persistent: true,
      autostart: true,
      bridge: 'virbr0',
      connections: 0,
    });
    const xml = await network?.xml();
    expect(xml).toContain(`<forward mode='nat'/>\n  <bridge name='virbr0' stp='on' delay='0'/>`);
    expect(xml).toContain(`<ip address='192.168.122.1' netmask='255.255.255.0'>`);
    expect(xml).toContain(`<range start='192.168.122.2' end='192.168.122.254'/>`);
    expect(traces()).toEqual(before);
    expect((await world.connection.lookupNetworkByName('default')).uuid).toBe(network?.uuid);
  });

  test('defines it once: undefined, it stays away', async () => {
    await using world = await makeNetworkWorld();
    const { connection } = world;
    await (await connection.lookupNetworkByName('default')).undefine();
    expect(await connection.listNetworks()).toEqual([]);
    expect(
      (await world.child(`console.log((await connection.listNetworks()).length)`)).stdout,
    ).toBe('0\n');
    expect(await errorOf(() => connection.createDomain(inDefault))).toMatchObject({
      code: 'NO_NETWORK',
      element: 'domain/devices/interface',
      message: containing("no network with matching name 'default'"),
    });
    // But by hand it can be defined again.
    await connection.defineNetwork(networkXml('default', 50));
    expect((await connection.listNetworks()).map(({ name }) => name)).toEqual(['default']);
  });

  test('does not come before a definition of one’s own', async () => {
    await using world = await makeNetworkWorld();
    const uuid = '11111111-2222-3333-4444-555555555555';
    await world.connection.defineNetwork(networkXml('default', 51, `<uuid>${uuid}</uuid>`));
    expect((await world.connection.listNetworks()).map((network) => network.uuid)).toEqual([uuid]);
  });
});

describe('beside networks of others', () => {
  test('it takes the next bridge and the next subnet that are free', async () => {
    run('ip', 'link', 'add', 'virbr0', 'type', 'bridge');
    run('ip', 'address', 'add', '192.168.122.1/24', 'dev', 'virbr0');
    run('ip', 'link', 'set', 'virbr0', 'up');
    try {
      await using world = await makeNetworkWorld();
      await using first = await started(world.connection, inDefault);
      const network = await world.connection.lookupNetworkByName('default');
      expect(await network.info()).toMatchObject({
        active: true,
        bridge: 'virbr1',
        connections: 1,
      });
      expect(run('ip', '-o', 'address', 'show', 'virbr1')).toContain('192.168.123.1/24');
      expect(first.name).toBe('first');
    } finally {
      run('ip', 'link', 'del', 'virbr0');
    }
  });

  test('two roots have two of them', async () => {
    await using world = await makeNetworkWorld();
    {
      await using root = await makeTestRoot();
      await using other = await connect(undefined, { root: root.path });
      await using _one = await started(world.connection, onNetworks('one', `network='default'`));
      await using _two = await started(other, onNetworks('two', `network='default'`));
      const networks = [world.connection, other].map((one) => one.lookupNetworkByName('default'));
      const infos = (await Promise.all(networks)).map((network) => network.info());
      expect((await Promise.all(infos)).map(({ bridge }) => bridge)).toEqual(['virbr0', 'virbr1']);
      expect(run('nft', 'list', 'tables')).toMatch(/tslxc_virbr0[^]*tslxc_virbr1/);
      await (await other.lookupNetworkByName('default')).destroy();
    }
    expect(run('nft', 'list', 'tables')).toContain('tslxc_virbr0');
  });
});

describe('a container', () => {
  test('that names it has it made and started, and is on its bridge', async () => {
    await using world = await makeNetworkWorld();
    await using _first = await started(world.connection, inDefault);
    const names = ports('virbr0');
    expect(names).toEqual([expect.stringMatching(/^vnet\d+$/)]);
    const network = await world.connection.lookupNetworkByName('default');
    expect(await network.info()).toMatchObject({ active: true, connections: 1 });
    expect(await network.xml()).toContain(`<network connections='1'>`);
    await using _second = await started(
      world.connection,
      onNetworks('second', `network='default'`, `network='default'`),
    );
    expect(await network.info()).toMatchObject({ connections: 3 });
    expect(ports('virbr0')).toHaveLength(3);
  });

  test('that was defined after a look at networks has it started too', async () => {
    await using world = await makeNetworkWorld();
    await world.connection.listNetworks();
    expect(link('virbr0')).toBeUndefined();
    await using _first = await started(world.connection, inDefault);
    expect(ports('virbr0')).toHaveLength(1);
  });

  test('does not start a network that was stopped by hand', async () => {
    await using world = await makeNetworkWorld();
    const network = await world.connection.lookupNetworkByName('default');
    await network.start();
    await network.destroy();
    expect(await errorOf(() => world.connection.createDomain(inDefault))).toMatchObject({
      code: 'OPERATION_INVALID',
      element: 'domain/devices/interface',
      line: 11,
      message: containing("network 'default' is not active"),
    });
    expect(await world.connection.listDomains()).toEqual([]);
  });

  test('goes on when its network is destroyed, unplugged', async () => {
    await using world = await makeNetworkWorld();
    await using first = await started(world.connection, inDefault);
    const [port = ''] = ports('virbr0');
    const network = await world.connection.lookupNetworkByName('default');
    await network.destroy();
    expect(await first.state()).toMatchObject({ state: 'running' });
    expect(link(port)).not.toHaveProperty('master');
    await network.start();
    expect(ports('virbr0')).toEqual([]);
    expect(await network.info()).toMatchObject({ connections: 0 });
  });

  test.each([
    {
      source: `network='nowhere'`,
      code: 'NO_NETWORK',
      words: "no network with matching name 'nowhere'",
    },
    { source: `network='off'`, code: 'OPERATION_INVALID', words: "network 'off' is not active" },
    {
      source: `network='lan' portgroup='x'`,
      code: 'CONFIG_UNSUPPORTED',
      words: "network 'lan' has no portgroup named 'x'",
    },
  ])('on $source is refused where it says so: $words', async ({ source, code, words }) => {
    await using world = await makeNetworkWorld();
    await world.connection.defineNetwork(networkXml('off', 52));
    await world.connection.createNetwork(networkXml('lan', 53));
    const error = await errorOf(() => world.connection.createDomain(onNetworks('web', source)));
    expect(error).toMatchObject({ code, line: 11, message: containing(words) });
    expect((error as { element: string }).element).toMatch(/^domain\/devices\/interface/);
    expect(await world.connection.listDomains()).toEqual([]);
  });

  test('takes from the network and its group what it does not say itself', async () => {
    await using world = await makeNetworkWorld();
    await world.connection.createNetwork(
      networkXml(
        'lan',
        54,
        `<bridge name='lan0'/><mtu size='1300'/><port isolated='yes'/>
        <portgroup name='fast' default='yes'><bandwidth><inbound average='9000'/></bandwidth></portgroup>`,
      ),
    );
    await using _web = await started(world.connection, onNetworks('web', `network='lan'`));
    const [port = ''] = ports('lan0');
    expect(link(port)).toMatchObject({
      mtu: 1300,
      linkinfo: { info_slave_data: { isolated: true } },
    });
  });

  test('of a pool takes the device with the fewest users, and no other’s in passthrough', async () => {
    await using world = await makeNetworkWorld();
    for (const name of ['shared', 'alone']) {
      run('ip', 'link', 'add', `${name}0`, 'type', 'veth', 'peer', 'name', `${name}1`);
    }
    try {
      const pool = (
        name: string,
        mode: string,
      ) => `<network><name>${name}</name><forward mode='${mode}'>
        <interface dev='${name}0'/><interface dev='${name}1'/></forward></network>`;
      await world.connection.createNetwork(pool('shared', 'bridge'));
      await world.connection.createNetwork(pool('alone', 'passthrough'));
      for (const name of ['a', 'b', 'c']) {
        await started(world.connection, onNetworks(name, `network='shared'`));
      }
      expect(['a', 'b', 'c'].map((name) => deviceOf(world.root, name))).toEqual([
        'shared0',
        'shared1',
        'shared0',
      ]);
      await using _c = await started(
        world.connection,
        onNetworks('d', `network='alone'`, `network='alone'`),
      );
      const error = errorOf(() =>
        world.connection.createDomain(onNetworks('e', `network='alone'`)),
      );
      expect(await error).toMatchObject({
        code: 'OPERATION_FAILED',
        message: containing("network 'alone' requires exclusive access to interfaces"),
      });
    } finally {
      for (const name of ['shared0', 'alone0']) run('ip', 'link', 'del', name);
    }
  });

  test('is planned on the bridge that its start makes, and the plan makes nothing', async () => {
    await using world = await makeNetworkWorld();
    const before = { host: traces(), files: filesOf(world.root) };
    const { mapped } = await world.connection.plan({ xml: inDefault });
    expect({ host: traces(), files: filesOf(world.root) }).toEqual(before);
    const joined = expect.objectContaining({ op: 'joinBridge', bridge: 'virbr0' }) as unknown;
    expect(mapped).toContainEqual(joined);
    await world.connection.listNetworks();
    expect((await world.connection.plan({ xml: inDefault })).mapped).toContainEqual(joined);
    expect(traces()).toEqual(before.host);
    await using _first = await started(world.connection, inDefault);
    expect(ports('virbr0')).toHaveLength(1);
    const beside = onNetworks('second', `network='default'`);
    expect((await world.connection.plan({ xml: beside })).mapped).toContainEqual(joined);
  });

  test('is planned by the command in a fresh root: of a file, and of a domain', async () => {
    await using world = await makeNetworkWorld();
    const file = join(world.root, 'first.xml');
    writeFileSync(file, inDefault);
    const tslxc = (...words: string[]) => runCommand(words, { root: world.root });
    for (const word of [file, 'first']) {
      const { code, stdout, stderr } = await tslxc('plan', word);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/make the network interface vnet\d+ a port of the bridge virbr0/);
      await tslxc('define', file);
    }
    expect(existsSync(statePaths(world.root).networkDefinitions)).toBe(false);
  });

  test('is planned beside a bridge of another as it would be started', async () => {
    await using world = await makeNetworkWorld();
    run('ip', 'link', 'add', 'virbr0', 'type', 'bridge');
    try {
      const { mapped } = await world.connection.plan({ xml: inDefault });
      expect(mapped).toContainEqual(
        expect.objectContaining({ op: 'joinBridge', bridge: 'virbr1' }),
      );
    } finally {
      run('ip', 'link', 'del', 'virbr0');
    }
  });

  test('is not planned on a network that its start would not bring up', async () => {
    await using world = await makeNetworkWorld();
    const network = await world.connection.lookupNetworkByName('default');
    await network.start();
    await network.destroy();
    expect(await errorOf(() => world.connection.plan({ xml: inDefault }))).toMatchObject({
      code: 'OPERATION_INVALID',
      message: containing("network 'default' is not active"),
    });
    await network.undefine();
    expect(await errorOf(() => world.connection.plan({ xml: inDefault }))).toMatchObject({
      code: 'NO_NETWORK',
    });
  });
});

describe('libvirt’s own default.xml', () => {
  const uuid = '9a05da11-e96b-47f3-8253-a3a482e445f5';
  const text = (element: string): string =>
    `<network><name>default</name>${element}<forward mode='nat'/>
    <bridge name='virbr0' stp='on' delay='0'/><mac address='52:54:00:0a:cd:21'/>
    <ip address='192.168.122.1' netmask='255.255.255.0'>
      <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp>
    </ip></network>`;

  test('takes the place of the default network that another definition has made', async () => {
    await using world = await makeNetworkWorld();
    const { connection } = world;
    await connection.defineNetwork(networkXml('lab', 55));
    const made = await connection.lookupNetworkByName('default');
    const network = await connection.defineNetwork(text(`<uuid>${uuid}</uuid>`));
    expect(network.uuid).toBe(uuid);
    expect(await network.xml()).toContain(`<mac address='52:54:00:0a:cd:21'/>`);
    expect(await network.info()).toMatchObject({ active: false, autostart: false });
    expect(await errorOf(() => made.info())).toMatchObject({ code: 'NO_NETWORK' });
    expect((await connection.listNetworks()).map(({ name }) => name)).toEqual(['default', 'lab']);
    // It is the user's from now on.
    const other = text('<uuid>11111111-2222-3333-4444-555555555555</uuid>');
    expect(await errorOf(() => connection.defineNetwork(other))).toMatchObject({
      code: 'OPERATION_FAILED',
      message: containing(`network 'default' already exists with uuid ${uuid}`),
    });
    await network.start();
    await using _first = await started(connection, inDefault);
    expect(ports('virbr0')).toHaveLength(1);
  });

  test('without its uuid is a new version of it', async () => {
    await using world = await makeNetworkWorld();
    const made = await world.connection.lookupNetworkByName('default');
    const network = await world.connection.defineNetwork(text(''));
    expect(network.uuid).toBe(made.uuid);
    expect(await network.xml()).toContain(`<mac address='52:54:00:0a:cd:21'/>`);
  });

  test.each(['runs', 'has been changed'])(
    'is refused where the default network %s',
    async (how) => {
      await using world = await makeNetworkWorld();
      const made = await world.connection.lookupNetworkByName('default');
      if (how === 'runs') await made.start();
      else await world.connection.defineNetwork(networkXml('default', 56));
      const definition = text(`<uuid>${uuid}</uuid>`);
      expect(await errorOf(() => world.connection.defineNetwork(definition))).toMatchObject({
        code: 'OPERATION_FAILED',
        message: containing(`network 'default' already exists with uuid ${made.uuid}`),
      });
      expect((await world.connection.lookupNetworkByName('default')).uuid).toBe(made.uuid);
    },
  );
});

async function started(connection: Connection, xml: string) {
  const domain = await connection.createDomain(xml);
  return {
    name: domain.name,
    state: () => domain.state(),
    [Symbol.asyncDispose]: () => domain.destroy(),
  };
}

/** The device below the first interface of a container, as its start record has it. */
function deviceOf(root: string, name: string): string | undefined {
  const { start } = runPaths(statePaths(root), name);
  return (readRecord(start) as StartRecord).links?.[0]?.device;
}

/** Everything below a root, by its path. */
function filesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
}

/** Names of a bridge's ports. */
function ports(bridge: string): string[] {
  const links = JSON.parse(run('ip', '-json', 'link')) as { ifname: string; master?: string }[];
  return links.filter(({ master }) => master === bridge).map(({ ifname }) => ifname);
}
