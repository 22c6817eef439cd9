/** Finds the USB devices of the host that a definition refers to, in sysfs. */
import { join } from 'node:path';
import type { DomainDefinition, HostDeviceDefinition, UsbDevice } from '../../domain/definition';
import { describeUsb, usbPath } from '../../domain/devices/usb-device';
import { definitionError } from '../../domain/xml/source-location';
import { namesIn } from '../../host/names-in';
import { readAttribute } from '../../host/node/attribute';

const kernelFolder = '/sys/bus/usb/devices';

type Found = Required<Pick<UsbDevice, 'vendor' | 'product' | 'bus' | 'device'>>;

/**
 * The definition with bus and device number of each USB device, as libvirt shows them of a running domain. An
 * `optional` device that is not there is left as it is, and has no node.
 *
 * @throws DefinitionError INTERNAL_ERROR for a device that is not there, OPERATION_FAILED when several match; in
 * libvirt's words, with element and position.
 */
export function withUsbPlaces(
  definition: DomainDefinition,
  folder = kernelFolder,
): DomainDefinition {
  if (!definition.hostDevices.some(({ type }) => type === 'usb')) return definition;
  const there = usbDevices(folder);
  return {
    ...definition,
    hostDevices: definition.hostDevices.map((one) =>
      one.type === 'usb' ? placed(one, there) : one,
    ),
  };
}

function placed(wanted: HostDeviceDefinition, there: readonly Found[]): HostDeviceDefinition {
  const { usb = {}, position } = wanted;
  const place = { path: 'domain/devices/hostdev/source', position };
  const same = there.filter((one) => isMeant(one, usb));
  const [found, second] = same;
  if (found === undefined) {
    if (usb.startupPolicy === 'optional') return wanted;
    throw definitionError('INTERNAL_ERROR', `Did not find USB device ${describeUsb(usb)}`, place);
  }
  if (second !== undefined) {
    const detail = `Multiple USB devices for ${describeUsb(usb)}, use <address> to specify one`;
    throw definitionError('OPERATION_FAILED', detail, place);
  }
  const { bus, device } = found;
  return { ...wanted, source: usbPath(found), usb: { ...usb, bus, device } };
}

function isMeant(one: Found, { vendor, product, bus, device }: UsbDevice): boolean {
  return (
    (vendor === undefined || (one.vendor === vendor && one.product === product)) &&
    (bus === undefined || (one.bus === bus && one.device === device))
  );
}

/** The devices that the kernel knows, none where it has no USB; one that disappears meanwhile is left out. */
function usbDevices(folder: string): Found[] {
  return namesIn(folder).flatMap((name) => {
    const read = (file: string, radix: number): number =>
      Number.parseInt(readAttribute(join(folder, name, file)) ?? '', radix);
    const found = {
      vendor: read('idVendor', 16),
      product: read('idProduct', 16),
      bus: read('busnum', 10),
      device: read('devnum', 10),
    };
    // The interfaces of devices are there, too.
    return Object.values(found).some(Number.isNaN) ? [] : [found];
  });
}
