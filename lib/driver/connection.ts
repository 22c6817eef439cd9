/** Connection: the way in. Cheap, and nothing runs between its calls. */
import { release } from 'node:os';
import { isAbsolute } from 'node:path';
import type { Hardening } from '../domain/definition';
import { hardeningLevels } from '../domain/elements/extension';
import { planStart } from './lifecycle/start';
import { TslxcError } from '../errors';
import { DomainLog, type LogLevel } from '../host/state/domain-log';
import type { Logger } from '../host/logger';
import { packageVersion } from '../host/package-paths';
import { statePaths } from '../host/state/state-paths';
import type { Plan } from '../plan/operation';
import { checkConnectable, readPrivilege } from './session/access';
import { autostartAll } from './lifecycle/autostart';
import { containers } from './session/containers';
import { createDomain, defineDomain } from './definitions/define';
import { Domain } from './domain';
import { EventListeners } from './events/event-listeners';
import type { ConnectionEventName, ConnectionListener } from './events/event-listeners';
import { Network } from './network';
import { findAllNetworks, findNetworkByName, findNetworkByUuid } from './networks/lookup';
import { createNetwork, defineNetwork } from './networks/verbs';
import { HostConnection } from './host-connection';
import { consoleLinesOfName, type LogOptions } from './logs';
import { findAll, findById, findByName, findByUuid, noDomain } from './lookup/lookup';
import { previewPurge, purge } from './purge/purge';
import type { PurgeItem } from './purge/purge';
import { reapInTurn } from './lifecycle/reaper';
import { Session } from './session/session';
import { allStatistics } from './statistics/statistics';
import type { DomainStatistics } from './statistics/types';
import type {
  Autostarted,
  ConnectOptions,
  DomainEvent,
  ListFilter,
  NetworkEvent,
  NetworkFilter,
  StartOptions,
} from './types';
import { canonicalUri, resolveUri } from './session/uri';
import { destroyBonded } from './lifecycle/verbs';

const defaultStartTimeout = 30_000;

/** Events as they happen; `close` of the connection, an abort or `break` end it. */
export type DomainEvents = AsyncIterableIterator<DomainEvent, undefined> & AsyncDisposable;

/** Events of virtual networks; as DomainEvents. */
export type NetworkEvents = AsyncIterableIterator<NetworkEvent, undefined> & AsyncDisposable;

/**
 * Opens a connection to the containers of this host. It needs no privilege itself; nearly every call on
 * it does.
 *
 * @param uri - `lxc:///` (the default) or `lxc:///system`
 * @throws TslxcError NO_CONNECT for another driver or host; INVALID_ARG for a malformed URI or option;
 * OPERATION_DENIED when the process has no_new_privs set, which its monitors would inherit.
 */
export function connect(uri = canonicalUri, options: ConnectOptions = {}): Promise<Connection> {
  return new Promise((resolve) => {
    resolve(open(uri, options));
  });
}

/**
 * A connection to the containers of this host, or of a root of one's own. Any number may be open, in any
 * number of processes. An open one does not keep its process alive unless `ref` is called.
 *
 * Every method but `plan` of an XML text and `version` may throw ACCESS_DENIED when the process is not
 * root with CAP_SYS_ADMIN; all throw OPERATION_INVALID when the connection is closed. Those that change
 * something throw OPERATION_DENIED on a read-only connection.
 *
 * @example
 * await using connection = await connect('lxc:///', { logger: pino() });
 * for (const domain of await connection.listDomains({ state: 'active' })) {
 *   console.log(domain.id, domain.name);
 * }
 */
export class Connection extends HostConnection implements AsyncDisposable {
  /** `lxc:///` */
  readonly uri: string;
  readonly #listeners: EventListeners;

