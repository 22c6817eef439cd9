/** Whether an executable is static, read from its ELF header (elf(5)). Pure. */

const PT_INTERP = 3;

/** Length of the header and offsets of its fields in bytes, by class: 1 is 32 bit, 2 is 64 bit. */
const layouts: Readonly<Record<number, Layout>> = {
  1: { length: 52, e_phoff: 28, e_phentsize: 42, e_phnum: 44 },
  2: { length: 64, e_phoff: 32, e_phentsize: 54, e_phnum: 56 },
};

interface Layout {
  readonly length: number;
  readonly e_phoff: number;
  readonly e_phentsize: number;
  readonly e_phnum: number;
}

/** Reads unsigned numbers of 2, 4 and 8 bytes in the file's byte order. */
interface Reader {
  half(at: number): number;
  word(at: number): number;
  long(at: number): bigint;
}

/**
 * `static`: it names no interpreter, so it runs in any root. `dynamic`: it needs a dynamic linker and libraries.
 * `other`: it is not a complete ELF file.
 */
export function linkageOf(bytes: Buffer): 'static' | 'dynamic' | 'other' {
  const [fileClass = 0, byteOrder] = bytes.subarray(4, 6);
  const layout = layouts[fileClass];
  const isElf = bytes.toString('latin1', 0, 4) === '\x7fELF';
  if (!isElf || layout === undefined || bytes.length < layout.length) return 'other';
  const read = byteOrder === 2 ? bigEndian(bytes) : littleEndian(bytes);
  const first = fileClass === 1 ? read.word(layout.e_phoff) : Number(read.long(layout.e_phoff));
  const size = read.half(layout.e_phentsize);
  const count = read.half(layout.e_phnum);
  if (first + count * size > bytes.length || size < 4) return 'other';
  const types = Array.from({ length: count }, (_, index) => read.word(first + index * size));
  return types.includes(PT_INTERP) ? 'dynamic' : 'static';
}

function littleEndian(bytes: Buffer): Reader {
  return {
    half: (at) => bytes.readUInt16LE(at),
    word: (at) => bytes.readUInt32LE(at),
    long: (at) => bytes.readBigUInt64LE(at),
  };
}

function bigEndian(bytes: Buffer): Reader {
  return {
    half: (at) => bytes.readUInt16BE(at),
    word: (at) => bytes.readUInt32BE(at),
    long: (at) => bytes.readBigUInt64BE(at),
  };
}
