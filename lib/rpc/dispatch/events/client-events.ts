/** The event subscriptions of one client, in any of the protocol's three generations, and how it is sent the events. */
import type { DomainEvent, NetworkEvent } from '../../../driver/types';
import { domainEventTypes, networkEventTypes } from '../../protocol/events';
import type { Notice } from '../../protocol/events';
import { programs } from '../../protocol/numbers';
import type { WireDomain, WireNetwork } from '../../protocol/values';
import type { Peer } from '../../server/peer';
import { uuidBytes, uuidText } from '../base/uuid';
import { WireError } from '../base/wire-error';
import { domainNotice, networkNotice } from './notices';

/** A callback of a client: its type of events, and the uuid of the one domain or network that it is about; undefined for all. */
interface Registration {
  readonly event: number;
  readonly uuid: string | undefined;
  /** `typed`: its messages carry no callback number. */
  readonly form: 'numbered' | 'typed';
}

/** The most callbacks of one client for domains, and as many again for networks. */
export const mostCallbacks = 1024;

/** Finds the present id of the domain that an event is about, when it is asked for. */
export type IdOf = () => number;

/** What is used of a Peer. */
export type EventPeer = Pick<Peer, 'notify' | 'callbacks' | 'closeSoon'>;

export class ClientEvents {
  readonly #peer: EventPeer;
  readonly #domains = new Map<number, Registration>();
  readonly #networks = new Map<number, Registration>();
  #next = 0;
  #isClosed = false;

  constructor(peer: EventPeer) {
    this.#peer = peer;
  }

  /** Whether events of this kind have to be followed for this client. */
  wants(kind: 'domain' | 'network'): boolean {
    return (kind === 'domain' ? this.#domains : this.#networks).size > 0;
  }

  /** The number of a new callback. */
  addDomain(event: number, domain: WireDomain | undefined): number {
    return this.#add(this.#domains, { event, uuid: uuidOf(domain), form: 'numbered' });
  }

  addNetwork(event: number, network: WireNetwork | undefined): number {
    return this.#add(this.#networks, { event, uuid: uuidOf(network), form: 'numbered' });
  }

  /** Subscribes by event type, without a callback number. */
  addTyped(event: number): void {
    this.#add(this.#domains, { event, uuid: undefined, form: 'typed' });
  }

  /** @throws WireError when there is none of that number. */
  removeDomain(callback: number): void {
    if (!this.#remove(this.#domains, callback)) throw noCallback('domain', callback);
  }

  removeNetwork(callback: number): void {
    if (!this.#remove(this.#networks, callback)) throw noCallback('network', callback);
  }

  removeTyped(event: number): void {
    const [callback] =
      [...this.#domains].find(([, one]) => one.form === 'typed' && one.event === event) ?? [];
    if (callback === undefined) throw noCallback('domain', event);
    this.#remove(this.#domains, callback);
  }

  /** The client is gone. */
  close(): void {
    this.#peer.callbacks.giveBack(this.#domains.size + this.#networks.size);
    this.#domains.clear();
    this.#networks.clear();
    this.#isClosed = true;
  }

  /** Events that the client may have waited for can't be told any more: it is disconnected, and learns by that to look again. */
  eventsWereLost(): void {
    if (this.wants('domain') || this.wants('network')) this.#peer.closeSoon();
  }

  tellDomain(event: DomainEvent, idOf: IdOf): void {
    const notice = domainNotice(event);
    if (notice === undefined) return;
    let domain: WireDomain | undefined;
    for (const [callback, { event: type, uuid, form }] of this.#domains) {
      if (type !== domainEventTypes[notice.type]) continue;
      if (uuid !== undefined && uuid !== event.uuid) continue;
      domain ??= { name: event.domain, uuid: uuidBytes(event.uuid), id: idOf() };
      if (form === 'numbered') notice.numbered(this.#send, callback, domain);
      else notice.typed?.(this.#send, domain);
    }
  }

  tellNetwork(event: NetworkEvent): void {
    const { type, numbered } = networkNotice(event);
    const network = { name: event.network, uuid: uuidBytes(event.uuid) };
    for (const [callback, { event: asked, uuid }] of this.#networks) {
      if (asked !== networkEventTypes[type]) continue;
      if (uuid !== undefined && uuid !== event.uuid) continue;
      numbered(this.#send, callback, network);
    }
  }

  readonly #send = <Value>({ number, body }: Notice<Value>, value: Value): void => {
    const { number: program, version } = programs.remote;
    this.#peer.notify({
      program,
      version,
      procedure: number,
      body: (writer) => body.write(writer, value),
    });
  };

  /**
   * @throws WireError INTERNAL_ERROR when the client already has `mostCallbacks` of them; TslxcError RESOURCE_BUSY when all clients of
   * its user have as many as they may.
   */
  #add(registrations: Map<number, Registration>, one: Registration): number {
    if (registrations.size >= mostCallbacks) {
      throw new WireError('INTERNAL_ERROR', `more than ${mostCallbacks} callbacks`, 'remote');
    }
    if (this.#isClosed) throw new WireError('INTERNAL_ERROR', 'the client is gone', 'remote');
    this.#peer.callbacks.take();
    const callback = this.#next;
    this.#next += 1;
    registrations.set(callback, one);
    return callback;
  }

  #remove(registrations: Map<number, Registration>, callback: number): boolean {
    const isKnown = registrations.delete(callback);
    if (isKnown) this.#peer.callbacks.giveBack();
    return isKnown;
  }
}

function uuidOf(named: { readonly uuid: Uint8Array } | undefined): string | undefined {
  return named === undefined ? undefined : uuidText(named.uuid);
}

function noCallback(kind: 'domain' | 'network', callback: number): WireError {
  const detail = `${kind} event callback ${callback} not registered`;
  return new WireError('INVALID_ARG', detail, 'remote');
}
