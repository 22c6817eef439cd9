/** What is told of a USB device, and of one of its interfaces. */
import type { SysfsDevice } from './device-tree';
import { fact, type Fact } from './node-device';
import { identity } from './pci';

/** udev's names of vendor and product come first; without udev, those that the device itself has. */
export function usbDeviceFacts(device: SysfsDevice): Fact[] {
  const id = (property: string, attribute: string): number =>
    parseInt(device.property(property) ?? device.attribute(attribute) ?? '0', 16) || 0;
  const product = device.property('ID_MODEL_FROM_DATABASE') ?? device.text('product');
  const vendor = device.property('ID_VENDOR_FROM_DATABASE') ?? device.text('manufacturer');
  return [
    ...fact('bus', Number(device.property('BUSNUM') ?? 0)),
    ...fact('device', Number(device.property('DEVNUM') ?? 0)),
    identity('product', id('ID_MODEL_ID', 'idProduct'), product),
    identity('vendor', id('ID_VENDOR_ID', 'idVendor'), vendor),
  ];
}

/** The kernel's numbers are hexadecimal, libvirt's are not. */
export function usbInterfaceFacts(device: SysfsDevice): Fact[] {
  const number = (attribute: string): number =>
    parseInt(device.attribute(attribute) ?? '0', 16) || 0;
  return [
    ...fact('number', number('bInterfaceNumber')),
    ...fact('class', number('bInterfaceClass')),
    ...fact('subclass', number('bInterfaceSubClass')),
    ...fact('protocol', number('bInterfaceProtocol')),
  ];
}
