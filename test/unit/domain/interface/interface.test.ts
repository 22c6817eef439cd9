/** `<interface>` and `<hostdev>` of type net: what a definition has of them, and what is left to later. */
import { formatDomain } from '../../../../lib/domain/format';
import { parseDomain } from '../../../../lib/domain/parse';
import { context, document, parse, withoutPositions } from '../parse-context';

const definitionOf = (devices: string) => parse(document({ devices }));
const interfacesOf = (devices: string) => definitionOf(devices).interfaces.map(withoutPositions);
const mac = '52:54:00:00:00:01';
const bare = { mac, addresses: [], routes: [] };

test.each([
  ["type='bridge'><source bridge='br0'/>", { ...bare, type: 'bridge', bridge: 'br0' }],
  ["type='network'><source network='default'/>", { ...bare, type: 'network', network: 'default' }],
  [
    "type='network'><source network='a b/c' portgroup='dev'/>",
    { ...bare, type: 'network', network: 'a b/c', portgroup: 'dev' },
  ],
  ["type='network'><source network='n' portgroup=''/>", { ...bare, type: 'network', network: 'n' }],
  ["type='direct'><source dev='eno1'/>", { ...bare, type: 'direct', device: 'eno1', mode: 'vepa' }],
  [
    "type='direct'><source mode='passthrough' dev='eno1'/>",
    { ...bare, type: 'direct', device: 'eno1', mode: 'passthrough' },
  ],
  ["type='ethernet'>", { ...bare, type: 'ethernet', hostAddresses: [], hostRoutes: [] }],
  [
    "type='ethernet'><source><ip address='10.9.0.1'/><route address='0.0.0.0' gateway='10.9.0.2'/></source>",
    {
      ...bare,
      type: 'ethernet',
      hostAddresses: [{ family: 'ipv4', address: '10.9.0.1', prefix: 8 }],
      hostRoutes: [{ family: 'ipv4', address: '0.0.0.0', prefix: 0, gateway: '10.9.0.2' }],
    },
  ],
])('<interface %s is carried out', (content, expected) => {
  expect(interfacesOf(`<interface ${content}</interface>`)).toEqual([expected]);
});

const faultOf = (content: string): unknown => {
  try {
    return interfacesOf(`<interface ${content}</interface>`);
  } catch (error) {
    return error;
  }
};

const badMac = "XML error: unable to parse mac address 'zzx'";

test.each([
  ["type='bridge'><source bridge='default'/><mac address='zzx'/>", badMac],
  ["type='direct'><source dev='a/b'/><mac address='zzx'/>", badMac],
  ["type='network'><source network='n'/><target dev='all'/><mac address='zzx'/>", badMac],
  ["type='network'><source network='n'/><guest dev='lo'/><mac address='zzx'/>", badMac],
  ["type='bridge'><source bridge='default'/><mtu size='x'/>", 'XML error: malformed mtu size'],
  [
    "type='bridge'><source bridge='b'/><target dev='all' managed='no'/><mac address='zzx'/>",
    badMac,
  ],
  ["type='bridge'><source bridge='b'/><mac address='zzx'/><link state='x'/>", badMac],
  [
    "type='bridge'><source bridge='b'/><mac address='zzx'/><model type='a b'/>",
    'invalid argument: Model name contains invalid characters',
  ],
])('of several faults of <interface %s the one is told that libvirt tells', (content, message) => {
  expect(faultOf(content)).toMatchObject({ message: expect.stringContaining(message) as string });
});

test('so it is told of an interface of the host', () => {
  const devices = `<hostdev mode='capabilities' type='net'><source><interface>default</interface></source>
    <ip address='x'/></hostdev>`;
  expect(() => definitionOf(devices)).toThrow(/'x'/);
  expect(() => definitionOf(devices.replace("<ip address='x'/>", ''))).toThrow(
    "'default' is reserved by the kernel",
  );
});

