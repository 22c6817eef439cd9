/** The part of a Domain that has to do with its network interfaces. */
import { domainAddresses } from './interfaces/addresses';
import { getBandwidth, setBandwidth } from './interfaces/bandwidth';
import { DomainHandle } from './domain-handle';
import type { AddressSource, DomainAddress, InterfaceInfo } from './interfaces/types';
import { domainInterfaces } from './interfaces/interfaces';
import type { WhichOption } from './limits/types';
import { getLink, setLink } from './interfaces/link-state';
import { networkLeaseLookup } from './networks/leases';
import type { Rates, RatesChange } from './interfaces/rates';

export class NetworkedDomain extends DomainHandle {
  /**
   * Its network interfaces: `live` as they are in the running container, with their counters, `inactive` as the next
   * start will make them. Without either, the live ones if there are such. Those that the host lends come last.
   *
   * @throws TslxcError OPERATION_INVALID for `live` when nothing runs.
   */
  async interfaces(
    options: { readonly which?: 'live' | 'inactive' } = {},
  ): Promise<InterfaceInfo[]> {
    this.session.requireAccess('read', 'Domain.interfaces');
    return domainInterfaces(this.session, this.identity, options.which);
  }

  /**
   * The addresses of the running container: as they are `inside` (the default), read from its own network namespace
   * with nothing running there; those that the DHCP servers of its networks have given (`lease`); or those that have
   * talked to the host (`arp`).
   *
   * @throws TslxcError OPERATION_INVALID when nothing runs; ARGUMENT_UNSUPPORTED for another source; NO_NETWORK with
   * `lease`, when its network is gone.
   */
  async addresses(options: { readonly source?: AddressSource } = {}): Promise<DomainAddress[]> {
    this.session.requireAccess('read', 'Domain.addresses');
    const { source = 'inside' } = options;
    return domainAddresses(this.session, this.identity, {
      source,
      leases: networkLeaseLookup(this.session),
    });
  }

  /**
   * Plugs an interface in or out. In a running container the host's side of its veth pair goes up or down, and inside
   * the carrier comes or goes; addresses and routes stay. One that has no side on the host goes up or down itself.
   * `inactive` changes the stored definition, and so does a plain call when nothing runs.
   *
   * @param device - name on the host, name inside or MAC address
   * @throws TslxcError INVALID_ARG when it has no such interface, and for another state; OPERATION_INVALID for `live` when
   * nothing runs and for `inactive` of a transient domain; OPERATION_UNSUPPORTED for the stored state of what the host lends.
   */
  async setLink(
    device: string,
    state: 'up' | 'down',
    options: { readonly which?: 'live' | 'inactive' } = {},
  ): Promise<void> {
    this.session.requireAccess('write', 'Domain.setLink');
    const { which } = options;
    await setLink(this.session, this.identity, { device, which, link: state });
  }

  /**
   * Whether an interface is plugged in: see `setLink`.
   *
   * @throws TslxcError INVALID_ARG when it has no such interface; OPERATION_INVALID for `live` when nothing runs.
   */
  async getLink(
    device: string,
    options: { readonly which?: 'live' | 'inactive' } = {},
  ): Promise<'up' | 'down'> {
    this.session.requireAccess('read', 'Domain.getLink');
    return getLink(this.session, this.identity, { device, which: options.which });
  }

  /**
   * Changes the rates of an interface, from the container's point of view: inbound is what it receives. A direction that
   * is left out stays as it is. In a running container they change at once, with the packets that wait. `inactive`
   * changes the stored definition, and so does a plain call when nothing runs; `both` the two, or neither.
   *
   * @param device - name on the host, name inside or MAC address
   * @param change - `average`, `peak` and `floor` in KiB/s, `burst` in KiB; `none` takes the rate away
   * @throws TslxcError INVALID_ARG when it has no such interface, and for rates that make no sense; OPERATION_INVALID for
   * `live` when nothing runs, for `inactive` of a transient domain, and for a floor that the network has promised to
   * others; OPERATION_UNSUPPORTED for an interface that can't be shaped, and when tc is not installed.
   * @example
   * await domain.setBandwidth('eth0', { inbound: { average: 1000, burst: 64 }, outbound: 'none' });
   */
  async setBandwidth(
    device: string,
    change: RatesChange,
    options: WhichOption = {},
  ): Promise<void> {
    this.session.requireAccess('write', 'Domain.setBandwidth');
    await setBandwidth(this.session, this.identity, { device, which: options.which, change });
  }

  /**
   * The rates of an interface, those of its port group included while it runs: see `setBandwidth`.
   *
   * @throws TslxcError INVALID_ARG when it has no such interface; OPERATION_INVALID for `live` when nothing runs.
   */
  async getBandwidth(device: string, options: WhichOption = {}): Promise<Rates> {
    this.session.requireAccess('read', 'Domain.getBandwidth');
    return getBandwidth(this.session, this.identity, { device, which: options.which });
  }
}
