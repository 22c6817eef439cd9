/** What may be defined and not started. */
import { checkStartable, type Strictness } from '../../../lib/domain/validate';
import { TslxcError } from '../../../lib/errors';
import { document, parse } from './parse-context';

const fs = (source: string, target: string) =>
  `<filesystem><source dir='${source}'/><target dir='${target}'/></filesystem>`;

function refusalOf(xml: string, strictness?: Strictness): TslxcError {
  try {
    checkStartable(parse(xml), strictness);
  } catch (error) {
    if (TslxcError.is(error)) return error;
    throw error;
  }
  throw new Error('the definition may start');
}

const shares = (content: string, elements = '', devices = '') =>
  document({
    devices,
    elements: `${elements}<l:namespace xmlns:l='http://libvirt.org/schemas/domain/lxc/1.0'>\n${content}</l:namespace>`,
  });

const link = (type: string, content: string) =>
  document({ devices: `<interface type='${type}'>${content}</interface>` });

const bare =
  "<domain type='lxc'><name>n</name><memory>1</memory><os><type>exe</type><init>/i</init></os>";

test('a definition that is carried out in full may start', () => {
  expect(() => {
    checkStartable(parse(document({ devices: fs('/a', '/') + fs('/b', '/b') + '<console/>' })));
  }).not.toThrow();
});

test('interfaces that are carried out in full may start', () => {
  const links = [
    link('bridge', "<source bridge='b'/><vlan><tag id='7'/></vlan><port isolated='yes'/>"),
    link(
      'direct',
      "<source dev='e'/><port isolated='no'/><mtu size='1280'/><ip address='fd00::2'/>",
    ),
    link('ethernet', "<link state='down'/><ip address='10.0.0.2'/><mtu size='68'/>"),
    link('network', "<source network='n'/><bandwidth><inbound average='1' floor='1'/></bandwidth>"),
    shares("<l:shareuts type='name' value='x'/>", '', "<interface type='ethernet'/>"),
  ];
  for (const xml of links) checkStartable(parse(xml));
});

