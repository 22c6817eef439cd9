/** Ethernet addresses. */
import {
  hostSideMac,
  isMulticastMac,
  macFromBytes,
  parseMac,
  parseUnicastMac,
} from '../../../../lib/domain/interface/mac-address';
import { refusalOf } from '../element';

test.each([
  ['52:54:00:4d:2b:cd', '52:54:00:4d:2b:cd'],
  ['52:54:00:4D:2B:CD', '52:54:00:4d:2b:cd'],
  ['0:1:2:a:B:c', '00:01:02:0a:0b:0c'],
])('%s is %s', (text, canonical) => {
  expect(parseMac(text)).toBe(canonical);
});

test.each([
  '',
  'zz',
  '52:54:00:4d:2b',
  '52:54:00:4d:2b:cd:ef',
  '52-54-00-4d-2b-cd',
  '525400:4d:2b:cd',
  '5254004d2bcd',
  '52:54:00:4d:2b:',
  '52:54:00:4d:2b:0xc',
  '52:54:00:4d:2b:cd ',
  '52:54:00:4d:2b:-1',
])('%p is no address', (text) => {
  expect(parseMac(text)).toBeUndefined();
});

test('the lowest bit of the first byte makes an address one of many', () => {
  expect(isMulticastMac('01:00:5e:00:00:01')).toBe(true);
  expect(isMulticastMac('ff:ff:ff:ff:ff:ff')).toBe(true);
  expect(isMulticastMac('33:33:00:00:00:01')).toBe(true);
  expect(isMulticastMac('52:54:00:00:00:01')).toBe(false);
});

test("the host's side has another address, which is the same each time", () => {
  expect(hostSideMac('52:54:00:4d:2b:cd')).toBe('fe:54:00:4d:2b:cd');
  expect(hostSideMac('fe:54:00:4d:2b:cd')).toBe('fa:54:00:4d:2b:cd');
  expect(isMulticastMac(hostSideMac('fe:00:00:00:00:00'))).toBe(false);
});

test('the address that means none is taken for none', () => {
  const place = { path: 'x', position: { line: 1, column: 1 } };
  expect(parseUnicastMac('0:0:0:0:0:0', place)).toBeUndefined();
});

test("a random address has libvirt's prefix", () => {
  expect(macFromBytes(Uint8Array.of(0, 10, 255))).toBe('52:54:00:00:0a:ff');
});

test.each([
  ['zz', "unable to parse mac address 'zz'"],
  ['01:00:5E:00:00:01', "expected unicast mac address, found multicast '01:00:5E:00:00:01'"],
])('%s is no address of an interface', (text, words) => {
  const location = { path: 'mac/@address', position: { line: 3, column: 4 } };
  const said = refusalOf(() => parseUnicastMac(text, location));
  expect(said).toContain(`XML_ERROR at mac/@address 3:4: XML error: ${words}`);
  expect(parseUnicastMac('2:0:0:0:0:1', location)).toBe('02:00:00:00:00:01');
});
