/** Adds a device to a definition, removes one, or replaces one. Pure. */
import { TslxcError } from '../../errors';
import { present } from '../../present';
import type { DomainDefinition, HostDeviceDefinition } from '../definition';
import type { Position } from '../xml/element';
import { isSame } from '../xml/path';
import type { Device, DeviceList, ParsedOne } from './device';

/** A changed definition, and the device that was changed. */
export interface ChangedDevice {
  readonly definition: DomainDefinition;
  readonly device: Device;
}

/** @throws TslxcError INVALID_ARG for a device that the definition already has, with libvirt's message if it has one. */
export function withDevice(definition: DomainDefinition, device: Device): DomainDefinition {
  const taken = takenBy(definition, device);
  if (taken !== undefined) throw new TslxcError('INVALID_ARG', taken);
  const item = { ...device.item, position: behindAll(definition) };
  return { ...definition, [device.list]: [...definition[device.list], item] };
}

/** @throws as `findDevice`. */
export function withoutDevice(definition: DomainDefinition, wanted: ParsedOne): ChangedDevice {
  const { list } = wanted.device;
  const index = findDevice(definition, wanted);
  const items: readonly Device['item'][] = definition[list];
  const device = { list, item: items[index] } as Device;
  return { device, definition: { ...definition, [list]: items.toSpliced(index, 1) } };
}

/**
 * The definition with the device in place of the existing one, whose position in the document it keeps.
 *
 * @throws as `findDevice`; TslxcError CONFIG_UNSUPPORTED for a device that has nothing to change.
 */
export function withUpdated(definition: DomainDefinition, wanted: ParsedOne): DomainDefinition {
  const { list, item } = wanted.device;
  if (list === 'hostDevices' || list === 'hostInterfaces') {
    throw new TslxcError('CONFIG_UNSUPPORTED', 'persistent update of device is not supported');
  }
  const index = findDevice(definition, wanted);
  const items: readonly Device['item'][] = definition[list];
  const former = items[index];
  if (former === undefined) throw new RangeError('a device has gone');
  const changed = { ...withPortOf(former, item), position: former.position } as Device['item'];
  const others = { ...definition, [list]: items.toSpliced(index, 1) };
  const taken = takenBy(others, { list, item: changed } as Device);
  if (taken !== undefined) throw new TslxcError('INVALID_ARG', taken);
  return { ...definition, [list]: items.with(index, changed) };
}

/** Ids of a port that the text leaves out stay those of the existing interface. */
function withPortOf(former: Device['item'], wanted: Device['item']): Device['item'] {
  if (!('virtualPort' in wanted && 'virtualPort' in former)) return wanted;
  const { interfaceId, instanceId, type } = former.virtualPort;
  const { virtualPort: port } = wanted;
  if (port.type !== type) return wanted;
  return { ...wanted, virtualPort: { ...present({ interfaceId, instanceId }), ...port } };
}

/**
 * The index of the device in its list. A disk or a file system is identified by its target, an interface by its MAC address, and a
 * device of the host by its source.
 *
 * @throws TslxcError DEVICE_MISSING or INVALID_ARG when there is none, OPERATION_FAILED when several could be meant; in
 * libvirt's words.
 */
export function findDevice(definition: DomainDefinition, wanted: ParsedOne): number {
  const { device } = wanted;
  if (device.list === 'interfaces') return findInterface(definition, wanted);
  const items: readonly Device['item'][] = definition[device.list];
  const index = items.findIndex((item) => isMeant({ list: device.list, item } as Device, device));
  if (index !== -1) return index;
  switch (device.list) {
    case 'disks':
      throw new TslxcError('INVALID_ARG', `no target device ${device.item.target}`);
    case 'filesystems':
      throw new TslxcError('INVALID_ARG', `no filesystem with target ${device.item.target}`);
    case 'hostDevices':
    case 'hostInterfaces':
      throw new TslxcError('INVALID_ARG', 'device not present in domain configuration');
  }
}

