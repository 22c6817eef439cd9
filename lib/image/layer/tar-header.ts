/** One header of a tar archive: ustar, GNU's and pax's forms of it (pax(1), tar(5)). Pure. */

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
}

/** Undefined for a block of zeros, two of which end an archive. @throws RangeError if it is not a header. */
export function parseTarHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  if (numberAt(block, 148, 8) !== checksum(block)) throw new RangeError('a header is damaged');
  const isUstar = block.toString('latin1', 257, 262) === 'ustar';
  const isPosix = isUstar && block[262] === 0;
  const prefix = isPosix ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  refuseAmbiguous(block, name);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: textAt(block, 157, 100),
    type: typeOf(block[156] ?? 0),
    size: numberAt(block, 124, 12),
  };
}

/** Refuses headers that programs read in different ways, which could hide an entry from this check. */
function refuseAmbiguous(block: Buffer, name: string): void {
  if (block[156] === 0 && name.endsWith('/')) throw new RangeError('a directory is of no kind');
  if (block.toString('latin1', 508, 511) === 'tar') throw new RangeError('a header is of star');
}

/** Bytes that data of this size takes in the archive. */
export function paddedSize(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}

/** Parses records of the form `LENGTH KEY=VALUE\n`. @throws RangeError. */
export function parsePaxRecords(data: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const digits = space < 0 ? '' : data.toString('latin1', at, space);
    const length = /^\d{1,9}$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    const equals = data.indexOf(0x3d, space);
    if (length < 5 || end > data.length || equals < 0 || equals >= end || data[end - 1] !== 0x0a) {
      throw new RangeError('a pax record is damaged');
    }
    records.set(
      data.toString('utf8', space + 1, equals),
      data.toString('utf8', equals + 1, end - 1),
    );
    at = end;
  }
  return records;
}

function typeOf(byte: number): string {
  // The old form of a regular file, and a contiguous one.
  return byte === 0 || byte === 0x37 ? '0' : String.fromCharCode(byte);
}

function textAt(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at);
  return block.toString('utf8', at, end < 0 || end > at + length ? at + length : end);
}

/** Octal, or with the first bit set a binary number. */
function numberAt(block: Buffer, at: number, length: number): number {
  const field = block.subarray(at, at + length);
  const first = field[0] ?? 0;
  if ((first & 0x80) !== 0) {
    // A size is not negative, and not larger than 48 bits.
    if (first !== 0x80 || field.subarray(1, length - 6).some((byte) => byte !== 0)) {
      throw new RangeError('a number in a header is out of range');
    }
    return field.readUIntBE(length - 6, 6);
  }
  const digits = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim();
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw new RangeError('a number in a header is damaged');
  return parseInt(digits, 8);
}

function checksum(block: Buffer): number {
  let sum = 0;
  for (let at = 0; at < blockSize; at += 1) {
    sum += at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
  }
  return sum;
}
