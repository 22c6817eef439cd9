/** Whether the subnets of a network are free on this host, and which default subnet is free. Pure. */
import {
  addressBits,
  broadcastAddress,
  networkAddress,
  parseIp,
} from '../../domain/interface/ip-address';
import type { IpFamily } from '../../domain/interface/ip-address';

/** An address with its prefix: a subnet, and an address in it. */
export interface Subnet {
  readonly family: IpFamily;
  readonly address: string;
  readonly prefix: number;
}

/** A subnet that the host uses: an address of an interface, or the destination of a route. */
export interface SubnetUse extends Subnet {
  readonly kind: 'address' | 'route';
  /** The interface. */
  readonly device: string;
}

/** Routes with shorter prefixes lead to the whole internet, which some VPNs split in two. They are not near any subnet. */
const leastPrefix = 8;

/** The third bytes of the default network's possible subnets, from 192.168.122.0/24 on, as in libvirt. */
const firstDefault = 122;
const lastDefault = 254;

interface Range {
  readonly family: IpFamily;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * A use that conflicts with the subnet: an address of the host in it, or a route to all or part of it. A route to a larger
 * network, such as a company's, does not conflict: the route of the bridge is more specific.
 */
export function findCollision(subnet: Subnet, uses: readonly SubnetUse[]): SubnetUse | undefined {
  const wanted = rangeOf(subnet);
  return uses.find((use) => {
    const used = rangeOf(
      use.kind === 'address' ? { ...use, prefix: addressBits[use.family] } : use,
    );
    return isWithin(used, wanted);
  });
}

/** The third byte of the first default subnet that is not near anything in use. */
export function freeDefaultSubnet(
  uses: readonly SubnetUse[],
  defined: readonly Subnet[],
): number | undefined {
  const all = Array.from({ length: lastDefault - firstDefault + 1 }, (_, n) => firstDefault + n);
  const near = [...uses.filter(({ prefix }) => prefix >= leastPrefix), ...defined].map(rangeOf);
  const free = all.find(
    (third) => !near.some((range) => overlaps(range, rangeOf(subnetOf(third)))),
  );
  // On a host whose own network is 192.168.0.0/16, every subnet is near it: one without a direct conflict is chosen.
  return free ?? all.find((third) => findCollision(subnetOf(third), uses) === undefined);
}

function subnetOf(third: number): Subnet {
  return { family: 'ipv4', address: `192.168.${third}.0`, prefix: 24 };
}

function rangeOf({ family, address, prefix }: Subnet): Range {
  const ip = parseIp(address);
  if (ip === undefined) throw new RangeError(`'${address}' is not an address`);
  const first = networkAddress(ip, prefix).value;
  return { family, first, last: broadcastAddress(ip, prefix).value };
}

function isWithin(inner: Range, outer: Range): boolean {
  return inner.family === outer.family && inner.first >= outer.first && inner.last <= outer.last;
}

function overlaps(a: Range, b: Range): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}
