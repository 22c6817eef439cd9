/**
 * Connection: the entry point to the containers and networks of this host. It is cheap, and unless it owns containers or
 * has listeners, nothing runs between its calls. Each method checks that the call is allowed and calls the function that
 * does the work; what a caller has to know is documented here.
 */
import { checkCalls, checkGiven, type CallsOf } from '../shape/arguments';
import { connectParameters, connectionCalls } from './arguments/connection-calls';
import { watchHealth } from './health/watch';
import type { ExitRecord } from '../container/record/exit-record';
import type { DomainSpec } from '../domain/builder/spec';
import { release } from 'node:os';
import { readNodeInfo } from '../host/kernel/node';
import type { NodeCpuStatistics, NodeInfo, NodeMemoryStatistics } from '../host/kernel/node';
import { native } from '../host/native';
import { readCpuMap } from '../host/node/cpu-map';
import type { NodeCpuMap } from '../host/node/cpu-map';
import { fullHostName } from '../host/node/host-name';
import { changeMemoryMerging, readMemoryMerging } from '../host/node/memory-merging';
import type { MemoryMerging, MemoryMergingChange } from '../host/node/memory-merging';
import { changePool, numaCells, readFreePages } from '../host/node/pages';
import type { FreePages, PoolChange } from '../host/node/pages';
import { suspendHost } from '../host/node/sleep';
import type { SuspendTarget } from '../host/node/sleep';
import { packageVersion } from '../host/package-paths';
import type { HostSecurity } from '../host/security/host-security';
import type { Plan } from '../plan/plan';
import { createDomain, defineDomain } from './definitions/define';
import { takeInXml } from './definitions/key-errors';
import { exactJson } from '../exact-json';
import { Domain } from './domain';
import { EventListeners } from './events/event-listeners';
import type { ConnectionEventName, ConnectionListener } from './events/event-listeners';
import type { ImageDomain } from '../image/types';
import { Images } from './images/images';
import { createFromImage } from './images/verbs';
import { domainXmlFromNative } from './import/from-native';
import { importLibvirt } from './import/libvirt';
import type { Imported, ImportOptions, NativeConfiguration, NativeDomain } from './import/types';
import { lastExit } from './waits/last-exit';
import { autostartAll, type Autostarted } from './lifecycle/autostart';
import { planDomain, type PlanOptions, type PlanTarget } from './lifecycle/plan';
import { reapInTurn } from './lifecycle/reaper';
import { destroyBonded } from './lifecycle/verbs';
import { consoleLinesOfName, textsOf, type LogOptions } from './inspect/console-lines';
import type { LogLine } from '../container/console/line-cutter';
import {
  hostCapabilities,
  hostSysinfo,
  nodeCpuStatistics,
  nodeFreeMemory,
  nodeMemoryStatistics,
} from './inspect/host';
import type { ListFilter } from './lookup/list-filter';
import { findAll, findById, findByName, findByUuid, seenOf, type Seen } from './lookup/lookup';
import { HostInterfaces } from './host-interfaces/host-interfaces';
import { Network } from './network';
import { findAllNetworks, findNetworkByName, findNetworkByUuid } from './networks/lookup';
import { createNetwork, defineNetwork } from './networks/verbs';
import { NetworkFilters } from './network-filters/network-filters';
import { NodeDevices } from './node-devices/node-devices';
import { previewPurge, purge, type PurgeOptions } from './purge/purge';
import type { PurgeItem } from './purge/item';
import { Secrets } from './secrets/secrets';
import { openSession } from './session/open';
import { Session } from './session/session';
import { canonicalUri, resolveUri } from './session/uri';
import { allStatistics } from './statistics/statistics';
import { StoragePool } from './storage-pool';
import { StorageVolume } from './storage-volume';
import { findAllPools, findPoolByName, findPoolByUuid } from './storage/lookup';
import type { StoragePoolFilter } from './storage/types';
import { createPool, definePool, type CreatePoolOptions } from './storage/verbs';
import { findVolumeByPath } from './storage/volumes';
import { Volumes } from './volumes/volumes';
import type { DomainStatistics } from './statistics/types';
import type {
  ConnectOptions,
  CreateOptions,
  DefineOptions,
  DomainEvent,
  NetworkEvent,
  VersionInfo,
} from './types';

/** Events of domains as they happen. Closing the connection, an abort or `break` ends the iteration. */
export type DomainEvents = AsyncIterator<DomainEvent, undefined> &
  AsyncIterable<DomainEvent> &
  AsyncDisposable;

/** Events of virtual networks as they happen. Closing the connection, an abort or `break` ends the iteration. */
export type NetworkEvents = AsyncIterator<NetworkEvent, undefined> &
  AsyncIterable<NetworkEvent> &
  AsyncDisposable;

/** @internal A domain, and its state when it was listed. */
export interface SeenDomain extends Seen {
  readonly domain: Domain;
}

/**
 * Opens a connection to the containers of this host. Opening it needs no privilege; nearly every call on it does.
 *
 * @param uri - `lxc:///` (the default) or `lxc:///system`, which means the same; `lxc:///?hardening=isolated` says what
 * `ConnectOptions.hardening` says
 * @param options - root, logger, log level, access, hardening and time limit; for the defaults, some of which the
 * environment sets, see `ConnectOptions`
 * @throws TslxcError NO_CONNECT for another driver or host; INVALID_ARG for a malformed URI or option, and for two levels;
 * OPERATION_DENIED when the process has no_new_privs set, which its monitors would inherit; NATIVE_NOT_BUILT, with the
 * command that helps, when the native code is missing or can't be loaded here (then with `path`), or a package that loads it is not
 * installed, with the error of Node.js as its `cause`; OPERATION_UNSUPPORTED in Bun and Deno, and in code that a bundler has taken out of
 * the package.
 * @see virConnectOpen, `virsh connect`
 * @group Start here
 * @example
 * await using connection = await connect();
 */
