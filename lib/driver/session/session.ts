/**
 * What a Connection and its Domains share: paths, access, the stored definitions, the event log, and the
 * containers that this process owns. Holds nothing that keeps the process alive unless ref'd.
 */
import type { RunStates } from '../../container/record/run-states';
import { Lookers } from '../../container/looks/looks';
import type { DomainDefinition } from '../../domain/definition';
import type { Hardening } from '../../hardening';
import { parseDevice, type DeviceVerb, type ParsedOne } from '../../domain/devices/device';
import { parseDomain } from '../../domain/parse';
import type { ParseContext } from '../../domain/parse-session';
import { bothLoggers, type DomainLog } from '../../host/log/domain-log';
import { KnownIdentities } from '../../host/state/definitions/known-identities';
import { turn } from '../../host/slices';
import type { Logger } from '../../host/logger';
import type { StatePaths } from '../../host/state/state-paths';
import type { HostSecurity } from '../../host/security/host-security';
import { withNetworkLock } from '../../network/lifecycle/network-lock';
import { withPoolLock } from '../../storage/pool/pool-lock';
import { granted } from './abort';
import { CallsInFlight, connectionClosed } from './calls-in-flight';
import { checkPrivileged, checkWritable, readPrivilege, type Privilege } from './access';
import type { Containers, OwnedContainer } from './containers';
import { fileError } from '../../host/state/file-error';
import { followThisCall } from '../../shape/arguments';
import { appendEvents, parseDomainEvent, parseNetworkEvent } from '../events/event-log';
import { EventStream, type EventStreamOptions, type OpenStream } from '../events/event-stream';
import { lookUpHostSecurity } from './security';
import {
  atRandom,
  domainStore,
  networkFilterStore,
  networkStore,
  parseStoredDomain,
  parseStoredNetwork,
  parseStoredNetworkFilter,
  parseStoredPool,
  parseStoredSecret,
  poolStore,
  secretStore,
  thisHost,
} from './stores';
import type {
  DomainStore,
  Generators,
  NetworkFilterStore,
  NetworkStore,
  PoolStore,
  SecretStore,
} from './stores';
import type { DomainEvent, NetworkEvent } from '../types';

/** An event as it is announced: its time is that of the announcement. */
type Untimed<Event> = Event extends unknown ? Omit<Event, 'time'> : never;

export interface SessionOptions {
  readonly paths: StatePaths;
  readonly access: 'read-write' | 'read-only';
  /** The level of domains that set none. Default: that of the host's settings, as they are at each start. */
  readonly hardening?: Hardening | undefined;
  /** Milliseconds. */
  readonly startTimeout: number;
  readonly logger: Logger;
  /** The log of each domain, to be read later. */
  readonly domainLog?: DomainLog;
  readonly containers: Containers;
  /** Default: asks the kernel. */
  readonly readPrivilege?: () => Privilege;
  /** Default: asks the kernel. */
  readonly hostSecurity?: () => HostSecurity;
}

/** A definition from XML text, and whether the text had a `<uuid>`. */
export interface ParsedXml {
  readonly definition: DomainDefinition;
  readonly uuid: 'explicit' | 'generated';
  /** Ethernet addresses that were generated, since the text had none. */
  readonly newMacs: readonly string[];
}

interface ParseOptions extends Pick<ParseContext, 'unknown' | 'hostModel'> {
  /** Default: at random. */
  readonly generators?: Generators;
}

type FollowOptions = Pick<EventStreamOptions<unknown>, 'signal' | 'keptAliveBy'>;

export class Session {
  readonly paths: StatePaths;
  readonly access: 'read-write' | 'read-only';
  /** To be read by `levelOf`. */
  readonly hardening: Hardening | undefined;
  readonly startTimeout: number;
  readonly logger: Logger;
  readonly containers: Containers;
  /** Reads the states of many domains at once. */
  readonly runStates: RunStates;
  readonly lookers = new Lookers();
  readonly calls = new CallsInFlight();
  readonly store: DomainStore;
  readonly networks: NetworkStore;
  readonly secrets: SecretStore;
  readonly ephemeralSecrets: SecretStore;
  readonly networkFilters: NetworkFilterStore;
  readonly pools: PoolStore;
  readonly hostSecurity: () => HostSecurity;
  readonly #domainLog: DomainLog | undefined;
  readonly #readPrivilege: () => Privilege;
  /** By domain name. */
  readonly #owned = new Map<string, OwnedContainer>();
  readonly #streams = new Set<OpenStream>();
  readonly #background = new Set<Promise<void>>();
  #privilege: 'unknown' | 'sufficient' = 'unknown';
  #state: 'open' | 'closing' | 'closed' = 'open';
  #hold: 'ref' | 'unref' = 'unref';

