/** The commands that attach and detach devices: command lines in, virsh's words and exit codes out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitionError } from '../../../../../lib/domain/xml/source-location';
import { TslxcError } from '../../../../../lib/errors';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';

const disk = "<disk type='block'/>\n";
const mac = '52:54:00:12:34:56';
const xml = `<domain type='lxc'>
  <devices>
    <disk type='block' device='disk'>
      <source dev='/dev/loop7'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='network'>
      <mac address='${mac}'/>
      <source network='default'/>
    </interface>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:02'/>
      <source bridge='br0'/>
    </interface>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:03'/>
      <source bridge='br0'/>
    </interface>
  </devices>
</domain>
`;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-devices-'));
  file = join(folder, 'device.xml');
  writeFileSync(file, disk);
});

afterEach(() => rmSync(folder, { recursive: true }));

const seed = (failure?: Error): FakeConnection =>
  new FakeConnection([
    { name: 'web', id: 7, xml },
    { name: 'off', xml },
    { name: 'bare', xml: "<domain type='lxc'/>" },
    ...(failure === undefined ? [] : [{ name: 'bad', id: 8, xml, failure }]),
  ]);

const both = { which: 'both' };
const inactive = { which: 'inactive' };
const live = { which: 'live' };

test.each([
  ['attach', '', {}],
  ['attach', '--live', live],
  ['attach', '--config', inactive],
  ['attach', '--live --config', both],
  ['attach', '--current', {}],
  ['attach', '--persistent', both],
  ['detach', '--live', live],
  ['update', '--live --config', both],
  ['update', '--force', {}],
] as const)('%s-device FILE %s', async (verb, words, which) => {
  const line = `${verb}-device web ${file} ${words}`.trim();
  const { status, stdout, connection } = await run(line, { connection: seed() });
  expect([status, stdout]).toEqual([
    0,
    `Device ${{ attach: 'attached', detach: 'detached', update: 'updated' }[verb]} successfully\n\n`,
  ]);
  expect(connection.domains[0]?.calls).toEqual([[`${verb}Device`, disk, which]]);
});

test('what of a device has no effect is told on stderr', async () => {
  const warnings = [
    {
      detail: 'IgnoredElement',
      message: '<address> is ignored (domain/devices/disk/address, line 2, column 3)',
      element: 'domain/devices/disk/address',
      line: 2,
      column: 3,
    } as const,
  ];
  const connection = new FakeConnection([{ name: 'web', id: 7, xml, warnings }]);
  for (const [words, place] of [
    [`attach-device web ${file}`, ' (domain/devices/disk/address, line 2, column 3)'],
    [`update-device web ${file}`, ' (domain/devices/disk/address, line 2, column 3)'],
    // Whoever has written no text is not told of its lines.
    ['attach-disk web /dev/loop7 vdb --address pci:0.0.7.0', ' (--address)'],
    ['attach-disk web /dev/loop7 vdb', ''],
  ] as const) {
    const { status, stderr } = await run(words, { connection });
    expect([status, stderr]).toEqual([0, `warning: <address> is ignored${place}\n`]);
  }
});

test('what is wrong with words is told by their options, in virsh’s two lines', async () => {
  const part = 'domain/devices/interface/mac/@address';
  const place = { path: part, position: { line: 3, column: 3 } };
  const failure = definitionError('XML_ERROR', "unable to parse mac address 'zz'", place);
  const line = 'attach-interface bad network default --mac zz';
  const { status, stderr } = await run(line, { connection: seed(failure) });
  expect([status, stderr]).toEqual([
    1,
    "error: Failed to attach interface\nerror: XML error: unable to parse mac address 'zz' (--mac)\n",
  ]);
});

test('--persistent of what does not run is the definition', async () => {
  const { connection } = await run(`attach-device off ${file} --persistent`, {
    connection: seed(),
  });
  expect(connection.domains[1]?.calls).toEqual([['attachDevice', disk, inactive]]);
});

test.each([
  ['--live --current', 'current', 'live'],
  ['--config --current', 'current', 'config'],
  ['--persistent --current', 'persistent', 'current'],
])('%s exclude each other', async (words, one, other) => {
  const { status, stderr } = await run(`attach-device web ${file} ${words}`, {
    connection: seed(),
  });
  expect([status, stderr]).toEqual([
    1,
    `error: Options --${one} and --${other} are mutually exclusive\n`,
  ]);
});

test('a failure has the words of virsh', async () => {
  const failure = new TslxcError('INVALID_ARG', 'target vda already exists.');
  for (const verb of ['attach', 'detach', 'update']) {
    const { status, stderr } = await run(`${verb}-device bad ${file}`, {
      connection: seed(failure),
    });
    expect([status, stderr]).toEqual([
      1,
      `error: Failed to ${verb} device from ${file}\nerror: invalid argument: target vda already exists.\n`,
    ]);
  }
  const missing = await run('attach-device web /nowhere/at/all', { connection: seed() });
  expect(missing.stderr).toBe(
    "error: Failed to open file '/nowhere/at/all': No such file or directory\n",
  );
});

test.each([
  [
    'attach-interface web network default --print-xml',
    "<interface type='network'>\n  <source network='default'/>\n</interface>\n",
  ],
  [
    `attach-interface web bridge br0 --mac ${mac} --target web0 --model virtio --print-xml`,
    `<interface type='bridge'>
  <source bridge='br0'/>
  <target dev='web0'/>
  <mac address='${mac}'/>
  <model type='virtio'/>
</interface>
`,
  ],
  [
    'attach-interface web direct eth7 --source-mode bridge --inbound 1000,,64 --outbound 5 --print-xml',
    `<interface type='direct'>
  <source dev='eth7' mode='bridge'/>
  <bandwidth>
    <inbound average='1000' burst='64'/>
    <outbound average='5'/>
  </bandwidth>
</interface>
`,
  ],
  [
    'attach-disk web /dev/loop7 vdb --sourcetype block --targetbus virtio --mode readonly --print-xml',
    `<disk type='block'>
  <source dev='/dev/loop7'/>
  <target dev='vdb' bus='virtio'/>
  <readonly/>
</disk>
`,
  ],
  [
    'attach-disk web /nowhere/image vdb --shareable --address pci:0000.00.0a.0 --multifunction --print-xml',
    `<disk type='file'>
  <source file='/nowhere/image'/>
  <target dev='vdb'/>
  <shareable/>
  <address type='pci' domain='0x0000' bus='0x00' slot='0x0a' function='0x0' multifunction='on'/>
</disk>
`,
  ],
  [
    'attach-disk web img sda --address usb:1.2 --throttle-groups a,b --print-xml',
    `<disk type='file'>
  <source file='img'/>
  <target dev='sda'/>
  <throttlefilters>
    <throttlefilter group='a'/>
    <throttlefilter group='b'/>
  </throttlefilters>
  <address type='usb' bus='1' port='2'/>
</disk>
`,
  ],
  [
    'attach-disk web img hda --address ide:0.1.2 --source-protocol nbd --source-host-name h:10809 --source-host-transport tcp --print-xml',
    `<disk type='network'>
  <source protocol='nbd' name='img'>
    <host transport='tcp' name='h' port='10809'/>
  </source>
  <target dev='hda'/>
  <address type='drive' controller='0' bus='1' unit='2'/>
</disk>
`,
  ],
  [
    'attach-disk web img vda --sourcetype network --source-protocol nbd --source-host-transport unix --source-host-socket /run/s --address ccw:0xfe.0.0001 --print-xml',
    `<disk type='network'>
  <source protocol='nbd' name='img'>
    <host transport='unix' socket='/run/s'/>
  </source>
  <target dev='vda'/>
  <address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0001'/>
</disk>
`,
  ],
  [
    'detach-interface web network --print-xml',
    `<interface type='network'>
  <mac address='${mac}'/>
  <source network='default'/>
</interface>
`,
  ],
  [
    'detach-disk web vda --print-xml',
    `<disk type='block' device='disk'>
  <source dev='/dev/loop7'/>
  <target dev='vda' bus='virtio'/>
</disk>
`,
  ],
])('%s', async (line, text) => {
  const { status, stdout, connection } = await run(line, { connection: seed() });
  expect([status, stdout]).toEqual([0, `${text}\n`]);
  const made = connection.domains[0]?.calls.filter((call) => (call as string[])[0] !== 'xml');
  expect(made).toEqual([]);
});

test.each([
  ['attach-interface web network default --live', 'attachDevice', live, 'Interface attached'],
  ['detach-interface web network --live', 'detachDevice', live, 'Interface detached'],
  [
    'detach-interface web bridge --mac 52:54:00:00:00:03 --config',
    'detachDevice',
    inactive,
    'Interface detached',
  ],
  ['attach-disk web /dev/loop7 vdb', 'attachDevice', {}, 'Disk attached'],
  ['detach-disk web /dev/loop7 --live --config', 'detachDevice', both, 'Disk detached'],
] as const)('%s asks the library', async (...[line, call, which, said]) => {
  const { status, stdout, connection } = await run(line, { connection: seed() });
  expect([status, stdout]).toEqual([0, `${said} successfully\n\n`]);
  const last = connection.domains[0]?.calls.at(-1) as [string, string, unknown];
  expect([last[0], last[2]]).toEqual([call, which]);
});

test('an interface is detached from the definition and from what runs, each as it is there', async () => {
  const { connection } = await run('detach-interface web network --persistent', {
    connection: seed(),
  });
  const calls = connection.domains[0]?.calls as [string, unknown, unknown?][];
  expect(calls.map(([call, first, second]) => [call, call === 'xml' ? first : second])).toEqual([
    ['xml', inactive],
    ['xml', {}],
    ['detachDevice', inactive],
    ['detachDevice', live],
  ]);
});

test.each([
  [
    'detach-interface web direct',
    'No interface found whose type is direct\nerror: Failed to detach interface',
  ],
  [
    'detach-interface web bridge',
    'Domain has 2 interfaces. Please specify which one to detach using --mac\n' +
      'error: Failed to detach interface',
  ],
  [
    'detach-interface web bridge --mac 52:54:00:00:00:09',
    'No interface with MAC address 52:54:00:00:00:09 was found\nerror: Failed to detach interface',
  ],
  ['detach-disk web vdz', 'No disk found whose source path or target is vdz'],
  ['detach-disk bare vdz', 'Failed to get disk information'],
  ['detach-disk bare vdz --live', 'Failed to get disk information'],
  ['attach-interface web user x', "No support for user in command 'attach-interface'"],
  ['attach-disk web /dev/loop7 vdb --mode both', "No support for both in command 'attach-disk'"],
  ['attach-disk web /dev/loop7 vdb --sourcetype x', "Unknown source type: 'x'"],
  [
    'attach-disk web img vda --sourcetype network',
    '--source-protocol option requires --sourcetype network',
  ],
  [
    'attach-disk web img vda --sourcetype file --source-protocol nbd',
    '--source-protocol option requires --sourcetype network',
  ],
  [
    'attach-disk web img vda --source-host-name h',
    'Option --source-protocol is required by option --source-host-name',
  ],
  [
    'attach-disk web img vda --source-protocol nbd --source-host-socket /s',
    'Option --source-host-transport is required by option --source-host-socket',
  ],
  ['attach-disk web img vda --address pci:0.0.0', 'Invalid address.'],
  ['attach-disk web img vda --address isa:1', 'Invalid address.'],
  ['attach-disk web img sda --address scsi:0.x.1', 'Invalid address.'],
  [
    'attach-disk web img vda --address usb:1.2',
    'expecting a pci:0000.00.00.00 or ccw:00.0.0000 address.',
  ],
  [
    'attach-disk web img sda --address pci:0.0.0.0',
    'expecting a scsi:00.00.00 or usb:00.00 or sata:00.00.00 address.',
  ],
  ['attach-disk web img hda --address sata:0.0.0', 'expecting an ide:00.00.00 address.'],
  [
    'detach-interface web direct --print-xml',
    'No interface found whose type is direct\nerror: Failed to detach interface',
  ],
  ['attach-interface web bridge br0 --inbound x', "field 'average' is malformed"],
  ['attach-interface web bridge br0 --inbound ,5', 'either inbound average or floor is mandatory'],
  ['attach-interface web bridge br0 --outbound 0', 'outbound average is mandatory'],
])('%s is refused', async (line, message) => {
  const { status, stderr } = await run(line, { connection: seed() });
  expect([status, stderr]).toEqual([1, `error: ${message}\n`]);
});
