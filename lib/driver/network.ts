/**
 * Network: a handle for one virtual network. It holds no state of its own, so any number of them may exist. Each method
 * checks that the call is allowed and calls the function that does the work; what a caller has to know is documented here.
 */
import { checkCalls, type CallsOf } from '../shape/arguments';
import { networkCalls } from './arguments/connection-calls';
import { autostartWord } from './arguments/option-shapes';
import type { MetadataContent } from '../domain/elements/metadata';
import type { Identity } from '../host/state/definitions/definition-store';
import type { NetworkUpdate } from '../network/definition/update';
import type { Lease } from '../network/dnsmasq/leases';
import type { Rates, RatesChange } from './interfaces/rates';
import {
  getNetworkMetadata,
  getNetworkText,
  setNetworkMetadata,
  setNetworkText,
} from './networks/annotations';
import { updateSection } from './networks/change';
import { editableNetworkXml, networkInfo, networkLeases, networkXml } from './networks/inspect';
import {
  createPort,
  deletePort,
  getPortBandwidth,
  listPorts,
  portXml,
  setPortBandwidth,
} from './interfaces/port-verbs';
import type { NetworkPort } from './interfaces/port-verbs';
import {
  destroyNetwork,
  setNetworkAutostart,
  startNetwork,
  undefineNetwork,
} from './networks/verbs';
import { Session } from './session/session';
import type { Autostart, DefineOptions, NetworkInfo, WhichOption } from './types';

/**
 * One virtual network: what is defined under a name, and the bridge, firewall rules and dnsmasq that run from it. Handles
 * come from a Connection, cost nothing and need no closing. A network keeps running without the process that started it.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, NO_NETWORK when the network
 * is gone or another one has taken its name, and OPERATION_INVALID when the connection is closed. Methods that change
 * something throw OPERATION_DENIED on a read-only connection.
 *
 * @example
 * const network = await connection.defineNetwork(xml);
 * await network.start();
 * for (const { mac, address } of await network.leases()) console.log(mac, address);
 */