export function connect(uri?: string, options?: ConnectOptions): Promise<Connection>;
export function connect(
  ...given: readonly [uri?: string, options?: ConnectOptions]
): Promise<Connection> {
  return new Promise((resolve) => {
    const [uri = canonicalUri, options = {}] = checkGiven('connect', connectParameters, given);
    native();
    const resolved = resolveUri(uri);
    resolve(Connection.of(openSession(options, resolved.hardening), resolved.uri));
  });
}

/**
 * A connection to the containers of this host, or of another root: see `ConnectOptions.root`. Any number may be open, in
 * any number of processes. An open connection does not keep its process alive unless `ref` is called; a call in flight
 * does.
 *
 * Methods throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, except `version`, `domainXmlFromNative`,
 * `plan` of an XML text, and those that only read facts about the host. All but `off`, `ref`, `unref` and `close` throw
 * OPERATION_INVALID when the connection is closed. Methods that change something throw OPERATION_DENIED on a read-only
 * connection, and so does `domainXmlFromNative`.
 *
 * @example
 * await using connection = await connect('lxc:///', { logger: pino() });
 * for (const domain of await connection.listDomains({ state: 'active' })) {
 *   console.log(domain.id, domain.name);
 * }
 */
export class Connection implements AsyncDisposable {
  /** Always `lxc:///`, the form that libvirt prints. */
  readonly uri: string;
  /** The images on this host, from which `createFromImage` makes containers. */
  readonly images: Images;
  /** The devices of this host. */
  readonly nodeDevices: NodeDevices;
  /** The network interfaces of this host. */
  readonly hostInterfaces: HostInterfaces;
  /** Passwords and keys that are kept for other programs. */
  readonly secrets: Secrets;
  /** Filters for network traffic. */
  readonly networkFilters: NetworkFilters;
  /** Volumes by their names alone, for what containers keep. */
  readonly volumes: Volumes;
  readonly #session: Session;
  readonly #listeners: EventListeners;

