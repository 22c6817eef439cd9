/** What a definition means: libvirt's defaults, and what this version leaves for later. */
import type { DomainDefinition } from '../../../lib/domain/definition';
import { formatDomain } from '../../../lib/domain/format';
import { parseDomain } from '../../../lib/domain/parse';
import { context, document, parse } from './parse-context';

const helloWorld = `<domain type='lxc'>
  <name>helloworld</name>
  <memory>102400</memory>
  <os>
    <type>exe</type>
    <init>/bin/sh</init>
  </os>
  <devices>
    <console type='pty'/>
  </devices>
</domain>
`;

function unsupportedOf(definition: DomainDefinition): string[] {
  return definition.unsupported.map(({ path, position, value }) => {
    const suffix = value === undefined ? '' : ` ${value}`;
    return `${path} ${position.line}:${position.column}${suffix}`;
  });
}

test("the smallest document has all of libvirt's defaults", () => {
  expect(parse(helloWorld)).toEqual({
    name: 'helloworld',
    uuid: context.newUuid(),
    metadata: [],
    memory: 102400,
    currentMemory: 102400,
    vcpu: { count: 1, placement: 'static' },
    os: { arch: 'x86_64', init: '/bin/sh', initArgs: [], initEnvironment: [] },
    features: {
      privateNetwork: false,
      capabilities: { policy: 'default', on: [], off: [] },
    },
    extension: {},
    sharedNamespaces: [],
    securityLabels: [],
    clockOffset: 'utc',
    onPoweroff: 'destroy',
    onReboot: 'restart',
    onCrash: 'destroy',
    emulator: '/usr/lib/tslxc/tslxc-monitor',
    filesystems: [],
    consoles: [{ type: 'pty', position: { line: 9, column: 5 } }],
    disks: [],
    hostDevices: [],
    interfaces: [],
    hostInterfaces: [],
    otherElements: [],
    otherDevices: [],
    unsupported: [],
    devicesPosition: { line: 8, column: 3 },
  } satisfies DomainDefinition);
});

test('a uuid is asked for only when the text has none', () => {
  const newUuid = jest.fn(context.newUuid);
  parseDomain(helloWorld, { ...context, newUuid });
  expect(newUuid).toHaveBeenCalledTimes(1);
  const uuid = '02169d49-0068-4612-b2de-901c4a14c5a3';
  const text = document({ elements: `<uuid>${uuid}</uuid>` });
  expect(parseDomain(text, { ...context, newUuid }).uuid).toBe(uuid);
  expect(newUuid).toHaveBeenCalledTimes(1);
});

test.each([
  'A099376E-A803-CA94-F99C-D9A8F9A30088',
  'a099376ea803ca94f99cd9a8f9a30088',
  ' a0 99-376ea803ca94f99c-d9a8f9a30088\n',
])('the uuid %p is stored in lower case with dashes', (uuid) => {
  const text = document({ elements: `<uuid>${uuid}</uuid>` });
  expect(parse(text).uuid).toBe('a099376e-a803-ca94-f99c-d9a8f9a30088');
});

test('the architecture and emulator are those of the context unless the text says so', () => {
  const arm = parseDomain(helloWorld, { ...context, arch: 'aarch64', emulator: '/m' });
  expect([arm.os.arch, arm.emulator]).toEqual(['aarch64', '/m']);
  expect(parse(document({ devices: '<emulator>/x</emulator>' })).emulator).toBe('/x');
});

test('a current memory that is zero or too large is the memory', () => {
  const current = (text: string) =>
    parse(document({ elements: `<currentMemory>${text}</currentMemory>` })).currentMemory;
  expect([current('0'), current('512'), current('1024'), current('1025')]).toEqual([
    1024, 512, 1024, 1024,
  ]);
});

test('vcpus are current unless fewer are', () => {
  const vcpu = (text: string) => parse(document({ elements: text })).vcpu;
  expect(vcpu("<vcpu current='2'>4</vcpu>")).toMatchObject({
    count: 4,
    current: 2,
    placement: 'static',
  });
  expect(vcpu("<vcpu current='4'>4</vcpu>").current).toBeUndefined();
  expect(vcpu("<vcpu cpuset='0-1, ^1,3'>4</vcpu>").cpuset).toBe('0,3');
});

test('a filesystem keeps its ends, without slashes that mean nothing, and is printed as it is written', () => {
  const text = document({
    devices: "<filesystem><source dir='//a//b/'/><target dir='///'/><readonly/></filesystem>",
  });
  expect(parse(text).filesystems).toEqual([
    {
      type: 'mount',
      accessMode: 'passthrough',
      source: '/a/b',
      target: '/',
      written: { source: '//a//b/', target: '///' },
      readonly: true,
      position: { line: 8, column: 1 },
    },
  ]);
  expect(formatDomain(parse(text))).toContain("<source dir='//a//b/'/>\n      <target dir='///'/>");
});

