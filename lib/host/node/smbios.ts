/**
 * What the firmware tells about the machine (SMBIOS), from the tables that the kernel shows: DMTF DSP0134. Each structure has
 * numbers, followed by its strings, each ended by a zero byte; an empty string ends them.
 */
import { readFileSync } from 'node:fs';
import { fileError, hasErrno, saysMissing } from '../state/file-error';
import { constants as system } from 'node:os';

/** Facts about the machine by libvirt's names, in its order; each becomes an `<entry>`. */
export type SmbiosEntries = readonly (readonly [name: string, value: string])[];

/** One part of the machine, under libvirt's name of its element. */
export interface SmbiosPart {
  readonly element: (typeof elements)[number];
  /** An entry of `oemStrings` has no name. */
  readonly entries: SmbiosEntries;
}

const elements = [
  'bios',
  'system',
  'baseBoard',
  'chassis',
  'processor',
  'memory_device',
  'oemStrings',
] as const;

const kernelTable = '/sys/firmware/dmi/tables/DMI';

/** Undefined where the firmware tells nothing, or this process may not read it. */
export function readSmbios(path = kernelTable): SmbiosPart[] | undefined {
  try {
    return parseSmbios(readFileSync(path));
  } catch (error) {
    if (saysMissing(error) || hasErrno(error, system.errno.EACCES)) return undefined;
    throw fileError(error, 'read what the firmware tells');
  }
}

/** In libvirt's order of the elements. A structure that is cut off is left out. Pure. */
export function parseSmbios(table: Buffer): SmbiosPart[] {
  const parts = structuresOf(table).flatMap((structure): SmbiosPart[] => {
    const reader = readers[structure.type];
    if (reader === undefined) return [];
    const entries = reader
      .entries(structure)
      .flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
    return entries.length === 0 ? [] : [{ element: reader.element, entries }];
  });
  return parts.toSorted((a, b) => elements.indexOf(a.element) - elements.indexOf(b.element));
}

class Structure {
  readonly type: number;
  readonly #bytes: Buffer;
  readonly #strings: readonly string[];

  constructor(bytes: Buffer, strings: readonly string[]) {
    this.type = bytes[0] ?? -1;
    this.#bytes = bytes;
    this.#strings = strings;
  }

  get strings(): readonly string[] {
    return this.#strings;
  }

  /** The string whose number is at this offset; undefined if there is none. */
  text(at: number): string | undefined {
    const number = this.#bytes[at] ?? 0;
    return number === 0 ? undefined : this.#strings[number - 1]?.trim();
  }

  byte(at: number): number | undefined {
    return this.#bytes[at];
  }

  word(at: number): number | undefined {
    return at + 2 <= this.#bytes.length ? this.#bytes.readUInt16LE(at) : undefined;
  }

  double(at: number): number | undefined {
    return at + 4 <= this.#bytes.length ? this.#bytes.readUInt32LE(at) : undefined;
  }

  slice(at: number, length: number): Buffer | undefined {
    return at + length <= this.#bytes.length ? this.#bytes.subarray(at, at + length) : undefined;
  }
}

const headerLength = 4;
const endOfTable = 127;

function structuresOf(table: Buffer): Structure[] {
  const found: Structure[] = [];
  for (let at = 0; at + headerLength <= table.length;) {
    const length = table[at + 1] ?? 0;
    if (length < headerLength || at + length > table.length) break;
    const bytes = table.subarray(at, at + length);
    const end = table.indexOf('\0\0', at + length, 'latin1');
    const last = end < 0 ? table.length : end;
    const text = table.toString('latin1', at + length, last);
    found.push(new Structure(bytes, text === '' ? [] : text.split('\0')));
    if (bytes[0] === endOfTable || end < 0) break;
    at = end + 2;
  }
  return found;
}

type Entries = (structure: Structure) => readonly (readonly [string, string | undefined])[];

interface Reader {
  readonly element: SmbiosPart['element'];
  readonly entries: Entries;
}

