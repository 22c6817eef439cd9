/** A request to attach a device to a running container, or to detach one. */
import type { Device } from '../../domain/devices/device';
import type { DomainDefinition } from '../../domain/definition';
import type { Port } from '../../plan/network/links';
import type { Recording } from '../record/recording';
import type { LinkRecord, StartRecord } from '../record/run-state';
import type { PlugContext } from './plug';

export interface DeviceRequest<Item extends Device = Device> {
  readonly context: PlugContext;
  /** The record of the container as it runs. */
  readonly start: StartRecord;
  readonly device: Item;
  /** The definition that runs afterwards, with the ids that it was given. */
  readonly after: DomainDefinition;
  /** The same definition as XML, for the record. */
  readonly xml: string;
}

export interface AttachRequest<Item extends Device = Device> extends DeviceRequest<Item> {
  /** Where an interface is plugged in. */
  readonly port?: Port;
  /** Of an interface. Default: `atOnce`. */
  readonly recording?: Recording;
  /** Runs when an interface is on record, before it is made. */
  readonly beforeLinked?: (link: LinkRecord) => Promise<void>;
  /** Runs when an interface is there, and is on record. */
  readonly whenLinked?: (link: LinkRecord) => Promise<void>;
}

/** The device of one list alone. */
export type DeviceOf<List extends Device['list']> = Extract<Device, { readonly list: List }>;