test('a name that the kernel would refuse is told with its place', () => {
  for (const [content, place] of [
    ["type='bridge'><source bridge='default'/>", 'source/@bridge'],
    ["type='direct'><source dev='default'/>", 'source/@dev'],
    ["type='network'><source network='n'/><target dev='default'/>", 'target/@dev'],
    ["type='network'><source network='n'/><guest dev='default'/>", 'guest/@dev'],
  ] as const) {
    expect(faultOf(content)).toMatchObject({
      message: expect.stringContaining("'default' is reserved by the kernel") as string,
      element: `domain/devices/interface/${place}`,
    });
  }
});

test('all that can be said of an interface is read', () => {
  const definition = definitionOf(`<interface type='network'>
    <mac address='52:54:00:4D:2B:CD'/><source network='default'/>
    <target dev='web0'/><guest dev='lan'/><model type='virtio'/><mtu size='1400'/><link state='up'/>
    <ip address='10.0.0.2' prefix='30' peer='10.0.0.1'/><ip address='fd00::2'/>
    <route address='0.0.0.0' gateway='10.0.0.1' metric='9'/>
    <vlan><tag id='7'/></vlan><port isolated='yes'/>
    <bandwidth><inbound average='1000' floor='10'/></bandwidth>
  </interface>`);
  expect(definition.unsupported).toEqual([]);
  expect(definition.otherDevices).toEqual([]);
  expect(definition.interfaces.map(withoutPositions)).toEqual([
    {
      type: 'network',
      network: 'default',
      mac: '52:54:00:4d:2b:cd',
      targetDevice: 'web0',
      guestDevice: 'lan',
      model: 'virtio',
      mtu: 1400,
      linkState: 'up',
      addresses: [
        {
          family: 'ipv4',
          address: '10.0.0.2',
          prefix: 30,
          written: { prefix: '30' },
          peer: '10.0.0.1',
        },
        { family: 'ipv6', address: 'fd00::2', prefix: 64 },
      ],
      routes: [{ family: 'ipv4', address: '0.0.0.0', prefix: 0, gateway: '10.0.0.1', metric: 9 }],
      vlan: { trunk: false, tags: [{ id: 7 }] },
      isolated: true,
      bandwidth: { inbound: { average: 1000, floor: 10 } },
    },
  ]);
});

test('each thing has the place where it is written', () => {
  const devices = `<interface type='bridge'><source bridge='b'/>
 <ip address='10.0.0.2'/>
  <route address='0.0.0.0' gateway='10.0.0.1'/>
   <vlan><tag id='7'/></vlan>
    <bandwidth><outbound average='1'/></bandwidth></interface>`;
  const [item] = definitionOf(devices).interfaces;
  expect(item).toMatchObject({
    position: { line: 8, column: 1 },
    addresses: [{ position: { line: 9, column: 2 } }],
    routes: [{ position: { line: 10, column: 3 } }],
    vlan: { position: { line: 11, column: 4 } },
    bandwidth: { position: { line: 12, column: 5 } },
  });
});

test('what says nothing is nothing', () => {
  const empty = '<mac/><mtu size="0"/><mtu/><link/><port/><model/><guest/><target/><bandwidth/>';
  for (const one of empty.match(/<[^>]*>/g) ?? []) {
    const devices = `<interface type='bridge'><source bridge='b'/>${one}</interface>`;
    expect(interfacesOf(devices)).toEqual([{ ...bare, type: 'bridge', bridge: 'b' }]);
  }
});

test('what libvirt writes for a running domain is dropped', () => {
  const portid = "portid='02169d49-0068-4612-b2de-901c4a14c5a3'";
  const live = `<interface type='network'>
      <mac address='${mac}' currentAddress='52:54:00:00:00:07'/>
      <source network='default' ${portid} bridge='virbr0' macTableManager='kernel'/>
      <target dev='vnet0'/><guest dev='eth0' actual='vnet1'/>
      <alias name='net0'/>
    </interface>
    <interface type='bridge'><source network='lan' portgroup='p' ${portid} bridge='br0'/></interface>
    <interface type='direct'><source network='p' ${portid} dev='e' mode='bridge'/><target dev='macvtap3'/></interface>`;
  expect(interfacesOf(live)).toEqual([
    { ...bare, type: 'network', network: 'default', guestDevice: 'eth0' },
    { ...bare, mac: '52:54:00:00:00:02', type: 'bridge', bridge: 'br0' },
    { ...bare, mac: '52:54:00:00:00:03', type: 'direct', device: 'e', mode: 'bridge' },
  ]);
});

