/**
 * One header of a tar archive: ustar, GNU's form and the one before both (pax(1), tar(5)). What programs read in different ways is
 * refused: umoci reads the archive with Go's archive/tar, and has to find what was checked. Names are bytes, as characters of
 * latin1. Pure.
 */

export const blockSize = 512;

export interface TarHeader {
  /** As written in the archive: a leading `/`, or `..`, has not been looked for. */
  readonly name: string;
  /** Of links. */
  readonly linkName: string;
  /** `0` regular, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` directory, `6` fifo, others: see tar(5). */
  readonly type: string;
  /** Bytes that follow the header. */
  readonly size: number;
  /** With the bits of the file's type where the archive has them. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly device: readonly [major: number, minor: number];
}

/** A field of numbers: where it is, and how long. */
type Field = readonly [at: number, length: number];

const fields = {
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  major: [329, 8],
  minor: [337, 8],
  accessed: [345, 12],
  changed: [357, 12],
} as const satisfies Record<string, Field>;

/** Undefined for a block of zeros, two of which end an archive. @throws RangeError if it is not a header, or is ambiguous. */
export function parseTarHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  if (octalAt(block, fields.checksum) !== checksum(block)) {
    throw new RangeError('a header is damaged');
  }
  const form = formOf(block);
  const prefix = form === 'ustar' ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  checkTimes(block, form);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: textAt(block, 157, 100),
    type: String.fromCharCode(block[156] ?? 0),
    size: numberAt(block, fields.size),
    mode: numberAt(block, fields.mode),
    uid: numberAt(block, fields.uid),
    gid: numberAt(block, fields.gid),
    device:
      form === 'old' ? [0, 0] : [numberAt(block, fields.major), numberAt(block, fields.minor)],
  };
}

function formOf(block: Buffer): 'ustar' | 'gnu' | 'old' {
  // Where others have the end of the prefix, or nothing.
  if (block.toString('latin1', 508, 511) === 'tar') throw new RangeError('a header is of star');
  const magic = block.toString('latin1', 257, 265);
  if (magic.startsWith('ustar\0')) return 'ustar';
  if (magic === 'ustar  \0') return 'gnu';
  if (magic.startsWith('ustar')) throw new RangeError('a header is of an unknown form');
  return 'old';
}

/** Go takes fields of GNU's that are no times for a prefix of the name. */
function checkTimes(block: Buffer, form: string): void {
  timeAt(block, fields.modified);
  if (form !== 'gnu') return;
  for (const field of [fields.accessed, fields.changed]) timeAt(block, field);
}

/** Bytes that data of this size takes in the archive. */
export function paddedSize(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}

function textAt(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at);
  return block.toString('latin1', at, end < 0 || end > at + length ? at + length : end);
}

/** Octal, or with the first bit set a binary number that is not negative, and not larger than 48 bits. */
function numberAt(block: Buffer, field: Field): number {
  return binaryAt(block, field, 0x80) ?? octalAt(block, field);
}

/** Seconds, which may be negative. */
function timeAt(block: Buffer, field: Field): void {
  if (block[field[0]] !== 0xff) numberAt(block, field);
  else binaryAt(block, field, 0xff);
}

/** Undefined if the number is in octal. `first` is the byte that it begins with; all but the last six repeat the sign in it. */
function binaryAt(block: Buffer, [at, length]: Field, first: 0x80 | 0xff): number | undefined {
  const field = block.subarray(at, at + length);
  if (((field[0] ?? 0) & 0x80) === 0) return undefined;
  const sign = first === 0xff ? 0xff : 0;
  const isLarge = field.subarray(1, length - 6).some((byte) => byte !== sign);
  if (field[0] !== first || isLarge) throw new RangeError('a number in a header is out of range');
  return field.readUIntBE(length - 6, 6);
}

function octalAt(block: Buffer, [at, length]: Field): number {
  const [, digits] = /^ *([0-7]*)[ \0]*$/.exec(block.toString('latin1', at, at + length)) ?? [];
  if (digits === undefined) throw new RangeError('a number in a header is damaged');
  return digits === '' ? 0 : parseInt(digits, 8);
}

function checksum(block: Buffer): number {
  const [start, length] = fields.checksum;
  let sum = 0;
  for (let at = 0; at < blockSize; at += 1) {
    sum += at >= start && at < start + length ? 0x20 : (block[at] ?? 0);
  }
  return sum;
}
