/** What interfaces become on a host: names, addresses, what is remembered and given back, and what is refused. */
import type { DomainDefinition } from '../../../../lib/domain/definition';
import { document, parse } from '../../domain/parse-context';
import { resolveLinks } from '../../../../lib/container/interfaces/links';
import { hostLink, hostLinks, linksOf } from '../../plan/plan-context';

const mac = '52:54:00:00:00:01';

function interfaceXml(type: string, source: string, more = ''): string {
  return `<interface type='${type}'><mac address='${mac}'/><source ${source}/>${more}</interface>`;
}

const definitionOf = (...devices: string[]): DomainDefinition =>
  parse(document({ devices: devices.join('\n') }));

const onBridge = (more = '', bridge = 'br0'): string =>
  interfaceXml('bridge', `bridge='${bridge}'`, more);
const lent =
  "<hostdev mode='capabilities' type='net'><source><interface>enp3s0</interface></source></hostdev>";

test('a port of a bridge has the first free number, and is known again by its address', () => {
  const { links, records, undo } = linksOf(definitionOf(onBridge()));
  expect(links).toEqual([
    expect.objectContaining({
      kind: 'veth',
      host: 'vnet1001',
      hostMac: 'fe:54:00:00:00:01',
      mac,
      guest: 'eth0',
      bridge: 'br0',
      state: 'up',
      place: { path: 'domain/devices/interface', position: { line: 8, column: 1 } },
    }),
  ]);
  expect(records).toEqual([
    { type: 'bridge', guest: 'eth0', host: 'vnet1001', mac, bridge: 'br0' },
  ]);
  expect(undo).toEqual([{ undo: 'removeLink', name: 'vnet1001', mac: 'fe:54:00:00:00:01' }]);
});

test('a filter has the addresses of its parameters, else those of <ip>, else the first one', () => {
  const filtersOf = (more: string) => linksOf(definitionOf(onBridge(more))).filters;
  const parameter = "<parameter name='IP' value='192.0.2.9'/>";
  const address = "<ip address='192.0.2.10' prefix='24'/><ip family='ipv6' address='fd00::1'/>";
  const clean = (content: string) => `<filterref filter='clean-traffic'>${content}</filterref>`;
  const known = { host: 'vnet1001', mac, filter: 'clean-traffic' };
  expect(filtersOf(address)).toEqual([]);
  expect(filtersOf(address + clean(parameter))).toEqual([{ ...known, addresses: ['192.0.2.9'] }]);
  expect(filtersOf(address + clean(''))).toEqual([{ ...known, addresses: ['192.0.2.10'] }]);
  expect(filtersOf(clean(''))).toEqual([{ ...known, addresses: 'first' }]);
  expect(linksOf(definitionOf(onBridge(clean('')))).undo).toEqual([
    { undo: 'removeFilter', host: 'vnet1001', mac },
    { undo: 'removeLink', name: 'vnet1001', mac: 'fe:54:00:00:00:01' },
  ]);
});

test.each([
  ['none', 'which is not known: give'],
  ['dhcp', 'which is not known, and is not found out by DHCP: give'],
])('an address that is not known, and to be learned by %s, is an error', (learning, words) => {
  const parameter = `<parameter name='CTRL_IP_LEARNING' value='${learning}'/>`;
  const filtered = (filter: string) =>
    linksOf(definitionOf(onBridge(`<filterref filter='${filter}'>${parameter}</filterref>`)));
  expect(() => filtered('no-ip-spoofing')).toThrow(
    `the filter 'no-ip-spoofing' needs the address of the interface, ${words}`,
  );
  expect(() => filtered('no-ip-spoofing')).toThrow(
    '(domain/devices/interface/filterref, line 8, column 82)',
  );
  // One that asks for no address needs none.
  expect(filtered('no-mac-spoofing').filters).toMatchObject([{ addresses: [] }]);
});

