/** Addresses as text and as numbers, beside Node's own reading of them. */
import { BlockList, isIP } from 'node:net';

import fc from 'fast-check';

import {
  broadcastAddress,
  defaultPrefix,
  formatIp,
  isInterfaceAddress,
  networkAddress,
  parseIp,
  prefixOfNetmask,
  type Ip,
} from '../../../../lib/domain/interface/ip-address';

const ip = (text: string): Ip => {
  const found = parseIp(text);
  if (found === undefined) throw new Error(`${text} is no address`);
  return found;
};

test.each([
  ['0.0.0.0', 0n],
  ['192.168.122.1', 0xc0a87a01n],
  ['255.255.255.255', 0xffffffffn],
])('%s is an address of IPv4', (address, value) => {
  expect(parseIp(address)).toEqual({ family: 'ipv4', address, value });
});

// The examples of RFC 5952, sections 4 and 5, and the edges of `::`.
test.each([
  ['2001:0db8::0001', '2001:db8::1'],
  ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:DB8::ABCD', '2001:db8::abcd'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['::ffff:c000:0201', '::ffff:192.0.2.1'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
])('%s is written %s', (text, canonical) => {
  expect(ip(text)).toMatchObject({ family: 'ipv6', address: canonical });
  expect(ip(canonical)).toEqual(ip(text));
});

test.each([
  '',
  'zz',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.256',
  '01.2.3.4',
  '0x1.2.3.4',
  '1.2.3.4 ',
  ' 1.2.3.4',
  '1.2.3.-4',
  '1.2.3.',
  '١.2.3.4',
  '1.2.3.4/24',
  ':',
  ':::',
  '1:::2',
  '1::2::3',
  ':1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7:8:',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2:3:4:5:6:7:8',
  '::1:2:3:4:5:6:7:8',
  '12345::',
  'g::',
  'fe80::1%eth0',
  '::1.2.3',
  '::1.2.3.4.5',
  '1.2.3.4::',
  '::1.2.3.4:5',
  '1:2:3:4:5:6:7:1.2.3.4',
  '[::1]',
])('%p is no address', (text) => {
  expect(parseIp(text)).toBeUndefined();
});

test('every number has one text, and reading it gives the number', () => {
  const numbers = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
    // Groups of zeros, which random numbers lack.
    fc
      .array(fc.constantFrom(0n, 0n, 1n, 0xffffn), { minLength: 8, maxLength: 8 })
      .map((groups) => groups.reduce<bigint>((value, group) => (value << 16n) | group, 0n)),
  );
  fc.assert(
    fc.property(numbers, (value) => {
      const text = formatIp('ipv6', value);
      expect(isIP(text)).toBe(6);
      expect(parseIp(text)).toEqual({ family: 'ipv6', address: text, value });
      const short = value & 0xffff_ffffn;
      expect(parseIp(formatIp('ipv4', short))?.value).toBe(short);
    }),
    { numRuns: 500 },
  );
});

test('what Node takes for an address is one, and nothing else is', () => {
  const piece = fc.constantFrom('0', '1', 'ab', 'ffff', ':', '::', '.', '255', '1.2.3.4', '%', ' ');
  const text = fc.array(piece, { maxLength: 17 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(text, fc.ipV6(), fc.ipV4(), fc.ipV4Extended()), (candidate) => {
      const family = candidate.includes('%') ? 0 : isIP(candidate);
      expect(parseIp(candidate)?.family).toBe(
        family === 0 ? undefined : family === 4 ? 'ipv4' : 'ipv6',
      );
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['192.168.122.77', 24, '192.168.122.0 to 192.168.122.255'],
  ['10.1.2.3', 8, '10.0.0.0 to 10.255.255.255'],
  ['10.1.2.3', 0, '0.0.0.0 to 255.255.255.255'],
  ['10.1.2.3', 32, '10.1.2.3 to 10.1.2.3'],
  ['192.168.122.77', 30, '192.168.122.76 to 192.168.122.79'],
  ['fd00:1:2:3:4::5', 64, 'fd00:1:2:3:: to fd00:1:2:3:ffff:ffff:ffff:ffff'],
  ['fd00::5', 0, ':: to ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
])('the network of %s/%d is %s', (address, prefix, range) => {
  const [first, last] = [networkAddress, broadcastAddress].map((end) => end(ip(address), prefix));
  expect(`${first?.address} to ${last?.address}`).toBe(range);
});

test('the ends of a network are in it, and their neighbours are not', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 1, max: 32 }), (address, prefix) => {
      const network = new BlockList();
      network.addSubnet(address, prefix);
      const [first, last] = [
        networkAddress(ip(address), prefix),
        broadcastAddress(ip(address), prefix),
      ];
      expect(network.check(first.address)).toBe(true);
      expect(network.check(last.address)).toBe(true);
      if (first.value > 0n) expect(network.check(formatIp('ipv4', first.value - 1n))).toBe(false);
      if (last.value < 0xffff_ffffn) {
        expect(network.check(formatIp('ipv4', last.value + 1n))).toBe(false);
      }
    }),
  );
});

test('every prefix has its netmask, and no other text is one', () => {
  for (let prefix = 0; prefix <= 32; prefix += 1) {
    const mask = (0xffff_ffffn << BigInt(32 - prefix)) & 0xffff_ffffn;
    expect(prefixOfNetmask(formatIp('ipv4', mask))).toBe(prefix);
  }
  for (const text of ['255.0.255.0', '0.0.0.1', '255.255.255.1', 'ffff::', '24', '']) {
    expect(prefixOfNetmask(text)).toBeUndefined();
  }
});

test.each([
  ['10.0.0.1', 8],
  ['127.0.0.1', 8],
  ['128.0.0.1', 16],
  ['191.255.0.1', 16],
  ['192.168.0.1', 24],
  ['223.255.255.1', 24],
  ['224.0.0.1', undefined],
  ['240.0.0.1', undefined],
  ['fd00::1', 64],
])('%s has the default prefix %p', (address, prefix) => {
  expect(defaultPrefix(ip(address))).toBe(prefix);
});

test.each([
  ['0.0.0.0', false],
  ['224.0.0.1', false],
  ['239.255.255.255', false],
  ['240.0.0.1', true],
  ['255.255.255.255', false],
  ['127.0.0.1', true],
  ['::', false],
  ['ff02::1', false],
  ['fe80::1', true],
  ['::1', true],
])('whether an interface can have %s is %p', (address, expected) => {
  expect(isInterfaceAddress(ip(address))).toBe(expected);
});
