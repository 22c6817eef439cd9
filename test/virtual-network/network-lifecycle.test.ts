/** A virtual network's life: what its start makes, what its stop takes away, and what is refused. */
import type { TslxcError } from 'tslxc';
import { containing, errorOf } from '../unit/driver/refusal';
import { withoutProgram } from '../support/fake/hidden-program';
import {
  bridgeData,
  link,
  makeNetworkWorld,
  networkXml,
  parameter,
  processes,
  run,
  traces,
} from '../support/network/virtual-network-world';

const nat = `<forward mode='nat'/>`;

test('a started network has its bridge, address, rules, forwarding and dnsmasq; destroyed, nothing', async () => {
  const before = traces();
  await using world = await makeNetworkWorld();
  const xml = networkXml(
    'lan',
    1,
    `${nat}<bridge name='lan0'/><mac address='52:54:00:77:00:01'/><mtu size='1400'/>`,
  );
  const network = await world.connection.defineNetwork(xml);
  expect(traces()).toEqual(before);
  await network.start();
  expect(link('lan0')).toMatchObject({
    address: '52:54:00:77:00:01',
    mtu: 1400,
    flags: expect.arrayContaining(['UP']) as string[],
  });
  expect(run('ip', '-o', '-4', 'address', 'show', 'lan0')).toContain(
    'inet 10.77.1.1/24 brd 10.77.1.255 scope global',
  );
  expect(run('nft', 'list', 'tables')).toContain('tslxc_lan0');
  expect(parameter('ipv4/ip_forward')).toBe('1');
  expect(processes(/^dnsmasq$/)).toHaveLength(1);
  // Without an IPv6 address the bridge takes no part in IPv6, and believes no router.
  expect(parameter('ipv6/conf/lan0/disable_ipv6')).toBe('1');
  expect(parameter('ipv6/conf/lan0/accept_ra')).toBe('0');
  expect(parameter('ipv6/conf/lan0/autoconf')).toBe('0');
  expect(parameter('ipv6/conf/all/forwarding')).toBe('0');
  expect(await network.info()).toEqual({
    active: true,
    persistent: true,
    autostart: false,
    bridge: 'lan0',
    connections: 0,
  });
  await network.destroy();
  expect(traces()).toEqual(before);
  expect(await network.info()).toMatchObject({ active: false, bridge: 'lan0' });
});

test('IPv6, static routes and several addresses', async () => {
  await using world = await makeNetworkWorld();
  const network = await world.connection.createNetwork(`<network>
    <name>six</name>
    <forward mode='route'/>
    <bridge name='six0'/>
    <ip address='10.77.2.1' prefix='24'/>
    <ip address='10.77.3.1' prefix='24'/>
    <ip family='ipv6' address='fd00:77::1' prefix='64'/>
    <route address='10.99.0.0' prefix='16' gateway='10.77.2.9' metric='7'/>
    <route family='ipv6' address='fd00:99::' prefix='48' gateway='fd00:77::9'/>
  </network>`);
  const addresses = run('ip', '-o', 'address', 'show', 'six0');
  for (const one of ['10.77.2.1/24', '10.77.3.1/24', 'fd00:77::1/64'])
    expect(addresses).toContain(one);
  // It can be used at once: it does not wait for duplicate address detection.
  expect(addresses).not.toContain('tentative');
  expect(parameter('ipv6/conf/six0/disable_ipv6')).toBe('0');
  expect(parameter('ipv6/conf/all/forwarding')).toBe('1');
  expect(run('ip', 'route')).toMatch(/^10\.99\.0\.0\/16 via 10\.77\.2\.9 dev six0 .*metric 7/m);
  expect(run('ip', '-6', 'route')).toMatch(/^fd00:99::\/48 via fd00:77::9 dev six0 metric 1 /m);
  await network.destroy();
  expect(await errorOf(() => network.info())).toMatchObject({ code: 'NO_NETWORK' });
});

test('an isolated network switches no forwarding on', async () => {
  await using world = await makeNetworkWorld();
  await world.connection.createNetwork(networkXml('alone', 4));
  expect(parameter('ipv4/ip_forward')).toBe('0');
});

test('without addresses there is a bridge and no dnsmasq', async () => {
  await using world = await makeNetworkWorld();
  await world.connection.createNetwork(
    `<network><name>bare</name><bridge name='bare0'/></network>`,
  );
  expect(link('bare0')).toBeDefined();
  expect(processes(/^dnsmasq$/)).toEqual([]);
});

