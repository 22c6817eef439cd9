/** A single device: the element that is attached to a domain, detached from it, or updated. */
import type {
  DiskDefinition,
  DomainDefinition,
  HostDeviceDefinition,
  HostInterfaceDefinition,
} from '../definition';
import type { InterfaceDefinition } from '../interface/definition';
import type { FilesystemDefinition } from '../filesystem/definition';
import type { ParseContext, ParseSession } from '../parse-session';
import { refuseUnsupported, type UnknownWord } from '../xml/unsupported';
import { definitionError } from '../xml/source-location';
import { locateRoot, readElement } from '../xml/reading';
import { parseXml } from '../xml/xml';
import { devicesVocabulary } from './device-vocabulary';
import { describeUsb } from './usb-device';
import { parseEach } from './devices';

/** The devices that can be attached, by the list of a definition that holds them. */
export interface DeviceItems {
  readonly disks: DiskDefinition;
  readonly filesystems: FilesystemDefinition;
  readonly interfaces: InterfaceDefinition;
  readonly hostDevices: HostDeviceDefinition;
  readonly hostInterfaces: HostInterfaceDefinition;
}

export type DeviceList = keyof DeviceItems;

/** A device, and the list of a definition that it belongs to. */
export type Device = {
  readonly [L in DeviceList]: Readonly<{ list: L; item: DeviceItems[L] }>;
}[DeviceList];

/** A device as it was read. */
export interface ParsedOne {
  readonly device: Device;
  /** `made`: the text of an interface has no Ethernet address, and one was generated. */
  readonly mac: 'given' | 'made';
  /** The parts of the text that have no effect; positions refer to the device's own text. */
  readonly without: Pick<DomainDefinition, 'unsupported' | 'unknown'>;
}

/** What is done with a device, in the words of libvirt's messages. */
export type DeviceVerb = 'attached' | 'detached' | 'updated';

const lists: readonly DeviceList[] = [
  'disks',
  'filesystems',
  'interfaces',
  'hostDevices',
  'hostInterfaces',
];

/**
 * Reads the text of one device.
 *
 * @throws DefinitionError XML_ERROR and others, as for a whole definition; CONFIG_UNSUPPORTED for a device of a kind that can't be
 * attached, detached or updated (as `verb` says), and for parts that would be dangerous to ignore.
 */
export function parseDevice(xml: string, verb: DeviceVerb, context: ParseContext): ParsedOne {
  const element = parseXml(xml);
  const devices = {
    ...element,
    name: 'devices',
    namespace: '',
    attributes: [],
    children: [element],
  };
  let mac: ParsedOne['mac'] = 'given';
  const newMac = (): string => {
    mac = 'made';
    return context.newMac();
  };
  const unknown: UnknownWord[] = [];
  const session: ParseSession = {
    context: { ...context, newMac },
    unsupported: [],
    kept: [],
    unknown,
  };
  // Without `unknown`, an element that is not a device is refused instead of left out.
  const outer = { unsupported: session.unsupported, kept: session.kept };
  const at = { ...locateRoot(devices), path: 'domain/devices' };
  const { supported } = parseEach(readElement(at, devicesVocabulary, outer), session);
  const device = lists.flatMap((list) => supported[list].map((item) => ({ list, item })))[0];
  if (device !== undefined) {
    refuseUnsupported(session.unsupported);
    const without = { unsupported: session.unsupported, unknown };
    return { device: device as Device, mac, without };
  }
  if (['disk', 'filesystem', 'interface', 'hostdev'].includes(element.name)) {
    refuseUnsupported(session.unsupported);
  }
  const place = { path: `domain/devices/${element.name}`, position: element.position };
  throw definitionError(
    'CONFIG_UNSUPPORTED',
    `device type '${element.name}' cannot be ${verb}`,
    place,
  );
}

/** A one-word name of a device for messages: its target, its source, or its address. */
export function deviceName({ list, item }: Device): string {
  switch (list) {
    case 'disks':
    case 'filesystems':
      return item.target;
    case 'interfaces':
      return item.mac;
    case 'hostDevices':
      return item.source === '' ? describeUsb(item.usb ?? {}) : item.source;
    case 'hostInterfaces':
      return item.device;
  }
}

/** The definition with this device as its only one, of any kind. */
export function withOnly(definition: DomainDefinition, { list, item }: Device): DomainDefinition {
  const none = Object.fromEntries(lists.map((one) => [one, []]));
  return { ...definition, ...none, [list]: [item] };
}
