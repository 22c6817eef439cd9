/** Events of the library as the messages of libvirt's protocol. */
import type { DomainEvent, NetworkEvent } from '../../../driver/types';
import { notices } from '../../protocol/events';
import type { domainEventTypes, networkEventTypes, Notice } from '../../protocol/events';
import type { WireDomain, WireNetwork } from '../../protocol/values';
import { metadataTypes } from '../base/annotations';

/** Sends a message to a client. */
export type Send = <Value>(notice: Notice<Value>, value: Value) => void;

/** How to send an event to a numbered callback, and to one subscribed by type if there is such a message. */
export interface DomainNotice {
  readonly type: keyof typeof domainEventTypes;
  readonly numbered: (send: Send, callback: number, domain: WireDomain) => void;
  readonly typed?: (send: Send, domain: WireDomain) => void;
}

/** libvirt's numbers of lifecycle events, each with the numbers of its details. */
const lifecycle: Partial<Record<DomainEvent['event'], readonly [number, Details]>> = {
  defined: [0, { added: 0, updated: 1, renamed: 2 }],
  undefined: [1, { removed: 0, renamed: 1 }],
  started: [2, { booted: 0 }],
  suspended: [3, { paused: 0 }],
  resumed: [4, { unpaused: 0 }],
  stopped: [5, { shutdown: 0, destroyed: 1, crashed: 2, failed: 5 }],
};

type Details = Readonly<Record<string, number>>;

/** How to send an event of a network to a callback. */
export interface NetworkNotice {
  readonly type: keyof typeof networkEventTypes;
  readonly numbered: (send: Send, callback: number, network: WireNetwork) => void;
}

const networkLifecycle = { defined: 0, undefined: 1, started: 2, stopped: 3 } as const;

/** Undefined for what libvirt has no event for. */
export function domainNotice(event: DomainEvent): DomainNotice | undefined {
  switch (event.event) {
    case 'reboot':
      return rebootNotice;
    case 'metadata-change':
      return metadataNotice(event);
    case 'device-added':
      return addedNotice(event.device);
    case 'device-removed':
      return removedNotice(event.device);
    default:
      return lifecycleNotice(event);
  }
}

export function networkNotice({ event, detail = 'element', uri }: NetworkEvent): NetworkNotice {
  if (event === 'metadata-change') {
    const type = metadataTypes[detail];
    return {
      type: 'metadataChange',
      numbered: (send, callback, network) =>
        send(notices.networkMetadataChange, { callback, network, type, uri }),
    };
  }
  const what = { event: networkLifecycle[event], detail: 0 };
  return {
    type: 'lifecycle',
    numbered: (send, callback, network) =>
      send(notices.networkLifecycle, { callback, network, ...what }),
  };
}

/** Whether the domain may have an id after this event: one that has stopped, or has just been defined, has none. */
export function mayRun({ event, detail }: DomainEvent): boolean {
  return event !== 'stopped' && event !== 'undefined' && detail !== 'added';
}

function lifecycleNotice({ event, detail }: DomainEvent): DomainNotice | undefined {
  const [number, details] = lifecycle[event] ?? [];
  if (number === undefined || details === undefined) return undefined;
  const what = { event: number, detail: details[detail] ?? 0 };
  return {
    type: 'lifecycle',
    numbered: (send, callback, domain) =>
      send(notices.callbackLifecycle, { callback, message: { domain, ...what } }),
    typed: (send, domain) => send(notices.lifecycle, { domain, ...what }),
  };
}

const rebootNotice: DomainNotice = {
  type: 'reboot',
  numbered: (send, callback, domain) =>
    send(notices.callbackReboot, { callback, message: { domain } }),
  typed: (send, domain) => send(notices.reboot, { domain }),
};

function metadataNotice({ detail, uri }: DomainEvent): DomainNotice {
  const types: Details = metadataTypes;
  const type = types[detail] ?? metadataTypes.element;
  return {
    type: 'metadataChange',
    numbered: (send, callback, domain) =>
      send(notices.callbackMetadataChange, { callback, domain, type, uri }),
  };
}

function addedNotice(alias: string): DomainNotice {
  return {
    type: 'deviceAdded',
    numbered: (send, callback, domain) =>
      send(notices.callbackDeviceAdded, { callback, domain, alias }),
  };
}

function removedNotice(alias: string): DomainNotice {
  return {
    type: 'deviceRemoved',
    numbered: (send, callback, domain) =>
      send(notices.callbackDeviceRemoved, { callback, message: { domain, alias } }),
    typed: (send, domain) => send(notices.deviceRemoved, { domain, alias }),
  };
}