describe('spanning tree', () => {
  test('stp on with delay 0: a new port forwards at once, where the kernel would take 4 seconds', async () => {
    await using world = await makeNetworkWorld();
    const bridge = `<bridge name='quick0' stp='on' delay='0'/>`;
    const network = await world.connection.createNetwork(networkXml('quick', 5, bridge));
    expect(await network.xml()).toContain(`stp='on' delay='0'`);
    expect(bridgeData('quick0')).toMatchObject({ stp_state: 0 });
    run('ip', 'link', 'add', 'port0', 'type', 'veth', 'peer', 'name', 'far0');
    try {
      run('ip', 'link', 'set', 'far0', 'up');
      run('ip', 'link', 'set', 'port0', 'master', 'quick0', 'up');
      const started = Date.now();
      while (portState('port0') !== 'forwarding') {
        if (Date.now() - started > 3000)
          throw new Error(`the port is ${String(portState('port0'))}`);
      }
    } finally {
      run('ip', 'link', 'del', 'port0');
    }
  });

  test('a delay switches it on', async () => {
    await using world = await makeNetworkWorld();
    const bridge = `<bridge name='slow0' stp='on' delay='3'/>`;
    await world.connection.createNetwork(networkXml('slow', 6, bridge));
    expect(bridgeData('slow0')).toMatchObject({ stp_state: 1, forward_delay: 300 });
  });

  function portState(name: string): unknown {
    const { linkinfo } = link(name) as { linkinfo: { info_slave_data: { state: string } } };
    return linkinfo.info_slave_data.state;
  }
});

describe('names of bridges', () => {
  test('a definition without one gets the lowest that neither a definition nor the host has', async () => {
    await using world = await makeNetworkWorld();
    const { connection } = world;
    run('ip', 'link', 'add', 'virbr1', 'type', 'bridge');
    try {
      // The network `default` is defined by this very call, and has virbr0.
      const first = await connection.defineNetwork(networkXml('one', 7));
      const second = await connection.defineNetwork(networkXml('two', 8));
      expect([(await first.info()).bridge, (await second.info()).bridge]).toEqual([
        'virbr2',
        'virbr3',
      ]);
      // It keeps it, and its MAC, when it is defined anew.
      const before = await first.xml();
      await connection.defineNetwork(networkXml('one', 7));
      expect(await first.xml()).toBe(before);
    } finally {
      run('ip', 'link', 'del', 'virbr1');
    }
  });

  test('one that another network or the host has is refused, and the host stays as it is', async () => {
    await using world = await makeNetworkWorld();
    const { connection } = world;
    const bridge = `<bridge name='taken0'/>`;
    await connection.defineNetwork(networkXml('first', 9, bridge));
    for (const call of ['defineNetwork', 'createNetwork'] as const) {
      expect(await errorOf(() => connection[call](networkXml('second', 10, bridge)))).toMatchObject(
        { code: 'OPERATION_FAILED', message: containing("bridge name 'taken0' already in use.") },
      );
    }
    run('ip', 'link', 'add', 'taken0', 'type', 'bridge');
    try {
      const before = traces();
      const network = await connection.lookupNetworkByName('first');
      expect(await errorOf(() => network.start())).toMatchObject({
        message: containing("bridge name 'taken0' already in use."),
      });
      expect(traces()).toEqual(before);
    } finally {
      run('ip', 'link', 'del', 'taken0');
    }
  });
});

test.each([
  ['an address of the host in it', ['address', 'add', '10.77.11.200/32', 'dev', 'busy0']],
  ['a route to a part of it', ['route', 'add', '10.77.11.64/26', 'dev', 'busy0']],
  ['a route to it', ['route', 'add', '10.77.11.0/24', 'dev', 'busy0']],
])('a subnet is in use with %s', async (_, words) => {
  await using world = await makeNetworkWorld();
  run('ip', 'link', 'add', 'busy0', 'type', 'bridge');
  try {
    run('ip', 'link', 'set', 'busy0', 'up');
    run('ip', ...words);
    const before = traces();
    const error = await errorOf(() => world.connection.createNetwork(networkXml('lan', 11)));
    expect(error).toMatchObject({
      code: 'OPERATION_FAILED',
      element: 'network/ip',
      line: 4,
      message: containing('Network is already in use by interface busy0'),
    });
    expect(traces()).toEqual(before);
  } finally {
    run('ip', 'link', 'del', 'busy0');
  }
});

