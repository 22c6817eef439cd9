/**
 * Events as callbacks, in the manner of Node's emitters: a stream is followed as long as somebody listens. A listener
 * that throws is the process's affair, as with any emitter; the others hear of the event, and so does it of the next.
 */
import { EventEmitter } from 'node:events';
import type { EventStream } from './event-stream';
import type { DomainEvent, NetworkEvent } from '../types';

/** What can be listened to. */
export interface ConnectionEventMap {
  /** Something happened to a domain. */
  readonly domain: DomainEvent;
  /** Something happened to a virtual network. */
  readonly network: NetworkEvent;
  /** No more events of a kind come, since some are lost. As with every emitter, it is thrown when nobody listens. */
  readonly error: Error;
}

/** The events of a connection, by name: see `Connection.on`. */
export type ConnectionEventName = keyof ConnectionEventMap;
/** What is called with each event of that name. */
export type ConnectionListener<Name extends ConnectionEventName> = (
  event: ConnectionEventMap[Name],
) => void;

interface Streams {
  domain(): EventStream<DomainEvent>;
  network(): EventStream<NetworkEvent>;
}

type Followed = Exclude<ConnectionEventName, 'error'>;

export class EventListeners {
  readonly #emitter = new EventEmitter();
  readonly #streams: Streams;
  readonly #open = new Map<Followed, EventStream<DomainEvent> | EventStream<NetworkEvent>>();

  constructor(streams: Streams) {
    this.#streams = streams;
    // A listener of its own for each domain of a host is usual.
    this.#emitter.setMaxListeners(0);
  }

  add<Name extends ConnectionEventName>(name: Name, listener: ConnectionListener<Name>): void {
    this.#emitter.on(name, listener);
    if (name !== 'error') this.#follow(name);
  }

  addOnce<Name extends ConnectionEventName>(name: Name, listener: ConnectionListener<Name>): void {
    const once: ConnectionListener<Name> = (event) => {
      this.remove(name, once);
      listener(event);
    };
    // What Node's emitters look for when `listener` itself is removed.
    this.add(name, Object.assign(once, { listener }));
  }

  remove<Name extends ConnectionEventName>(name: Name, listener: ConnectionListener<Name>): void {
    this.#emitter.off(name, listener);
    if (name === 'error' || this.#emitter.listenerCount(name) > 0) return;
    this.#open.get(name)?.close();
    this.#open.delete(name);
  }

  #follow(name: Followed): void {
    if (this.#open.has(name)) return;
    const stream = this.#streams[name]();
    this.#open.set(name, stream);
    void this.#pump(name, stream);
  }

  async #pump(
    name: Followed,
    stream: EventStream<DomainEvent> | EventStream<NetworkEvent>,
  ): Promise<void> {
    try {
      for await (const event of stream) {
        // The last listener may have gone while this event was on its way.
        if (this.#open.get(name) !== stream) return;
        this.#tell(name, event);
      }
    } catch (error) {
      this.#open.delete(name);
      // Out of this promise, where an error that nobody listens to would be a rejection of nobody's.
      process.nextTick(() => this.#emitter.emit('error', error));
    }
  }

  #tell(name: Followed, event: DomainEvent | NetworkEvent): void {
    for (const listener of this.#emitter.rawListeners(name)) {
      try {
        (listener as (event: DomainEvent | NetworkEvent) => void)(event);
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }
}
