/** One device by itself, and a definition with it or without it: lib/domain/devices/{device,device-changes}.ts. */
import {
  withDevice,
  withoutDevice,
  withUpdated,
} from '../../../../lib/domain/devices/device-changes';
import { parseDevice } from '../../../../lib/domain/devices/device';
import type { DeviceVerb, ParsedOne } from '../../../../lib/domain/devices/device';
import { formatDomain } from '../../../../lib/domain/format';
import { errorOf } from '../../driver/refusal';
import { context, document, parse, withoutPositions } from '../parse-context';

const disk = (target: string, source = '/dev/loop1', more = ''): string =>
  `<disk type='block'><source dev='${source}'/><target dev='${target}'/>${more}</disk>`;
const filesystem = (target: string, source = '/srv'): string =>
  `<filesystem type='mount'><source dir='${source}'/><target dir='${target}'/></filesystem>`;
const nic = (mac: string, more = ''): string =>
  `<interface type='bridge'><mac address='52:54:00:00:01:${mac}'/><source bridge='br0'/>${more}</interface>`;
const storage = (source: string): string =>
  `<hostdev mode='capabilities' type='storage'><source><block>${source}</block></source></hostdev>`;
const lent = (device: string): string =>
  `<hostdev mode='capabilities' type='net'><source><interface>${device}</interface></source></hostdev>`;

const read = (xml: string, verb: DeviceVerb = 'attached'): ParsedOne =>
  parseDevice(xml, verb, context);
const base = parse(
  document({
    devices: [
      disk('vda'),
      filesystem('/data'),
      nic('01', "<target dev='lan'/><guest dev='lan0'/>"),
      storage('/dev/loop2'),
      lent('uplink'),
    ].join(''),
  }),
);

test.each([
  ['disks', disk('vdb')],
  ['filesystems', filesystem('/more')],
  ['interfaces', nic('02')],
  ['hostDevices', storage('/dev/loop3')],
  ['hostInterfaces', lent('eth9')],
] as const)('a device of %s comes in as the last of its kind, and goes', (list, xml) => {
  const parsed = read(xml);
  expect(parsed.device.list).toBe(list);
  const more = withDevice(base, parsed.device);
  expect(more[list]).toHaveLength(2);
  const again = parse(formatDomain(more));
  expect(withoutPositions(again[list])).toEqual(withoutPositions(more[list]));
  const { definition, device } = withoutDevice(again, read(xml, 'detached'));
  expect(device.list).toBe(list);
  expect(formatDomain(definition)).toBe(formatDomain(base));
});

test.each([
  [disk('vda', '/dev/loop9'), 'invalid argument: target vda already exists.'],
  [filesystem('/data/'), 'invalid argument: target /data already exists.'],
  [nic('01'), 'invalid argument: network device with mac 52:54:00:00:01:01 already exists'],
  [
    nic('02', "<guest dev='lan0'/>"),
    'invalid argument: network device with guest dev lan0 already exists',
  ],
  [
    nic('02', "<target dev='lan'/>"),
    'invalid argument: network device with target dev lan already exists',
  ],
  [
    nic('02', "<guest dev='uplink'/>"),
    'invalid argument: network device with guest dev uplink already exists',
  ],
  [storage('/dev/loop2'), 'invalid argument: device is already in the domain configuration'],
  [lent('uplink'), 'invalid argument: device is already in the domain configuration'],
  [lent('lan0'), 'invalid argument: network device with guest dev lan0 already exists'],
])('%s is refused where it is there', (xml, message) => {
  expect(() => withDevice(base, read(xml).device)).toThrow(message);
});

test.each([
  [disk('vdz'), 'invalid argument: no target device vdz'],
  [filesystem('/none'), 'invalid argument: no filesystem with target /none'],
  [nic('09'), 'device not found: no device matching MAC address 52:54:00:00:01:09 found'],
  [storage('/dev/loop9'), 'invalid argument: device not present in domain configuration'],
  [lent('none'), 'invalid argument: device not present in domain configuration'],
])('%s can’t be detached where it is not', (xml, message) => {
  expect(() => withoutDevice(base, read(xml, 'detached'))).toThrow(message);
});

test('an interface without an address means the only one', () => {
  const any = "<interface type='bridge'><source bridge='br0'/></interface>";
  expect(withoutDevice(base, read(any, 'detached')).definition.interfaces).toEqual([]);
  const two = withDevice(base, read(nic('02')).device);
  expect(() => withoutDevice(two, read(any, 'detached'))).toThrow(
    'operation failed: multiple matching devices found',
  );
  const none = { ...base, interfaces: [] };
  expect(() => withoutDevice(none, read(any, 'detached'))).toThrow(
    'device not found: no matching device found',
  );
});

test('an update that names no id of its port keeps the one that there is', () => {
  const id = '09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f';
  const port = (parameters = '', more = '') =>
    nic('03', `<virtualport type='openvswitch'>${parameters}</virtualport>${more}`);
  const before = withDevice(base, read(port(`<parameters interfaceid='${id}'/>`)).device);
  const idOf = (xml: string) =>
    withUpdated(before, read(xml, 'updated')).interfaces[1]?.virtualPort?.interfaceId;
  expect(idOf(port('', "<link state='down'/>"))).toBe(id);
  const other = id.replace('09b', '19b');
  expect(idOf(port(`<parameters interfaceid='${other}'/>`))).toBe(other);
  expect(idOf(nic('03'))).toBeUndefined();
});

test('an update has the place of what it changes', () => {
  const two = withDevice(base, read(nic('02')).device);
  const changed = withUpdated(two, read(nic('01', "<link state='down'/>"), 'updated'));
  expect(changed.interfaces.map(({ mac, linkState }) => [mac, linkState])).toEqual([
    ['52:54:00:00:01:01', 'down'],
    ['52:54:00:00:01:02', undefined],
  ]);
  expect(changed.interfaces[0]?.position).toEqual(two.interfaces[0]?.position);
  expect(() => withUpdated(two, read(nic('02', "<guest dev='lan0'/>"), 'updated'))).toThrow(
    'network device with guest dev lan0 already exists',
  );
  expect(() => withUpdated(base, read(storage('/dev/loop2'), 'updated'))).toThrow(
    'unsupported configuration: persistent update of device is not supported',
  );
});

test.each([
  ['<console type="pty"/>', "unsupported configuration: device type 'console' cannot be attached"],
  ['<rng model="virtio"/>', "unsupported configuration: device type 'rng' cannot be attached"],
  ['<disk type="block"><source dev="/dev/sda"/></disk>', 'missing target information for device'],
  ['<interface type="user"/>', 'unsupported configuration: Unsupported network type user'],
  ['<nothing/>', 'XML error: unknown element <nothing>'],
  ['<disk', 'at line 1: '],
  ['<domain type="lxc"/>', 'XML error: unknown element <domain>'],
])('%s is no device to attach', (xml, message) => {
  expect(() => read(xml)).toThrow(message);
});

test('what is wrong is told of with its place in the text', async () => {
  const xml = "<disk type='block'>\n  <source dev='/dev/sda'/>\n  <target dev='nothing'/>\n</disk>";
  const place = { line: 3, column: 3, element: 'domain/devices/disk/target/@dev' };
  await expect(errorOf(() => read(xml))).resolves.toMatchObject(place);
});
