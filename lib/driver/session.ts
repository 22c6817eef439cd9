/**
 * What a Connection and its Domains share: paths, access, the stored definitions, the event log, and the
 * containers that this process owns. Holds nothing that keeps the process alive unless ref'd.
 */
import { randomUUID } from 'node:crypto';
import { machine } from 'node:os';
import type { DomainDefinition, Hardening } from '../domain/definition';
import { parseDomain } from '../domain/parse';
import { TslxcError } from '../errors';
import { monitorPath } from '../host/package-paths';
import type { StatePaths } from '../host/state-paths';
import { checkPrivileged, checkWritable, readPrivilege, type Privilege } from './access';
import type { Containers, OwnedContainer } from './containers';
import { appendEvent } from './event-log';
import { EventStream } from './event-stream';
import { fileError } from './file-error';
import { DefinitionStore } from './store';
import type { DomainEvent, Logger } from './types';

export interface SessionOptions {
  readonly paths: StatePaths;
  readonly access: 'read-write' | 'read-only';
  readonly hardening: Hardening;
  /** Milliseconds. */
  readonly startTimeout: number;
  readonly logger: Logger;
  readonly containers: Containers;
  /** Default: asks the kernel. */
  readonly readPrivilege?: () => Privilege;
}

/** A definition from XML text, and whether the text had a `<uuid>`. */
export interface ParsedXml {
  readonly definition: DomainDefinition;
  readonly uuid: 'explicit' | 'generated';
}

export class Session {
  readonly paths: StatePaths;
  readonly access: 'read-write' | 'read-only';
  readonly hardening: Hardening;
  readonly startTimeout: number;
  readonly logger: Logger;
  readonly containers: Containers;
  readonly store: DefinitionStore;
  readonly #readPrivilege: () => Privilege;
  /** By domain name. */
  readonly #owned = new Map<string, OwnedContainer>();
  readonly #streams = new Set<EventStream>();
  readonly #background = new Set<Promise<void>>();
  #privilege: 'unknown' | 'sufficient' = 'unknown';
  #state: 'open' | 'closed' = 'open';
  #hold: 'ref' | 'unref' = 'unref';

  constructor(options: SessionOptions) {
    this.paths = options.paths;
    this.access = options.access;
    this.hardening = options.hardening;
    this.startTimeout = options.startTimeout;
    this.logger = options.logger;
    this.containers = options.containers;
    this.#readPrivilege = options.readPrivilege ?? readPrivilege;
    this.store = new DefinitionStore({
      directory: options.paths.definitions,
      parse: (xml, newUuid) => this.parse(xml, newUuid).definition,
      logger: options.logger,
    });
  }

  /**
   * To be asked first by every call; `call` is its name, such as `Domain.start`.
   *
   * @throws TslxcError OPERATION_INVALID when closed; ACCESS_DENIED; OPERATION_DENIED.
   */
  demand(need: 'read' | 'write', call: string): void {
    this.checkOpen();
    if (this.#privilege === 'unknown') {
      checkPrivileged(this.#readPrivilege());
      this.#privilege = 'sufficient';
    }
    if (need === 'write') checkWritable(this.access, call);
  }

  /** @throws TslxcError OPERATION_INVALID when closed. */
  checkOpen(): void {
    if (this.#state === 'open') return;
    throw new TslxcError('OPERATION_INVALID', 'connection is closed');
  }

  /** @throws DefinitionError. */
  parse(xml: string, makeUuid: () => string = randomUUID): ParsedXml {
    let uuid: ParsedXml['uuid'] = 'explicit';
    const newUuid = (): string => {
      uuid = 'generated';
      return makeUuid();
    };
    const definition = parseDomain(xml, { arch: machine(), emulator: monitorPath, newUuid });
    return { definition, uuid };
  }

  /** Runs `action` under the lock of a domain; not re-entrant. */
  async locked<T>(name: string, action: () => Promise<T>): Promise<T> {
    try {
      return await this.containers.withDomainLock(this.paths, name, action);
    } catch (error) {
      throw fileError(error);
    }
  }

  /** Tells everyone of a change that has been made. That nobody can be told does not unmake it. */
  async announce(event: Omit<DomainEvent, 'time'>): Promise<void> {
    try {
      await appendEvent(this.paths.events, { ...event, time: Date.now() });
    } catch (error) {
      this.logger.error({ err: error, ...event }, 'an event could not be written');
    }
  }

  follow(signal: AbortSignal | undefined): EventStream {
    const stream = new EventStream({
      path: this.paths.events,
      onClose: (closed) => this.#streams.delete(closed),
      ...(signal ? { signal } : {}),
    });
    if (stream.isOpen) this.#streams.add(stream);
    if (stream.isOpen && this.#hold === 'ref') stream.ref();
    return stream;
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

  /** Lets the channel of a domain's container go, if there is one. */
  disown(name: string): void {
    this.#owned.get(name)?.release();
    this.#owned.delete(name);
  }

  /** Runs what nobody waits for; `close` does. */
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

  /** Lets everything go; the containers go on. Resolves when nothing runs in the background. */
  async close(): Promise<void> {
    this.#state = 'closed';
    for (const stream of [...this.#streams]) stream.close();
    for (const name of [...this.#owned.keys()]) this.disown(name);
    while (this.#background.size > 0) await Promise.all(this.#background);
  }
}
