/** USB devices of a tree like that of sysfs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withUsbPlaces } from '../../../../lib/container/sources/usb-devices';
import { formatDomain } from '../../../../lib/domain/format';
import { TslxcError } from '../../../../lib/errors';
import { wantedDevices } from '../../../../lib/plan/mounts/host-devices';
import { document, parse } from '../../domain/parse-context';

const folder = mkdtempSync(join(tmpdir(), 'tslxc-usb-'));

function add(name: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, name));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
}

const device = (
  idVendor: string,
  idProduct: string,
  [busnum, devnum]: readonly [number, number],
) => ({
  idVendor: `${idVendor}\n`,
  idProduct: `${idProduct}\n`,
  busnum: `${busnum}\n`,
  devnum: `${devnum}\n`,
});

beforeAll(() => {
  add('usb1', device('1d6b', '0002', [1, 1]));
  add('1-1', device('0781', '5567', [1, 12]));
  add('1-2', device('0781', '5567', [1, 3]));
  // An interface of a device.
  add('1-1:1.0', { bInterfaceNumber: '00\n' });
});

afterAll(() => rmSync(folder, { recursive: true }));

const hostdev = (source: string, policy = ''): string =>
  `<hostdev mode='subsystem' type='usb' managed='no'><source ${policy}>${source}</source></hostdev>`;
const ids = (vendor: string, product: string): string =>
  `<vendor id='${vendor}'/><product id='${product}'/>`;
const at = (bus: number, number: number): string => `<address bus='${bus}' device='${number}'/>`;

const read = (text: string) => parse(document({ devices: `<console/>\n${text}` }));
const place = (text: string) => withUsbPlaces(read(text), folder);

test.each([
  ['what it is', ids('0x1d6b', '0x0002'), 'bus/usb/001/001'],
  ['where it is', at(1, 12), 'bus/usb/001/012'],
  ['both', ids('0x0781', '0x5567') + at(1, 3), 'bus/usb/001/003'],
])('a device is found by %s', (_how, source, node) => {
  const [wanted] = wantedDevices(place(hostdev(source)));
  expect(wanted).toMatchObject({
    kind: 'character device',
    node,
    source: `/dev/${node}`,
    access: 'rwm',
  });
});

test('a device that was found is shown with its place, and found there again', () => {
  const text = formatDomain(place(hostdev(ids('7531', '2'))));
  expect(text).toContain(`<hostdev mode='subsystem' type='usb' managed='no'>
      <source>
        <vendor id='0x1d6b'/>
        <product id='0x0002'/>
        <address bus='1' device='1'/>
      </source>
    </hostdev>`);
  expect(formatDomain(withUsbPlaces(parse(text), folder))).toBe(text);
});

test.each([
  ['none', ids('0x1234', '0xabc'), 'INTERNAL_ERROR', 'Did not find USB device 1234:0abc'],
  ['none there', at(2, 1), 'INTERNAL_ERROR', 'Did not find USB device bus:2 device:1'],
  [
    'another there',
    ids('0x0781', '0x5567') + at(1, 1),
    'INTERNAL_ERROR',
    'Did not find USB device 0781:5567 bus:1 device:1',
  ],
  [
    'two',
    ids('0x0781', '0x5567'),
    'OPERATION_FAILED',
    'Multiple USB devices for 0781:5567, use <address> to specify one',
  ],
])('where there is %s, that is told with the line', (...[, source, code, words]) => {
  try {
    place(hostdev(source));
  } catch (error) {
    if (!TslxcError.is(error)) throw error;
    expect(error).toMatchObject({ code, element: 'domain/devices/hostdev/source', line: 9 });
    expect(error.message).toContain(words);
    return;
  }
  throw new Error('it was found');
});

test('a device that may be missing has no node when it is', () => {
  const optional = (source: string) => hostdev(source, "startupPolicy='optional'");
  expect(wantedDevices(place(optional(ids('0x1234', '1'))))).toEqual([]);
  expect(wantedDevices(place(optional(ids('0x1d6b', '2'))))).toHaveLength(1);
  expect(formatDomain(place(optional(at(9, 9))))).toContain("<source startupPolicy='optional'>");
});

test('a host without USB has no device', () => {
  expect(() => withUsbPlaces(read(hostdev(at(1, 1))), join(folder, 'none'))).toThrow(
    'Did not find USB device bus:1 device:1',
  );
});
