/** lib/network/firewall/rules: the text that nft loads. Whether it does what it says, test/virtual-network shows. */
import {
  firewallChains,
  firewallRules,
  firewallTable,
  noFirewallRules,
} from '../../../../lib/network/firewall/rules';
import type { ActiveNetwork } from '../../../../lib/network/active-network';
import { networkPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { parse } from '../parse-context';

const ip4 = `<ip address='192.168.122.1' netmask='255.255.255.0'/>`;
const ip6 = `<ip family='ipv6' address='fd00::1' prefix='64'/>`;

function network(forward: string, ips: string): ActiveNetwork {
  const xml = `<network><name>n</name>${forward}<bridge name='virbr0'/>${ips}</network>`;
  return {
    definition: parse(xml),
    bridge: 'virbr0',
    paths: networkPaths(statePaths('/'), 'n'),
  };
}

/** The lines of a chain. */
function chain(text: string | undefined, name: string): string[] {
  const [, after = ''] = text?.split(`  chain ${name} {\n`) ?? [];
  return (after.split('\n  }')[0] ?? '').split('\n').map((line) => line.trim());
}

test('a table is replaced in one transaction, whether it was there or not', () => {
  const text = firewallRules(network(`<forward mode='nat'/>`, ip4)) ?? '';
  const start = ['add table inet tslxc_virbr0', 'delete table inet tslxc_virbr0'];
  expect(text.split('\n').slice(0, 3)).toEqual([...start, 'table inet tslxc_virbr0 {']);
  expect(noFirewallRules('virbr0').trim().split('\n')).toEqual(start);
});

test('nat: out with the address of the network, in what was asked for, and nothing else', () => {
  const text = firewallRules(network(`<forward mode='nat'/>`, ip4));
  expect(chain(text, 'forward')).toEqual([
    'type filter hook forward priority filter; policy accept;',
    'iifname "virbr0" oifname "virbr0" counter accept',
    'oifname "virbr0" ip daddr 192.168.122.0/24 ct state { established, related } counter accept',
    'oifname "virbr0" ip daddr 192.168.122.0/24 ct status dnat counter accept',
    'oifname "virbr0" counter reject',
    'iifname "virbr0" ip saddr 192.168.122.0/24 counter accept',
    'iifname "virbr0" counter reject',
  ]);
  expect(chain(text, 'postrouting')).toEqual([
    'type nat hook postrouting priority srcnat; policy accept;',
    'oifname "virbr0" return',
    'ip saddr 192.168.122.0/24 ip daddr { 224.0.0.0/24, 255.255.255.255 } counter return',
    'ip saddr 192.168.122.0/24 ip daddr != 192.168.122.0/24 meta l4proto { tcp, udp } counter masquerade to :1024-65535',
    'ip saddr 192.168.122.0/24 ip daddr != 192.168.122.0/24 counter masquerade',
  ]);
});

test('IPv6 is routed, unless it is asked to be translated', () => {
  const plain = firewallRules(network(`<forward mode='nat'/>`, ip4 + ip6));
  expect(chain(plain, 'forward')).toContain('oifname "virbr0" ip6 daddr fd00::/64 counter accept');
  expect(chain(plain, 'postrouting').join('\n')).not.toContain('ip6');
  const asked = firewallRules(
    network(`<forward mode='nat'><nat ipv6='yes'/></forward>`, ip4 + ip6),
  );
  expect(chain(asked, 'forward')).toContain(
    'oifname "virbr0" ip6 daddr fd00::/64 ct state { established, related } counter accept',
  );
  expect(chain(asked, 'postrouting')).toContain(
    'ip6 saddr fd00::/64 ip6 daddr ff02::/16 counter return',
  );
});

test('addresses and ports of <nat>, and its device by name', () => {
  const nat = `<nat><address start='203.0.113.1' end='203.0.113.9'/><port start='500' end='600'/></nat>`;
  const text = firewallRules(network(`<forward mode='nat' dev='eth1'>${nat}</forward>`, ip4));
  expect(chain(text, 'postrouting').slice(3)).toEqual([
    'oifname "eth1" ip saddr 192.168.122.0/24 ip daddr != 192.168.122.0/24 meta l4proto { tcp, udp } counter snat ip to 203.0.113.1-203.0.113.9:500-600',
    'oifname "eth1" ip saddr 192.168.122.0/24 ip daddr != 192.168.122.0/24 counter snat ip to 203.0.113.1-203.0.113.9',
  ]);
  expect(chain(text, 'forward')).toContain(
    'iifname "virbr0" oifname "eth1" ip saddr 192.168.122.0/24 counter accept',
  );
});

test('what containers send to and from loopback addresses is dropped, wherever packets are passed on', () => {
  for (const mode of ['nat', 'route']) {
    const text = firewallRules(network(`<forward mode='${mode}'/>`, ip4));
    expect(chain(text, 'loopback')).toEqual([
      'type filter hook prerouting priority raw; policy accept;',
      'iifname "virbr0" ip daddr 127.0.0.0/8 counter drop',
      'iifname "virbr0" ip saddr 127.0.0.0/8 counter drop',
    ]);
  }
  expect(firewallRules(network('', ip4))).not.toContain('loopback');
});

test('route has no addresses translated, isolated has nothing forwarded, open has no rules', () => {
  const route = firewallRules(network(`<forward mode='route'/>`, ip4));
  expect(route).not.toContain('postrouting');
  expect(chain(route, 'forward')).toContain(
    'oifname "virbr0" ip daddr 192.168.122.0/24 counter accept',
  );
  expect(chain(firewallRules(network('', ip4)), 'forward').slice(1)).toEqual([
    'iifname "virbr0" oifname "virbr0" counter accept',
    'oifname "virbr0" counter reject',
    'iifname "virbr0" counter reject',
  ]);
  expect(firewallRules(network(`<forward mode='open'/>`, ip4))).toBeUndefined();
});

test.each(['none', 'nat', 'route'])('the mode %s has the chains that are looked for', (mode) => {
  const one = network(mode === 'none' ? '' : `<forward mode='${mode}'/>`, ip4);
  const names = firewallRules(one)?.match(/(?<=^ {2}chain )\w+/gm);
  expect(names).toEqual(firewallChains(one));
  expect(firewallChains(network(`<forward mode='open'/>`, ip4))).toEqual([]);
});

test('tables of different bridges have different names, which nft takes', () => {
  const bridges = ['br-1', 'br.1', 'br_1', 'br1', 'bré', 'br_2d_1'];
  const tables = bridges.map(firewallTable);
  expect(new Set(tables).size).toBe(bridges.length);
  for (const table of tables) expect(table).toMatch(/^[a-z]\w*$/);
});

test('a name that nft could take for more than a name is refused', () => {
  const odd = { ...network('', ip4), bridge: 'br"*' };
  expect(() => firewallRules(odd)).toThrow("the network interface 'br\"*' cannot be written");
});
