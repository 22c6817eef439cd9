/** NetworkFilters: the public class. What a caller has to know is documented here. */
import { checkCalls, type CallsOf } from '../../shape/arguments';
import { Session } from '../session/session';
import type { DefineOptions } from '../types';
import { filterBindingXml, listFilterBindings } from './bindings';
import { networkFiltersCalls } from './calls';
import type { NetworkFilterBinding, NetworkFilterInfo } from './types';
import {
  defineNetworkFilter,
  editableFilterXml,
  listNetworkFilters,
  lookUpNetworkFilter,
  lookUpNetworkFilterByUuid,
  networkFilterXml,
  undefineNetworkFilter,
} from './verbs';

/**
 * libvirt's filters for network traffic (`<filter>`). Those that are built in, such as `clean-traffic`, can be given to an interface by
 * `<filterref>`, and are carried out. Others can be defined, and are kept; a domain that refers to one does not start.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, and OPERATION_INVALID when the connection is
 * closed; methods that change something throw OPERATION_DENIED on a read-only connection.
 *
 * @example
 * for (const { port, filter, domain } of await connection.networkFilters.bindings()) console.log(domain.name, port, filter);
 */
export class NetworkFilters {
  readonly #session: Session;

  private constructor(session: Session) {
    if (!(session instanceof Session)) {
      throw new TypeError('a NetworkFilters comes from Connection.networkFilters');
    }
    this.#session = session;
  }

  /** @internal They come from `Connection.networkFilters`. */
  static of(session: Session): NetworkFilters {
    return new NetworkFilters(session);
  }

  /**
   * Keeps a filter, or replaces the one of that name. Its rules are compared with libvirt's schema, and printed again as libvirt prints
   * them; they are not carried out. Without `<uuid>` it keeps its uuid, or gets a new one.
   *
   * As in libvirt, elements, attributes and text that its schema does not know are left out; `onWarning` is called for each.
   *
   * @param xml - `<filter>`
   * @param options - `validate`: refuses what the schema does not know; `onWarning`; none by default
   * @throws DefinitionError XML_ERROR and others, with `element`, `line` and `column`; with `validate` XML_INVALID_SCHEMA, with
   * `problems`.
   * @throws TslxcError OPERATION_FAILED when name or uuid belong to another filter, for a name that is built in, and when the filter would
   * include itself; OPERATION_UNSUPPORTED when `validate` finds libvirt's schema installed but not xmllint.
   * @see virNWFilterDefineXML, `virsh nwfilter-define`
   */
  async define(xml: string, options: DefineOptions = {}): Promise<NetworkFilterInfo> {
    this.#session.requireAccess('write', 'NetworkFilters.define');
    return await defineNetworkFilter(this.#session, xml, options);
  }

  /**
   * All filters, by name. One whose stored definition can't be read is among them: `unreadable` says why.
   *
   * @throws SyscallError SYSTEM_ERROR when they can't be read.
   * @see virConnectListAllNWFilters, `virsh nwfilter-list`
   */
  async list(): Promise<NetworkFilterInfo[]> {
    this.#session.requireAccess('read', 'NetworkFilters.list');
    return await listNetworkFilters(this.#session);
  }

  /**
   * The filter that has this name.
   *
   * @throws TslxcError NO_NWFILTER when there is none.
   * @see virNWFilterLookupByName
   */
  async lookup(name: string): Promise<NetworkFilterInfo> {
    this.#session.requireAccess('read', 'NetworkFilters.lookup');
    return Promise.resolve(lookUpNetworkFilter(this.#session, name));
  }

  /**
   * The filter that has this uuid.
   *
   * @param uuid - 32 hexadecimal digits in any case; dashes and blanks between bytes are ignored
   * @throws TslxcError NO_NWFILTER when there is none; INVALID_ARG for a text that is not a uuid.
   * @see virNWFilterLookupByUUIDString
   */
  async lookupByUuid(uuid: string): Promise<NetworkFilterInfo> {
    this.#session.requireAccess('read', 'NetworkFilters.lookupByUuid');
    return await lookUpNetworkFilterByUuid(this.#session, uuid);
  }

  /**
   * A filter as libvirt's `<filter>`. Of one that is built in, it says in rules what is done. Ends with a newline.
   *
   * @throws TslxcError NO_NWFILTER when there is none of that name.
   * @throws DefinitionError when its stored definition can't be read.
   * @see virNWFilterGetXMLDesc, `virsh nwfilter-dumpxml`
   */
  async xml(name: string): Promise<string> {
    this.#session.requireAccess('read', 'NetworkFilters.xml');
    return Promise.resolve(networkFilterXml(this.#session, name));
  }

  /** @internal What `nwfilter-edit` begins with: also of a stored file that is not a valid definition. */
  async editableXml(name: string): Promise<string> {
    this.#session.requireAccess('read', 'NetworkFilters.editableXml');
    return Promise.resolve(editableFilterXml(this.#session, name));
  }

  /**
   * Removes a filter that was defined.
   *
   * @throws TslxcError NO_NWFILTER when there is none of that name; OPERATION_INVALID when another filter includes it, and for one that is
   * built in.
   * @see virNWFilterUndefine, `virsh nwfilter-undefine`
   */
  async undefine(name: string): Promise<void> {
    this.#session.requireAccess('write', 'NetworkFilters.undefine');
    await undefineNetworkFilter(this.#session, name);
  }

  /**
   * The interfaces of running containers that have a filter, by their names on the host.
   *
   * @throws SyscallError SYSTEM_ERROR when the state of the containers can't be read.
   * @see virConnectListAllNWFilterBindings, `virsh nwfilter-binding-list`
   */
  async bindings(): Promise<NetworkFilterBinding[]> {
    this.#session.requireAccess('read', 'NetworkFilters.bindings');
    return await listFilterBindings(this.#session);
  }

  /**
   * The filter of an interface as libvirt's `<filterbinding>`. Ends with a newline.
   *
   * @param port - the name of the interface on the host
   * @throws TslxcError NO_NWFILTER_BINDING when it is no interface of a running container, or has no filter.
   * @see virNWFilterBindingGetXMLDesc, `virsh nwfilter-binding-dumpxml`
   */
  async bindingXml(port: string): Promise<string> {
    this.#session.requireAccess('read', 'NetworkFilters.bindingXml');
    return await filterBindingXml(this.#session, port);
  }
}

checkCalls(
  'NetworkFilters',
  NetworkFilters.prototype,
  networkFiltersCalls satisfies CallsOf<NetworkFilters>,
);