test.each([
  ['vnet0', undefined],
  ['vnet1000', undefined],
  ['macvlan3', undefined],
  ['macvtap12', undefined],
  ['vnetwork', 'vnetwork'],
  ['myvnet0', 'myvnet0'],
  ['vnet0x', 'vnet0x'],
  ['vnet', 'vnet'],
])('the target %s is asked for as %p', (name, expected) => {
  const devices = `<interface type='ethernet'><target dev='${name}'/></interface>`;
  expect(definitionOf(devices).interfaces[0]?.targetDevice).toBe(expected);
});

test('an address is made for each interface that has none, and no two are the same', () => {
  const made = ['52:54:00:00:00:01', '52:54:00:00:00:01', '52:54:00:00:00:02', '52:54:00:00:00:03'];
  const newMac = jest.fn(() => made.shift() ?? 'none');
  const link = (content = '') => `<interface type='ethernet'>${content}</interface>`;
  // The last one is written, and the second one made up must not be it.
  const written = "<mac address='52:54:0:0:0:2'/>";
  const devices = link() + link() + link(written) + "<interface type='user'/>";
  const { interfaces } = parseDomain(document({ devices }), { ...context, newMac });
  expect(interfaces.map((item) => item.mac)).toEqual([
    '52:54:00:00:00:01',
    '52:54:00:00:00:03',
    '52:54:00:00:00:02',
  ]);
  expect(newMac).toHaveBeenCalledTimes(5);
});

test('a source of addresses that repeats itself ends in a conflict, not in a loop', () => {
  const devices = "<interface type='ethernet'/>\n<interface type='ethernet'/>";
  expect(() => parseDomain(document({ devices }), context)).toThrow(
    "mac address '52:54:00:00:00:01' is also that of the interface in line 8, column 1",
  );
});

test('an interface of the host is lent, with addresses and routes of its own', () => {
  const { hostInterfaces, hostDevices, unsupported } = definitionOf(`
    <hostdev mode='capabilities' type='misc'><source><char>/dev/net/tun</char></source></hostdev>
    <hostdev mode='capabilities' type='net'>
      <source><interface>eth1</interface></source>
      <ip address='10.0.0.7' prefix='24'/><route address='0.0.0.0' gateway='10.0.0.1'/>
      <alias name='hostdev0'/>
    </hostdev>`);
  expect(unsupported).toEqual([]);
  expect(hostDevices).toMatchObject([{ source: '/dev/net/tun' }]);
  expect(hostInterfaces.map(withoutPositions)).toEqual([
    {
      device: 'eth1',
      addresses: [{ family: 'ipv4', address: '10.0.0.7', prefix: 24, written: { prefix: '24' } }],
      routes: [{ family: 'ipv4', address: '0.0.0.0', prefix: 0, gateway: '10.0.0.1' }],
    },
  ]);
  expect(hostInterfaces[0]?.position).toEqual({ line: 10, column: 5 });
});

const bridge = "<interface type='bridge'><source bridge='b'/>";

test.each([
  ["<interface type='user'/>", '/@type', 'Unsupported network type user'],
  ["<interface><source network='x'/></interface>", '', 'Unsupported network type user'],
  [
    "<interface type='server'><source port='1'/></interface>",
    '/@type',
    'Unsupported network type server',
  ],
  [
    "<interface type='hostdev' managed='yes'><source/></interface>",
    '/@type',
    'Unsupported network type hostdev',
  ],
  [
    `${bridge}<script path='/x'/></interface>`,
    '/script',
    'scripts are not supported on LXC network interfaces',
  ],
  [
    `${bridge}<downscript path='/x'/></interface>`,
    '/downscript',
    'scripts are not supported on LXC network interfaces',
  ],
  [`${bridge}<virtualport type='midonet'/></interface>`, '/virtualport/@type', undefined],
  [`${bridge}<virtualport/></interface>`, '/virtualport', undefined],
  [
    "<interface type='ethernet'><virtualport type='openvswitch'/></interface>",
    '/virtualport',
    undefined,
  ],
  [
    "<interface type='direct'><source dev='e'/><virtualport type='802.1Qbh'/></interface>",
    '/virtualport',
    'Unable to set port profile on direct interfaces',
  ],
  [`${bridge}<filterref filter='mine'/></interface>`, '/filterref/@filter', undefined],
])('%s is kept as it is, and refused by a start', (devices, path, words) => {
  const { interfaces, otherDevices, unsupported } = definitionOf(devices);
  expect(interfaces).toEqual([]);
  expect(otherDevices).toMatchObject([{ name: 'interface' }]);
  expect(unsupported).toMatchObject([{ path: `domain/devices/interface${path}` }]);
  expect(unsupported[0]?.words).toBe(words);
});

