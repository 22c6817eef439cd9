/**
 * Events as callbacks, as in Node's emitters: a stream is followed as long as it has a listener. What a listener throws
 * becomes an uncaught exception; the other listeners still get the event, and the one that threw gets the next one.
 */
import { EventEmitter } from 'node:events';
import { throwOutside } from '../../callers-code';
import type { EventStream } from './event-stream';
import type { DomainEvent, NetworkEvent } from '../types';

/** The events of `Connection.on`, by name, with the argument of a listener. */
export interface ConnectionEventMap {
  /** A change of a domain. */
  readonly domain: DomainEvent;
  /** A change of a virtual network. */
  readonly network: NetworkEvent;
  /** A stream has failed, as when events were lost, and ends. Without a listener the error is thrown, as by every emitter. */
  readonly error: Error;
}

/** `domain`, `network` or `error`. */
export type ConnectionEventName = keyof ConnectionEventMap;
/** What `Connection.on` calls with each event of that name. */
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
    // A process may well have one listener for each domain of a host.
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
    // Node's emitters look at this property when `listener` itself is removed.
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
      // Outside of this promise: an error without a listener becomes an uncaught exception, not an unhandled rejection.
      process.nextTick(() => this.#emitter.emit('error', error));
    }
  }

  #tell(name: Followed, event: DomainEvent | NetworkEvent): void {
    for (const listener of this.#emitter.rawListeners(name)) {
      try {
        (listener as (event: DomainEvent | NetworkEvent) => void)(event);
      } catch (error) {
        throwOutside(error);
      }
    }
  }
}
