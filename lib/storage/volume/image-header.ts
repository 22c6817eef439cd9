/**
 * What the first bytes of a file say about the image in it. A container may have written them, so they are only read, and nothing
 * that they name is opened. Pure.
 */
import type { VolumeFormat } from '../definition/formats';

/** What is known of the image in a file. */
export interface ImageHeader {
  readonly format: VolumeFormat;
  /** Bytes of the disk in the image; undefined if that is the size of the file. */
  readonly capacity?: number;
  /** `<compat>` of qcow2. */
  readonly compat?: string;
  /** Bytes of a cluster of qcow2. */
  readonly clusterSize?: number;
  /** Set for qcow2 of version 3. */
  readonly lazyRefcounts?: boolean;
  /** Set if some bytes of the disk may be in another file, which the header names. */
  readonly data?: 'elsewhere';
  /** The image below, as written: relative to the folder of this one if it has no slash at its beginning. */
  readonly backing?: { readonly path: string; readonly format?: string };
}

/** How many bytes of the beginning of a file are enough. */
export const headerBytes = 36 * 1024;

/** The longest name of a backing file: qemu's limit. */
const longestName = 1023;

interface Kind {
  readonly format: VolumeFormat;
  readonly at: number;
  readonly magic: Buffer;
  readonly read: (bytes: Buffer) => Omit<ImageHeader, 'format'> | undefined;
}

const nothing = (): Omit<ImageHeader, 'format'> => ({});
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A size of the image, if it can be one. */
function sized(capacity: bigint): Omit<ImageHeader, 'format'> | undefined {
  return capacity <= BigInt(Number.MAX_SAFE_INTEGER) ? { capacity: Number(capacity) } : undefined;
}

/** An image of that size, with or without another file. */
function madeOf(capacity: bigint, data: 'here' | 'elsewhere'): ReturnType<typeof sized> {
  const size = sized(capacity);
  return size !== undefined && data === 'elsewhere' ? { ...size, data } : size;
}

/** In the order in which they are tried: where each has its magic bytes, and how it is read. */
const kinds: readonly Kind[] = [
  { format: 'qcow2', at: 0, magic: latin('QFI\xfb'), read: readQcow2 },
  {
    format: 'qcow',
    at: 0,
    magic: latin('QFI\xfb\0\0\0\x01'),
    read: (b) => madeOf(b.readBigUInt64BE(24), b.readBigUInt64BE(8) === 0n ? 'here' : 'elsewhere'),
  },
  {
    format: 'qed',
    at: 0,
    magic: latin('QED\0'),
    read: (b) => madeOf(b.readBigUInt64LE(48), (b.readUInt8(16) & 1) === 0 ? 'here' : 'elsewhere'),
  },
  {
    format: 'vdi',
    at: 64,
    magic: latin('\x7f\x10\xda\xbe'),
    read: (b) => sized(b.readBigUInt64LE(368)),
  },
  { format: 'vmdk', at: 0, magic: latin('KDMV'), read: readVmdk },
  { format: 'vpc', at: 0, magic: latin('conectix'), read: (b) => sized(b.readBigUInt64BE(48)) },
  { format: 'bochs', at: 0, magic: latin('Bochs Virtual HD Image'), read: nothing },
  { format: 'iso', at: 32_769, magic: latin('CD001'), read: nothing },
];

/** The format is raw for bytes that are no image that is known. */
export function readImageHeader(bytes: Buffer): ImageHeader {
  for (const { format, at, magic, read } of kinds) {
    if (!bytes.subarray(at, at + magic.length).equals(magic)) continue;
    const found = readWithin(bytes, read);
    if (found !== undefined) return { format, ...found };
  }
  return { format: 'raw' };
}

/** An image shorter than its header is none. */
function readWithin(bytes: Buffer, read: Kind['read']): ReturnType<Kind['read']> {
  const whole = Buffer.alloc(Math.max(bytes.length, 512));
  bytes.copy(whole);
  return read(whole);
}

/** Bytes of a sector, and of the longest descriptor of vmdk. */
const sector = 512;
const vmdkDescriptor = 20 * sector;

/** Without a size, its descriptor names the files with the bytes; a descriptor that is not seen here may name one below. */
function readVmdk(bytes: Buffer): Omit<ImageHeader, 'format'> | undefined {
  const sectors = bytes.readBigUInt64LE(12);
  const at = Number(bytes.readBigUInt64LE(28)) * sector;
  const isSeen = at + vmdkDescriptor <= bytes.length;
  const descriptor = isSeen ? bytes.toString('latin1', at, at + vmdkDescriptor) : '';
  const isElsewhere = sectors === 0n || !isSeen || /parentFileNameHint/i.test(descriptor);
  return madeOf(sectors * BigInt(sector), isElsewhere ? 'elsewhere' : 'here');
}

/** docs/interop/qcow2.txt of qemu: all numbers are big-endian. */
const qcow2 = {
  version: 4,
  backingAt: 8,
  backingLength: 16,
  clusterBits: 20,
  size: 24,
  incompatible: 72,
  compatible: 80,
  headerLength: 100,
} as const;

/** Extension of the header that names the format of the backing file. */
const backingFormatExtension = 0xe2792aca;

function readQcow2(bytes: Buffer): Omit<ImageHeader, 'format'> | undefined {
  const version = bytes.readUInt32BE(qcow2.version);
  const size = sized(bytes.readBigUInt64BE(qcow2.size));
  const clusterBits = bytes.readUInt32BE(qcow2.clusterBits);
  if ((version !== 2 && version !== 3) || size === undefined) return undefined;
  if (clusterBits < 9 || clusterBits > 21) return undefined;
  const backing = backingOf(bytes, version);
  const isElsewhere = version === 3 && (bytes.readUInt8(qcow2.incompatible + 7) & 4) !== 0;
  return {
    ...size,
    ...(isElsewhere ? { data: 'elsewhere' } : {}),
    compat: version === 2 ? '0.10' : '1.1',
    clusterSize: 2 ** clusterBits,
    ...(version === 3 ? { lazyRefcounts: (bytes.readUInt8(qcow2.compatible + 7) & 1) !== 0 } : {}),
    ...(backing === undefined ? {} : { backing }),
  };
}

function backingOf(bytes: Buffer, version: number): ImageHeader['backing'] {
  const at = Number(bytes.readBigUInt64BE(qcow2.backingAt));
  const length = bytes.readUInt32BE(qcow2.backingLength);
  if (at === 0 || length === 0 || length > longestName || at + length > bytes.length)
    return undefined;
  const path = bytes.toString('utf8', at, at + length);
  const format = extensionText(bytes, version, at);
  return { path, ...(format === undefined ? {} : { format }) };
}

/** The extensions lie between the header and the name of the backing file, each with its type and its length. */
function extensionText(bytes: Buffer, version: number, end: number): string | undefined {
  let at = version === 2 ? 72 : bytes.readUInt32BE(qcow2.headerLength);
  while (at + 8 <= end) {
    const [type, length] = [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
    if (type === 0 || at + 8 + length > end) return undefined;
    if (type === backingFormatExtension) return bytes.toString('utf8', at + 8, at + 8 + length);
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return undefined;
}