test('a route of the host to more than the subnet is no obstacle', async () => {
  await using world = await makeNetworkWorld();
  run('ip', 'link', 'add', 'wide0', 'type', 'bridge');
  try {
    run('ip', 'link', 'set', 'wide0', 'up');
    run('ip', 'route', 'add', '10.0.0.0/8', 'dev', 'wide0');
    const network = await world.connection.createNetwork(networkXml('lan', 12));
    expect((await network.info()).active).toBe(true);
    await network.destroy();
  } finally {
    run('ip', 'link', 'del', 'wide0');
  }
});

describe('networks without a bridge of their own', () => {
  test('one that names a bridge starts when that is there, and makes nothing', async () => {
    await using world = await makeNetworkWorld();
    const { connection } = world;
    const network = await connection.defineNetwork(
      `<network><name>host</name><forward mode='bridge'/><bridge name='br0'/></network>`,
    );
    expect(await errorOf(() => network.start())).toMatchObject({
      code: 'OPERATION_FAILED',
      element: 'network/bridge',
      message: containing("the interface 'br0' does not exist"),
    });
    run('ip', 'link', 'add', 'br0', 'type', 'bridge');
    try {
      const before = traces();
      await network.start();
      expect(await network.info()).toMatchObject({ active: true, bridge: 'br0' });
      expect(traces()).toEqual(before);
      await network.destroy();
      expect(traces()).toEqual(before);
    } finally {
      run('ip', 'link', 'del', 'br0');
    }
  });

  test('a pool of devices has none', async () => {
    await using world = await makeNetworkWorld();
    const network = await world.connection.createNetwork(
      `<network><name>pool</name><forward mode='vepa'><interface dev='eth7'/></forward></network>`,
    );
    expect(await network.info()).toEqual({
      active: true,
      persistent: false,
      autostart: false,
      connections: 0,
    });
  });
});

test.each([
  { program: 'nft', package: 'nftables', forward: nat },
  // Programs are hidden by folder: this network needs no nft.
  { program: 'dnsmasq', package: 'dnsmasq-base', forward: `<forward mode='open'/>` },
])('without $program the start says which package has it, and leaves nothing', async (missing) => {
  await using world = await makeNetworkWorld();
  const before = traces();
  await world.connection.defineNetwork(networkXml('lan', 18, missing.forward));
  const said = withoutProgram(
    missing.program,
    `const connection = await load('index.js').connect(undefined, { root: ${JSON.stringify(world.root)} });
     const network = await connection.lookupNetworkByName('lan');
     return network.start().then(() => 'started', ({ code, message }) => [code, message]);`,
  );
  expect(said).toEqual([
    'OPERATION_UNSUPPORTED',
    containing(
      `there is no ${missing.program} on this machine: install the Debian package ${missing.package}`,
    ),
  ]);
  expect(traces()).toEqual(before);
});

test('a network whose rules can not be removed is stopping until they can', async () => {
  await using world = await makeNetworkWorld();
  const network = await world.connection.createNetwork(networkXml('lan', 19));
  const table = /tslxc_\w+/.exec(run('nft', 'list', 'tables'))?.[0] ?? '';
  const said = withoutProgram(
    'nft',
    `const connection = await load('index.js').connect(undefined, { root: ${JSON.stringify(world.root)} });
     const network = await connection.lookupNetworkByName('lan');
     return network.destroy().then(() => 'destroyed', ({ message }) => message);`,
  );
  expect(said).toContain('there is no nft on this machine: install the Debian package nftables');
  expect(run('nft', 'list', 'tables')).toContain(table);
  await errorOf(() => network.info());
  expect(run('nft', 'list', 'tables')).not.toContain(table);
  expect(await world.connection.listNetworks({ state: 'active' })).toEqual([]);
});

