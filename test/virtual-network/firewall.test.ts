/** The firewall of a network, seen by the packets of containers. */
import { closeFirewall, openFirewall } from '../../lib/network/firewall/firewall';
import { eventually } from '../support/time/eventually';
import { withoutProgram } from '../support/fake/hidden-program';
import { firewallTable } from '../../lib/network/firewall/rules';
import {
  Lab,
  run,
  serverAddress,
  serverAddress6,
  uplinkAddress,
  uplinkAddress6,
  type Place,
} from '../support/network/lab';

let lab: Lab;

// The first packets may be lost, until the kernel has noticed the carrier: a port of a bridge forwards nothing before, and
// groups of IPv6 listeners are joined then. An answer that takes longer than a second is taken for none.

beforeEach(async () => {
  lab = await Lab.make();
  await lab.listenAll(
    [
      ['tcp', 80],
      ['udp', 80],
    ],
    lab.server,
  );
});

afterEach(async () => {
  await lab.end();
  const left = run('nft', 'list', 'ruleset');
  run('nft', 'flush', 'ruleset');
  expect(left).toBe('');
});

const ip4 = `<ip address='192.168.122.1' netmask='255.255.255.0'>
  <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>`;
const ip6 = `<ip family='ipv6' address='fd00:122::1' prefix='64'/>`;

function networkXml(forward: string, ips = ip4): string {
  return `<network><name>default</name>${forward}<bridge name='virbr0'/>${ips}</network>`;
}

async function guests(): Promise<[Place, Place]> {
  const [one, two] = [
    await lab.guest('virbr0', 'vnet1000', ['192.168.122.50/24', 'fd00:122::50/64']),
    await lab.guest('virbr0', 'vnet1001', ['192.168.122.51/24', 'fd00:122::51/64']),
  ];
  for (const guest of [one, two]) {
    guest.run('ip', 'route', 'add', 'default', 'via', '192.168.122.1');
    guest.run('ip', '-6', 'route', 'add', 'default', 'via', 'fd00:122::1');
  }
  return [one, two];
}

function routesBack(): void {
  lab.server.run('ip', 'route', 'add', '192.168.122.0/24', 'via', uplinkAddress);
  lab.server.run('ip', '-6', 'route', 'add', 'fd00:122::/64', 'via', uplinkAddress6);
}

describe('nat', () => {
  test("the server sees the host's address, and has no way in", async () => {
    const network = lab.network(networkXml(`<forward mode='nat'/>`));
    const [guest] = await guests();
    routesBack();
    await openFirewall(network);
    await eventually(() => {
      const answers = guest.askAll([
        ['tcp', serverAddress, 80],
        ['udp', serverAddress, 80],
      ]);
      expect(answers).toEqual([uplinkAddress, uplinkAddress]);
    });
    await lab.listen('tcp', 81, guest);
    expect(lab.server.ask('tcp', '192.168.122.50', 81)).toBe('nothing');
    await closeFirewall('virbr0');
    // Without the rules it is reached: they were what kept it from being.
    await eventually(() => expect(lab.server.ask('tcp', '192.168.122.50', 81)).toBe(serverAddress));
    await eventually(() => expect(guest.ask('tcp', serverAddress, 80)).toBe('192.168.122.50'));
  });

  test('source addresses and ports are those of <nat>', async () => {
    run('ip', 'address', 'add', '203.0.113.9/24', 'dev', 'uplink0');
    // A question that got no answer keeps its port for a minute or two: the next ones have others.
    const range = `<address start='203.0.113.9' end='203.0.113.9'/><port start='5000' end='5099'/>`;
    const network = lab.network(networkXml(`<forward mode='nat'><nat>${range}</nat></forward>`));
    const [guest] = await guests();
    await openFirewall(network);
    await eventually(() => expect(guest.ask('tcp', serverAddress, 80)).toBe('203.0.113.9'));
    expect(run('nft', 'list', 'ruleset')).toContain('snat ip to 203.0.113.9:5000-5099');
    await closeFirewall('virbr0');
  });

  test('IPv6 is routed under its own address, and translated when that is asked for', async () => {
    const network = lab.network(networkXml(`<forward mode='nat'/>`, ip4 + ip6));
    const [guest] = await guests();
    routesBack();
    await openFirewall(network);
    await eventually(() => {
      expect(guest.ask('tcp', serverAddress6, 80)).toBe('fd00:122::50');
    });
    await closeFirewall('virbr0');
    const asked = lab.network(
      networkXml(`<forward mode='nat'><nat ipv6='yes'/></forward>`, ip4 + ip6).replace(
        'virbr0',
        'virbr1',
      ),
    );
    await openFirewall({ ...asked, bridge: 'virbr0' });
    await eventually(() => {
      expect(guest.ask('tcp', serverAddress6, 80)).toBe(uplinkAddress6);
    });
    await closeFirewall('virbr0');
  });

  test('with a device, packets leave by no other', async () => {
    const network = lab.network(networkXml(`<forward mode='nat' dev='uplink0'/>`));
    const [guest] = await guests();
    await openFirewall(network);
    await eventually(() => expect(guest.ask('tcp', serverAddress, 80)).toBe(uplinkAddress));
    const other = { ...network.definition.forward, devices: ['uplink1'] };
    await openFirewall({ ...network, definition: { ...network.definition, forward: other } });
    expect(guest.ask('tcp', serverAddress, 80)).toBe('nothing');
    await closeFirewall('virbr0');
  });
});

