/**
 * What libnss-libvirt reads to resolve the names of containers: for each network the leases, which its module `libvirt` looks
 * through for the name of a host, and the MAC addresses of each domain, by which `libvirt_guest` finds its leases. Pure.
 */
import type { Lease } from '../../network/dnsmasq/leases';

/** The part of a lease that is told. */
export type KnownLease = Pick<Lease, 'address' | 'mac' | 'hostname' | 'expires'>;

/** The MAC addresses that a running domain has in the network. */
export interface DomainMacs {
  readonly domain: string;
  readonly macs: readonly string[];
}

/** The content of `BRIDGE.status`. Its times are seconds since the epoch; 0 is never. */
export function leasesText(leases: readonly KnownLease[]): string {
  const entries = leases.map(({ address, mac, hostname, expires }) => ({
    'ip-address': address,
    ...(mac === '' ? {} : { 'mac-address': mac }),
    ...(hostname === undefined ? {} : { hostname }),
    'expiry-time': expires === undefined ? 0 : Math.floor(expires / 1000),
  }));
  return `${JSON.stringify(entries, undefined, 2)}\n`;
}

/** The content of `BRIDGE.macs`. */
export function macsText(domains: readonly DomainMacs[]): string {
  const entries = domains.filter(({ macs }) => macs.length > 0);
  return `${JSON.stringify(entries, undefined, 2)}\n`;
}
