/** lib/network/bridge/collision.ts: which subnets are in use, and which is free. */
import { findCollision, freeDefaultSubnet } from '../../../../lib/network/bridge/collision';
import type { SubnetUse } from '../../../../lib/network/bridge/collision';

const subnet = { family: 'ipv4', address: '192.168.122.1', prefix: 24 } as const;

function use(kind: SubnetUse['kind'], text: string): SubnetUse {
  const [address = '', prefix = ''] = text.split('/');
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  return { kind, family, address, prefix: Number(prefix), device: 'eth0' };
}

test.each([
  ['address', '192.168.122.7/24'],
  ['address', '192.168.122.7/32'],
  // An address in it, of a wider subnet.
  ['address', '192.168.122.7/16'],
  ['route', '192.168.122.0/24'],
  ['route', '192.168.122.128/25'],
  ['route', '192.168.122.9/32'],
] as const)('%s %s is in the way of 192.168.122.0/24', (kind, text) => {
  expect(findCollision(subnet, [use(kind, text)])).toMatchObject({ device: 'eth0' });
});

test.each([
  ['address', '192.168.121.7/24'],
  ['address', '192.168.123.1/24'],
  ['address', '192.168.1.7/16'],
  ['route', '192.168.0.0/16'],
  ['route', '192.168.123.0/24'],
  ['address', 'fd00::1/64'],
] as const)('%s %s is not', (kind, text) => {
  expect(findCollision(subnet, [use(kind, text)])).toBeUndefined();
});

test('families are told apart, and IPv6 collides as IPv4 does', () => {
  const six = { family: 'ipv6', address: 'fd00:7::1', prefix: 64 } as const;
  expect(findCollision(six, [use('route', 'fd00:7::/64')])).toBeDefined();
  expect(findCollision(six, [use('route', 'fd00:7:0:1::/64')])).toBeUndefined();
  // Both have the number 0 to 2^32.
  expect(findCollision({ ...six, address: '::', prefix: 96 }, [use('address', '10.0.0.1/8')])).toBe(
    undefined,
  );
});

describe('the default subnet', () => {
  test('is the first that is free', () => {
    expect(freeDefaultSubnet([], [])).toBe(122);
    expect(freeDefaultSubnet([use('address', '192.168.122.1/24')], [])).toBe(123);
    const taken = [use('route', '192.168.122.0/23'), use('address', '192.168.124.200/32')];
    expect(freeDefaultSubnet(taken, [])).toBe(125);
  });

  test.each(['192.168.122.0/32', '192.168.122.255/32'])(
    'keeps away from a use of %s alone, at the end of it',
    (text) => {
      expect(freeDefaultSubnet([use('address', text)], [])).toBe(123);
      expect(freeDefaultSubnet([use('route', text)], [])).toBe(123);
    },
  );

  test('takes one between two that are in use', () => {
    const taken = [use('route', '192.168.122.0/24'), use('route', '192.168.124.0/24')];
    expect(freeDefaultSubnet(taken, [])).toBe(123);
  });

  test('keeps away from what other networks define', () => {
    expect(freeDefaultSubnet([], [subnet])).toBe(123);
  });

  test('heeds no default route that is split in two', () => {
    expect(freeDefaultSubnet([use('route', '0.0.0.0/1'), use('route', '128.0.0.0/1')], [])).toBe(
      122,
    );
  });

  test('in a host whose network is 192.168.0.0/16 is one that no address or route uses exactly so', () => {
    const host = [use('address', '192.168.5.6/16'), use('route', '192.168.0.0/16')];
    expect(freeDefaultSubnet(host, [])).toBe(122);
    expect(freeDefaultSubnet([...host, use('route', '192.168.122.0/24')], [])).toBe(123);
  });

  test('is none when all are in use', () => {
    const all = Array.from({ length: 256 }, (_, third) => use('route', `192.168.${third}.0/24`));
    expect(freeDefaultSubnet(all, [])).toBeUndefined();
  });
});