describe('what a network takes when', () => {
  test('start of an active one, and destroy of an inactive one, are refused', async () => {
    await using world = await makeNetworkWorld();
    const network = await world.connection.defineNetwork(networkXml('lan', 13));
    expect(await messageOf(() => network.destroy())).toBe(
      "Requested operation is not valid: network 'lan' is not active",
    );
    await network.start();
    expect(await messageOf(() => network.start())).toBe(
      'Requested operation is not valid: network is already active',
    );
    expect(await messageOf(() => world.connection.createNetwork(networkXml('lan', 13)))).toBe(
      "Requested operation is not valid: network is already active as 'lan'",
    );
    await network.setAutostart(true);
    expect(await messageOf(() => network.setAutostart('yes' as 'on'))).toBe(
      "invalid argument: Network.setAutostart: autostart is 'yes', not one of on, off or true or false",
    );
    expect(await network.info()).toMatchObject({ autostart: true });
    await network.destroy();
    expect(await messageOf(() => network.xml({ which: 'live' }))).toBe(
      "Requested operation is not valid: network 'lan' is not active",
    );
  });

  test('one that is undefined while it is active goes on as a transient one, and is gone at its end', async () => {
    await using world = await makeNetworkWorld();
    const network = await world.connection.defineNetwork(networkXml('lan', 14));
    await network.start();
    await network.undefine();
    expect(await network.info()).toMatchObject({ active: true, persistent: false });
    expect(await messageOf(() => network.undefine())).toBe(
      "Requested operation is not valid: can't undefine transient network",
    );
    expect(await messageOf(() => network.setAutostart('on'))).toBe(
      'Requested operation is not valid: cannot set autostart for transient network',
    );
    await network.destroy();
    expect(await messageOf(() => network.info())).toMatch(/^Network not found: /);
    expect(await messageOf(() => world.connection.lookupNetworkByName('lan'))).toBe(
      "Network not found: no network with matching name 'lan'",
    );
  });

  test('a name has one uuid, and a uuid one name', async () => {
    await using world = await makeNetworkWorld();
    const { connection } = world;
    const withUuid = (name: string, uuid: string) => networkXml(name, 15, `<uuid>${uuid}</uuid>`);
    const [mine, other] = [
      '11111111-2222-3333-4444-555555555555',
      '99999999-2222-3333-4444-555555555555',
    ];
    await connection.defineNetwork(withUuid('lan', mine));
    expect(await messageOf(() => connection.defineNetwork(withUuid('lan', other)))).toBe(
      `operation failed: network 'lan' already exists with uuid ${mine}`,
    );
    expect(await messageOf(() => connection.defineNetwork(withUuid('wan', mine)))).toBe(
      `operation failed: network 'lan' is already defined with uuid ${mine}`,
    );
    expect((await connection.lookupNetworkByUuid(mine.toUpperCase())).name).toBe('lan');
    expect(await messageOf(() => connection.lookupNetworkByUuid(other))).toBe(
      `Network not found: no network with matching uuid '${other}'`,
    );
  });

  test('what runs stays as it was started, whatever is defined meanwhile', async () => {
    await using world = await makeNetworkWorld();
    const { connection } = world;
    const network = await connection.defineNetwork(networkXml('lan', 16));
    await network.start();
    await connection.defineNetwork(networkXml('lan', 17));
    expect(await network.xml()).toContain('10.77.16.1');
    expect(await network.xml({ which: 'inactive' })).toContain('10.77.17.1');
    expect(run('ip', '-o', 'address')).toContain('10.77.16.1/24');
    await network.destroy();
    expect(await network.xml()).toContain('10.77.17.1');
  });

  test('a read-only connection changes nothing, not even the default network', async () => {
    await using world = await makeNetworkWorld();
    const { code, stdout, stderr } = await world.child(`
      const reader = await connect(undefined, { access: 'read-only' });
      console.log((await reader.listNetworks()).length);
      await reader.defineNetwork('<network/>').catch(({ code, message }) => console.log(code, message));
      console.log((await connection.listNetworks()).map(({ name }) => name).join());
      const network = await reader.lookupNetworkByName('default');
      for (const verb of ['start', 'destroy', 'undefine'])
        await network[verb]().catch(({ message }) => console.log(message));
    `);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trim().split('\n')).toEqual([
      '0',
      'OPERATION_DENIED operation forbidden: read only access prevents Connection.defineNetwork',
      'default',
      ...['start', 'destroy', 'undefine'].map(
        (verb) => `operation forbidden: read only access prevents Network.${verb}`,
      ),
    ]);
  });
});

async function messageOf(call: () => Promise<unknown>): Promise<string> {
  return ((await errorOf(call)) as TslxcError).message;
}
