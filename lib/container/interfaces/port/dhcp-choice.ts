/** Chooses the address that DHCP is to give an interface, so that others find the interface there. Pure. */
import { ipOf, parseIp } from '../../../domain/interface/ip-address';

/** What a network's DHCP gives. */
export interface DhcpChoice {
  /** The file of dnsmasq's leases. */
  readonly leases: string;
  readonly ranges: readonly { readonly start: string; readonly end: string }[];
  /** Addresses of these ranges that are reserved: the bridge's, and those of `<host>`. */
  readonly kept: readonly string[];
}

/**
 * IPv4 addresses that the interface could have, the best first: its lease, then the free ones, starting with one that
 * depends on its MAC address.
 */
export function* addressChoices(
  mac: string,
  { ranges, kept }: Pick<DhcpChoice, 'ranges' | 'kept'>,
  leases: string,
): Generator<string> {
  const owners = new Map(
    leases.split('\n').flatMap((line): [string, string][] => {
      const [, owner, address] = line.split(' ');
      return owner === undefined || address === undefined ? [] : [[address, owner]];
    }),
  );
  const all = addressesOf(ranges);
  const isFree = (address: string): boolean => !kept.includes(address);
  const own = [...owners].find(([address, owner]) => owner === mac && isFree(address))?.[0];
  if (own !== undefined && all.has(own)) yield own;
  const start = all.size === 0 ? 0 : hashOf(mac) % all.size;
  for (let step = 0; step < all.size; step += 1) {
    const address = all.at((start + step) % all.size);
    const owner = owners.get(address);
    if (isFree(address) && (owner === undefined || owner === mac) && address !== own) yield address;
  }
}

/** Whether DHCP could give the address to any client. */
export function isOffered(
  address: string,
  { ranges, kept }: Pick<DhcpChoice, 'ranges' | 'kept'>,
): boolean {
  return addressesOf(ranges).has(address) && !kept.includes(address);
}

interface Addresses {
  readonly size: number;
  readonly at: (index: number) => string;
  readonly has: (address: string) => boolean;
}

function addressesOf(ranges: DhcpChoice['ranges']): Addresses {
  const numbers = ranges.flatMap(({ start, end }) => {
    const [first, last] = [parseIp(start), parseIp(end)];
    const isRange = first?.family === 'ipv4' && last?.family === 'ipv4';
    return isRange ? [{ first: Number(first.value), last: Number(last.value) }] : [];
  });
  return {
    size: numbers.reduce((sum, { first, last }) => sum + last - first + 1, 0),
    at(index) {
      let rest = index;
      for (const { first, last } of numbers) {
        if (rest <= last - first) return ipOf('ipv4', BigInt(first + rest)).address;
        rest -= last - first + 1;
      }
      throw new RangeError('there are not so many addresses');
    },
    has(address) {
      const value = Number(parseIp(address)?.value ?? -1n);
      return numbers.some(({ first, last }) => first <= value && value <= last);
    },
  };
}

/** FNV-1a: containers that start at the same time should not choose the same. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash;
}
