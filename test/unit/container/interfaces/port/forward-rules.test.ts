/** The rules that lead ports of the host to a container: the text that nft loads. */
import {
  forwardRules,
  forwardTable,
  noForwardRules,
} from '../../../../../lib/container/interfaces/port/forward-rules';
import type { LinkForwards } from '../../../../../lib/container/interfaces/port/forward-rules';

const position = { line: 1, column: 1 };
const link: LinkForwards = {
  host: 'vnet1',
  mac: '52:54:00:00:00:01',
  bridge: 'virbr0',
  targets: { ipv4: '10.0.0.5', ipv6: 'fd00::5' },
  loopback: 'led-out',
  forwards: [{ protocol: 'tcp', ranges: [{ start: 8080, to: 80 }], position }],
};

function chain(text: string, name: string): string[] {
  const [, after = ''] = text.split(`  chain ${name} {\n`);
  return (after.split('\n  }')[0] ?? '').split('\n').map((line) => line.trim());
}

const forwarded = (
  forwards: LinkForwards['forwards'],
  more: Partial<LinkForwards> = {},
): string[] => chain(forwardRules({ ...link, ...more, forwards }), 'forwarded');

test('a table of its own is replaced in one transaction, and removed by its name', () => {
  const text = forwardRules(link);
  const table = 'tslxc_forward_20_vnet1_20_525400000001';
  expect(forwardTable(link)).toBe(table);
  expect(text.split('\n').slice(0, 3)).toEqual([
    `add table inet ${table}`,
    `delete table inet ${table}`,
    `table inet ${table} {`,
  ]);
  expect(noForwardRules(link)).toBe(`add table inet ${table}\ndelete table inet ${table}\n`);
  expect(chain(text, 'answers').slice(1)).toEqual([
    'iifname "virbr0" oifname "virbr0" ct status dnat counter masquerade',
    'oifname "virbr0" ip saddr 127.0.0.0/8 ct status dnat counter masquerade',
  ]);
});

test('each family that the container has an address of', () => {
  expect(forwarded(link.forwards)).toEqual([
    'meta nfproto ipv4 fib daddr type local tcp dport 8080 counter dnat ip to 10.0.0.5:80',
    'meta nfproto ipv6 fib daddr type local tcp dport 8080 counter dnat ip6 to [fd00::5]:80',
  ]);
  expect(forwarded(link.forwards, { targets: { ipv6: 'fd00::5' } })).toHaveLength(1);
});

test('an address and a device of the host', () => {
  const one = { protocol: 'udp', ranges: [{ start: 53 }], position } as const;
  expect(forwarded([{ ...one, address: '192.0.2.1', device: 'eth0' }])).toEqual([
    'meta nfproto ipv4 iifname "eth0" ip daddr 192.0.2.1 udp dport 53 counter dnat ip to 10.0.0.5',
  ]);
  expect(forwarded([{ ...one, address: '0.0.0.0' }])).toEqual([
    'meta nfproto ipv4 fib daddr type local udp dport 53 counter dnat ip to 10.0.0.5',
  ]);
  expect(forwarded([{ ...one, address: '::' }])).toEqual([
    'meta nfproto ipv6 fib daddr type local udp dport 53 counter dnat ip6 to fd00::5',
  ]);
  expect(forwarded([{ ...one, address: '2001:db8::1' }])).toEqual([
    'meta nfproto ipv6 ip6 daddr 2001:db8::1 udp dport 53 counter dnat ip6 to fd00::5',
  ]);
});

test('ranges: with the same numbers, with others, all, and without some', () => {
  const only = { targets: { ipv4: '10.0.0.5' } };
  const of = (...ranges: LinkForwards['forwards'][number]['ranges']): string[] =>
    forwarded([{ protocol: 'tcp', ranges, position }], only).map((line) =>
      line.replace('meta nfproto ipv4 fib daddr type local ', ''),
    );
  expect(of({ start: 1000, end: 1050 })).toEqual([
    'tcp dport 1000-1050 counter dnat ip to 10.0.0.5',
  ]);
  expect(of({ start: 1000, end: 1002, to: 80 })).toEqual([
    'tcp dport 1000-1002 counter dnat ip to 10.0.0.5 : tcp dport map { 1000 : 80, 1001 : 81, 1002 : 82 }',
  ]);
  expect(of()).toEqual(['tcp dport 1-65535 counter dnat ip to 10.0.0.5']);
  expect(of({ start: 22, exclude: true }, { start: 100, end: 200, exclude: true })).toEqual([
    'tcp dport 1-21 counter dnat ip to 10.0.0.5',
    'tcp dport 23-99 counter dnat ip to 10.0.0.5',
    'tcp dport 201-65535 counter dnat ip to 10.0.0.5',
  ]);
  expect(of({ start: 10, end: 12, to: 110 }, { start: 11, exclude: true })).toEqual([
    'tcp dport 10 counter dnat ip to 10.0.0.5:110',
    'tcp dport 12 counter dnat ip to 10.0.0.5:112',
  ]);
});

test('where the rules of no network keep containers from the loopback addresses, these lead nowhere', () => {
  expect(chain(forwardRules({ ...link, loopback: 'kept' }), 'from_host')).toEqual([
    'type nat hook output priority -100; policy accept;',
    'ip daddr 127.0.0.0/8 return',
    'jump forwarded',
  ]);
});
