/** Procedures by which a client says what it wants to be told of, and the messages that tell it. */
import { int, optional, structure, text } from '../xdr/codec';
import type { Codec } from '../xdr/codec';
import { reads } from './procedure';
import { domain, maybeText, network } from './values';

export const eventProcedures = {
  // The first way, which only tells of lifecycles; the second, by the type of an event; and the third, by a number for each.
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

/** A message that nobody has asked for: its number, and what is in it. */
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
  /** For clients of the first two ways. */
  lifecycle: notice(107, lifecycle),
  reboot: notice(169, onlyDomain),
  deviceRemoved: notice(311, structure(ofDevice)),
  /** For those of the third. */
  callbackLifecycle: notice(318, structure({ callback: int, message: lifecycle })),
  callbackReboot: notice(319, structure({ callback: int, message: onlyDomain })),
  callbackDeviceRemoved: notice(333, structure({ callback: int, message: structure(ofDevice) })),
  callbackDeviceAdded: notice(354, structure({ callback: int, ...ofDevice })),
  callbackMetadataChange: notice(379, structure({ callback: int, domain, ...metadataFields })),
  networkLifecycle: notice(315, structure({ callback: int, network, event: int, detail: int })),
  networkMetadataChange: notice(446, structure({ callback: int, network, ...metadataFields })),
  connectionClosed: notice(362, structure({ reason: int })),
} as const;

/** The numbers of the types of events that domains have here. */
export const domainEventTypes = {
  lifecycle: 0,
  reboot: 1,
  deviceRemoved: 15,
  deviceAdded: 19,
  metadataChange: 23,
} as const;

/** As many types of events as libvirt knows. */
export const knownDomainEventTypes = 28;

/** The numbers of the types of events that networks have. */
export const networkEventTypes = { lifecycle: 0, metadataChange: 1 } as const;

export const knownNetworkEventTypes = 2;
