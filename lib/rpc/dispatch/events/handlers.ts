/** Callbacks of a client: registered and deregistered. */
import {
  domainEventTypes,
  knownDomainEventTypes,
  knownNetworkEventTypes,
} from '../../protocol/events';
import type { eventProcedures } from '../../protocol/events';
import { done } from '../base/call';
import type { Call, Handlers } from '../base/call';
import { WireError } from '../base/wire-error';
import type { EventHub } from './event-hub';

export function eventHandlers(hub: EventHub): Handlers<typeof eventProcedures> {
  const change = changing(hub);
  return {
    ConnectDomainEventRegister: (call) =>
      change(() => {
        events(call).addTyped(domainEventTypes.lifecycle);
        return { registered: 1 };
      }),
    ConnectDomainEventDeregister: (call) =>
      change(() => {
        events(call).removeTyped(domainEventTypes.lifecycle);
        return { registered: 0 };
      }),
    ConnectDomainEventRegisterAny: (call, { event }) =>
      change(() => {
        events(call).addTyped(checked(event, knownDomainEventTypes));
        return done;
      }),
    ConnectDomainEventDeregisterAny: (call, { event }) =>
      change(() => {
        events(call).removeTyped(checked(event, knownDomainEventTypes));
        return done;
      }),
    ConnectDomainEventCallbackRegisterAny: (call, { event, domain }) =>
      change(() => ({
        callback: events(call).addDomain(checked(event, knownDomainEventTypes), domain),
      })),
    ConnectDomainEventCallbackDeregisterAny: (call, { callback }) =>
      change(() => {
        events(call).removeDomain(callback);
        return done;
      }),
    ConnectNetworkEventRegisterAny: (call, { event, network }) =>
      change(() => ({
        callback: events(call).addNetwork(checked(event, knownNetworkEventTypes), network),
      })),
    ConnectNetworkEventDeregisterAny: (call, { callback }) =>
      change(() => {
        events(call).removeNetwork(callback);
        return done;
      }),
  };
}

/** Changes what a client has subscribed to, and answers once that is being followed. */
function changing(hub: EventHub): <Result>(action: () => Result) => Promise<Result> {
  return async (action) => {
    const result = action();
    await hub.update();
    return result;
  };
}

/** @throws TslxcError INTERNAL_ERROR for a client that has not opened a connection, and so gets no events. */
function events({ client }: Call): Call['client']['events'] {
  client.connection();
  return client.events;
}

/** An event type that libvirt knows, even if containers never have such events. @throws WireError INTERNAL_ERROR for any other. */
function checked(event: number, known: number): number {
  if (event >= 0 && event < known) return event;
  throw new WireError('INTERNAL_ERROR', `unsupported event ID ${event}`, 'remote');
}