export class Network {
  /** The name in its definition, unique within a root of tslxc. */
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
   * Its current state: whether it runs, its bridge, and how many interfaces of running containers belong to it.
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
   * The addresses that its dnsmasq has given to clients and that have not expired. None for a network without DHCP; one that is
   * not active has those that its last run has left, as in libvirt.
   *
   * @param options - `mac`: only those of one interface; those of all by default
   * @throws TslxcError INVALID_ARG for a text that is not a MAC address.
   * @throws SyscallError, with `path`, when the file of the leases can't be read.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virNetworkGetDHCPLeases, `virsh net-dhcp-leases`
   */
  async leases(options: { readonly mac?: string | undefined } = {}): Promise<Lease[]> {
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
   * Stops it. Running containers keep their interfaces, unplugged: a start of the network does not plug them in again, a
   * start of the container does. A transient network then no longer exists.
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

  /** @internal What `net-edit` begins with: also of a stored file that is not a valid definition. */
  async editableXml(): Promise<string> {
    this.#session.requireAccess('read', 'Network.editableXml');
    return editableNetworkXml(this.#session, this.#identity);
  }

  /**
   * The definition as XML. `live`: of the running network, with its bridge and its number of connections; `inactive`: for
   * the next start. Default: the live one if it runs, else the inactive one.
   *
   * @throws TslxcError OPERATION_INVALID for `live` when it is not active.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virNetworkGetXMLDesc, `virsh net-dumpxml`
   */
  async xml(options: { readonly which?: 'live' | 'inactive' | undefined } = {}): Promise<string> {
    this.#session.requireAccess('read', 'Network.xml');
    return networkXml(this.#session, this.#identity, options.which);
  }

  /**
   * Changes one part of the definition: of the running network if it runs, else of the stored one, unless `which` says
   * otherwise. The network keeps running; its DHCP and DNS are interrupted for less than a second, and leases are kept.
   *
   * @param update - `command`: `add-first`, `add-last`, `modify` or `delete`; `section`: the part; `xml`: one element of
   * it; `parentIndex`: which `<ip>` is meant, by default the first that serves DHCP, else the first; `which`: `live`,
   * `inactive` or `both`; `onWarning`: called, once the change is made, for each element, attribute or text that was left
   * out because libvirt's schema does not know it
   * @throws DefinitionError XML_ERROR and others, with `element`, and `line` and `column` in the element;
   * XML_INVALID_SCHEMA with `problems` for what the schema does not know, if `strict = 1` is set in `etc/tslxc/lxc.conf`.
   * @throws TslxcError OPERATION_INVALID when there is no such element, or already one; for `live` when the network is not
   * active, for `inactive` of a transient one, and for a device that containers use; NO_SUPPORT for a part that can't be
   * changed by itself; INVALID_ARG for an unknown command or part. After every error everything is as it was before.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virNetworkUpdate, `virsh net-update`
   * @example
   * const xml = "<host mac='52:54:00:00:00:01' ip='192.168.122.9'/>";
   * await network.update({ command: 'add-last', section: 'ip-dhcp-host', xml, which: 'both' });
   */
  async update(
    update: NetworkUpdate & WhichOption & Pick<DefineOptions, 'onWarning'>,
  ): Promise<void> {
    this.#session.requireAccess('write', 'Network.update');
    await updateSection(this.#session, this.#identity, update);
  }

  /**
   * The title; undefined when it has none.
   *
   * @param options - `which`: `live` or `inactive`; by default `live` if the network runs, else `inactive`
   * @throws TslxcError OPERATION_INVALID for `live` when it is not active, and for `inactive` of a transient network.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virNetworkGetMetadata, `virsh net-desc --title`
   */
  async getTitle(options: WhichOption = {}): Promise<string | undefined> {
    this.#session.requireAccess('read', 'Network.getTitle');
    return getNetworkText(this.#session, this.#identity, { of: 'title', which: options.which });
  }

  /**
   * Changes or removes the title.
   *
   * @param title - one line; undefined or empty for none
   * @param options - `which`: by default `live` if the network runs, else `inactive`
   * @throws TslxcError XML_ERROR for a title of several lines; OPERATION_INVALID as `getTitle`.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virNetworkSetMetadata, `virsh net-desc --title`
   */
  async setTitle(title: string | undefined, options: WhichOption = {}): Promise<void> {
    this.#session.requireAccess('write', 'Network.setTitle');
    const { which } = options;
    await setNetworkText(this.#session, this.#identity, { of: 'title', text: title, which });
  }

  /**
   * The description; undefined when it has none.
   *
   * @param options - as for `getTitle`
   * @throws TslxcError as `getTitle`: OPERATION_INVALID, ACCESS_DENIED, NO_NETWORK.
   * @see virNetworkGetMetadata, `virsh net-desc`
   */
  async getDescription(options: WhichOption = {}): Promise<string | undefined> {
    this.#session.requireAccess('read', 'Network.getDescription');
    const { which } = options;
    return getNetworkText(this.#session, this.#identity, { of: 'description', which });
  }

  /**
   * Changes or removes the description.
   *
   * @param description - undefined or empty for none
   * @param options - as for `setTitle`
   * @throws TslxcError as `setTitle`: OPERATION_INVALID, ACCESS_DENIED, NO_NETWORK, OPERATION_DENIED.
   * @see virNetworkSetMetadata, `virsh net-desc`
   */
  async setDescription(description: string | undefined, options: WhichOption = {}): Promise<void> {
    this.#session.requireAccess('write', 'Network.setDescription');
    const what = { of: 'description', text: description, which: options.which } as const;
    await setNetworkText(this.#session, this.#identity, what);
  }

  /**
   * What `<metadata>` has for a URI, without its namespace; undefined when there is nothing.
   *
   * @param options - as for `getTitle`
   * @throws TslxcError as `getTitle`: OPERATION_INVALID, ACCESS_DENIED, NO_NETWORK.
   * @see virNetworkGetMetadata, `virsh net-metadata`
   */
  async getMetadata(uri: string, options: WhichOption = {}): Promise<string | undefined> {
    this.#session.requireAccess('read', 'Network.getMetadata');
    return getNetworkMetadata(this.#session, this.#identity, { uri, which: options.which });
  }

  /**
   * Changes or removes what `<metadata>` has for a URI.
   *
   * @param content - `key`: the prefix of its elements; `xml`: one element; undefined for none
   * @param options - as for `setTitle`
   * @throws DefinitionError XML_ERROR for a text that is not one element.
   * @throws TslxcError INVALID_ARG for an empty URI; XML_ERROR for an invalid prefix, and for a root of another namespace;
   * and as `setTitle`: OPERATION_INVALID, ACCESS_DENIED, NO_NETWORK, OPERATION_DENIED.
   * @see virNetworkSetMetadata, `virsh net-metadata`
   */
  async setMetadata(
    uri: string,
    content: MetadataContent | undefined,
    options: WhichOption = {},
  ): Promise<void> {
    this.#session.requireAccess('write', 'Network.setMetadata');
    const { which } = options;
    await setNetworkMetadata(this.#session, this.#identity, { uri, content, which });
  }

  // Ports.

  /**
   * Its ports, ordered by uuid: one for each interface of a running container that is plugged into it, and those that
   * `createPort` has made.
   *
   * @throws TslxcError OPERATION_INVALID when it is not active.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virNetworkListAllPorts, `virsh net-port-list`
   */
  async ports(): Promise<NetworkPort[]> {
    this.#session.requireAccess('read', 'Network.ports');
    return listPorts(this.#session, this.#identity);
  }

  /**
   * One of its ports as XML.
   *
   * @throws TslxcError NO_NETWORK_PORT when there is none with that uuid.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virNetworkPortGetXMLDesc, `virsh net-port-dumpxml`
   */
  async portXml(uuid: string): Promise<string> {
    this.#session.requireAccess('read', 'Network.portXml');
    return portXml(this.#session, this.#identity, uuid);
  }

  /**
   * Makes a port for an interface that another program plugs in: the port says into what, and a device of a pool that it
   * is given counts as used from then on. The port lasts until it is deleted or the network is stopped.
   *
   * As in libvirt, elements, attributes and text that its schema does not know are left out; `onWarning` is called for
   * each.
   *
   * @param xml - `<networkport>`
   * @param options - `validate`: refuses what the schema does not know, and a port without a uuid; `onWarning`; none by
   * default
   * @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED and others, with `element`, `line` and `column`; with `validate`
   * XML_INVALID_SCHEMA, with `problems`.
   * @throws TslxcError OPERATION_INVALID when the network is not active; NETWORK_PORT_EXIST when another port has the uuid;
   * OPERATION_FAILED when a pool has no device left; OPERATION_UNSUPPORTED when `validate` finds libvirt's schema installed
   * but not xmllint.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virNetworkPortCreateXML, `virsh net-port-create`
   */
  async createPort(xml: string, options: DefineOptions = {}): Promise<NetworkPort> {
    this.#session.requireAccess('write', 'Network.createPort');
    return createPort(this.#session, this.#identity, { ...options, xml });
  }

  /**
   * Removes a port that `createPort` has made.
   *
   * @throws TslxcError NO_NETWORK_PORT when there is none with that uuid; OPERATION_INVALID when it belongs to an interface
   * of a running container.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virNetworkPortDelete, `virsh net-port-delete`
   */
  async deletePort(uuid: string): Promise<void> {
    this.#session.requireAccess('write', 'Network.deletePort');
    await deletePort(this.#session, this.#identity, uuid);
  }

  /**
   * The rates of one of its ports in KiB/s, from the container's point of view, as `portXml` shows them.
   *
   * @throws TslxcError NO_NETWORK_PORT when there is none with that uuid; OPERATION_INVALID when it is not active.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virNetworkPortGetParameters
   */
  async getPortBandwidth(uuid: string): Promise<Rates> {
    this.#session.requireAccess('read', 'Network.getPortBandwidth');
    return getPortBandwidth(this.#session, this.#identity, uuid);
  }

  /**
   * Changes the rates of one of its ports. Those of the interface of a container that runs change at once, as by
   * `Domain.setBandwidth`; those of a port that `createPort` has made are kept for the program that plugs it in.
   *
   * @param uuid - of the port
   * @param change - as of `Domain.setBandwidth`: a direction that is left out stays as it is
   * @throws TslxcError NO_NETWORK_PORT when there is none with that uuid; INVALID_ARG for rates that make no sense;
   * OPERATION_INVALID when it is not active, and for a floor that the network has promised to others; OPERATION_UNSUPPORTED
   * for an interface that can't be shaped, and when tc is not installed; OPERATION_FAILED when the interface is no longer in
   * the container.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virNetworkPortSetParameters
   */
  async setPortBandwidth(uuid: string, change: RatesChange): Promise<void> {
    this.#session.requireAccess('write', 'Network.setPortBandwidth');
    await setPortBandwidth(this.#session, this.#identity, { uuid, change });
  }

  /**
   * Removes the stored definition. A running network keeps running, as a transient one.
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
   * Sets whether it is started with the host, that is, at the first use of networks after a boot. It is not started now.
   *
   * @throws TslxcError INVALID_ARG for anything but `on`, `off`, true and false; OPERATION_INVALID for a transient network.
   * @throws TslxcError ACCESS_DENIED without root, NO_NETWORK when the network is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virNetworkSetAutostart, `virsh net-autostart`
   */
  async setAutostart(autostart: Autostart): Promise<void> {
    this.#session.requireAccess('write', 'Network.setAutostart');
    await setNetworkAutostart(this.#session, this.#identity, autostartWord(autostart));
  }
}

checkCalls('Network', Network.prototype, networkCalls satisfies CallsOf<Network>);
