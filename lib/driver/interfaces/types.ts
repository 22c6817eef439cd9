/** The plain data of the public API about network interfaces of domains. */
import type { LinkStatistics } from '../../host/native';

/** A network interface of a domain. */
export interface InterfaceInfo {
  /** The type of `<interface>`; `hostdev` for one that the host lends. */
  readonly type: 'bridge' | 'network' | 'direct' | 'ethernet' | 'hostdev';
  /**
   * Name on the host: while it runs, that of the host's side, which a macvlan does not have; else the one that the
   * definition asks for.
   */
  readonly name?: string;
  /** Name inside; while nothing runs, that of the next start. */
  readonly guest: string;
  /** The bridge, network or device that it is plugged into; an interface of type `ethernet` has none. */
  readonly source?: string;
  /** `<model type>` of the definition, which has no effect here. */
  readonly model?: string;
  /** Of the side inside; absent for an interface that the host lends, while nothing runs. */
  readonly mac?: string;
  /** Whether it is plugged in: see `Domain.setLink`. */
  readonly link: 'up' | 'down';
  /** From the container's point of view: what it receives is rx. Only while it runs. */
  readonly statistics?: LinkStatistics;
}

/**
 * Where addresses are looked up: `lease`: in the definition, which gives a container from an image its address, and in the DHCP leases of
 * the virtual networks; `arp`: in the host's neighbour table (only those that have talked to the host); `inside`: in the container's own
 * network namespace.
 */
export type AddressSource = 'lease' | 'arp' | 'inside';

/** An address of a container. */
export interface DomainAddress {
  /** IPv4 or IPv6. */
  readonly family: 'ipv4' | 'ipv6';
  /** In canonical text. */
  readonly address: string;
  /** Length of the prefix; absent with `arp`. */
  readonly prefix?: number;
  /** The interface that has it: its name on the host with `lease` and `arp`, its name inside with `inside`. */
  readonly interface: string;
  /** Of that interface; `lo` has none. */
  readonly mac?: string;
}