  /** @internal */
  constructor(session: Session, uri: string) {
    super(session);
    this.#listeners = new EventListeners({
      domain: () => session.followDomains(undefined),
      network: () => session.followNetworks(undefined),
    });
    this.uri = uri;
  }

  /**
   * Stores a definition, in the place of the one of that name if there is one. What runs under the name
   * goes on as it is, and the next start takes the new one. Without `<uuid>` it keeps the domain's.
   *
   * @throws DefinitionError XML_ERROR and others, with `element`, `line` and `column`.
   * @throws TslxcError OPERATION_FAILED when name or uuid belong to another domain.
   */
  async defineDomain(xml: string): Promise<Domain> {
    this.session.requireAccess('write', 'Connection.defineDomain');
    return new Domain(this.session, await defineDomain(this.session, xml));
  }

  /**
   * Starts a container from XML text. The domain is transient: gone when the container ends. With the
   * name and uuid of a stored one that is off, it is that one, for once with this text.
   *
   * @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED and others.
   * @throws TslxcError OPERATION_INVALID when it is active; OPERATION_FAILED when name or uuid belong to
   * another domain; and as `Domain.start`.
   */
  async createDomain(xml: string, options: StartOptions = {}): Promise<Domain> {
    this.session.requireAccess('write', 'Connection.createDomain');
    return new Domain(this.session, await createDomain(this.session, xml, options));
  }

  /** @throws TslxcError NO_DOMAIN. @throws DefinitionError when its stored file is none. */
  async lookupDomainByName(name: string): Promise<Domain> {
    this.session.requireAccess('read', 'Connection.lookupDomainByName');
    return new Domain(this.session, await findByName(this.session, name));
  }

  /**
   * As `Domain.logs`, of the domain that has this name, or had it last: also of a transient one that has ended, and of
   * one that was undefined.
   *
   * @throws TslxcError, from the iteration: NO_DOMAIN when there is neither the domain nor a log.
   */
  logs(name: string, options: LogOptions = {}): AsyncGenerator<string, undefined> {
    this.session.requireAccess('read', 'Connection.logs');
    return consoleLinesOfName(this.session, name, options);
  }

  /** @throws TslxcError NO_DOMAIN; INVALID_ARG for what is no uuid. */
  async lookupDomainByUuid(uuid: string): Promise<Domain> {
    this.session.requireAccess('read', 'Connection.lookupDomainByUuid');
    return new Domain(this.session, await findByUuid(this.session, uuid));
  }

  /** By the pid of the monitor. @throws TslxcError NO_DOMAIN. */
  async lookupDomainById(id: number): Promise<Domain> {
    this.session.requireAccess('read', 'Connection.lookupDomainById');
    return new Domain(this.session, await findById(this.session, id));
  }

  /** Active domains by id, then inactive ones by name. A stored file that is no definition is left out. */
  async listDomains(filter: ListFilter = {}): Promise<Domain[]> {
    this.session.requireAccess('read', 'Connection.listDomains');
    const found = await findAll(this.session, filter);
    return found.map((identity) => new Domain(this.session, identity));
  }

  /** What each domain uses: as `Domain.stats`, in the order of `listDomains`, for all at once. */
  async stats(options: { readonly filter?: ListFilter } = {}): Promise<DomainStatistics[]> {
    this.session.requireAccess('read', 'Connection.stats');
    return allStatistics(this.session, options.filter ?? {});
  }

  /**
   * What happens to domains from now on, whichever process does it, in order and without a gap. Does not
   * keep the process alive unless the connection is ref'd.
   *
   * @throws TslxcError OPERATION_FAILED, from the iteration, when it was left waiting for so long that
   * events are gone.
   */
  events(options: { readonly signal?: AbortSignal } = {}): DomainEvents {
    this.session.requireAccess('read', 'Connection.events');
    return this.session.followDomains(options.signal);
  }

  /**
   * Calls `listener` with each event from now on, until it is given to `off` or the connection is closed: `domain` as
   * `events` gives them, `network` as `networkEvents`, `error` when one of these can't go on. Does not keep the process
   * alive unless the connection is ref'd. What a listener throws becomes an uncaught exception, and the others still hear
   * of the event.
   *
   * @example
   * connection.on('domain', ({ domain, event, detail }) => console.log(domain, event, detail));
   */
  on<Name extends ConnectionEventName>(name: Name, listener: ConnectionListener<Name>): this {
    this.session.requireAccess('read', 'Connection.on');
    this.#listeners.add(name, listener);
    return this;
  }

  /** As `on`, for the next event only. */
  once<Name extends ConnectionEventName>(name: Name, listener: ConnectionListener<Name>): this {
    this.session.requireAccess('read', 'Connection.once');
    this.#listeners.addOnce(name, listener);
    return this;
  }

  /** Ends what `on` or `once` began with the same listener; nothing when there is none. */
  off<Name extends ConnectionEventName>(name: Name, listener: ConnectionListener<Name>): this {
    this.#listeners.remove(name, listener);
    return this;
  }

  /**
   * Stores the definition of a virtual network, in the place of the one of that name if there is one. What runs under the
   * name goes on as it is, and the next start takes the new one. Without `<uuid>` and `<mac>` it keeps the network's.
   *
   * @throws DefinitionError XML_ERROR and others, with `element`, `line` and `column`.
   * @throws TslxcError OPERATION_FAILED when name, uuid or bridge belong to another network.
   */
  async defineNetwork(xml: string): Promise<Network> {
    this.session.requireAccess('write', 'Connection.defineNetwork');
    return new Network(this.session, await defineNetwork(this.session, xml));
  }

  /**
   * Starts a virtual network from XML text. It is transient: gone when it is destroyed. With the name and uuid of a stored
   * one that is off, it is that one, for once with this text.
   *
   * @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED and others.
   * @throws TslxcError OPERATION_INVALID when it is active; OPERATION_FAILED when name, uuid or bridge belong to another
   * network; and as `Network.start`.
   */
  async createNetwork(xml: string): Promise<Network> {
    this.session.requireAccess('write', 'Connection.createNetwork');
    return new Network(this.session, await createNetwork(this.session, xml));
  }

  /**
   * The network `default` is there without being defined, until it is undefined.
   *
   * @throws TslxcError NO_NETWORK. @throws DefinitionError when its stored file is none.
   */
  async lookupNetworkByName(name: string): Promise<Network> {
    this.session.requireAccess('read', 'Connection.lookupNetworkByName');
    return new Network(this.session, await findNetworkByName(this.session, name));
  }

  /** @throws TslxcError NO_NETWORK; INVALID_ARG for what is no uuid. */
  async lookupNetworkByUuid(uuid: string): Promise<Network> {
    this.session.requireAccess('read', 'Connection.lookupNetworkByUuid');
    return new Network(this.session, await findNetworkByUuid(this.session, uuid));
  }

  /** All networks, by name. A stored file that is no definition is left out. */
  async listNetworks(filter: NetworkFilter = {}): Promise<Network[]> {
    this.session.requireAccess('read', 'Connection.listNetworks');
    const found = await findAllNetworks(this.session, filter);
    return found.map((identity) => new Network(this.session, identity));
  }

  /** What happens to virtual networks from now on, whichever process does it; as `events`. */
  networkEvents(options: { readonly signal?: AbortSignal } = {}): NetworkEvents {
    this.session.requireAccess('read', 'Connection.networkEvents');
    return this.session.followNetworks(options.signal);
  }

  /**
   * What a start of a stored domain or of an XML text would do, without doing any of it. Needs no
   * privilege for a text.
   *
   * @throws DefinitionError; TslxcError NO_DOMAIN; SyscallError when the host lacks what it names.
   */
  async plan(target: { readonly name: string } | { readonly xml: string }): Promise<Plan> {
    const session = this.session;
    if ('xml' in target) session.checkOpen();
    else session.requireAccess('read', 'Connection.plan');
    const definition =
      'xml' in target ? session.parse(target.xml).definition : session.store.read(target.name);
    if (definition === undefined) {
      throw noDomain(`no domain with matching name '${'name' in target ? target.name : ''}'`);
    }
    return planStart(session, definition);
  }

  /**
   * Cleans up after every container that has ended with nobody there to do it, and carries out what its
   * definition says comes next. Resolves to how many there were.
   */
  async reap(): Promise<number> {
    this.session.requireAccess('write', 'Connection.reap');
    const { containers: all, paths } = this.session;
    // The lock would make the folders of a root that is gone by now.
    if (all.runNames(paths).length === 0) return 0;
    return reapInTurn(this.session);
  }

  /** What `purge` is going to remove, and what of the user's data it is going to leave. Touches nothing. */
  async previewPurge(): Promise<PurgeItem[]> {
    this.session.requireAccess('write', 'Connection.previewPurge');
    return Promise.resolve(previewPurge(this.session));
  }

  /**
   * Stops all domains and networks of this root, and removes everything that tslxc has put on the host for it:
   * definitions, state, logs, leases, ranges of ids, cgroups, rules and bridges. What belongs to other roots or other
   * programs stays, and so does the user's data: root trees, images, and writable layers. Nobody else must use the root
   * meanwhile. Tells of each thing that is gone, and of each that is kept.
   *
   * @throws the failure, or an AggregateError of several, when something could not be stopped or removed; files are
   * then left, and purging again goes on.
   */
  async purge(options: { readonly onItem?: (item: PurgeItem) => void } = {}): Promise<void> {
    this.session.requireAccess('write', 'Connection.purge');
    await purge(this.session, options.onItem ?? (() => undefined));
  }

  /**
   * Starts every domain that is to be started with the host, as a boot unit does; the containers are on their own at
   * once. Once a boot: one that has run since the host booted, or that could not be started, is left as it is, and a
   * second call does nothing. Resolves to what became of each, by name; a failure is in the result and rejects nothing.
   */
  async autostartAll(): Promise<Autostarted[]> {
    this.session.requireAccess('write', 'Connection.autostartAll');
    return autostartAll(this.session);
  }

  /** Of this package, and of the kernel (`uname -r`). */
  version(): { library: string; kernel: string } {
    this.session.checkOpen();
    return { library: packageVersion(), kernel: release() };
  }

  /** Keeps the process alive for as long as it owns containers or follows events. */
  ref(): void {
    this.session.ref();
  }

  /** The default. */
  unref(): void {
    this.session.unref();
  }

  /** Ends its event streams and lets go of the containers it owns; they go on, but for those of `autodestroy`. */
  async close(): Promise<void> {
    await destroyBonded(this.session);
    await this.session.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function open(uri: string, options: ConnectOptions): Connection {
  const resolved = resolveUri(uri);
  const { access = 'read-write', logger = silence } = options;
  const root = options.root ?? process.env['TSLXC_ROOT'] ?? '/';
  if (!isAbsolute(root)) throw new TslxcError('INVALID_ARG', `root '${root}' is not absolute`);
  const startTimeout = options.startTimeout ?? defaultStartTimeout;
  if (!Number.isInteger(startTimeout) || startTimeout <= 0) {
    throw new TslxcError(
      'INVALID_ARG',
      `startTimeout ${startTimeout} is not a number of milliseconds`,
    );
  }
  const hardening = chooseHardening(options.hardening ?? process.env['TSLXC_HARDENING']);
  checkConnectable(readPrivilege());
  const paths = statePaths(root);
  const level = chooseLevel(options.logLevel ?? process.env['TSLXC_LOG_LEVEL']);
  // Who may not change anything does not write either.
  const domainLog =
    access === 'read-write' ? new DomainLog({ directory: paths.logs, level }) : undefined;
  const session = new Session({
    paths,
    access,
    hardening,
    startTimeout,
    logger,
    containers,
    ...(domainLog ? { domainLog } : {}),
  });
  return new Connection(session, resolved);
}

function chooseHardening(asked = 'hardened'): Hardening {
  const level = hardeningLevels.find((known) => known === asked);
  if (level !== undefined) return level;
  const detail = `hardening '${asked}' is not one of ${hardeningLevels.join(', ')}`;
  throw new TslxcError('INVALID_ARG', detail);
}

function chooseLevel(asked = 'info'): LogLevel {
  if (asked === 'info' || asked === 'debug') return asked;
  throw new TslxcError('INVALID_ARG', `log level '${asked}' is not one of debug, info`);
}

const silence: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
