/** Procedures by which a client subscribes to events, and the messages that carry the events. */
import { int, optional, structure, text } from '../xdr/codec';
import type { Codec } from '../xdr/codec';
import { reads } from './procedure';
import { domain, maybeText, network } from './values';

export const eventProcedures = {
  // Three generations: the first is for lifecycle events only; the second subscribes by event type; the third gives each callback
  // a number.
  ConnectDomainEventRegister: reads(105, { gives: { registered: int } }),
  ConnectDomainEventDeregister: reads(106, { gives: { registered: int } }),
  ConnectDomainEventRegisterAny: reads(167, { takes: { event: int } }),
  ConnectDomainEventDeregisterAny: reads(168, { takes: { event: int } }),
  ConnectDomainEventCallbackRegisterAny: reads(316, {
    takes: { event: int, domain: optional(domain) },
    gives: { callback: int },
  }),
  ConnectDomainEventCallbackDeregisterAny: reads(317, { takes: { callback: int } }),
  ConnectNetworkEventRegisterAny: reads(313, {
    takes: { event: int, network: optional(network) },
    gives: { callback: int },
  }),
  ConnectNetworkEventDeregisterAny: reads(314, { takes: { callback: int } }),
} as const;

/** An event message: its procedure number, and its body. */
export interface Notice<Value> {
  readonly number: number;
  readonly body: Codec<Value>;
}

function notice<Value>(number: number, body: Codec<Value>): Notice<Value> {
  return { number, body };
}

const lifecycle = structure({ domain, event: int, detail: int });
const onlyDomain = structure({ domain });
const ofDevice = { domain, alias: text };
const metadataFields = { type: int, uri: maybeText };

export const notices = {
  /** For clients that use the first two generations. */
  lifecycle: notice(107, lifecycle),
  reboot: notice(169, onlyDomain),
  deviceRemoved: notice(311, structure(ofDevice)),
  /** For clients that use the third. */
  callbackLifecycle: notice(318, structure({ callback: int, message: lifecycle })),
  callbackReboot: notice(319, structure({ callback: int, message: onlyDomain })),
  callbackDeviceRemoved: notice(333, structure({ callback: int, message: structure(ofDevice) })),
  callbackDeviceAdded: notice(354, structure({ callback: int, ...ofDevice })),
  callbackMetadataChange: notice(379, structure({ callback: int, domain, ...metadataFields })),
  networkLifecycle: notice(315, structure({ callback: int, network, event: int, detail: int })),
  networkMetadataChange: notice(446, structure({ callback: int, network, ...metadataFields })),
} as const;

/** Numbers of the types of domain events that occur here. */
export const domainEventTypes = {
  lifecycle: 0,
  reboot: 1,
  deviceRemoved: 15,
  deviceAdded: 19,
  metadataChange: 23,
} as const;

/** How many types of domain events libvirt knows; their numbers are below this. */
export const knownDomainEventTypes = 28;

/** Numbers of the types of network events. */
export const networkEventTypes = { lifecycle: 0, metadataChange: 1 } as const;

export const knownNetworkEventTypes = 2;
