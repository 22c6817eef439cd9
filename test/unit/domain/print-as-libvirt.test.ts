/** What is printed as it was written, and what libvirt fills in or refuses: each as test/parity found it in libvirt. */
import { formatDomain } from '../../../lib/domain/format';
import { parseDomain } from '../../../lib/domain/parse';
import { formatNetwork } from '../../../lib/network/definition/format';
import { parseNetwork } from '../../../lib/network/definition/parse';
import { context, document, parse } from './parse-context';

type Parts = Parameters<typeof document>[0];

/** A part of a document, and the lines that it is printed as, without their indentation. */
const printed: readonly (readonly [string, Parts, string])[] = [
  [
    'slashes of paths',
    { devices: "<filesystem><source dir='/a//b/'/><target dir='/m/'/></filesystem>" },
    "<source dir='/a//b/'/>\n<target dir='/m/'/>",
  ],
  [
    'an address without a prefix',
    { devices: "<interface type='ethernet'><ip address='10.0.0.2'/></interface>" },
    "<ip address='10.0.0.2' family='ipv4'/>",
  ],
  [
    'the netmask of a route',
    {
      devices:
        "<interface type='ethernet'><route address='10.0.0.0' netmask='255.0.0.0' gateway='10.0.0.1'/></interface>",
    },
    "<route address='10.0.0.0' netmask='255.0.0.0' gateway='10.0.0.1'/>",
  ],
  [
    'metadata of others',
    { elements: `<metadata><a:a xmlns:a='urn:a' b="it's">"c"</a:a></metadata>` },
    `<a:a xmlns:a="urn:a" b="it's">"c"</a:a>`,
  ],
  [
    'features in their order',
    { elements: '<features><pae/><hap/><acpi/></features>' },
    "<acpi/>\n<pae/>\n<hap state='on'/>",
  ],
  [
    'a limit of a filesystem',
    {
      devices:
        "<filesystem><space_hard_limit unit='MiB'>10</space_hard_limit><source dir='/a'/><target dir='/b'/></filesystem>",
    },
    "<filesystem type='mount' accessmode='passthrough'>\n<source dir='/a'/>\n<target dir='/b'/>\n<space_hard_limit unit='bytes'>10485760</space_hard_limit>",
  ],
  [
    'a limit of a filesystem that is no multiple of 1 KiB',
    {
      devices:
        "<filesystem><space_hard_limit unit='KB'>1</space_hard_limit><source dir='/a'/><target dir='/b'/></filesystem>",
    },
    "<space_hard_limit unit='bytes'>1000</space_hard_limit>",
  ],
  [
    'a disk that no start accepts',
    { devices: "<disk><source file='/x'/><target dev='sda'/></disk>" },
    "<disk type='file' device='disk'>\n<source file='/x'/>\n<target dev='sda' bus='scsi'/>",
  ],
  [
    'a direct interface that no start accepts',
    {
      devices:
        "<interface type='direct'><source dev='e'/><virtualport type='midonet'/></interface>",
    },
    "<source dev='e' mode='vepa'/>",
  ],
  [
    'a USB device of the host',
    {
      devices: "<hostdev type='usb'><source><address bus='1' device='2'/></source></hostdev>",
    },
    "<hostdev mode='subsystem' type='usb' managed='no'>",
  ],
  [
    'an address on a bus',
    {
      devices:
        "<interface type='ethernet'><address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/></interface>",
    },
    "<address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>",
  ],
  ['a clock', { elements: "<clock offset='variable' adjustment='9'/>" }, "basis='utc'/>"],
  [
    'a guarantee',
    { elements: '<memtune><min_guarantee>9</min_guarantee></memtune>' },
    "unit='KiB'>9",
  ],
  ['a serial port', { devices: "<serial type='pty'/>" }, "<serial type='pty'>\n<target port='0'/>"],
  [
    'the text of an element with that of its children',
    { elements: '<description>a<b>c</b>d</description>' },
    '<description>acd</description>',
  ],
  [
    'a feature that is there twice',
    { elements: '<features><apic/><acpi/><apic/></features>' },
    '<features>\n<acpi/>\n<apic/>\n</features>',
  ],
  [
    'a device that no start accepts, without the text among its elements',
    {
      devices:
        "<interface type='user'>a<mac address='52:54:00:00:00:01'/>b<model type='e'/></interface>",
    },
    "<mac address='52:54:00:00:00:01'/>\n<model type='e'/>\n</interface>",
  ],
  [
    'a limit without a number',
    { elements: '<memtune><hard_limit/><soft_limit>2048</soft_limit></memtune>' },
    "<memtune>\n<soft_limit unit='KiB'>2048</soft_limit>\n</memtune>",
  ],
];

test.each(printed)('%s', (_name, parts, lines) => {
  expect(formatDomain(parse(document(parts))).replace(/\n */g, '\n')).toContain(lines);
});