/** By the type of the structure. */
const readers: Readonly<Record<number, Reader>> = {
  0: {
    element: 'bios',
    entries: (of) => [
      ['vendor', of.text(0x04)],
      ['version', of.text(0x05)],
      ['date', of.text(0x08)],
      ['release', releaseOf(of)],
    ],
  },
  1: {
    element: 'system',
    entries: (of) => [
      ['manufacturer', of.text(0x04)],
      ['product', of.text(0x05)],
      ['version', of.text(0x06)],
      ['serial', of.text(0x07)],
      ['uuid', uuidOf(of.slice(0x08, 16))],
      ['sku', of.text(0x19)],
      ['family', of.text(0x1a)],
    ],
  },
  2: {
    element: 'baseBoard',
    entries: (of) => [...common(of), ['location', of.text(0x0a)]],
  },
  3: {
    element: 'chassis',
    entries: (of) => [
      ['manufacturer', of.text(0x04)],
      ['version', of.text(0x06)],
      ['serial', of.text(0x07)],
      ['asset', of.text(0x08)],
      ['sku', chassisSku(of)],
    ],
  },
  4: {
    element: 'processor',
    entries: (of) => [
      ['socket_destination', of.text(0x04)],
      ['manufacturer', of.text(0x07)],
      ['version', of.text(0x10)],
      ['external_clock', megahertz(of.word(0x12))],
      ['max_speed', megahertz(of.word(0x14))],
      ['serial_number', of.text(0x20)],
      ['part_number', of.text(0x22)],
    ],
  },
  17: {
    element: 'memory_device',
    entries: (of) => [
      ['size', memorySize(of)],
      ['locator', of.text(0x10)],
      ['bank_locator', of.text(0x11)],
      ['speed', speedOf(of.word(0x15))],
      ['manufacturer', of.text(0x17)],
      ['serial_number', of.text(0x18)],
      ['part_number', of.text(0x1a)],
    ],
  },
  11: {
    element: 'oemStrings',
    entries: (of) => of.strings.map((text) => ['', text.trim()] as const),
  },
};

function common(of: Structure): readonly (readonly [string, string | undefined])[] {
  return [
    ['manufacturer', of.text(0x04)],
    ['product', of.text(0x05)],
    ['version', of.text(0x06)],
    ['serial', of.text(0x07)],
    ['asset', of.text(0x08)],
  ];
}

/** 255 means that the firmware does not tell its release. */
function releaseOf(of: Structure): string | undefined {
  const [major, minor] = [of.byte(0x14), of.byte(0x15)];
  if (major === undefined || minor === undefined || major === 0xff) return undefined;
  return `${String(major)}.${String(minor)}`;
}

/** The first three fields have their low bytes first. All zeros, or all ones, mean that there is none. */
function uuidOf(bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined || bytes.every((byte) => byte === bytes[0])) return undefined;
  const fields = [
    bytes.readUInt32LE(0).toString(16).padStart(8, '0'),
    bytes.readUInt16LE(4).toString(16).padStart(4, '0'),
    bytes.readUInt16LE(6).toString(16).padStart(4, '0'),
    bytes.toString('hex', 8, 10),
    bytes.toString('hex', 10, 16),
  ];
  return fields.join('-');
}

/** It comes after the list of contained elements, which begins with their number and the length of each. */
function chassisSku(of: Structure): string | undefined {
  const [count, length] = [of.byte(0x13), of.byte(0x14)];
  if (count === undefined || length === undefined) return undefined;
  return of.text(0x15 + count * length);
}

function megahertz(value: number | undefined): string | undefined {
  return value === undefined || value === 0 ? undefined : `${String(value)} MHz`;
}

function speedOf(value: number | undefined): string | undefined {
  return value === undefined || value === 0 ? undefined : `${String(value)} MT/s`;
}

/** In MiB, or in KiB if the highest bit is set; 0x7fff means that the field at 0x1c holds the size. */
function memorySize(of: Structure): string | undefined {
  const size = of.word(0x0c);
  const extended = 0x7fff;
  if (size === undefined || size === 0 || size === 0xffff) return undefined;
  if ((size & 0x8000) !== 0) return `${String(size & 0x7fff)} kB`;
  const mebibytes = size === extended ? (of.double(0x1c) ?? 0) & 0x7fffffff : size;
  return mebibytes % 1024 === 0 ? `${String(mebibytes / 1024)} GB` : `${String(mebibytes)} MB`;
}
