/** `<ip>` of a network, with its `<dhcp>`, in libvirt's order. */
import { formatIp as formatAddress } from '../../domain/interface/ip-address';
import { node, type PrintableElement } from '../../domain/xml/print';
import type { NetworkIp } from './definition';
import { formatLease } from '../elements/lease-time';

/** The family is printed where it is not the default. */
export function formatIp(ip: NetworkIp): PrintableElement {
  const { family, address, prefix, hasNetmask, localPtr, tftpRoot, dhcp } = ip;
  const attributes = {
    family: family === 'ipv6' ? family : undefined,
    address,
    ...(hasNetmask === true ? { netmask: netmaskOf(prefix) } : { prefix: String(prefix) }),
    localPtr: localPtr ? 'yes' : undefined,
  };
  return node('ip', attributes, [
    ...(tftpRoot === undefined ? [] : [node('tftp', { root: tftpRoot })]),
    ...(dhcp === undefined ? [] : [formatDhcp(dhcp)]),
  ]);
}

/** `255.255.255.0` for 24. */
function netmaskOf(prefix: number): string {
  const all = (1n << 32n) - 1n;
  return formatAddress('ipv4', (all << BigInt(32 - prefix)) & all);
}

function formatDhcp({ ranges, hosts, bootp }: NonNullable<NetworkIp['dhcp']>): PrintableElement {
  return node('dhcp', {}, [
    ...ranges.map(({ start, end, lease }) => node('range', { start, end }, formatLease(lease))),
    ...hosts.map(({ mac, id, name, ip, lease }) =>
      node('host', { mac, id, name, ip }, formatLease(lease)),
    ),
    ...(bootp === undefined ? [] : [node('bootp', { file: bootp.file, server: bootp.server })]),
  ]);
}
