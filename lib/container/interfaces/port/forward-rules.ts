/**
 * The forwarded ports of an interface as text for nft(8): a table for each interface, which is removed with its
 * container. A packet for such a port of the host gets the container's address as its destination. If it comes from a
 * neighbour of the container, or from the host's loopback, it also gets the bridge's address as its source, so that the
 * answer comes back this way. Pure.
 */
import type { PortForward } from '../../../domain/interface/definition';
import { parseIp, type IpFamily } from '../../../domain/interface/ip-address';
import {
  forwardedPorts,
  isAnyAddress,
  type ForwardedPorts,
} from '../../../domain/interface/port/port-forward';
import { chain, quoteDevice, tableFor, withoutTable } from '../../../host/kernel/nftables';
import type { FilteredLink } from '../tables/filter-rules';

/** Ports of the host that lead to a container. */
export interface LinkForwards extends FilteredLink {
  readonly bridge: string;
  readonly forwards: readonly PortForward[];
  /** The container's addresses, as far as they are known. */
  readonly targets: Readonly<Partial<Record<IpFamily, string>>>;
  /** Whether the bridge lets packets from the host's own 127.0.0.0/8 out, and none from containers in. */
  readonly loopback: 'led-out' | 'kept';
}

/** Named by the MAC address, too: by the time that it is removed, another link may have the name of this one. */
export function forwardTable({ host, mac }: FilteredLink): string {
  return tableFor(`forward ${host} ${mac.replaceAll(':', '')}`);
}

/** Before the masquerading of networks, whose rules return at once for packets to their own bridge. */
const beforeMasquerading = 90;
/** The priority of dstnat, a name that nft accepts only in the hook prerouting. */
const destination = -100;

/** Loading the text again changes nothing. */
export function forwardRules(link: LinkForwards): string {
  const { forwards, bridge, loopback } = link;
  const table = forwardTable(link);
  const own = quoteDevice(bridge);
  const rules = forwards.flatMap((forward) => rulesOf(forward, link));
  return [
    ...withoutTable('inet', table),
    `table inet ${table} {`,
    ...chain('forwarded', rules),
    ...chain('from_outside', [
      'type nat hook prerouting priority dstnat; policy accept;',
      'jump forwarded',
    ]),
    ...chain('from_host', [
      `type nat hook output priority ${destination}; policy accept;`,
      ...(loopback === 'kept' ? ['ip daddr 127.0.0.0/8 return'] : []),
      'jump forwarded',
    ]),
    ...chain('answers', [
      `type nat hook postrouting priority ${beforeMasquerading}; policy accept;`,
      `iifname ${own} oifname ${own} ct status dnat counter masquerade`,
      `oifname ${own} ip saddr 127.0.0.0/8 ct status dnat counter masquerade`,
    ]),
    '}',
    '',
  ].join('\n');
}

/** The text that removes the table, if there is one. */
export function noForwardRules(link: FilteredLink): string {
  return [...withoutTable('inet', forwardTable(link)), ''].join('\n');
}

const families = [
  ['ipv4', 'ip'],
  ['ipv6', 'ip6'],
] as const;

function rulesOf(forward: PortForward, { targets }: LinkForwards): string[] {
  const { protocol, address, device } = forward;
  const own = address === undefined ? undefined : parseIp(address)?.family;
  return families.flatMap(([family, word]) => {
    const target = targets[family];
    if (target === undefined || (own !== undefined && own !== family)) return [];
    const where = [
      `meta nfproto ${family}`,
      ...(device === undefined ? [] : [`iifname ${quoteDevice(device)}`]),
      address === undefined || isAnyAddress(address)
        ? 'fib daddr type local'
        : `${word} daddr ${address}`,
    ].join(' ');
    return forwardedPorts(forward).map(
      (ports) =>
        `${where} ${protocol} dport ${rangeText(ports)} counter dnat ${word} to ${targetText(target, protocol, ports)}`,
    );
  });
}

function rangeText({ start, end }: ForwardedPorts): string {
  return start === end ? String(start) : `${start}-${end}`;
}

/** A range that leads to other port numbers is mapped port by port: nft would choose any port of a range. */
function targetText(target: string, protocol: string, { start, end, to }: ForwardedPorts): string {
  const bracketed = target.includes(':') ? `[${target}]` : target;
  if (start === to) return target;
  if (start === end) return `${bracketed}:${to}`;
  const pairs = Array.from(
    { length: end - start + 1 },
    (_, index) => `${start + index} : ${to + index}`,
  );
  return `${target} : ${protocol} dport map { ${pairs.join(', ')} }`;
}