const rows: readonly (readonly [title: string, xml: string, at: string, words: string])[] = [
  ['no devices', `${bare}</domain>`, 'domain/devices 1:1', 'At least one PTY console is required'],
  [
    'no console',
    `${bare}\n <devices/></domain>`,
    'domain/devices 2:2',
    'At least one PTY console is required',
  ],
  [
    'more consoles than terminals',
    document({
      devices: '<console/>',
      elements:
        "<metadata><t:container xmlns:t='urn:tslxc:domain:1'>\n<t:ptys max='1'/></t:container></metadata>",
    }),
    'domain/metadata/tslxc:container/tslxc:ptys 6:1',
    '2 consoles are more terminals than max allows, which is 1',
  ],
  [
    'a console that is no pty',
    document({ devices: "\n <console type='file'><source path='/x'/></console>" }),
    'domain/devices/console 9:2',
    'Only PTY console types are supported',
  ],
  [
    'a log of a console with a relative path',
    document({ devices: "\n <console><log file='x'/></console>" }),
    'domain/devices/console/log 9:11',
    "the log 'x' of a console is not an absolute path",
  ],
  [
    'a log of a console that is a folder',
    document({ devices: "\n <console><log file='/x/..'/></console>" }),
    'domain/devices/console/log 9:11',
    "the log '/x/..' of a console names no file",
  ],
  [
    'a log of a console with a name that leaves no room',
    document({ devices: `\n <console><log file='/${'x'.repeat(251)}'/></console>` }),
    'domain/devices/console/log 9:11',
    `the name of the log '/${'x'.repeat(251)}' has more than 250 bytes`,
  ],
  [
    'a log of two consoles',
    document({
      devices: "\n <console><log file='/x/y'/></console>\n <console><log file='/x//y'/></console>",
    }),
    'domain/devices/console/log 10:11',
    "the log '/x//y' is that of the console in line 9",
  ],
  [
    'an interface of another type',
    document({ devices: "\n    <interface type='user'/>" }),
    'domain/devices/interface/@type 9:5',
    'Unsupported network type user',
  ],
  [
    'an interface without a type',
    document({ devices: '\n    <interface/>' }),
    'domain/devices/interface 9:5',
    'Unsupported network type user',
  ],
  [
    'an interface with a script',
    link('bridge', "<source bridge='b'/>\n<script path='/x'/>"),
    'domain/devices/interface/script 9:1',
    'scripts are not supported on LXC network interfaces',
  ],
  [
    'an interface with a filter',
    link('bridge', "<source bridge='b'/>\n<filterref filter='x'/>"),
    'domain/devices/interface/filterref/@filter 9:1',
    "filter='x' of <filterref> is not carried out by this version: its rules would not hold: only those against spoofing do",
  ],
  [
    'a filter on a bridge of Open vSwitch',
    link(
      'bridge',
      "<source bridge='b'/><virtualport type='openvswitch'/>\n<filterref filter='clean-traffic'/>",
    ),
    'domain/devices/interface/filterref 9:1',
    'the rules of <filterref> do not hold on a bridge of Open vSwitch',
  ],
  [
    'a port of Open vSwitch that is to be isolated',
    link('bridge', "<source bridge='b'/><virtualport type='openvswitch'/><port isolated='yes'/>"),
    'domain/devices/interface/port 8:1',
    "<port isolated='yes'/> does not hold on a bridge of Open vSwitch",
  ],
  [
    'a filter of a direct interface',
    link('direct', "<source dev='e'/>\n<filterref filter='clean-traffic'/>"),
    'domain/devices/interface/filterref 9:1',
    'filterref is not supported for network interfaces of type direct',
  ],
  [
    'a filter with an address that is none',
    link(
      'bridge',
      "<source bridge='b'/>\n<filterref filter='clean-traffic'><parameter name='IP' value='fd00::1'/></filterref>",
    ),
    'domain/devices/interface/filterref 9:1',
    "the parameter IP of <filterref> is an IPv4 address, and not 'fd00::1'",
  ],
  [
    'a filter that is to learn in an unknown way',
    link(
      'bridge',
      "<source bridge='b'/>\n<filterref filter='clean-traffic'><parameter name='CTRL_IP_LEARNING' value='x'/></filterref>",
    ),
    'domain/devices/interface/filterref 9:1',
    "the parameter CTRL_IP_LEARNING of <filterref> is any, dhcp or none, and not 'x'",
  ],
  [
    'a port profile of a direct interface',
    link('direct', "<source dev='e'/>\n<virtualport type='802.1Qbh'/>"),
    'domain/devices/interface/virtualport 9:1',
    'Unable to set port profile on direct interfaces',
  ],
  [
    'a bandwidth of a direct interface',
    link('direct', "<source dev='e'/>\n<bandwidth><inbound average='1'/></bandwidth>"),
    'domain/devices/interface/bandwidth 9:1',
    'Unable to set network bandwidth on direct interfaces',
  ],
  ...[
    ['direct', "<source dev='e'/>"],
    ['direct', "<source dev='e' mode='passthrough'/>"],
    ['ethernet', '<source/>'],
  ].map(
    ([type = '', source = '']) =>
      [
        `a vlan of type ${type} with ${source}`,
        link(type, `${source}\n<vlan><tag id='7'/></vlan>`),
        'domain/devices/interface/vlan 9:1',
        'interface 52:54:00:00:00:01 - vlan tag not supported for this connection type',
      ] as const,
  ),
  [
    'a route of an interface that is down',
    link('ethernet', "<link state='down'/>\n<route address='0.0.0.0' gateway='10.0.0.1'/>"),
    'domain/devices/interface/route 9:1',
    'a route needs an interface that is up',
  ],
  [
    'an address of IPv6 in packets that are too small',
    link('ethernet', "<mtu size='1279'/><ip address='10.0.0.2'/>\n<ip address='fd00::2'/>"),
    'domain/devices/interface/ip 9:1',
    'IPv6 needs an mtu of at least 1280',
  ],
  [
    'a host device of another type',
    document({ devices: "<console/>\n<hostdev mode='subsystem' type='pci'><source/></hostdev>" }),
    'domain/devices/hostdev/@type 9:1',
    'Unsupported hostdev type pci',
  ],
  [
    'a disk of another type',
    document({ devices: "<console/>\n<disk type='network'><source name='x'/></disk>" }),
    'domain/devices/disk/@type 9:1',
    "type='network' of <disk> is not carried out by this version: the device would not be in /dev",
  ],
  [
    'a disk of another format than a loop device shows',
    document({
      devices:
        "<console/>\n<disk><driver name='loop' type='qcow2'/><source file='/x'/><target dev='sda'/></disk>",
    }),
    'domain/devices/disk/driver/@type 9:7',
    'disk format qcow2 is not supported',
  ],
  [
    'an image that qemu-nbd would have to guess the format of',
    document({
      devices:
        "<console/>\n<disk><driver name='nbd'/><source file='/x'/><target dev='sda'/></disk>",
    }),
    'domain/devices/disk/driver/@name 9:7',
    'An explicit disk format must be specified',
  ],
  [
    'a cache of qemu-nbd',
    document({
      devices:
        "<console/>\n<disk><driver type='qcow2' cache='unsafe'/><source file='/x'/><target dev='sda'/></disk>",
    }),
    'domain/devices/disk/driver/@cache 9:7',
    'Disk cache mode unsafe is not supported',
  ],
  [
    'a disk of another driver, whatever its format',
    document({
      devices:
        "<console/>\n<disk><driver name='qemu' type='qcow2'/><source file='/x'/><target dev='sda'/></disk>",
    }),
    'domain/devices/disk/driver/@name 9:7',
    'disk driver qemu is not supported',
  ],
  [
    'a value of an attribute',
    document({
      devices:
        "<filesystem type='file'>\n <driver type='nbd' format='vhd'/><source file='/a'/><target dir='/b'/></filesystem>",
    }),
    'domain/devices/filesystem/driver/@format 9:2',
    "format='vhd' of <driver> is not carried out by this version: qemu-nbd does not read images of this format",
  ],
  [
    'the image of a filesystem that qemu-nbd would have to guess the format of',
    document({
      devices:
        "<filesystem type='file'>\n <driver type='nbd'/><source file='/a'/><target dir='/b'/></filesystem>",
    }),
    'domain/devices/filesystem/driver/@type 9:2',
    "An explicit format must be specified for the driver 'nbd' of a filesystem",
  ],
  [
    'an image of a filesystem that a loop device would show as it is',
    document({
      devices:
        "<filesystem type='file'>\n <driver format='qcow2'/><source file='/a'/><target dir='/b'/></filesystem>",
    }),
    'domain/devices/filesystem/driver/@format 9:2',
    "format='qcow2' of <driver> is not carried out by this version: a loop device shows raw images only; type='nbd' is for others",
  ],
  [
    'a shared network beside a private one',
    shares("<l:sharenet type='netns' value='red'/>", '<features><privnet/></features>'),
    'domain/lxc:namespace/lxc:sharenet 6:1',
    'Config asks for inherit net namespace as well as private network interfaces',
  ],
  ...[
    "<interface type='ethernet'/>",
    "<hostdev mode='capabilities' type='net'><source><interface>e</interface></source></hostdev>",
  ].map(
    (devices) =>
      [
        `a shared network beside ${devices}`,
        shares("<l:sharenet type='netns' value='red'/>", '', devices),
        'domain/lxc:namespace/lxc:sharenet 6:1',
        'Config asks for inherit net namespace as well as private network interfaces',
      ] as const,
  ),
  [
    'a named network as another namespace',
    shares("<l:shareuts type='netns' value='red'/>"),
    'domain/lxc:namespace/lxc:shareuts 6:1',
    "'netns' namespace source can only be used with sharenet",
  ],
  [
    'a named network that lies elsewhere',
    shares("<l:sharenet type='netns' value='../x'/>"),
    'domain/lxc:namespace/lxc:sharenet 6:1',
    "'../x' is not the name of a network namespace",
  ],
  [
    'a process in words',
    shares("<l:shareipc type='pid' value='init'/>"),
    'domain/lxc:namespace/lxc:shareipc 6:1',
    "'init' is not the id of a process",
  ],
  [
    'a relative source',
    document({ devices: fs('a', '/') }),
    'domain/devices/filesystem/source 8:1',
    "filesystem source 'a' is not an absolute path",
  ],
  [
    'a relative target',
    document({ devices: fs('/a', 'b/c') }),
    'domain/devices/filesystem/target 8:1',
    "filesystem target 'b/c' is not an absolute path",
  ],
  [
    'a target twice',
    document({ devices: `${fs('/a', '/x/y')}\n${fs('/b', '/x/./y/')}` }),
    'domain/devices/filesystem 9:1',
    "filesystem target '/x/y' is already used in line 8",
  ],
];
const titled = rows.map((row) => [row[0], row] as const);