test('the address that means none is replaced by a new one', () => {
  const devices = "<interface type='ethernet'><mac address='00:00:00:00:00:00'/></interface>";
  expect(formatDomain(parse(document({ devices })))).toMatch(/<mac address='52:54:00:/);
});

test.each([
  ['<maxMemory>1</maxMemory>', '', /memory hotplug tunables/],
  ['', "<input type='mouse' bus='ps2'/>", /Input devices are not supported/],
  ['', "<graphics type='vnc'/>", /missing video model/],
  ['', "<redirdev bus='usb' type='pty'/>", /USB is disabled/],
  [
    '',
    "<interface type='bridge'><source bridge='b'/><target dev='e0' managed='no'/></interface>",
    /unmanaged target dev/,
  ],
])('%s%s is not defined', (elements, devices, words) => {
  expect(() => parse(document({ elements, devices }))).toThrow(words);
});

test('a device that no start accepts is stored without its unknown words, so that it can be read again', () => {
  const devices =
    "<filesystem type='template'>\n<source name='t'/>\n<target dir='/a' unheard='of'/>\n<other/></filesystem>";
  const definition = parse(document({ devices }));
  expect(definition.unknown?.map(({ path }) => path)).toEqual([
    'domain/devices/filesystem/target/@unheard',
    'domain/devices/filesystem/other',
  ]);
  const text = formatDomain(definition);
  expect(text).not.toMatch(/unheard|other/);
  expect(formatDomain(parseDomain(text, { ...context, unknown: 'refused' }))).toBe(text);
});

test('so is a part that is only kept of a device that is carried out', () => {
  const devices =
    "<disk type='block'><driver name='x'><unheard/></driver><source dev='/dev/loop0'/><target dev='sda'/></disk>";
  const text = formatDomain(parse(document({ devices })));
  expect(text).toContain("<driver name='x'/>");
  expect(formatDomain(parseDomain(text, { ...context, unknown: 'refused' }))).toBe(text);
});

test('what libvirt drops from <os> is left out, and told of', () => {
  const definition = parse(document({ os: "<boot dev='hd'/><kernel>/vmlinuz</kernel>" }));
  expect(definition.unknown?.map(({ path }) => path)).toEqual([
    'domain/os/boot',
    'domain/os/kernel',
  ]);
  expect(formatDomain(definition)).not.toMatch(/<boot|kernel/);
});

test.each([
  ["<dns enable='yes' forwardPlainNames='yes'/>", "<dns enable='yes' forwardPlainNames='yes'/>"],
  ["<domain name='d' localOnly='no'/>", "<domain name='d' localOnly='no'/>"],
  ["<bridge macTableManager='kernel'/>", "macTableManager='kernel'"],
  [
    "<ip family='ipv4' address='10.0.0.1' prefix='24'/>",
    "<ip family='ipv4' address='10.0.0.1' prefix='24'>\n</ip>",
  ],
  ["<ip address='10.0.0.1'/>", "<ip address='10.0.0.1'>\n</ip>"],
  ["<mac address='0:0:0:0:0:0'/>", "<mac address='00:00:00:00:00:00'/>"],
  ['<mac/>', "</uuid>\n<bridge stp='on' delay='0'/>"],
  ["<domain localOnly='yes'/>", "<mac address='52:54:00:00:00:01'/>\n</network>"],
  ["<bridge stp='zz'/>", "<bridge stp='on' delay='0'/>"],
  ["<portgroup name='p' default='-1'/>", "<portgroup name='p'/>"],
  ["<portgroup name='p' default='YES'/>", "<portgroup name='p' default='yes'/>"],
  ["<forward mode='open'/>", "<forward mode='open'/>"],
  ["<forward mode=''/><ip address='10.0.0.1'/>", "<forward mode='nat'"],
  [
    "<ip address='10.0.0.1' prefix='24'><dhcp><range start='10.0.0.2' end='10.0.0.9'><lease/></range></dhcp></ip>",
    "<range start='10.0.0.2' end='10.0.0.9'/>",
  ],
  [
    "<ip address='10.0.0.1' prefix='24'><dhcp><range start='10.0.0.2' end='10.0.0.9'><lease expiry='3600' unit='seconds'/></range></dhcp></ip>",
    "<lease expiry='3600' unit='seconds'/>",
  ],
  [
    "<ip family='ipv6' address='fd00::1' prefix='64'><dhcp><host id='0:3:0:1:AA:bb' ip='fd00::2'/></dhcp></ip>",
    "<host id='0:3:0:1:AA:bb' ip='fd00::2'/>",
  ],
])('of a network %s', (xml, lines) => {
  const context = {
    newUuid: () => '6a0c1f0e-3b5e-4c1b-9a0d-5f4b7c1d2e3f',
    newMac: () => '52:54:00:00:00:01',
  };
  const definition = parseNetwork(`<network><name>n</name>${xml}</network>`, context);
  expect(formatNetwork(definition).replace(/\n */g, '\n')).toContain(lines);
});

test("a network's word about filters is printed, also when it is no", () => {
  const context = {
    newUuid: () => '6a0c1f0e-3b5e-4c1b-9a0d-5f4b7c1d2e3f',
    newMac: () => '52:54:00:00:00:01',
  };
  const xml = "<network trustGuestRxFilters='no'><name>n</name></network>";
  expect(formatNetwork(parseNetwork(xml, context))).toMatch(/^<network trustGuestRxFilters='no'>/);
});