test('each type of filesystem has its own source', () => {
  const text = document({
    devices: `<filesystem type='bind'><source dir='/a/'/><target dir='/b'/></filesystem>
<filesystem type='file' accessmode='mapped'><driver type='loop' format='raw' /><source file='/a'/><target dir='/c'/></filesystem>
<filesystem type='file'><driver format='raw'/><source file='/a'/><target dir='/d'/></filesystem>
<filesystem type='block'><source dev='/dev/sdb'/><target dir='/e'/></filesystem>
<filesystem type='ram'><source usage='1' units='b'/><target dir='/f'/></filesystem>
<filesystem type='ram'><source usage='3' units='MiB'/><target dir='/g'/></filesystem>
<filesystem type='ram'><source usage='3'/><target dir='/h'/></filesystem>`,
  });
  const { filesystems, unsupported } = parse(text);
  // Without an id map.
  expect(unsupported).toMatchObject([{ start: 'goes on', value: 'mapped' }]);
  expect(filesystems).toMatchObject([
    { type: 'bind', source: '/a' },
    { type: 'file', source: '/a', accessMode: 'mapped', driver: { type: 'loop', format: 'raw' } },
    { type: 'file', source: '/a' },
    { type: 'block', source: '/dev/sdb' },
    { type: 'ram', usage: 1 },
    { type: 'ram', usage: 3072 },
    { type: 'ram', usage: 3 },
  ]);
  expect('driver' in (filesystems[2] ?? {})).toBe(false);
});

test('what our own namespace says of filesystems is read beside them', () => {
  const elements = `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>
<t:filesystem target='/b/' recursive='yes' propagation='slave'/>
<t:overlay target='/' upper='/u/'/></t:container></metadata>`;
  expect(parse(document({ elements })).extension).toEqual({
    filesystems: [
      {
        target: '/b',
        recursive: 'yes',
        propagation: 'slave',
        position: { line: 6, column: 1 },
      },
    ],
    overlays: [{ target: '/', upper: '/u', position: { line: 7, column: 1 } }],
  });
});

test('an empty title, description or inituser is none', () => {
  const { title, description, os } = parse(
    document({ elements: '<title/><description></description>', os: '<inituser/>' }),
  );
  expect([title, description, os.initUser]).toEqual([undefined, undefined, undefined]);
});

test('the environment keeps its order and its repetitions', () => {
  const { os } = parse(
    document({
      os: "<initenv name='B'>1</initenv><initenv name='A'>2</initenv><initenv name='B'>3</initenv>",
    }),
  );
  expect(os.initEnvironment).toEqual([
    { name: 'B', value: '1' },
    { name: 'A', value: '2' },
    { name: 'B', value: '3' },
  ]);
});

test('what libvirt writes for a running domain is dropped', () => {
  const text = helloWorld.replace("type='lxc'", "type='lxc' id='7'").replace(
    "<console type='pty'/>",
    `<console type='pty' tty='/dev/pts/1'><source path='/dev/pts/1'/><target type='lxc' port='4'/>
       <alias name='console0'/></console>`,
  );
  expect(parse(text)).toEqual(parse(helloWorld));
});

test('what is not carried out is listed in document order, each with its place', () => {
  const definition = parse(
    document({
      elements: `  <cpu/>
  <vcpu cpuset='0' placement='auto'>1</vcpu>
  <clock offset='absolute' start='0'><timer name='hpet'/></clock>
  <on_crash>preserve</on_crash>
  <features><acpi/><privnet/></features>`,
      os: '<smbios mode="host"/>',
      devices: `    <interface type='user'/>
    <filesystem type='file'><driver type='nbd'/><source file='/a'/><target dir='/b'/></filesystem>
    <filesystem accessmode='squash'><driver/><source dir='/a' socket='x'/><target dir='/b'/></filesystem>
    <console><protocol type='raw'/><target type='virtio'/></console>
    <disk type='dir'/>`,
    }),
  );
  expect(unsupportedOf(definition)).toEqual([
    'domain/os/smbios 4:43',
    'domain/cpu 5:3',
    'domain/clock/@offset 7:3 absolute',
    'domain/clock/@start 7:3',
    'domain/clock/timer 7:38',
    'domain/on_crash 8:3 preserve',
    'domain/features/acpi 9:13',
    'domain/devices/interface/@type 12:5 user',
    'domain/devices/filesystem/driver/@type 13:29 nbd',
    'domain/devices/filesystem/@accessmode 14:5 squash',
    'domain/devices/filesystem/driver 14:37',
    'domain/devices/filesystem/source/@socket 14:46',
    'domain/devices/console/protocol 15:14',
    'domain/devices/console/target/@type 15:36 virtio',
    'domain/devices/disk/@type 16:5 dir',
  ]);
});

test('a 32-bit container on a 64-bit host', () => {
  const text = helloWorld.replace('<type>', "<type arch='i686'>");
  const definition = parse(text);
  expect(definition.os.arch).toBe('i686');
  expect(unsupportedOf(definition)).toEqual([]);
});

test('an empty features element asks for nothing', () => {
  expect(parse(document({ elements: '<features/>' }))).toMatchObject({
    otherElements: [],
    unsupported: [],
  });
});

test('an empty lxc:namespace shares nothing, and leaves no declaration in the text', () => {
  const xmlns = "xmlns:lxc='http://libvirt.org/schemas/domain/lxc/1.0'";
  const definition = parse(document({ elements: `<lxc:namespace ${xmlns}/>` }));
  expect(definition.otherElements).toEqual([]);
  expect(formatDomain(definition)).not.toContain('lxc:');
});

test('a definition shares nothing with Object.prototype', () => {
  parse(
    document({
      elements: "<metadata><__proto__ xmlns='u' __proto__='1'/></metadata>",
      os: "<initenv name='__proto__'>x</initenv>",
    }),
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect('x' in {}).toBe(false);
});