test.each(titled)('%s is refused at start, with its place', (_title, [, xml, at, words]) => {
  const error = refusalOf(xml);
  expect(error.code).toBe('CONFIG_UNSUPPORTED');
  expect(`${error.element} ${error.line}:${error.column}`).toBe(at);
  const location = `(${error.element}, line ${error.line}, column ${error.column})`;
  expect(error.message).toBe(`unsupported configuration: ${words} ${location}`);
});

test('several refusals are told at once, in document order', () => {
  const xml = document({
    elements: '<cpu/><launchSecurity/>',
    devices: "<disk type='network'/>\n<lease/>",
    os: '<smbios mode="host"/>',
  });
  const error = refusalOf(xml);
  expect(error).toMatchObject({ element: 'domain/launchSecurity', line: 5, column: 7 });
  expect(error.message).toBe(
    [
      'unsupported configuration: 3 parts of the definition are refused:',
      '  <launchSecurity> is not carried out by this version: the memory would not be protected from the host (domain/launchSecurity, line 5, column 7)',
      "  type='network' of <disk> is not carried out by this version: the device would not be in /dev (domain/devices/disk/@type, line 8, column 1)",
      '  <lease> is not carried out by this version: the lease would not be held, and another host might write to the same disk (domain/devices/lease, line 9, column 1)',
    ].join('\n'),
  );
  expect(error.problems?.map(({ element, line }) => [element, line])).toEqual([
    ['domain/launchSecurity', 5],
    ['domain/devices/disk/@type', 8],
    ['domain/devices/lease', 9],
  ]);
});