test('a port of Open vSwitch is no port of a bridge of the kernel, and has an id of its own', () => {
  const port = "<virtualport type='openvswitch'/><vlan><tag id='42'/></vlan>";
  const found = [...hostLinks, hostLink({ index: 9, name: 'ovs0', kind: 'openvswitch' })];
  const { links, records, switchPorts, undo } = linksOf(
    definitionOf(onBridge(port, 'ovs0')),
    found,
  );
  expect(links[0]).not.toHaveProperty('bridge');
  expect(links[0]).not.toHaveProperty('vlan');
  expect(records).toMatchObject([{ type: 'bridge', host: 'vnet1001', bridge: 'ovs0' }]);
  expect(switchPorts).toMatchObject([
    { host: 'vnet1001', mac, bridge: 'ovs0', vlan: { tags: [{ id: 42 }] } },
  ]);
  expect(switchPorts[0]?.interfaceId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(undo).toEqual([
    { undo: 'removeLink', name: 'vnet1001', mac: 'fe:54:00:00:00:01' },
    { undo: 'removeSwitchPort', host: 'vnet1001', mac },
  ]);
});

test('a name that is asked for is not chosen for another', () => {
  const other = onBridge("<target dev='web0'/>").replace(mac, '52:54:00:00:00:02');
  const { records } = linksOf(definitionOf(onBridge(), other));
  expect(records.map(({ host }) => host)).toEqual(['vnet1001', 'web0']);
});

test('an MTU is the interface’s own, else that of the bridge', () => {
  const mtuOf = (more: string, bridge?: string): unknown =>
    linksOf(definitionOf(onBridge(more, bridge))).links[0];
  expect(mtuOf('')).not.toHaveProperty('mtu');
  expect(mtuOf('', 'br1')).toMatchObject({ mtu: 1400 });
  expect(mtuOf("<mtu size='1300'/>", 'br1')).toMatchObject({ mtu: 1300 });
});

test('VLANs are for a bridge that filters them', () => {
  const vlan = "<vlan><tag id='42'/></vlan>";
  expect(linksOf(definitionOf(onBridge(vlan, 'br1'))).links[0]).toMatchObject({
    vlan: { trunk: false, tags: [{ id: 42 }] },
  });
  expect(() => linksOf(definitionOf(onBridge(vlan)))).toThrow(
    "the bridge 'br0' does not filter VLANs, which 'ip link set br0 type bridge vlan_filtering 1' changes " +
      '(domain/devices/interface, line 8, column 1)',
  );
});

test('VLANs are for the bridge of a network that will filter them, before it does', () => {
  const definition = definitionOf(onBridge("<vlan><tag id='42'/></vlan>"));
  const names = { choose: () => 'vnet1001', taken: [] };
  const ports = [{ kind: 'bridge', bridge: 'br0', filtersVlans: true }] as const;
  expect(resolveLinks(hostLinks, { definition, ports, names }).links[0]).toMatchObject({
    vlan: { trunk: false, tags: [{ id: 42 }] },
  });
});

test('a device that is passed through gets its own address back', () => {
  const direct = interfaceXml('direct', "dev='enp1s0' mode='passthrough'");
  const { records, undo } = linksOf(definitionOf(direct));
  expect(records).toEqual([{ type: 'direct', guest: 'eth0', mac, device: 'enp1s0' }]);
  expect(undo).toEqual([
    { undo: 'restoreAddress', name: 'enp1s0', address: '00:16:3e:00:00:02', given: mac },
    { undo: 'removeMacvlan', guest: 'eth0', mac },
  ]);
  const shared = interfaceXml('direct', "dev='enp1s0' mode='bridge'");
  expect(linksOf(definitionOf(shared)).undo).toEqual([
    { undo: 'removeMacvlan', guest: 'eth0', mac },
  ]);
});

test('what the host lends comes after the others, under its name, as it was', () => {
  const { links, records, undo } = linksOf(definitionOf(lent, onBridge()));
  expect(links.map(({ kind }) => kind)).toEqual(['veth', 'moved']);
  expect(records[1]).toEqual({ type: 'hostdev', guest: 'enp3s0', host: 'enp3s0', mac: '' });
  expect(undo[1]).toEqual({
    undo: 'returnLink',
    name: 'enp3s0',
    guest: 'enp3s0',
    kind: '',
    mac: '00:16:3e:00:00:04',
    mtu: 1500,
    index: 4,
    alternativeNames: ['enx00163e000004'],
  });
});

test.each([
  [
    'a bridge that is not there',
    onBridge('', 'none'),
    "cannot find the bridge 'none': ENODEV, no such device (look up the network interfaces; domain/devices/interface, line 8, column 1)",
  ],
  [
    'a bridge that is none',
    onBridge('', 'enp1s0'),
    "unsupported configuration: the network interface 'enp1s0' is not a bridge (domain/devices/interface, line 8, column 1)",
  ],
  [
    'a device that is not there',
    interfaceXml('direct', "dev='none'"),
    "cannot find the network interface 'none': ENODEV, no such device (look up the network interfaces; domain/devices/interface, line 8, column 1)",
  ],
  [
    'a lent one that is not there',
    lent.replace('enp3s0', 'none'),
    "cannot find the network interface 'none': ENODEV, no such device (look up the network interfaces; domain/devices/hostdev, line 8, column 1)",
  ],
  [
    'a target that is there',
    onBridge("<target dev='enp2s0'/>"),
    "resource busy: the host has a network interface 'enp2s0' already (domain/devices/interface, line 8, column 1)",
  ],
])('%s is refused in its line', (_, devices, message) => {
  const definition = definitionOf(devices);
  let error: unknown;
  try {
    linksOf(definition);
  } catch (cause) {
    error = cause;
  }
  expect(error).toMatchObject({ message, line: 8, column: 1 });
});

test('an address that is in use on the same bridge is refused, and on another is not', () => {
  const port = hostLink({
    index: 9,
    name: 'vnet7',
    kind: 'veth',
    address: 'fe:54:00:00:00:01',
    master: 6,
  });
  const found = [...hostLinks, port];
  expect(() => linksOf(definitionOf(onBridge('', 'br1')), found)).toThrow(
    "the MAC address 52:54:00:00:00:01 is in use on the bridge 'br1', by the interface behind vnet7 " +
      '(domain/devices/interface, line 8, column 1)',
  );
  expect(linksOf(definitionOf(onBridge()), found).records).toHaveLength(1);
});