/** Without a MAC address in the text, the domain's only interface is meant. */
function findInterface({ interfaces }: DomainDefinition, { device, mac }: ParsedOne): number {
  const address = mac === 'given' && device.list === 'interfaces' ? device.item.mac : undefined;
  const found = interfaces.flatMap((one, index) =>
    address === undefined || one.mac === address ? [index] : [],
  );
  const [first, second] = found;
  if (first === undefined) {
    const which =
      address === undefined ? 'matching device' : `device matching MAC address ${address}`;
    throw new TslxcError('DEVICE_MISSING', `no ${which} found`);
  }
  if (second !== undefined) {
    throw new TslxcError('OPERATION_FAILED', 'multiple matching devices found');
  }
  return first;
}

/** USB devices are compared by bus and device number if both have them, or else by vendor and product. */
function isSameDevice(one: HostDeviceDefinition, other: HostDeviceDefinition): boolean {
  if (one.usb === undefined || other.usb === undefined) return one.source === other.source;
  if (one.source !== '' && other.source !== '') return one.source === other.source;
  return one.usb.vendor === other.usb.vendor && one.usb.product === other.usb.product;
}

/** Whether two devices of one list are the same. */
function isMeant(one: Device, other: Device): boolean {
  switch (one.list) {
    case 'disks':
      return other.list === 'disks' && one.item.target === other.item.target;
    case 'filesystems':
      return other.list === 'filesystems' && isSame(one.item.target, other.item.target);
    case 'interfaces':
      return other.list === 'interfaces' && one.item.mac === other.item.mac;
    case 'hostDevices':
      return other.list === 'hostDevices' && isSameDevice(one.item, other.item);
    case 'hostInterfaces':
      return other.list === 'hostInterfaces' && one.item.device === other.item.device;
  }
}

/** The message that says why the definition can't have the device as well; undefined if it can. */
function takenBy(definition: DomainDefinition, device: Device): string | undefined {
  const items: readonly Device['item'][] = definition[device.list];
  const isThere = items.some((item) => isMeant({ list: device.list, item } as Device, device));
  switch (device.list) {
    case 'disks':
    case 'filesystems':
      return isThere ? `target ${device.item.target} already exists.` : undefined;
    case 'interfaces':
      if (isThere) return `network device with mac ${device.item.mac} already exists`;
      return nameTakenIn(definition, device.item);
    case 'hostDevices':
      return isThere ? 'device is already in the domain configuration' : undefined;
    case 'hostInterfaces':
      if (isThere) return 'device is already in the domain configuration';
      return nameTakenIn(definition, { guestDevice: device.item.device });
  }
}

/** Each interface name, in the container or on the host, can be used only once. */
function nameTakenIn(
  { interfaces, hostInterfaces }: Pick<DomainDefinition, 'interfaces' | 'hostInterfaces'>,
  { guestDevice, targetDevice }: { readonly guestDevice?: string; readonly targetDevice?: string },
): string | undefined {
  const inside = [
    ...interfaces.flatMap((one) => one.guestDevice ?? []),
    ...hostInterfaces.map(({ device }) => device),
  ];
  if (guestDevice !== undefined && inside.includes(guestDevice)) {
    return `network device with guest dev ${guestDevice} already exists`;
  }
  const onHost = interfaces.flatMap((one) => one.targetDevice ?? []);
  if (targetDevice !== undefined && onHost.includes(targetDevice)) {
    return `network device with target dev ${targetDevice} already exists`;
  }
  return undefined;
}

/** A position after all devices in the document, so that the new device is printed as the last of its kind. */
function behindAll(definition: DomainDefinition): Position {
  const lists: readonly DeviceList[] = [
    'disks',
    'filesystems',
    'interfaces',
    'hostDevices',
    'hostInterfaces',
  ];
  const placed: readonly { readonly position: Position }[] = [
    ...lists.flatMap((list): readonly { position: Position }[] => definition[list]),
    ...definition.otherDevices,
  ];
  return { line: Math.max(0, ...placed.map(({ position }) => position.line)) + 1, column: 1 };
}
