/** `--address` of attach-disk: converts `pci:0000.00.0a.0` and the like to the `<address>` that virsh writes. */
import { node, type Attributes, type PrintableElement } from '../../../domain/xml/print';
import { CommandError } from '../../shell/command-error';

/** The notation of an address, whose numbers are separated by dots, and the attributes that it becomes. */
interface Kind {
  readonly base: 10 | 16;
  readonly parts: number;
  readonly attributes: (numbers: readonly number[]) => Attributes;
}

const decimal = (value = 0): string => String(value);
const hexadecimal = (digits: number) => (value: number) =>
  `0x${value.toString(16).padStart(digits, '0')}`;
const [one, two, four] = [hexadecimal(1), hexadecimal(2), hexadecimal(4)];

const drive: Kind = {
  base: 10,
  parts: 3,
  attributes: ([controller, bus, unit]) => ({
    type: 'drive',
    controller: decimal(controller),
    bus: decimal(bus),
    unit: decimal(unit),
  }),
};

const kinds: Readonly<Record<string, Kind>> = {
  pci: {
    base: 16,
    parts: 4,
    attributes: ([domain = 0, bus = 0, slot = 0, place = 0]) => ({
      type: 'pci',
      domain: four(domain),
      bus: two(bus),
      slot: two(slot),
      function: one(place),
    }),
  },
  ccw: {
    base: 16,
    parts: 3,
    attributes: ([cssid = 0, ssid = 0, devno = 0]) => ({
      type: 'ccw',
      cssid: one(cssid),
      ssid: one(ssid),
      devno: four(devno),
    }),
  },
  usb: {
    base: 10,
    parts: 2,
    attributes: ([bus, port]) => ({ type: 'usb', bus: decimal(bus), port: decimal(port) }),
  },
  scsi: drive,
  sata: drive,
  ide: drive,
};

/** By the prefix of the target's name: the kinds of addresses that it may have, and virsh's message for any other. */
const fitting: readonly (readonly [string, readonly string[], string])[] = [
  ['vd', ['pci', 'ccw'], 'expecting a pci:0000.00.00.00 or ccw:00.0.0000 address.'],
  [
    'sd',
    ['scsi', 'usb', 'sata'],
    'expecting a scsi:00.00.00 or usb:00.00 or sata:00.00.00 address.',
  ],
  ['hd', ['ide'], 'expecting an ide:00.00.00 address.'],
];

interface Place {
  readonly target: string;
  /** `several`: the device at that PCI address has further functions. */
  readonly functions: 'one' | 'several';
}

/** @throws CommandError with virsh's message. */
export function addressElement(
  text: string | undefined,
  { target, functions }: Place,
): PrintableElement[] {
  if (text === undefined) return [];
  const [, name = '', rest = ''] = /^([a-z]+):(.*)$/.exec(text) ?? [];
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const numbers = kind === undefined ? undefined : numbersOf(rest, kind);
  if (kind === undefined || numbers === undefined) throw refusal('Invalid address.');
  const [, names, words] = fitting.find(([prefix]) => target.startsWith(prefix)) ?? [];
  if (words !== undefined && names?.includes(name) !== true) throw refusal(words);
  const multifunction = name === 'pci' && functions === 'several' ? 'on' : undefined;
  return [node('address', { ...kind.attributes(numbers), multifunction })];
}

function numbersOf(text: string, { base, parts }: Kind): number[] | undefined {
  const digits = base === 16 ? /^(0x)?[0-9a-f]{1,8}$/i : /^\d{1,9}$/;
  const words = text.split('.');
  if (words.length !== parts || !words.every((word) => digits.test(word))) return undefined;
  return words.map((word) => Number.parseInt(word, base));
}

function refusal(message: string): CommandError {
  return new CommandError(message, { code: 'INVALID_ARG' });
}
