/** Addresses of a network's subnets. Pure. */
import { broadcastAddress, ipOf, networkAddress, parseIp } from '../../domain/interface/ip-address';
import type { Ip } from '../../domain/interface/ip-address';

/** An address of the network's own, and the length of its subnet. */
interface Subnet {
  readonly address: string;
  readonly prefix: number;
}

/** The IPv4 addresses that hosts may have. */
export function hostRange({ address, prefix }: Subnet): { start: string; end: string } {
  const ip = known(address);
  const [first, last] = [networkAddress(ip, prefix), broadcastAddress(ip, prefix)];
  // A subnet of two addresses has neither a network nor a broadcast address (RFC 3021).
  const edge = prefix < 31 ? 1n : 0n;
  return {
    start: ipOf('ipv4', first.value + edge).address,
    end: ipOf('ipv4', last.value - edge).address,
  };
}

/** The IPv6 address in the subnet that is formed from the MAC address (RFC 4291, appendix A), with its prefix. */
export function interfaceId({ address, prefix }: Subnet, mac: string): string {
  const [a = 0n, ...rest] = mac.split(':').map((byte) => BigInt(`0x${byte}`));
  const bytes = [a ^ 2n, ...rest.slice(0, 2), 0xffn, 0xfen, ...rest.slice(2)];
  const id = bytes.reduce((sum, byte) => (sum << 8n) | byte, 0n);
  const { value } = networkAddress(known(address), prefix);
  return `${ipOf('ipv6', value | id).address}/${prefix}`;
}

/** Whether the address is one of the subnet. */
export function isInSubnet({ address }: Pick<Subnet, 'address'>, subnet: Subnet): boolean {
  const [ip, own] = [known(address), known(subnet.address)];
  if (ip.family !== own.family) return false;
  return networkAddress(ip, subnet.prefix).value === networkAddress(own, subnet.prefix).value;
}

function known(address: string): Ip {
  const ip = parseIp(address);
  if (ip === undefined) throw new RangeError(`'${address}' is not an address`);
  return ip;
}