  constructor(options: SessionOptions) {
    this.paths = options.paths;
    this.access = options.access;
    this.hardening = options.hardening;
    this.startTimeout = options.startTimeout;
    this.#domainLog = options.domainLog;
    this.logger = options.domainLog
      ? bothLoggers(options.domainLog, options.logger)
      : options.logger;
    this.containers = options.containers;
    this.runStates = options.containers.openRunStates(options.paths);
    this.#readPrivilege = options.readPrivilege ?? readPrivilege;
    this.hostSecurity = options.hostSecurity ?? (() => lookUpHostSecurity(this.paths));
    this.store = domainStore({
      directory: options.paths.definitions,
      parse: parseStoredDomain,
      logger: options.logger,
      known:
        this.access === 'read-write' ? new KnownIdentities(this.paths.knownIdentities) : undefined,
    });
    this.networks = networkStore({
      directory: options.paths.networkDefinitions,
      parse: parseStoredNetwork,
      logger: options.logger,
    });
    this.networkFilters = networkFilterStore({
      directory: options.paths.networkFilters,
      parse: parseStoredNetworkFilter,
      logger: options.logger,
    });
    const secrets = { parse: parseStoredSecret, logger: options.logger };
    this.secrets = secretStore({ directory: options.paths.secrets, ...secrets });
    this.ephemeralSecrets = secretStore({
      directory: options.paths.ephemeralSecrets,
      ...secrets,
    });
    this.pools = poolStore({
      directory: options.paths.poolDefinitions,
      parse: parseStoredPool,
      logger: options.logger,
    });
  }

