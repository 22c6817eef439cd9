/**
 * IPv4 and IPv6 addresses as text and as numbers. Text is parsed as strictly as by inet_pton(3): text that two
 * programs could understand differently (`010.0.0.1`, `10.1`) is not an address. The package `ipaddr.js` is not used: it reads such
 * text, also as a part of an IPv6 address, and writes `::ffff:192.0.2.1` as `::ffff:c000:201`, unlike inet_ntop(3). Nor does it give an
 * address as one number, with which networks and ranges are calculated here.
 */

export type IpFamily = 'ipv4' | 'ipv6';

export interface Ip {
  readonly family: IpFamily;
  /** In canonical form, of which each address has exactly one. */
  readonly address: string;
  readonly value: bigint;
}

/** Bits of an address. */
export const addressBits: Readonly<Record<IpFamily, number>> = { ipv4: 32, ipv6: 128 };

/** Undefined if the text is not an address, and for an address with a zone (`fe80::1%eth0`). */
export function parseIp(text: string): Ip | undefined {
  const family = text.includes(':') ? 'ipv6' : 'ipv4';
  const value = family === 'ipv4' ? parseIpv4(text) : parseIpv6(text);
  return value === undefined ? undefined : ipOf(family, value);
}

/** The address with that number. */
export function ipOf(family: IpFamily, value: bigint): Ip {
  return { family, address: formatIp(family, value), value };
}

/** The canonical form; for IPv6, that of RFC 5952. */
export function formatIp(family: IpFamily, value: bigint): string {
  return family === 'ipv4' ? formatIpv4(value) : formatIpv6(value);
}

/** The first address of the network with `prefix` bits that contains the address. */
export function networkAddress({ family, value }: Ip, prefix: number): Ip {
  const host = BigInt(addressBits[family] - prefix);
  return ipOf(family, (value >> host) << host);
}

/** The last address of that network: its broadcast address, in IPv4. */
export function broadcastAddress({ family, value }: Ip, prefix: number): Ip {
  const host = BigInt(addressBits[family] - prefix);
  return ipOf(family, value | ((1n << host) - 1n));
}

/** 24 for `255.255.255.0`; undefined if the text is not a netmask of IPv4. */
export function prefixOfNetmask(text: string): number | undefined {
  const mask = parseIpv4(text);
  if (mask === undefined) return undefined;
  const host = mask ^ 0xffff_ffffn;
  // A netmask is ones and then zeros: its complement is one less than a power of two.
  if ((host & (host + 1n)) !== 0n) return undefined;
  return host === 0n ? 32 : 32 - host.toString(2).length;
}

/**
 * The prefix of an address that is written without one, as in libvirt: for IPv4 by class, for IPv6 64. Undefined for
 * IPv4's classes D and E.
 */
export function defaultPrefix({ family, value }: Ip): number | undefined {
  if (family === 'ipv6') return 64;
  const first = Number(value >> 24n);
  if (first < 128) return 8;
  if (first < 192) return 16;
  return first < 224 ? 24 : undefined;
}

/** Whether an interface can have the address: it is not unspecified, not multicast, and not IPv4's broadcast address. */
export function isInterfaceAddress({ family, value }: Ip): boolean {
  if (value === 0n) return false;
  if (family === 'ipv6') return value >> 120n !== 0xffn;
  return value >> 28n !== 0xen && value !== 0xffff_ffffn;
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = '', tail] = halves;
  const before = parseGroups(head, tail === undefined ? 'at the end' : 'not at the end');
  const after = parseGroups(tail ?? '', 'at the end');
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  // `::` stands for at least one group.
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...new Array<number>(missing).fill(0), ...after];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

/** Groups of 16 bits; the last two of an address may be written as IPv4. */
function parseGroups(text: string, where: 'at the end' | 'not at the end'): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    if (isLast && where === 'at the end' && part.includes('.')) {
      const embedded = parseIpv4(part);
      if (embedded === undefined) return undefined;
      groups.push(Number(embedded >> 16n), Number(embedded & 0xffffn));
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function formatIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
}

function formatIpv6(value: bigint): string {
  // RFC 5952, section 5: an address that contains an IPv4 address shows it.
  if (value >> 32n === 0xffffn) return `::ffff:${formatIpv4(value & 0xffff_ffffn)}`;
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number((value >> BigInt(112 - 16 * index)) & 0xffffn),
  );
  const { start, length } = longestZeros(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  // A single group of zeros is not shortened.
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

/** The first of the longest runs of zero groups. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
