/**
 * The firewall of a virtual network as text for nft(8): one table for each network, replaced in one transaction. It accepts
 * the same packets as libvirt's rules.
 */
import { networkAddress, parseIp, type IpFamily } from '../../domain/interface/ip-address';
import { TslxcError } from '../../errors';
import { chain, quoteDevice, tableFor, withoutTable } from '../../host/kernel/nftables';
import type { ActiveNetwork } from '../active-network';
import type { Forward, NetworkIp } from '../definition/definition';

/** nft's keyword for the addresses of a family. */
export const nftFamily: Readonly<Record<IpFamily, 'ip' | 'ip6'>> = { ipv4: 'ip', ipv6: 'ip6' };

/** The table's name comes from the bridge, which is unique in a network namespace; several roots may have networks of the same name. */
export function firewallTable(bridge: string): string {
  return tableFor(bridge);
}

/** The chains of its table; none in modes that need no rules. A table made by an older version may lack some of them. */
export function firewallChains({ definition }: ActiveNetwork): readonly string[] {
  switch (definition.forward.mode) {
    case 'none':
      return ['forward'];
    case 'nat':
      return ['forward', 'postrouting', 'loopback'];
    case 'route':
      return ['forward', 'loopback'];
    default:
      return [];
  }
}

/** The text for nft; undefined in modes that need no rules. Loading it again changes nothing. */
export function firewallRules(network: ActiveNetwork): string | undefined {
  const { forward } = network.definition;
  if (forward.mode !== 'none' && forward.mode !== 'nat' && forward.mode !== 'route')
    return undefined;
  const table = firewallTable(network.bridge);
  const nat = forward.mode === 'nat' ? natChain(network) : [];
  const isRouted = forward.mode !== 'none';
  return [
    ...withoutTable('inet', table),
    `table inet ${table} {`,
    ...chain('forward', [
      'type filter hook forward priority filter; policy accept;',
      ...forwardRules(network),
    ]),
    ...nat,
    ...(isRouted ? loopbackChain(network) : []),
    '}',
    '',
  ].join('\n');
}

/** The text that removes the table, if there is one. */
export function noFirewallRules(bridge: string): string {
  return [...withoutTable('inet', firewallTable(bridge)), ''].join('\n');
}

/** The subnet of an address of the bridge: `192.168.122.0/24`. */
export function networkOf({ address, prefix }: NetworkIp): string {
  const ip = parseIp(address);
  if (ip === undefined) throw new TslxcError('INTERNAL_ERROR', `'${address}' is not an address`);
  return `${networkAddress(ip, prefix).address}/${prefix}`;
}

/** Whether packets of that family get another source address. */
export function isTranslated({ mode, nat }: Forward, family: IpFamily): boolean {
  return mode === 'nat' && (family === 'ipv4' || nat?.ipv6 === true);
}

function forwardRules({ definition, bridge }: ActiveNetwork): string[] {
  const { forward, ips } = definition;
  const own = quoteDevice(bridge);
  const [device] = forward.devices;
  const [from, to] =
    device === undefined
      ? ['', '']
      : [`iifname ${quoteDevice(device)} `, `oifname ${quoteDevice(device)} `];
  const routed = forward.mode === 'none' ? [] : ips;
  const inwards = routed.flatMap((ip) => {
    const rule = (which: string): string =>
      `${from}oifname ${own} ${nftFamily[ip.family]} daddr ${networkOf(ip)} ${which}counter accept`;
    if (!isTranslated(forward, ip.family)) return [rule('')];
    // The second rule is for forwarded ports of the host.
    return [rule('ct state { established, related } '), rule('ct status dnat ')];
  });
  const outwards = routed.map(
    (ip) => `iifname ${own} ${to}${nftFamily[ip.family]} saddr ${networkOf(ip)} counter accept`,
  );
  return [
    // Such packets pass here only if br_netfilter passes bridged packets through the rules of the IP layer.
    `iifname ${own} oifname ${own} counter accept`,
    ...inwards,
    `oifname ${own} counter reject`,
    ...outwards,
    `iifname ${own} counter reject`,
  ];
}

/**
 * Forwarded ports can also be reached at the host's loopback addresses, for which the kernel must accept these addresses on the
 * bridge (route_localnet). These rules drop packets of containers from or to them, as the kernel does by default.
 */
function loopbackChain({ bridge }: ActiveNetwork): string[] {
  const own = quoteDevice(bridge);
  return chain('loopback', [
    'type filter hook prerouting priority raw; policy accept;',
    `iifname ${own} ip daddr 127.0.0.0/8 counter drop`,
    `iifname ${own} ip saddr 127.0.0.0/8 counter drop`,
  ]);
}

function natChain({ definition, bridge }: ActiveNetwork): string[] {
  const { forward, ips } = definition;
  const rules = ips
    .filter((ip) => isTranslated(forward, ip.family))
    .flatMap((ip) => translation(forward, ip));
  return chain('postrouting', [
    'type nat hook postrouting priority srcnat; policy accept;',
    // With br_netfilter, packets from one container to another pass through this chain.
    `oifname ${quoteDevice(bridge)} return`,
    ...rules,
  ]);
}

/** Multicast and broadcast stay on the link: with another source address, they could not be answered. */
const untranslated: Readonly<Record<IpFamily, string>> = {
  ipv4: '{ 224.0.0.0/24, 255.255.255.255 }',
  ipv6: 'ff02::/16',
};

function translation(forward: Forward, ip: NetworkIp): string[] {
  const { devices, nat } = forward;
  const [device] = devices;
  const family = nftFamily[ip.family];
  const network = networkOf(ip);
  const leaving = `${device === undefined ? '' : `oifname ${quoteDevice(device)} `}${family} saddr ${network}`;
  const { start, end } = nat?.ports ?? { start: 1024, end: 65535 };
  const address = sourceAddresses(nat?.addresses, ip.family);
  const [withPorts, plain] =
    address === undefined
      ? [`masquerade to :${start}-${end}`, 'masquerade']
      : [`snat ${family} to ${address}:${start}-${end}`, `snat ${family} to ${address}`];
  return [
    `${leaving} ${family} daddr ${untranslated[ip.family]} counter return`,
    `${leaving} ${family} daddr != ${network} meta l4proto { tcp, udp } counter ${withPorts}`,
    `${leaving} ${family} daddr != ${network} counter ${plain}`,
  ];
}

/** `<address>` of the family as a range of nft; for IPv6 in brackets, which ports need. */
function sourceAddresses(
  range: { readonly start: string; readonly end: string } | undefined,
  family: IpFamily,
): string | undefined {
  if (range === undefined || parseIp(range.start)?.family !== family) return undefined;
  const ends = range.start === range.end ? [range.start] : [range.start, range.end];
  return ends.map((address) => (family === 'ipv6' ? `[${address}]` : address)).join('-');
}
