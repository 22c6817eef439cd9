/** `<hostdev mode='subsystem' type='usb'>`: a USB device of the host, by vendor and product, by bus and device, or by both pairs. */
import type { HostDeviceDefinition, UsbDevice } from '../definition';
import { keepRest } from '../xml/raw';
import { node, type PrintableElement } from '../xml/print';
import {
  childOf,
  readElement,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../xml/reading';
import { attributeLocation, definitionError } from '../xml/source-location';
import {
  hostdevVocabulary,
  usbAddressVocabulary,
  usbIdVocabulary,
  usbSourceVocabulary,
} from './device-vocabulary';

const policies = ['mandatory', 'requisite', 'optional'] as const;

/** Path of the node of a USB device; '' if its bus or device number is unknown. */
export function usbPath({ bus, device }: Pick<UsbDevice, 'bus' | 'device'>): string {
  if (bus === undefined || device === undefined) return '';
  const digits = (number: number): string => String(number).padStart(3, '0');
  return `/dev/bus/usb/${digits(bus)}/${digits(device)}`;
}

/** As an error names it: `1d6b:0002`, `bus:1 device:2`, or both. */
export function describeUsb({ vendor, product, bus, device }: UsbDevice): string {
  const hexadecimal = (number = 0): string => number.toString(16).padStart(4, '0');
  return [
    ...(vendor === undefined ? [] : [`${hexadecimal(vendor)}:${hexadecimal(product)}`]),
    ...(bus === undefined || device === undefined ? [] : [`bus:${bus} device:${device}`]),
  ].join(' ');
}

/** @throws DefinitionError XML_ERROR if something is missing, or is not a number. */
export function parseUsbDevice(
  at: LocatedElement,
  session: ReadingSession,
): Pick<HostDeviceDefinition, 'type' | 'source' | 'usb'> {
  const device = readElement(at, hostdevVocabulary, session);
  // libvirt's default, which it prints.
  keepManaged(device, device.attributes.get('managed') ?? 'no', session);
  const sourceAt = childOf(device, 'source');
  if (sourceAt === undefined) {
    throw definitionError('XML_ERROR', 'Missing <source> element in hostdev device', at);
  }
  const source = readElement(sourceAt, usbSourceVocabulary, session);
  keepRest(source, session);
  const policy = source.attributes.get('startupPolicy');
  const startupPolicy = policies.find((one) => one === policy);
  if (policy !== undefined && startupPolicy === undefined) {
    const detail = `unknown startup policy '${policy}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(sourceAt, 'startupPolicy'));
  }
  const usb = {
    ...readId(childOf(source, 'vendor'), 'vendor', session),
    ...readId(childOf(source, 'product'), 'product', session),
    ...readAddress(childOf(source, 'address'), session),
    ...(startupPolicy === undefined ? {} : { startupPolicy }),
  };
  checkWhole(usb, sourceAt);
  return { type: 'usb', source: usbPath(usb), usb };
}

/** Keeps the remaining parts of a `<hostdev>`, and `managed`, which has no effect, if it is set. */
export function keepManaged(
  device: Reading,
  managed: string | undefined,
  session: ReadingSession,
): void {
  const kept = managed === undefined ? [] : [{ name: 'managed', value: managed }];
  keepRest({ ...device, keptAttributes: [...device.keptAttributes, ...kept] }, session);
}

/** The content of `<source>`, as libvirt prints it. */
export function formatUsb(usb: UsbDevice): PrintableElement[] {
  const { vendor, product, bus, device } = usb;
  const hexadecimal = (number: number): string => `0x${number.toString(16).padStart(4, '0')}`;
  return [
    ...(vendor === undefined ? [] : [node('vendor', { id: hexadecimal(vendor) })]),
    ...(product === undefined ? [] : [node('product', { id: hexadecimal(product) })]),
    ...(bus === undefined || device === undefined
      ? []
      : [node('address', { bus: String(bus), device: String(device) })]),
  ];
}

function readId(
  at: LocatedElement | undefined,
  name: 'vendor' | 'product',
  session: ReadingSession,
): Partial<Record<'vendor' | 'product', number>> {
  if (at === undefined) return {};
  const { attributes } = readElement(at, usbIdVocabulary, session);
  return { [name]: numberOf(at, { name: 'id', text: attributes.get('id'), most: 0xffff }) };
}

function readAddress(
  at: LocatedElement | undefined,
  session: ReadingSession,
): Pick<UsbDevice, 'bus' | 'device'> {
  if (at === undefined) return {};
  const { attributes } = readElement(at, usbAddressVocabulary, session);
  const read = (name: 'bus' | 'device'): number =>
    numberOf(at, { name, text: attributes.get(name), most: 999 });
  return { bus: read('bus'), device: read('device') };
}

/** Decimal, or hexadecimal with 0x. */
function numberOf(
  at: LocatedElement,
  { name, text, most }: Readonly<{ name: string; text: string | undefined; most: number }>,
): number {
  const { name: element } = at.element;
  if (text === undefined) throw definitionError('XML_ERROR', `usb ${element} needs ${name}`, at);
  const number = /^(0x[\da-f]{1,8}|\d{1,8})$/i.test(text) ? Number(text) : Number.NaN;
  if (number <= most) return number;
  const detail = `cannot parse ${element} ${name} '${text}'`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, name));
}

function checkWhole({ vendor, product, bus }: UsbDevice, at: LocatedElement): void {
  if (vendor === 0) throw definitionError('XML_ERROR', 'vendor cannot be 0.', at);
  if ((vendor === undefined) !== (product === undefined)) {
    const missing = vendor === undefined ? 'vendor' : 'product';
    throw definitionError('XML_ERROR', `missing ${missing}`, at);
  }
  if (vendor === undefined && bus === undefined) {
    throw definitionError('XML_ERROR', 'missing vendor and product, or address', at);
  }
}
