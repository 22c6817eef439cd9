/** dnsmasq's file of leases, as a list. */
import fc from 'fast-check';
import { parseLeases } from '../../../../lib/network/dnsmasq/leases';
import { activeNetwork } from '../active';

const { definition } = activeNetwork(`<ip address='192.168.9.1' prefix='24'/>
  <ip address='10.9.0.1' prefix='16'/><ip family='ipv6' address='fd00:9::1' prefix='64'/>`);
const now = 1_800_000_000_000;
const unsupported = now / 1000 + 60;

const file = `${unsupported} 52:54:00:00:00:01 192.168.9.7 one 01:52:54:00:00:00:01
0 52:54:00:00:00:02 10.9.3.4 * *
${unsupported} 52:54:00:00:00:03 192.168.9.9 three ff:12:34:56:78:00:04:aa:bb:cc
duid 00:01:00:01:2e:cd:5f:01:52:54:00:aa:bb:cc
${unsupported} 5423345 fd00:9::1ab six 00:03:00:01:52:54:00:00:00:06
${unsupported} T17 fd00:9::1ac * 00:01:00:01:2e:cd:5f:02:52:54:00:00:00:07
${unsupported} 18 fd00:9::1ad three 00:04:aa:bb:cc
${unsupported} 19 fd00:9::1ae * 00:02:00:00:ab:11
`;

function parse(text: string): ReturnType<typeof parseLeases> {
  return parseLeases(text, definition, now);
}

test('leases of both families', () => {
  const expires = unsupported * 1000;
  expect(parse(file)).toEqual([
    {
      ...{ expires, mac: '52:54:00:00:00:01', family: 'ipv4', address: '192.168.9.7', prefix: 24 },
      ...{ hostname: 'one', clientId: '01:52:54:00:00:00:01' },
    },
    { mac: '52:54:00:00:00:02', family: 'ipv4', address: '10.9.3.4', prefix: 16 },
    {
      ...{ expires, mac: '52:54:00:00:00:03', family: 'ipv4', address: '192.168.9.9', prefix: 24 },
      ...{ hostname: 'three', clientId: 'ff:12:34:56:78:00:04:aa:bb:cc' },
    },
    {
      ...{ expires, mac: '52:54:00:00:00:06', family: 'ipv6', address: 'fd00:9::1ab', prefix: 64 },
      ...{ hostname: 'six', clientId: '00:03:00:01:52:54:00:00:00:06', iaid: '5423345' },
    },
    {
      ...{ expires, mac: '52:54:00:00:00:07', family: 'ipv6', address: 'fd00:9::1ac', prefix: 64 },
      ...{ clientId: '00:01:00:01:2e:cd:5f:02:52:54:00:00:00:07', iaid: 'T17' },
    },
    // Known by the same client's lease of IPv4.
    {
      ...{ expires, mac: '52:54:00:00:00:03', family: 'ipv6', address: 'fd00:9::1ad', prefix: 64 },
      ...{ hostname: 'three', clientId: '00:04:aa:bb:cc', iaid: '18' },
    },
    // By nothing.
    {
      ...{ expires, mac: '', family: 'ipv6', address: 'fd00:9::1ae', prefix: 64 },
      ...{ clientId: '00:02:00:00:ab:11', iaid: '19' },
    },
  ]);
});

test('expired leases are left out', () => {
  const at = (seconds: number): string => `${seconds} 52:54:00:00:00:01 192.168.9.7 one *\n`;
  expect(parse(at(now / 1000 - 1) + at(now / 1000))).toEqual([]);
  expect(parse(at(now / 1000 + 1))).toHaveLength(1);
});

test('an address of no subnet of the network is one alone', () => {
  const lines = `0 52:54:00:00:00:01 172.16.0.1 * *\n0 1 fd01::1 * 00:01\n`;
  expect(parse(lines).map(({ prefix }) => prefix)).toEqual([32, 128]);
});

test('of a file that is cut anywhere, only whole leases are taken', () => {
  const all = parse(file);
  for (let end = 0; end <= file.length; end += 1) {
    const some = parse(file.slice(0, end));
    // A client's address may be known by a line further down or up only; all else is as in the whole.
    expect(some).toEqual(all.slice(0, some.length));
    expect(some.length).toBe(
      file
        .slice(0, end)
        .split('\n')
        .slice(0, -1)
        .filter((line) => !line.startsWith('duid')).length,
    );
  }
});

test('lines that are none are left out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(parse(`${text.replaceAll('\n', ' ')}x\n${file}`)).toHaveLength(7);
    }),
  );
  expect(parse('1 2 3 4 5\nx 52:54:00:00:00:01 192.168.9.7 one *\n')).toEqual([]);
});
