/**
 * Network: a handle on one virtual network. It holds no state of its own, so that any number of them may exist. Each
 * method checks that the call is allowed, and calls the function that does it; what a caller has to know stands here.
 */
import type { Identity } from '../host/state/definition-store';
import type { Lease } from '../network/dnsmasq/leases';
import { networkInfo, networkLeases, networkXml } from './networks/inspect';
import {
  destroyNetwork,
  setNetworkAutostart,
  startNetwork,
  undefineNetwork,
} from './networks/verbs';
import { Session } from './session/session';
import type { NetworkInfo } from './types';

/**
 * One virtual network: what is defined under a name, and the bridge, rules and dnsmasq that run from it. Handles come
 * from a Connection, cost nothing and need no closing. A network goes on without the process that started it.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, NO_NETWORK when the network
 * is gone or another one has its name, and OPERATION_INVALID when the connection is closed. Methods that change
 * something throw OPERATION_DENIED on a read-only connection.
 *
 * @example
 * const network = await connection.defineNetwork(xml);
 * await network.start();
 * for (const { mac, address } of await network.leases()) console.log(mac, address);
 */
export class Network {
  /** The name in its definition: unique in a root of tslxc. */
  readonly name: string;
  /** In lower case with dashes. */
  readonly uuid: string;
  readonly #session: Session;
  readonly #identity: Identity;

  private constructor(session: Session, identity: Identity) {
    if (!(session instanceof Session)) throw new TypeError('a Network comes from a Connection');
    this.name = identity.name;
    this.uuid = identity.uuid;
    this.#session = session;
    this.#identity = { name: this.name, uuid: this.uuid };
  }

  /** @internal Handles come from a Connection. */
  static of(session: Session, identity: Identity): Network {
    return new Network(session, identity);
  }

  // What it is.

  /**
   * Whether it runs, its bridge, and how many interfaces of running containers belong to it, now.
   *
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virNetworkIsActive, `virsh net-info`
   */
  async info(): Promise<NetworkInfo> {
    this.#session.requireAccess('read', 'Network.info');
    return networkInfo(this.#session, this.#identity);
  }

  /**
   * The addresses that its dnsmasq has given to clients and that have not expired.
   *
   * @param options - `mac`: only those of one interface; those of all by default
   * @throws TslxcError INVALID_ARG for what is no MAC address; OPERATION_INVALID when it is not active.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virNetworkGetDHCPLeases, `virsh net-dhcp-leases`
   */
  async leases(options: { readonly mac?: string } = {}): Promise<Lease[]> {
    this.#session.requireAccess('read', 'Network.leases');
    return networkLeases(this.#session, this.#identity, options.mac);
  }

  // Life cycle.

  /**
   * Starts the stored definition. Resolves when containers can be plugged in and are given addresses.
   *
   * @throws DefinitionError CONFIG_UNSUPPORTED, with `path`, `element`, `line` and `column`, for what this version
   * does not carry out; OPERATION_FAILED, likewise, when a subnet or bridge is in use on this host.
   * @throws TslxcError OPERATION_INVALID when it is active; OPERATION_UNSUPPORTED when nft or dnsmasq is not
   * installed; OPERATION_FAILED with `step`, for instance when the host's firewall would drop its packets. After
   * every error the host is as it was before.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virNetworkCreate, `virsh net-start`
   */
  async start(): Promise<void> {
    this.#session.requireAccess('write', 'Network.start');
    await startNetwork(this.#session, this.#identity);
  }

  /**
   * Stops it. Running containers keep their interfaces, unplugged: a start of the network does not plug them in
   * again, a start of the container does. A transient network is gone then.
   *
   * @throws TslxcError OPERATION_INVALID when it is not active, and when it runs in another network namespace of
   * this host.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virNetworkDestroy, `virsh net-destroy`
   */
  async destroy(): Promise<void> {
    this.#session.requireAccess('write', 'Network.destroy');
    await destroyNetwork(this.#session, this.#identity);
  }

  // Definition.

  /**
   * The definition as XML. `live` is that of the running network, with its bridge and the number of its
   * connections; `inactive` that of the next start. Default: the live one if it runs, else the inactive one.
   *
   * @throws TslxcError OPERATION_INVALID for `live` when it is not active.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virNetworkGetXMLDesc, `virsh net-dumpxml`
   */
  async xml(options: { readonly which?: 'live' | 'inactive' } = {}): Promise<string> {
    this.#session.requireAccess('read', 'Network.xml');
    return networkXml(this.#session, this.#identity, options.which);
  }

  /**
   * Removes the stored definition. A running network goes on, as a transient one.
   *
   * @throws TslxcError OPERATION_INVALID for a transient network.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virNetworkUndefine, `virsh net-undefine`
   */
  async undefine(): Promise<void> {
    this.#session.requireAccess('write', 'Network.undefine');
    await undefineNetwork(this.#session, this.#identity);
  }

  /**
   * Whether it is started with the host, which is at the first use of networks after a boot. It is not started now.
   *
   * @throws TslxcError INVALID_ARG for another word; OPERATION_INVALID for a transient network.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virNetworkSetAutostart, `virsh net-autostart`
   */
  async setAutostart(autostart: 'on' | 'off'): Promise<void> {
    this.#session.requireAccess('write', 'Network.setAutostart');
    await setNetworkAutostart(this.#session, this.#identity, autostart);
  }
}