describe('strict', () => {
  const strictly = (xml: string): TslxcError => refusalOf(xml, 'strict');

  test('refuses what means nothing to a container, and what is unknown, in document order', () => {
    const xml = document({
      elements: "<cpu/><clock offset='variable'/>",
      devices: '<serial/><colour/>\n<lease/>',
      os: '<smbios mode="host"/>',
    });
    expect(strictly(xml).problems?.map(({ element, message }) => [element, message])).toEqual([
      [
        'domain/os/smbios',
        expect.stringMatching(/^<smbios>: .* \(domain\/os\/smbios, line 4, column 43\)$/),
      ],
      ['domain/cpu', expect.stringMatching(/^<cpu>: /)],
      ['domain/clock/@offset', expect.stringMatching(/^offset='variable' of <clock>: /)],
      ['domain/devices/serial', expect.stringMatching(/^<serial>: /)],
      ['domain/devices/colour', '<colour>: unknown (domain/devices/colour, line 8, column 10)'],
      ['domain/devices/lease', expect.stringMatching(/^<lease>: /)],
    ]);
  });

  test('says so of a single part', () => {
    expect(strictly(document({ elements: '<cpu/>' })).message).toBe(
      'unsupported configuration: a part of the definition is not carried out, and the start is strict:\n' +
        "  <cpu>: a container's programs see the CPUs of the host (domain/cpu, line 5, column 1)",
    );
  });

  test('lets a definition start that is carried out in full', () => {
    expect(() =>
      checkStartable(parse(document({ devices: fs('/a', '/') })), 'strict'),
    ).not.toThrow();
  });
});
