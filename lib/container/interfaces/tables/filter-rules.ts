/**
 * The filter of an interface as text for nft(8): a table of the bridge family for each, with rules that name the host's
 * side of its link. They can be loaded before the link exists. They drop what libvirt's predefined filters drop. Pure.
 */
import type { FilterName } from '../../../domain/interface/definition';
import { filterChecks } from '../../../domain/interface/port/filter';
import { chain, quoteDevice, tableFor, withoutTable } from '../../../host/kernel/nftables';

/** What identifies a filter: the host's side of a link, and the MAC address of the container's. */
export interface FilteredLink {
  readonly host: string;
  readonly mac: string;
}

export interface LinkFilter extends FilteredLink {
  readonly filter: FilterName;
  /** The IPv4 addresses of the interface; `first` is the first that it uses, which the kernel remembers. */
  readonly addresses: readonly string[] | 'first';
}

/** Named by the MAC address, too: by the time that a filter is removed, another link may have the name of this one. */
export function filterTable({ host, mac }: FilteredLink): string {
  return tableFor(`filter ${host} ${mac.replaceAll(':', '')}`);
}

/** Loading the text again changes nothing but a first address, which is forgotten. */
export function filterRules(filtered: LinkFilter): string {
  const { filter, host, addresses } = filtered;
  const checks = filterChecks[filter];
  const has = (check: (typeof checks)[number]): boolean => checks.includes(check);
  const table = filterTable(filtered);
  const jump = `iifname ${quoteDevice(host)} jump sent`;
  return [
    ...withoutTable('bridge', table),
    `table bridge ${table} {`,
    ...addressSet(addresses),
    ...(has('ip') ? chain('sent_ip', packetRules(addresses)) : []),
    ...(has('arp-mac') || has('arp-ip') ? chain('sent_arp', arpRules(filtered)) : []),
    ...chain('sent', sentRules(filtered)),
    ...chain('from_container', [baseChain('prerouting'), jump]),
    // Frames to the addresses of IEEE 802.1D, which no bridge forwards, pass only this hook.
    ...chain('to_host', [baseChain('input'), jump]),
    ...(has('protocol')
      ? chain('to_container', [baseChain('postrouting'), `oifname ${quoteDevice(host)} ${others}`])
      : []),
    '}',
    '',
  ].join('\n');
}

/** The text that removes the filter, if there is one. */
export function noFilterRules(link: FilteredLink): string {
  return [...withoutTable('bridge', filterTable(link)), ''].join('\n');
}

/** A frame with a VLAN's tag is neither. */
const others = 'ether type != { ip, arp } drop';

/** What no interface has as its own address: 0.0.0.0, multicast and broadcast. */
const noOnes = '{ 0.0.0.0, 224.0.0.0/3 }';

function baseChain(hook: 'prerouting' | 'input' | 'postrouting'): string {
  return `type filter hook ${hook} priority filter; policy accept;`;
}

function addressSet(addresses: LinkFilter['addresses']): string[] {
  const contents =
    addresses === 'first'
      ? ['size 1;', 'flags dynamic;']
      : addresses.length === 0
        ? []
        : [`elements = { ${[...new Set(addresses)].join(', ')} };`];
  return ['  set addresses {', ...['type ipv4_addr;', ...contents].map(indented), '  }'];
}

function indented(line: string): string {
  return `    ${line}`;
}

function sentRules({ filter, mac }: LinkFilter): string[] {
  const checks = filterChecks[filter];
  const has = (check: (typeof checks)[number]): boolean => checks.includes(check);
  return [
    ...(has('mac') ? [`ether saddr != ${mac} drop`] : []),
    ...(has('protocol') ? [others] : []),
    ...(has('broadcast') ? ['meta protocol ip ether daddr ff:ff:ff:ff:ff:ff drop'] : []),
    ...(has('ip') ? ['meta protocol ip jump sent_ip'] : []),
    ...(has('arp-mac') || has('arp-ip') ? ['meta protocol arp jump sent_arp'] : []),
  ];
}

/** A client of DHCP has no address yet. */
function packetRules(addresses: LinkFilter['addresses']): string[] {
  return [
    'ip saddr 0.0.0.0 udp sport 68 udp dport 67 return',
    ...ownAddress('ip saddr', '', addresses),
    'drop',
  ];
}

function arpRules({ filter, mac, addresses }: LinkFilter): string[] {
  const checks = filterChecks[filter];
  const ofEthernet = 'meta protocol arp arp hlen 6 arp plen 4 ';
  const fromOwn = checks.includes('arp-mac') ? `arp saddr ether ${mac} ` : '';
  const rules = checks.includes('arp-ip')
    ? ownAddress('arp saddr ip', ofEthernet + fromOwn, addresses)
    : [`${ofEthernet}${fromOwn}return`];
  return [...rules, 'drop'];
}

/** With 'first', the set has room for one address: adding a second fails, and the rule is not followed to its `return`. */
function ownAddress(field: string, before: string, addresses: LinkFilter['addresses']): string[] {
  const known = `${before}${field} @addresses return`;
  if (addresses !== 'first') return [known];
  return [known, `${before}${field} != ${noOnes} add @addresses { ${field} } return`];
}