test.each([
  [
    `${bridge}<tune><sndbuf>1</sndbuf></tune></interface>`,
    '/tune',
    '<tune><sndbuf>1</sndbuf></tune>',
  ],
  [
    `${bridge}<model type='virtio'/><driver name='vhost'/></interface>`,
    '/driver',
    "<driver name='vhost'/>",
  ],
  [
    `${bridge}<backend tap='/dev/net/tun'/></interface>`,
    '/backend',
    "<backend tap='/dev/net/tun'/>",
  ],
  [`${bridge}<coalesce/></interface>`, '/coalesce', '<coalesce/>'],
  [`${bridge}<boot order='1'/></interface>`, '/boot', "<boot order='1'/>"],
  [`${bridge}<teaming type='persistent'/></interface>`, '/teaming', "<teaming type='persistent'/>"],
  [
    `${bridge}<mac address='${mac}' check='no'/></interface>`,
    '/mac/@check',
    `<mac address='${mac}' check='no'/>`,
  ],
  [
    "<interface type='ethernet'><target dev='t' managed='no'/></interface>",
    '/target/@managed',
    "<target dev='t' managed='no'/>",
  ],
  [
    `${bridge}<target dev='t' managed='yes'/></interface>`,
    '/target/@managed',
    "<target dev='t' managed='yes'/>",
  ],
  [
    "<interface type='ethernet' trustGuestRxFilters='yes'/>",
    '/@trustGuestRxFilters',
    "<interface type='ethernet' trustGuestRxFilters='yes'>",
  ],
])('%s is an interface without that, which is printed', (devices, path, printed) => {
  const definition = definitionOf(devices);
  const { interfaces, otherDevices, unsupported } = definition;
  expect(interfaces).toHaveLength(1);
  expect(otherDevices).toEqual([]);
  expect(unsupported).toMatchObject([
    { path: `domain/devices/interface${path}`, start: 'goes on' },
  ]);
  expect(formatDomain(definition).replace(/\n */g, '')).toContain(printed);
});

test('what is kept of an interface is printed in libvirt’s order', () => {
  const devices = `<interface trustGuestRxFilters='no' type='bridge'><boot order='1'/><coalesce/><mtu size='1400'/>
    <tune/><driver/><model type='virtio'/><source bridge='b'/></interface>`;
  const text = formatDomain(definitionOf(devices)).replace(/\n */g, '');
  expect(text).toContain(
    "<interface type='bridge' trustGuestRxFilters='no'><mac address='52:54:00:00:00:01'/><source bridge='b'/>" +
      "<model type='virtio'/><driver/><tune/><mtu size='1400'/><coalesce/><boot order='1'/></interface>",
  );
});

test('a lent interface that asks for more is lent all the same', () => {
  const devices =
    "<hostdev mode='capabilities' type='net'><source><interface>e</interface></source><boot order='1'/></hostdev>";
  const definition = definitionOf(devices);
  const { hostInterfaces, otherDevices, unsupported } = definition;
  expect(hostInterfaces).toMatchObject([{ device: 'e' }]);
  expect(otherDevices).toEqual([]);
  expect(unsupported).toMatchObject([{ path: 'domain/devices/hostdev/boot' }]);
  expect(formatDomain(definition)).toContain("<boot order='1'/>");
});
