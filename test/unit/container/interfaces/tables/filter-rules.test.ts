/** lib/container/interfaces/tables/filter-rules: the text that nft loads. Whether it does what it says, test/network/filters shows. */
import {
  filterRules,
  noFilterRules,
} from '../../../../../lib/container/interfaces/tables/filter-rules';
import type { LinkFilter } from '../../../../../lib/container/interfaces/tables/filter-rules';

const link = { host: 'vnet1000', mac: '52:54:00:00:00:01' };
const clean: LinkFilter = { ...link, filter: 'clean-traffic', addresses: ['192.0.2.1'] };

/** The lines of a set or a chain. */
function partOf(text: string, part: string): string[] {
  const [, after = ''] = text.split(`  ${part} {\n`);
  return (after.split('\n  }')[0] ?? '').split('\n').map((line) => line.trim());
}

test('a table is of one link by its name and its address, and replaced in one transaction', () => {
  const table = 'bridge tslxc_filter_20_vnet1000_20_525400000001';
  const start = [`add table ${table}`, `delete table ${table}`];
  expect(filterRules(clean).split('\n').slice(0, 3)).toEqual([...start, `table ${table} {`]);
  expect(noFilterRules(link).trim().split('\n')).toEqual(start);
});

test('the known addresses, and else the first one, are the only ones', () => {
  expect(
    partOf(
      filterRules({ ...clean, addresses: ['192.0.2.1', '192.0.2.2', '192.0.2.1'] }),
      'set addresses',
    ),
  ).toEqual(['type ipv4_addr;', 'elements = { 192.0.2.1, 192.0.2.2 };']);
  expect(partOf(filterRules(clean), 'chain sent_ip')).toEqual([
    'ip saddr 0.0.0.0 udp sport 68 udp dport 67 return',
    'ip saddr @addresses return',
    'drop',
  ]);
  const learning = filterRules({ ...clean, addresses: 'first' });
  expect(partOf(learning, 'set addresses')).toEqual([
    'type ipv4_addr;',
    'size 1;',
    'flags dynamic;',
  ]);
  expect(partOf(learning, 'chain sent_ip')).toContain(
    'ip saddr != { 0.0.0.0, 224.0.0.0/3 } add @addresses { ip saddr } return',
  );
});

test('a filter has the rules of what it checks alone', () => {
  const chains = (filter: LinkFilter['filter']): string[] =>
    [...filterRules({ ...clean, filter, addresses: [] }).matchAll(/chain (\w+)/g)].flatMap(
      ([, name]) => name ?? [],
    );
  const always = ['sent', 'from_container', 'to_host'];
  expect(chains('clean-traffic')).toEqual(['sent_ip', 'sent_arp', ...always, 'to_container']);
  expect(chains('no-mac-spoofing')).toEqual(always);
  expect(chains('no-arp-mac-spoofing')).toEqual(['sent_arp', ...always]);
  expect(chains('no-other-l2-traffic')).toEqual([...always, 'to_container']);
});

test('a name that could be more than a name is refused', () => {
  expect(() => filterRules({ ...clean, host: 'a"b' })).toThrow(
    `the name of the network interface 'a"b' cannot be written in nftables' language`,
  );
});
