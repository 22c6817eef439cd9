/**
 * Passes on what happens below this root, in whichever process, to the clients that have subscribed to it. The log of events is
 * followed while there is such a client, by one follower for all of them.
 */
import type { Connection } from '../../../driver/connection';
import type { Domain } from '../../../driver/domain';
import type {
  ConnectionEventName,
  ConnectionListener,
} from '../../../driver/events/event-listeners';
import type { DomainEvent, NetworkEvent } from '../../../driver/types';
import { TslxcError } from '../../../errors';
import type { Logger } from '../../../host/logger';
import type { ClientEvents } from './client-events';
import { mayRun } from './notices';

/** What is used of a Connection. Not as a Pick of it: `on` of that would return a whole Connection. */
export interface WatchedConnection {
  on<Name extends ConnectionEventName>(name: Name, listener: ConnectionListener<Name>): unknown;
  off<Name extends ConnectionEventName>(name: Name, listener: ConnectionListener<Name>): unknown;
  domainOf(...identity: Parameters<Connection['domainOf']>): Pick<Domain, 'id'>;
}

export interface EventHubOptions {
  readonly connection: () => Promise<WatchedConnection>;
  readonly logger: Logger;
}

const kinds = ['domain', 'network'] as const;
type Kind = (typeof kinds)[number];

export class EventHub {
  readonly #options: EventHubOptions;
  readonly #clients = new Set<ClientEvents>();
  readonly #followed = new Set<Kind>();
  /** One change at a time. */
  #turn: Promise<void> = Promise.resolve();
  #connection: WatchedConnection | undefined;

  constructor(options: EventHubOptions) {
    this.#options = options;
  }

  add(client: ClientEvents): void {
    this.#clients.add(client);
  }

  async remove(client: ClientEvents): Promise<void> {
    this.#clients.delete(client);
    await this.update();
  }

  /**
   * Begins to follow the events that some client wants, and stops following those that no client wants. To be called when that
   * has changed; once it resolves, no event from then on is missed.
   */
  update(): Promise<void> {
    const turn = this.#turn.then(() => this.#apply());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #apply(): Promise<void> {
    for (const kind of kinds) {
      const isWanted = [...this.#clients].some((client) => client.wants(kind));
      if (isWanted && !this.#followed.has(kind)) {
        this.#connection ??= this.#watched(await this.#options.connection());
        this.#follow(kind);
        this.#followed.add(kind);
      } else if (!isWanted && this.#followed.delete(kind)) this.#ignore(kind);
    }
  }

  #follow(kind: Kind): void {
    if (kind === 'domain') this.#connection?.on('domain', this.#onDomain);
    else this.#connection?.on('network', this.#onNetwork);
  }

  #ignore(kind: Kind): void {
    if (kind === 'domain') this.#connection?.off('domain', this.#onDomain);
    else this.#connection?.off('network', this.#onNetwork);
  }

  /**
   * A follower that has fallen too far behind begins anew. The lost events can't be recovered from anywhere else, and the protocol has no
   * message for that: who waits for them is disconnected, and has to look again.
   */
  #watched(connection: WatchedConnection): WatchedConnection {
    connection.on('error', (error) => {
      this.#options.logger.error(
        { err: error },
        'events were lost: clients that wait for events are disconnected',
      );
      for (const client of this.#clients) client.eventsWereLost();
      for (const kind of this.#followed) {
        this.#ignore(kind);
        this.#follow(kind);
      }
    });
    return connection;
  }

  readonly #onDomain = (event: DomainEvent): void => {
    let id: number | undefined;
    // Read once, however many clients are told.
    const idOf = (): number => (id ??= this.#idOf(event));
    for (const client of this.#clients) client.tellDomain(event, idOf);
  };

  readonly #onNetwork = (event: NetworkEvent): void => {
    for (const client of this.#clients) client.tellNetwork(event);
  };

  /** The id at the time when the event is passed on: the log does not record it. */
  #idOf(event: DomainEvent): number {
    if (!mayRun(event)) return -1;
    try {
      return this.#connection?.domainOf({ name: event.domain, uuid: event.uuid }).id ?? -1;
    } catch (error) {
      if (TslxcError.is(error)) return -1;
      throw error;
    }
  }
}