test("route: the server sees the container's own address, and reaches it", async () => {
  const network = lab.network(networkXml(`<forward mode='route'/>`, ip4 + ip6));
  const [guest] = await guests();
  routesBack();
  await openFirewall(network);
  await eventually(() => expect(guest.ask('tcp', serverAddress, 80)).toBe('192.168.122.50'));
  await eventually(() => {
    expect(guest.ask('tcp', serverAddress6, 80)).toBe('fd00:122::50');
  });
  await lab.listen('tcp', 81, guest);
  await eventually(() => expect(lab.server.ask('tcp', '192.168.122.50', 81)).toBe(serverAddress));
  // An address that isn't the network's doesn't leave.
  guest.run('ip', 'address', 'add', '10.7.7.7/32', 'dev', 'eth0');
  lab.server.run('ip', 'route', 'add', '10.7.7.7/32', 'via', uplinkAddress);
  run('ip', 'route', 'add', '10.7.7.7/32', 'dev', 'virbr0');
  guest.run('ip', 'route', 'replace', 'default', 'via', '192.168.122.1', 'src', '10.7.7.7');
  expect(guest.ask('tcp', serverAddress, 80)).toBe('nothing');
  await closeFirewall('virbr0');
  await eventually(() => expect(guest.ask('tcp', serverAddress, 80)).toBe('10.7.7.7'));
});

test('an isolated network reaches nothing but itself and the host', async () => {
  const network = lab.network(networkXml('', ip4 + ip6));
  const [one, two] = await guests();
  routesBack();
  await openFirewall(network);
  await lab.listen('tcp', 81, two);
  await lab.listen('udp', 53);
  await eventually(() => {
    const answers = one.askAll([
      ['tcp', serverAddress, 80],
      ['udp', serverAddress, 80],
      ['tcp', serverAddress6, 80],
      ['tcp', '192.168.122.51', 81],
      ['udp', '192.168.122.1', 53],
    ]);
    expect(answers).toEqual([
      ...['nothing', 'nothing', 'nothing'],
      ...['192.168.122.50', '192.168.122.50'],
    ]);
  });
  expect(lab.server.ask('tcp', '192.168.122.51', 81)).toBe('nothing');
  await closeFirewall('virbr0');
  await eventually(() => expect(one.ask('tcp', serverAddress, 80)).toBe('192.168.122.50'));
  await eventually(() => {
    expect(one.ask('tcp', serverAddress6, 80)).toBe('fd00:122::50');
  });
});

test('two networks are strangers to each other, and each has a table of its own', async () => {
  const first = lab.network(networkXml(`<forward mode='nat'/>`));
  const second = lab.network(
    networkXml(`<forward mode='nat'/>`)
      .replace('default', 'other')
      .replace('virbr0', 'virbr1')
      .replaceAll('192.168.122', '192.168.123'),
  );
  const [one] = await guests();
  const two = await lab.guest('virbr1', 'vnet1002', ['192.168.123.50/24']);
  two.run('ip', 'route', 'add', 'default', 'via', '192.168.123.1');
  await openFirewall(first);
  await openFirewall(second);
  await lab.listen('tcp', 81, two);
  expect(one.ask('tcp', '192.168.123.50', 81)).toBe('nothing');
  await eventually(() => expect(two.ask('tcp', serverAddress, 80)).toBe(uplinkAddress));
  await closeFirewall('virbr1');
  expect(run('nft', 'list', 'tables')).toBe(`table inet ${firewallTable('virbr0')}\n`);
  await eventually(() => expect(one.ask('tcp', serverAddress, 80)).toBe(uplinkAddress));
  await closeFirewall('virbr0');
});

test('open: nothing is filtered or translated', async () => {
  const network = lab.network(networkXml(`<forward mode='open'/>`));
  const [guest] = await guests();
  routesBack();
  await openFirewall(network);
  expect(run('nft', 'list', 'ruleset')).toBe('');
  await eventually(() => expect(guest.ask('tcp', serverAddress, 80)).toBe('192.168.122.50'));
});

test('opening it twice is opening it once, and closing it twice succeeds', async () => {
  const network = lab.network(networkXml(`<forward mode='nat'/>`, ip4 + ip6));
  await openFirewall(network);
  const once = run('nft', 'list', 'ruleset');
  await openFirewall(network);
  expect(run('nft', 'list', 'ruleset')).toBe(once);
  await closeFirewall('virbr0');
  await closeFirewall('virbr0');
});

test('without nft, the error names the package', () => {
  const network = lab.network(networkXml(`<forward mode='nat'/>`));
  const said = withoutProgram(
    'nft',
    `const { openFirewall } = load('network/firewall/firewall');
     return await openFirewall(${JSON.stringify(network)}).catch(({ code, message }) => ({ code, message }));`,
  );
  expect(said).toEqual({
    code: 'OPERATION_UNSUPPORTED',
    message:
      'Operation not supported: there is no nft on this machine: install the Debian package nftables ' +
      "(open the firewall for the network 'default')",
  });
});