  private constructor(session: Session, uri: string) {
    if (!(session instanceof Session)) throw new TypeError('a Connection comes from connect()');
    this.uri = uri;
    this.images = Images.of(session);
    this.nodeDevices = NodeDevices.of(session);
    this.hostInterfaces = HostInterfaces.of(session);
    this.secrets = Secrets.of(session);
    this.networkFilters = NetworkFilters.of(session);
    this.volumes = Volumes.of(session);
    this.#session = session;
    this.#listeners = new EventListeners({
      domain: () => session.followDomains({ keptAliveBy: 'ref' }),
      network: () => session.followNetworks({ keptAliveBy: 'ref' }),
    });
  }

  /** @internal Connections come from `connect`. */
  static of(session: Session, uri: string): Connection {
    return new Connection(session, uri);
  }

  // Domains.

  /**
   * Stores a definition, replacing the one of the same name if there is one. A running container goes on unchanged; the
   * next start uses the new definition. A definition without `<uuid>` keeps the domain's uuid, or gets a new one.
   *
   * As in libvirt, elements, attributes and text that its schema does not know are left out; `onWarning` is called for
   * each.
   *
   * @param definition - `<domain type='lxc'>`, or a DomainSpec
   * @param options - `validate`: refuses what the schema does not know; `onWarning`; none by default
   * @throws DefinitionError XML_ERROR and others, with `element`, `line` and `column`; for a DomainSpec only with
   * `element`, the path of the key, such as `definition.mounts[0].target`; with `validate` XML_INVALID_SCHEMA, with `problems`.
   * @throws TslxcError OPERATION_FAILED when name or uuid belong to another domain; OPERATION_UNSUPPORTED when
   * `validate` finds libvirt's schema installed but not xmllint.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed,
   * OPERATION_DENIED on a read-only one.
   * @see virDomainDefineXML, `virsh define`
   */
  async defineDomain(
    definition: string | DomainSpec,
    options: DefineOptions = {},
  ): Promise<Domain> {
    this.#session.requireAccess('write', 'Connection.defineDomain');
    const session = this.#session;
    const identity = await takeInXml(definition, options, {
      takeIn: (xml, told) => defineDomain(session, xml, told),
    });
    return Domain.of(session, identity);
  }

  /**
   * Converts an LXC configuration, with the keys of LXC 2 or of LXC 3 and later, into the definition of a domain. Files
   * that it includes are read, and what it refers to on the host is looked up: a root that is a file becomes an image, for
   * instance. Nothing is defined. What a definition can't express is listed in `warnings`, never dropped silently. Needs no
   * privilege except to read those files.
   *
   * @param format - `lxc-tools`, as libvirt calls it
   * @param configuration - `text`; `path`: where it comes from
   * @throws TslxcError INVALID_ARG for another format; CONF_SYNTAX, with `path` and `line`, for what LXC itself refuses;
   * NO_NAME when neither text nor path names the container; CONFIG_UNSUPPORTED for a root or a value that no domain can have.
   * @throws TslxcError OPERATION_INVALID when the connection is closed; OPERATION_DENIED on a read-only one, since what this
   * process may read would be shown to whoever gave the text; OPERATION_TIMEOUT when a file or device that the configuration
   * refers to does not answer within the connection's `startTimeout`.
   * @see virConnectDomainXMLFromNative, `virsh domxml-from-native`, lxc.container.conf(5)
   */
  async domainXmlFromNative(
    format: string,
    configuration: NativeConfiguration,
  ): Promise<NativeDomain> {
    this.#session.requireWritable('Connection.domainXmlFromNative');
    return domainXmlFromNative(this.#session, format, configuration);
  }

  /**
   * Imports what a libvirt on this host has defined: filters for network traffic, virtual networks, storage pools, secrets with
   * their values, domains of its LXC driver, and which of them are started with the host. libvirt's files are only read. A name
   * that is already defined here is left as it is, except an unchanged network `default`, which libvirt's replaces unless it runs.
   * Nothing is started.
   *
   * @param options - `from`: `/etc/libvirt` by default; `onItem`: called after each definition
   * @returns the outcome for each definition, domains last; a failure is in the result, and does not make the call reject
   * @throws TslxcError INVALID_ARG when `from` is not a directory; SyscallError when it can't be read.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed,
   * OPERATION_DENIED on a read-only one.
   */
  async importLibvirt(options: ImportOptions = {}): Promise<Imported[]> {
    this.#session.requireAccess('write', 'Connection.importLibvirt');
    return importLibvirt(this.#session, options);
  }

  /**
   * Starts a container from a definition. The domain is transient: gone when the container ends. With the name and uuid
   * of a stored domain that is off, it is a start of that domain, this once with the given definition.
   *
   * @param definition - `<domain type='lxc'>`, or a DomainSpec
   * @param options - those of `Domain.start`, and `validate` as for `defineDomain`; none by default
   * @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED and others, with `element`, `line` and `column`; for a DomainSpec only
   * with `element`, the path of the key, such as `definition.mounts[0].target`.
   * @throws TslxcError OPERATION_INVALID when it is active; OPERATION_FAILED when name or uuid belong to another
   * domain; and as `Domain.start`: RESOURCE_BUSY, OPERATION_ABORTED, OPERATION_TIMEOUT.
   * @throws SyscallError SYSTEM_ERROR and the like, with `step`, `errno` and usually `path`; the host is then as it
   * was before.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed,
   * OPERATION_DENIED on a read-only one.
   * @see virDomainCreateXML, `virsh create`
   */
  async createDomain(
    definition: string | DomainSpec,
    options: CreateOptions = {},
  ): Promise<Domain> {
    this.#session.requireAccess('write', 'Connection.createDomain');
    const session = this.#session;
    const identity = await takeInXml(definition, options, {
      takeIn: (xml, told) => createDomain(session, xml, told),
    });
    return Domain.of(session, identity);
  }

  /**
   * Starts a container from an image that was pulled, as a transient domain. Its root is an overlay: the image's layers,
   * and a writable layer of its own on top, which is removed when the domain is gone unless it was named by `root.overlay`.
   *
   * @param image - its name; without a tag, `latest` is meant
   * @param domain - what differs from the image's configuration; by default the container runs the image's program, has its
   * own range of ids, and no network
   * @param options - those of `createDomain`
   * @throws TslxcError NO_IMAGE when there is no image of that name; INVALID_ARG for a value that makes no sense;
   * OPERATION_FAILED when the image has no such program; and as `createDomain`, with the path of the key in `domain` as `element`,
   * such as `domain.mounts[0].target`.
   * @see `Images.domainXml` for its XML
   * @example
   * const domain = await connection.createFromImage('debian:trixie', { args: ['sleep', '60'], user: 'nobody' });
   */
  async createFromImage(
    image: string,
    domain: ImageDomain = {},
    options: CreateOptions = {},
  ): Promise<Domain> {
    this.#session.requireAccess('write', 'Connection.createFromImage');
    const made = await createFromImage(this.#session, image, { domain, options });
    return Domain.of(this.#session, made);
  }

  /**
   * The domain that has this name.
   *
   * Also one whose stored definition can't be read: see `DomainState.unreadable`.
   *
   * @throws TslxcError NO_DOMAIN when there is none.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virDomainLookupByName
   */
  async lookupDomainByName(name: string): Promise<Domain> {
    this.#session.requireAccess('read', 'Connection.lookupDomainByName');
    return Domain.of(this.#session, await findByName(this.#session, name));
  }

  /**
   * The domain that has this uuid.
   *
   * @param uuid - 32 hexadecimal digits in any case; dashes and blanks between bytes are ignored
   * @throws TslxcError NO_DOMAIN when there is none; INVALID_ARG for a text that is not a uuid.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virDomainLookupByUUIDString
   */
  async lookupDomainByUuid(uuid: string): Promise<Domain> {
    this.#session.requireAccess('read', 'Connection.lookupDomainByUuid');
    return Domain.of(this.#session, await findByUuid(this.#session, uuid));
  }

  /**
   * The domain whose container runs under this monitor.
   *
   * @param id - pid of the monitor, as `Domain.id` gives it
   * @throws TslxcError NO_DOMAIN when there is none.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virDomainLookupByID
   */
  async lookupDomainById(id: number): Promise<Domain> {
    this.#session.requireAccess('read', 'Connection.lookupDomainById');
    return Domain.of(this.#session, await findById(this.#session, id));
  }

  /**
   * Active domains by id, then inactive ones by name. One whose stored definition can't be read is among them:
   * `DomainState.unreadable` says why. Its uuid is the one in the file, as far as that can be read.
   *
   * @param filter - all domains by default
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virConnectListAllDomains, `virsh list`
   */
  async listDomains(filter: ListFilter = {}): Promise<Domain[]> {
    this.#session.requireAccess('read', 'Connection.listDomains');
    const found = await findAll(this.#session, filter);
    return found.map((identity) => Domain.of(this.#session, identity));
  }

  /** @internal A handle for a domain whose name and uuid the caller knows; each call on it checks that the domain exists. */
  domainOf(identity: Readonly<{ name: string; uuid: string }>): Domain {
    this.#session.checkOpen();
    return Domain.of(this.#session, identity);
  }

  /** @internal `listDomains`, with the state that was read of each, so that showing a list needs no second read. */
  async listSeenDomains(filter: ListFilter = {}): Promise<SeenDomain[]> {
    this.#session.requireAccess('read', 'Connection.listDomains');
    const found = await findAll(this.#session, filter);
    return found.map((one) => {
      const domain = Domain.of(this.#session, one);
      return { domain, ...seenOf(this.#session, one, () => domain.state()) };
    });
  }

  /**
   * What each domain uses, as `Domain.stats` gives it, in the order of `listDomains`.
   *
   * @param options - `filter`: all domains by default
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virConnectGetAllDomainStats, `virsh domstats`
   */
  async stats(
    options: { readonly filter?: ListFilter | undefined } = {},
  ): Promise<DomainStatistics[]> {
    this.#session.requireAccess('read', 'Connection.stats');
    return allStatistics(this.#session, options.filter ?? {});
  }

  /**
   * How the last container of the domain that has this name, or had it last, has ended: also of a transient domain, which is gone with its
   * container, such as one of `createFromImage`. It is on record until the host boots, or until so many other events have followed
   * that they fill half a megabyte.
   *
   * @param name - of the domain
   * @returns how it ended: its exit code or the signal, when, and what was asked of it
   * @throws TslxcError NO_DOMAIN when there is neither the domain nor a record of its end; OPERATION_INVALID while it runs, and when none of
   * its containers has ended since the host booted.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see `tslxc wait --exit`
   */
  async lastExit(name: string): Promise<ExitRecord> {
    this.#session.requireAccess('read', 'Connection.lastExit');
    return lastExit(this.#session, name);
  }

  /**
   * The lines of the first console, as `Domain.logs` gives them, of the domain that has this name or had it last: also
   * of a transient domain that has ended, and of one that was undefined.
   *
   * @param options - `lines`: how many of the last lines, by default all that are kept; `since`, `until`: only those
   * written then; `follow`: goes on until the container ends; `signal`
   * @throws TslxcError, from the iteration: NO_DOMAIN when there is neither the domain nor a log of it, in which a start is
   * told of.
   * @throws TslxcError INVALID_ARG for `lines` that is not a whole number from 0 and for an invalid date; ACCESS_DENIED without
   * root, OPERATION_INVALID when the connection is closed.
   */
  logs(name: string, options: LogOptions = {}): AsyncGenerator<string, undefined> {
    this.#session.requireAccess('read', 'Connection.logs');
    return textsOf(consoleLinesOfName(this.#session, name, options));
  }

  /**
   * The same lines, each with the time when it was written, where that is known, and with its bytes: see `Domain.logLines`.
   *
   * @param options - as for `logs`
   * @throws TslxcError as `logs`.
   */
  logLines(name: string, options: LogOptions = {}): AsyncGenerator<LogLine, undefined> {
    this.#session.requireAccess('read', 'Connection.logLines');
    return consoleLinesOfName(this.#session, name, options);
  }

  /**
   * Starts every domain that is marked to be started with the host, as a boot unit does, without owning the containers.
   * It does so once per boot: a domain that has run since the host booted is left as it is, and a second call only tries again
   * what the call before it could not start.
   *
   * @returns the outcome for each domain, by name; a failure is in the result, and does not make the call reject
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed,
   * OPERATION_DENIED on a read-only one.
   * @see virDomainSetAutostart
   */
  async autostartAll(): Promise<Autostarted[]> {
    this.#session.requireAccess('write', 'Connection.autostartAll');
    return autostartAll(this.#session);
  }

  /**
   * What a start of a stored domain or of an XML text would do, without doing any of it. For a text it needs no
   * privilege; settings of the host that this process may not read are taken to be the defaults. For a network that the
   * start would bring up, it names the bridge that the network would get. As JSON it is what `tslxc plan --json` prints.
   *
   * @param target - `name` of a stored domain, or `xml`
   * @param options - `strict`, as for `Domain.start`; `onWarning`; none by default
   * @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED and others, with `element`, `line` and `column`.
   * @throws TslxcError NO_DOMAIN, and ACCESS_DENIED without root, for a name, and for a text that names a network or
   * the namespace of a domain; OPERATION_INVALID when the connection is closed; OPERATION_TIMEOUT when a path that the
   * definition names does not answer within the connection's `startTimeout`.
   * @throws SyscallError SYSTEM_ERROR with `path` when the host lacks what the definition names.
   */
  async plan(target: PlanTarget, options: PlanOptions = {}): Promise<Plan> {
    return planDomain(this.#session, target, options);
  }

  /**
   * Cleans up after every container that has ended without any process having cleaned up, and carries out what its
   * definition says comes next, such as a restart.
   *
   * @returns how many containers were cleaned up; a failure is logged
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed,
   * OPERATION_DENIED on a read-only one.
   */
  async reap(): Promise<number> {
    this.#session.requireAccess('write', 'Connection.reap');
    return reapInTurn(this.#session);
  }

  /** @internal Checks the health of running containers until the last one ends, in the process that `launch` starts for this. */
  async watchHealth(name?: string): Promise<void> {
    this.#session.requireAccess('write', 'Connection.watchHealth');
    await this.#session.calls.untilClosed(undefined, (signal) =>
      watchHealth(this.#session, { name, signal }),
    );
  }

  // Virtual networks.

  /**
   * Stores the definition of a virtual network, replacing the one of the same name if there is one. A running network
   * goes on unchanged; the next start uses the new definition. A definition without `<uuid>` and `<mac>` keeps the
   * network's, or gets new ones. An unchanged network `default`, while it is off, is replaced even by a definition with
   * another uuid.
   *
   * As in libvirt, elements, attributes and text that its schema does not know are left out; `onWarning` is called for
   * each.
   *
   * @param xml - `<network>`
   * @param options - `validate`: refuses what the schema does not know; `onWarning`; none by default
   * @throws DefinitionError XML_ERROR and others, with `element`, `line` and `column`; with `validate`
   * XML_INVALID_SCHEMA, with `problems`.
   * @throws TslxcError OPERATION_FAILED when name, uuid or bridge belong to another network; OPERATION_UNSUPPORTED when
   * `validate` finds libvirt's schema installed but not xmllint.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed,
   * OPERATION_DENIED on a read-only one.
   * @see virNetworkDefineXML, `virsh net-define`
   */
  async defineNetwork(xml: string, options: DefineOptions = {}): Promise<Network> {
    this.#session.requireAccess('write', 'Connection.defineNetwork');
    return Network.of(this.#session, await defineNetwork(this.#session, xml, options));
  }

  /**
   * Starts a virtual network from XML text. It is transient: gone when it is destroyed. With the name and uuid of a
   * stored network that is off, it is a start of that network, this once with the given definition.
   *
   * @param xml - `<network>`
   * @param options - `validate` and `onWarning`, as for `defineNetwork`; none by default
   * @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED and others, with `element`, `line` and `column`.
   * @throws TslxcError OPERATION_INVALID when it is active; OPERATION_FAILED when name, uuid or bridge belong to
   * another network; OPERATION_UNSUPPORTED when nft or dnsmasq is not installed; and as `Network.start`.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed,
   * OPERATION_DENIED on a read-only one.
   * @see virNetworkCreateXML, `virsh net-create`
   */
  async createNetwork(xml: string, options: DefineOptions = {}): Promise<Network> {
    this.#session.requireAccess('write', 'Connection.createNetwork');
    return Network.of(this.#session, await createNetwork(this.#session, xml, options));
  }

  /**
   * The virtual network that has this name. The network `default` exists without being defined, until it is
   * undefined.
   *
   * Also one whose stored definition can't be read: see `NetworkInfo.unreadable`.
   *
   * @throws TslxcError NO_NETWORK when there is none.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virNetworkLookupByName
   */
  async lookupNetworkByName(name: string): Promise<Network> {
    this.#session.requireAccess('read', 'Connection.lookupNetworkByName');
    return Network.of(this.#session, await findNetworkByName(this.#session, name));
  }

  /**
   * The virtual network that has this uuid.
   *
   * @param uuid - 32 hexadecimal digits in any case; dashes and blanks between bytes are ignored
   * @throws TslxcError NO_NETWORK when there is none; INVALID_ARG for a text that is not a uuid.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virNetworkLookupByUUIDString
   */
  async lookupNetworkByUuid(uuid: string): Promise<Network> {
    this.#session.requireAccess('read', 'Connection.lookupNetworkByUuid');
    return Network.of(this.#session, await findNetworkByUuid(this.#session, uuid));
  }

  /**
   * Virtual networks, by name. One whose stored definition can't be read is among them: `NetworkInfo.unreadable` says why. So is one whose
   * state can't be read, since a newer version of the package has started it or its record is damaged, both as active and as inactive: its
   * methods reject with the reason.
   *
   * @param filter - all networks by default
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virConnectListAllNetworks, `virsh net-list`
   */
  async listNetworks(filter: ListFilter = {}): Promise<Network[]> {
    this.#session.requireAccess('read', 'Connection.listNetworks');
    const found = await findAllNetworks(this.#session, filter);
    return found.map((identity) => Network.of(this.#session, identity));
  }

  // Storage pools.

  /**
   * Stores the definition of a storage pool, replacing the one of the same name if there is one. An active pool goes on unchanged;
   * the next start uses the new definition. A definition without `<uuid>` keeps the pool's, or gets a new one.
   *
   * As in libvirt, elements, attributes and text that its schema does not know are left out; `onWarning` is called for each.
   *
   * @param xml - `<pool>`
   * @param options - `validate`: refuses what the schema does not know; `onWarning`; none by default
   * @throws DefinitionError XML_ERROR and others, with `element`, `line` and `column`; INTERNAL_ERROR, as in libvirt, for a type of
   * pool that there is no driver for; with `validate` XML_INVALID_SCHEMA, with `problems`.
   * @throws TslxcError OPERATION_FAILED when name, uuid or folder belong to another pool; OPERATION_UNSUPPORTED when `validate` finds
   * libvirt's schema installed but not xmllint.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed, OPERATION_DENIED on a read-only
   * one.
   * @see virStoragePoolDefineXML, `virsh pool-define`
   */
  async defineStoragePool(xml: string, options: DefineOptions = {}): Promise<StoragePool> {
    this.#session.requireAccess('write', 'Connection.defineStoragePool');
    return StoragePool.of(this.#session, await definePool(this.#session, xml, options));
  }

  /**
   * Starts a storage pool from XML text. It is transient: gone when it is destroyed. With the name and uuid of a stored pool that is
   * off, it is a start of that pool, this once with the given definition.
   *
   * @param xml - `<pool>`
   * @param options - `build`: whether its folder is made first; `validate` and `onWarning`, as for `defineStoragePool`; none by
   * default
   * @throws SyscallError when its folder can't be made or opened.
   * @throws DefinitionError XML_ERROR and others, with `element`, `line` and `column`.
   * @throws TslxcError OPERATION_INVALID when it is active; OPERATION_FAILED when name, uuid or folder belong to another pool.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed, OPERATION_DENIED on a read-only
   * one.
   * @see virStoragePoolCreateXML, `virsh pool-create`
   */
  async createStoragePool(xml: string, options: CreatePoolOptions = {}): Promise<StoragePool> {
    this.#session.requireAccess('write', 'Connection.createStoragePool');
    return StoragePool.of(this.#session, await createPool(this.#session, xml, options));
  }

  /**
   * The storage pool that has this name.
   *
   * @throws TslxcError NO_STORAGE_POOL when there is none.
   * @throws DefinitionError when its stored file is not a valid definition, with its `path`.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virStoragePoolLookupByName
   */
  async lookupStoragePoolByName(name: string): Promise<StoragePool> {
    this.#session.requireAccess('read', 'Connection.lookupStoragePoolByName');
    return StoragePool.of(this.#session, await findPoolByName(this.#session, name));
  }

  /**
   * The storage pool that has this uuid.
   *
   * @param uuid - 32 hexadecimal digits in any case; dashes and blanks between bytes are ignored
   * @throws TslxcError NO_STORAGE_POOL when there is none; INVALID_ARG for a text that is not a uuid.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virStoragePoolLookupByUUIDString
   */
  async lookupStoragePoolByUuid(uuid: string): Promise<StoragePool> {
    this.#session.requireAccess('read', 'Connection.lookupStoragePoolByUuid');
    return StoragePool.of(this.#session, await findPoolByUuid(this.#session, uuid));
  }

  /**
   * Storage pools, by name. One whose stored definition can't be read is among them: `StoragePoolInfo.unreadable` says why.
   *
   * @param filter - all pools by default
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virConnectListAllStoragePools, `virsh pool-list`
   */
  async listStoragePools(filter: StoragePoolFilter = {}): Promise<StoragePool[]> {
    this.#session.requireAccess('read', 'Connection.listStoragePools');
    const found = await findAllPools(this.#session, filter);
    return found.map((identity) => StoragePool.of(this.#session, identity));
  }

  /**
   * The volume of an active storage pool that has this path, which is also its key.
   *
   * @throws SyscallError when it can't be read.
   * @throws TslxcError NO_STORAGE_VOL when no active pool has it.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virStorageVolLookupByPath, virStorageVolLookupByKey
   */
  async lookupStorageVolumeByPath(path: string): Promise<StorageVolume> {
    this.#session.requireAccess('read', 'Connection.lookupStorageVolumeByPath');
    return StorageVolume.of(this.#session, await findVolumeByPath(this.#session, path));
  }

  // Events.

  /**
   * Events of domains from now on, whichever process causes them, in order and without gaps. Waiting for an event, as by
   * `for await`, keeps this process alive.
   *
   * @param options - `signal`: ends the iteration
   * @throws TslxcError OPERATION_FAILED, from the iteration, when it was not read for so long that events were lost.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virConnectDomainEventRegisterAny, `virsh event`
   */
  events(options: { readonly signal?: AbortSignal | undefined } = {}): DomainEvents {
    this.#session.requireAccess('read', 'Connection.events');
    return this.#session.followDomains({ ...options });
  }

  /**
   * Events of virtual networks from now on, whichever process causes them, in order and without gaps. Waiting for an event,
   * as by `for await`, keeps this process alive.
   *
   * @param options - `signal`: ends the iteration
   * @throws TslxcError OPERATION_FAILED, from the iteration, when it was not read for so long that events were lost.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @see virConnectNetworkEventRegisterAny, `virsh net-event`
   */
  networkEvents(options: { readonly signal?: AbortSignal | undefined } = {}): NetworkEvents {
    this.#session.requireAccess('read', 'Connection.networkEvents');
    return this.#session.followNetworks({ ...options });
  }

  /**
   * Calls `listener` with each event from now on, until it is removed by `off` or the connection is closed: `domain` for
   * the events of `events`, `network` for those of `networkEvents`, `error` when one of these streams fails. Does not keep
   * this process alive unless `ref` is called. What a listener throws becomes an uncaught exception, and the other
   * listeners still get the event. An `error` without a listener becomes an uncaught exception, too.
   *
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   * @example
   * connection.on('domain', ({ domain, event, detail }) => console.log(domain, event, detail));
   */
  on<Name extends ConnectionEventName>(name: Name, listener: ConnectionListener<Name>): this {
    this.#session.requireAccess('read', 'Connection.on');
    this.#listeners.add(name, listener);
    return this;
  }

  /**
   * As `on`, for the next event only.
   *
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   */
  once<Name extends ConnectionEventName>(name: Name, listener: ConnectionListener<Name>): this {
    this.#session.requireAccess('read', 'Connection.once');
    this.#listeners.addOnce(name, listener);
    return this;
  }

  /**
   * Removes a listener that `on` or `once` added; does nothing when there is none.
   *
   * @throws TslxcError INVALID_ARG for a name that no event has.
   */
  off<Name extends ConnectionEventName>(name: Name, listener: ConnectionListener<Name>): this {
    this.#listeners.remove(name, listener);
    return this;
  }

  // The host.

  /**
   * The host's CPUs and memory (KiB). Needs no privilege.
   *
   * @throws TslxcError OPERATION_INVALID when the connection is closed.
   * @see virNodeGetInfo, `virsh nodeinfo`
   */
  nodeInfo(): NodeInfo {
    this.#session.checkOpen();
    return readNodeInfo();
  }

  /**
   * How the time of the host's CPUs was spent since it booted, in nanoseconds. Needs no privilege.
   *
   * @param options - `cpu`: number of one CPU; by default the sum of all CPUs
   * @throws TslxcError INVALID_ARG when there is no such CPU; OPERATION_INVALID when the connection is closed.
   * @see virNodeGetCPUStats, `virsh nodecpustats`, proc_stat(5)
   */
  nodeCpuStats(options: { readonly cpu?: number | undefined } = {}): NodeCpuStatistics {
    this.#session.checkOpen();
    return nodeCpuStatistics(options.cpu);
  }

  /**
   * How the host's memory is used, in KiB. Needs no privilege.
   *
   * @param options - `cell`: number of one NUMA cell; the whole host by default
   * @throws TslxcError INVALID_ARG when there is no such cell; OPERATION_INVALID when the connection is closed.
   * @see virNodeGetMemoryStats, `virsh nodememstats`, proc_meminfo(5)
   */
  nodeMemoryStats(options: { readonly cell?: number | undefined } = {}): NodeMemoryStatistics {
    this.#session.checkOpen();
    return nodeMemoryStatistics(options.cell);
  }

  /**
   * Which of the host's CPUs there are, and which are online. Needs no privilege.
   *
   * @throws TslxcError OPERATION_INVALID when the connection is closed.
   * @see virNodeGetCPUMap, `virsh nodecpumap`
   */
  nodeCpuMap(): NodeCpuMap {
    this.#session.checkOpen();
    return readCpuMap();
  }

  /**
   * The numbers of the host's NUMA cells, in order: 0 alone where the kernel has no NUMA. Needs no privilege.
   *
   * @throws TslxcError OPERATION_INVALID when the connection is closed.
   */
  nodeCells(): number[] {
    this.#session.checkOpen();
    return numaCells();
  }

  /**
   * Free memory, in KiB. Needs no privilege.
   *
   * @param options - `cell`: number of one NUMA cell; the whole host by default
   * @throws TslxcError INTERNAL_ERROR, as libvirt's, when there is no such cell; OPERATION_INVALID when the connection is
   * closed.
   * @see virNodeGetFreeMemory, virNodeGetCellsFreeMemory, `virsh freecell`
   */
  nodeFreeMemory(options: { readonly cell?: number | undefined } = {}): number {
    this.#session.checkOpen();
    return nodeFreeMemory(options.cell);
  }

  /**
   * The number of free pages of each page size that this kernel has, smallest size first. Needs no privilege.
   *
   * @param options - `cell`: number of one NUMA cell; the whole host by default
   * @throws TslxcError INTERNAL_ERROR, as libvirt's, when there is no such cell; OPERATION_INVALID when the connection is
   * closed.
   * @see virNodeGetFreePages, `virsh freepages`
   */
  nodeFreePages(options: { readonly cell?: number | undefined } = {}): FreePages[] {
    this.#session.checkOpen();
    return readFreePages(options.cell);
  }

  /**
   * Changes how many huge pages the host keeps in a pool. Pages that are in use stay until they are freed.
   *
   * @param change - `size` in KiB; `count`; `how`: whether the count is set or added; `cell`: number of one NUMA cell
   * @throws TslxcError OPERATION_INVALID for the system's base page size; INTERNAL_ERROR when there is no such cell, as from
   * libvirt; OPERATION_FAILED when there is no such size, and when the kernel could not find enough memory: the pool then has
   * the pages that it found.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed,
   * OPERATION_DENIED on a read-only one.
   * @see virNodeAllocPages, `virsh allocpages`
   */
  nodeAllocatePages(change: PoolChange): void {
    this.#session.requireAccess('write', 'Connection.nodeAllocatePages');
    changePool(change);
  }

  /**
   * How the kernel merges equal pages of memory, and what it has merged. Needs no privilege.
   *
   * @throws TslxcError OPERATION_UNSUPPORTED when this kernel can't merge pages; OPERATION_INVALID when the connection is
   * closed.
   * @see virNodeGetMemoryParameters, `virsh node-memory-tune`
   */
  nodeMemoryMerging(): MemoryMerging {
    this.#session.checkOpen();
    return exactJson(readMemoryMerging());
  }

  /**
   * Changes how the kernel merges equal pages of memory. Settings that are left out stay as they are.
   *
   * @throws TslxcError OPERATION_UNSUPPORTED when this kernel can't merge pages.
   * @throws SyscallError for a value that the kernel refuses, with `path`.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed,
   * OPERATION_DENIED on a read-only one.
   * @see virNodeSetMemoryParameters, `virsh node-memory-tune`
   */
  setNodeMemoryMerging(change: MemoryMergingChange): void {
    this.#session.requireAccess('write', 'Connection.setNodeMemoryMerging');
    changeMemoryMerging(change);
  }

  /**
   * Suspends the host, and everything on it, for the given time. Resolves when it runs again.
   *
   * @param target - `mem`: to memory; `disk`: to disk; `hybrid`: to both
   * @param seconds - after which the real-time clock wakes the host; at least 60
   * @throws TslxcError INVALID_ARG for less than 60; ARGUMENT_UNSUPPORTED when the host can't be suspended to that target.
   * @throws SyscallError when the real-time clock can't wake the host, which is then not suspended.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed,
   * OPERATION_DENIED on a read-only one.
   * @see virNodeSuspendForDuration, `virsh nodesuspend`
   */
  async suspendNode(target: SuspendTarget, seconds: number): Promise<void> {
    this.#session.requireAccess('write', 'Connection.suspendNode');
    await suspendHost({ target, seconds });
  }

  /**
   * The name of the host, with its domain if /etc/hosts has one. Needs no privilege.
   *
   * @throws TslxcError OPERATION_INVALID when the connection is closed.
   * @see virConnectGetHostname, `virsh hostname`
   */
  hostname(): string {
    this.#session.checkOpen();
    return fullHostName();
  }

  /**
   * What the firmware reports about the machine, as libvirt's `<sysinfo type='smbios'>`. Ends with a newline.
   *
   * @throws TslxcError CONFIG_UNSUPPORTED when it reports nothing, or this process may not read it; OPERATION_INVALID when
   * the connection is closed.
   * @see virConnectGetSysinfo, `virsh sysinfo`
   */
  sysinfo(): string {
    this.#session.checkOpen();
    return hostSysinfo();
  }

  /**
   * The security module that labels containers on this host, and whether it enforces its policy. Needs no
   * privilege; settings of the host that this process may not read are taken to be the defaults.
   *
   * @throws TslxcError CONF_SYNTAX or CONFIG_UNSUPPORTED when the settings of tslxc ask for a module that is not
   * there; OPERATION_INVALID when the connection is closed.
   * @see virNodeGetSecurityModel
   */
  async securityModel(): Promise<HostSecurity> {
    this.#session.checkOpen();
    return Promise.resolve(this.#session.hostSecurity());
  }

  /**
   * What the host offers to domains, as libvirt's `<capabilities>`: its machine, its memory and CPUs by NUMA cell, its
   * caches, its security module, what can run. Ends with a newline. Needs no privilege; settings of the host that this
   * process may not read are taken to be the defaults.
   *
   * @throws TslxcError CONF_SYNTAX or CONFIG_UNSUPPORTED when the settings of tslxc ask for a module that is not
   * there; OPERATION_INVALID when the connection is closed.
   * @see virConnectGetCapabilities, `virsh capabilities`
   */
  async capabilities(): Promise<string> {
    this.#session.checkOpen();
    return Promise.resolve(hostCapabilities(this.#session));
  }

  /**
   * The versions of this package (`library`) and of the kernel (`kernel`, as `uname -r` gives it). Needs no
   * privilege.
   *
   * @throws TslxcError OPERATION_INVALID when the connection is closed.
   * @see virConnectGetLibVersion, `virsh version`
   */
  version(): VersionInfo {
    this.#session.checkOpen();
    return { library: packageVersion(), kernel: release() };
  }

  /**
   * What `purge` would remove, and which of the user's data it would keep. Changes nothing, and so a read-only connection may
   * ask for it.
   *
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed.
   */
  async previewPurge(): Promise<PurgeItem[]> {
    this.#session.requireAccess('read', 'Connection.previewPurge');
    return Promise.resolve(previewPurge(this.#session));
  }

  /**
   * Stops all domains, networks and storage pools of this root, and removes everything that tslxc has put on the host for it:
   * definitions, state, logs, leases, ranges of ids, cgroups, firewall rules and bridges. What belongs to other roots or
   * other programs stays, and so does the user's data: root trees, images, volumes, and writable layers. No other process
   * may use the root meanwhile.
   *
   * @param options - whom to tell, and what was shown before; none by default
   * @throws the failure, or an AggregateError of several, when something could not be stopped or removed; the files of
   * the root are then left in place, and another purge continues.
   * @throws TslxcError ACCESS_DENIED without root, OPERATION_INVALID when the connection is closed,
   * OPERATION_DENIED on a read-only one. OPERATION_INVALID also when there is more than was `shown`, or something was made while
   * this removes the rest.
   */
  async purge(options: PurgeOptions = {}): Promise<void> {
    this.#session.requireAccess('write', 'Connection.purge');
    await purge(this.#session, options);
  }

  // The connection itself.

  /** Keeps this process alive for as long as the connection owns containers or has listeners. Never throws. */
  ref(): void {
    this.#session.ref();
  }

  /** Lets this process end although the connection owns containers or has listeners: the default. Never throws. */
  unref(): void {
    this.#session.unref();
  }

  /**
   * Ends its event streams, and releases the containers it owns; they keep running, except those started with
   * `autodestroy`, which are destroyed. Calls in flight that change something, such as a start, are waited for, however long they take:
   * what they make is there afterwards, unless it has `autodestroy`. What only waits for something ends at once: waits reject with
   * OPERATION_INVALID, commands of `exec` are killed and reject with it, and so do consoles for those who listen for their
   * errors; for others they are just closed. Resolves when nothing runs in the background any more. A second call does nothing.
   */
  async close(): Promise<void> {
    await this.#session.endCalls();
    await destroyBonded(this.#session);
    await this.#session.close();
  }

  /** As `close`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

checkCalls('Connection', Connection.prototype, connectionCalls satisfies CallsOf<Connection>);