  /**
   * To be called first by every public method; `call` is its name, such as `Domain.start`. A connection that is being closed
   * waits for one that changes something.
   *
   * @throws TslxcError OPERATION_INVALID when closed; ACCESS_DENIED; OPERATION_DENIED.
   */
  requireAccess(need: 'read' | 'write', call: string): void {
    this.checkOpen();
    if (this.#privilege === 'unknown') {
      checkPrivileged(this.#readPrivilege());
      this.#privilege = 'sufficient';
    }
    if (need !== 'write') return;
    checkWritable(this.access, call);
    followThisCall((made) => this.calls.follow(made));
  }

  /**
   * Instead of `requireAccess`, for what a read-only connection refuses although it needs no root.
   *
   * @throws TslxcError OPERATION_INVALID when closed; OPERATION_DENIED.
   */
  requireWritable(call: string): void {
    this.checkOpen();
    checkWritable(this.access, call);
  }

  /** @throws TslxcError OPERATION_INVALID when closed. */
  checkOpen(): void {
    if (this.#state === 'open') return;
    throw connectionClosed();
  }

  /** @throws DefinitionError. */
  parse(xml: string, { generators = atRandom, ...options }: ParseOptions = {}): ParsedXml {
    let uuid: ParsedXml['uuid'] = 'explicit';
    const newMacs: string[] = [];
    const newUuid = (): string => {
      uuid = 'generated';
      return generators.newUuid();
    };
    const newMac = (): string => {
      const mac = generators.newMac();
      newMacs.push(mac);
      return mac;
    };
    const definition = parseDomain(xml, { ...thisHost(), newUuid, newMac, ...options });
    return { definition, uuid, newMacs };
  }

  /** One device, to be `verb`. An address that is generated for it is none of those in `used`. @throws DefinitionError. */
  parseDevice(xml: string, verb: DeviceVerb, used: ReadonlySet<string>): ParsedOne {
    const newMac = (): string => {
      let mac = atRandom.newMac();
      while (used.has(mac)) mac = atRandom.newMac();
      return mac;
    };
    return parseDevice(xml, verb, { ...thisHost(), newUuid: atRandom.newUuid, newMac });
  }

  /** Runs `action` under the lock of a storage pool; not re-entrant. It may be taken under a domain's lock, never the reverse. */
  async lockedPool<T>(name: string, action: () => Promise<T>): Promise<T> {
    try {
      return await withPoolLock(this.paths, name, action);
    } catch (error) {
      throw fileError(error);
    }
  }

  /** Runs `action` under the lock of a network; not re-entrant. It may be taken under a domain's lock, never the reverse. */
  async lockedNetwork<T>(name: string, action: () => Promise<T>): Promise<T> {
    try {
      return await withNetworkLock(this.paths, name, action);
    } catch (error) {
      throw fileError(error);
    }
  }

  /**
   * Waits for the lock of a domain; `using` releases it. Not re-entrant.
   *
   * @throws TslxcError OPERATION_ABORTED when the signal fires first.
   */
  async lock(name: string, signal?: AbortSignal): Promise<Disposable> {
    try {
      return await granted(this.#takeLock(name), signal);
    } catch (error) {
      throw fileError(error);
    }
  }

  /** Runs `action` under the lock of a domain; not re-entrant. */
  async locked<T>(name: string, action: () => Promise<T>): Promise<T> {
    try {
      using _lock = await this.#takeLock(name);
      return await action();
    } catch (error) {
      throw fileError(error);
    }
  }

  /** The work of each call under a lock begins in a turn of its own, in the order of the calls. */
  async #takeLock(name: string): Promise<Disposable> {
    await turn();
    return await this.containers.lockDomain(this.paths, name);
  }

  /** Announces to all connections changes that have been made. A failure is logged, and does not undo the changes. */
  async announce(
    ...events: readonly (Untimed<DomainEvent> | Untimed<NetworkEvent>)[]
  ): Promise<void> {
    const time = Date.now();
    try {
      await appendEvents(
        this.paths.events,
        events.map((event) => ({ ...event, time })),
      );
    } catch (error) {
      for (const event of events) {
        this.logger.error({ err: error, ...event }, 'an event could not be written');
      }
    }
  }

  followDomains(options: FollowOptions): EventStream<DomainEvent> {
    return this.#follow(parseDomainEvent, options);
  }

  followNetworks(options: FollowOptions): EventStream<NetworkEvent> {
    return this.#follow(parseNetworkEvent, options);
  }

  /** Takes over the channel of a container that this process owns. */
  own(name: string, container: OwnedContainer): void {
    if (this.#state === 'closed') {
      container.release();
      return;
    }
    this.#owned.set(name, container);
    if (this.#hold === 'ref') container.ref();
  }

  /** The domain's container, while this process owns it. */
  owned(name: string): OwnedContainer | undefined {
    return this.#owned.get(name);
  }

  /** Names of the containers that end with this connection. */
  get bonded(): string[] {
    return [...this.#owned].flatMap(([name, { endsWithCaller }]) => (endsWithCaller ? [name] : []));
  }

  /** Closes the channel of a domain's container, if this process owns it. */
  disown(name: string): void {
    this.#owned.get(name)?.release();
    this.#owned.delete(name);
  }

  /** Runs an action that no caller waits for; `close` waits for it. A failure is logged as `what`. */
  inBackground(what: string, action: () => Promise<unknown>): void {
    const running = action().then(
      () => undefined,
      (error: unknown) => this.logger.error({ err: error }, what),
    );
    this.#background.add(running);
    void running.then(() => this.#background.delete(running));
  }

  ref(): void {
    this.#hold = 'ref';
    for (const held of [...this.#owned.values(), ...this.#streams]) held.ref();
  }

  unref(): void {
    this.#hold = 'unref';
    for (const held of [...this.#owned.values(), ...this.#streams]) held.unref();
  }

  /** Refuses further calls, ends those that wait, and resolves when those that change something are over. */
  async endCalls(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closing';
    this.calls.end();
    await this.calls.settled();
  }

  /** After `endCalls`: releases everything; the containers go on. Resolves when nothing runs in the background. */
  async close(): Promise<void> {
    this.#state = 'closed';
    for (const stream of [...this.#streams]) stream.close();
    for (const name of [...this.#owned.keys()]) this.disown(name);
    while (this.#background.size > 0) await Promise.all(this.#background);
    this.lookers.close();
    await this.#domainLog?.flush();
  }

  #follow<Event>(
    parse: (line: string) => Event | undefined,
    options: FollowOptions,
  ): EventStream<Event> {
    const stream = new EventStream({
      ...options,
      path: this.paths.events,
      parse,
      onClose: (closed) => this.#streams.delete(closed),
    });
    if (stream.isOpen) this.#streams.add(stream);
    if (stream.isOpen && this.#hold === 'ref') stream.ref();
    return stream;
  }
}
