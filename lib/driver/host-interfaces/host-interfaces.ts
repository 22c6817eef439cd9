/** HostInterfaces: the public class. What a caller has to know is documented here. */
import { checkCalls, type CallsOf } from '../../shape/arguments';
import { hostInterfacesCalls } from './calls';
import { Session } from '../session/session';
import {
  hostInterfaceXml,
  listHostInterfaces,
  lookUpHostInterface,
  lookUpHostInterfaceByMac,
} from './lookup';
import type { ActivityFilter } from '../lookup/list-filter';
import type { HostInterfaceInfo } from './types';

/**
 * The network interfaces of this host, in the network namespace of this process. They are only read, as by libvirt where it has
 * udev: what configures the host's network, such as systemd-networkd, goes on doing so.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, OPERATION_INVALID when the connection is
 * closed, and a SyscallError when sysfs can't be read.
 *
 * @example
 * for (const { name, mac } of await connection.hostInterfaces.list({ state: 'active' })) console.log(name, mac);
 */
export class HostInterfaces {
  readonly #session: Session;

  private constructor(session: Session) {
    if (!(session instanceof Session)) {
      throw new TypeError('a HostInterfaces comes from Connection.hostInterfaces');
    }
    this.#session = session;
  }

  /** @internal They come from `Connection.hostInterfaces`. */
  static of(session: Session): HostInterfaces {
    return new HostInterfaces(session);
  }

  /**
   * The interfaces, by name, without ports of bridges and without TUN and TAP devices.
   *
   * @param filter - `state`: only those that are up, or only the others; all by default
   * @see virConnectListAllInterfaces, `virsh iface-list`
   */
  async list(filter: ActivityFilter = {}): Promise<HostInterfaceInfo[]> {
    this.#session.requireAccess('read', 'HostInterfaces.list');
    return await listHostInterfaces(filter);
  }

  /**
   * The interface of that name, also one that `list` leaves out.
   *
   * @throws TslxcError NO_INTERFACE when there is none.
   * @see virInterfaceLookupByName, `virsh iface-mac`
   */
  async lookup(name: string): Promise<HostInterfaceInfo> {
    this.#session.requireAccess('read', 'HostInterfaces.lookup');
    return Promise.resolve(lookUpHostInterface(name));
  }

  /**
   * The interface of `list` that has this Ethernet address.
   *
   * @param mac - in any case, as `52:54:00:00:00:01`
   * @throws TslxcError NO_INTERFACE when there is none; MULTIPLE_INTERFACES when several have it.
   * @see virInterfaceLookupByMACString, `virsh iface-name`
   */
  async lookupByMac(mac: string): Promise<HostInterfaceInfo> {
    this.#session.requireAccess('read', 'HostInterfaces.lookupByMac');
    return await lookUpHostInterfaceByMac(mac);
  }

  /**
   * An interface as libvirt's `<interface>`, with the interfaces that a bridge or a bond consists of. Ends with a newline.
   *
   * @throws TslxcError NO_INTERFACE when there is none of that name.
   * @see virInterfaceGetXMLDesc, `virsh iface-dumpxml`
   */
  async xml(name: string): Promise<string> {
    this.#session.requireAccess('read', 'HostInterfaces.xml');
    return Promise.resolve(hostInterfaceXml(name));
  }
}

checkCalls(
  'HostInterfaces',
  HostInterfaces.prototype,
  hostInterfacesCalls satisfies CallsOf<HostInterfaces>,
);
