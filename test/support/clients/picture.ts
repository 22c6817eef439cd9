/** A picture: read from a dump of xwd(1), and written as a PNG. */
import { deflateSync } from 'node:zlib';

interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Red, green, blue. */
export type Colour = readonly [number, number, number];

/** Where the words stand in the header of a dump, each of four bytes; after it come the colours that it names. */
const word = {
  headerSize: 0,
  width: 4,
  height: 5,
  byteOrder: 7,
  bitsPerPixel: 11,
  bytesPerLine: 12,
  colours: 19,
} as const;

const bytesOfColour = 12;

export class Picture {
  readonly width: number;
  readonly height: number;
  /** Three bytes for each pixel, in lines from the top. */
  readonly #pixels: Buffer;

  constructor({ width, height }: PictureSize, pixels: Buffer) {
    this.width = width;
    this.height = height;
    this.#pixels = pixels;
  }

  /** @throws Error for other pixels than those of a screen with 24 bits of colour. */
  static ofDump(dump: Buffer): Picture {
    const at = (name: keyof typeof word): number => dump.readUInt32BE(4 * word[name]);
    if (at('bitsPerPixel') !== 32 || at('byteOrder') !== 0) {
      throw new Error(`pixels of ${at('bitsPerPixel')} bits, in the order ${at('byteOrder')}`);
    }
    const [width, height] = [at('width'), at('height')];
    const first = at('headerSize') + bytesOfColour * at('colours');
    const pixels = Buffer.alloc(3 * width * height);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const from = first + y * at('bytesPerLine') + 4 * x;
        const to = 3 * (y * width + x);
        // Blue comes first.
        pixels[to] = dump[from + 2] ?? 0;
        pixels[to + 1] = dump[from + 1] ?? 0;
        pixels[to + 2] = dump[from] ?? 0;
      }
    }
    return new Picture({ width, height }, pixels);
  }

  /** How many pixels have this colour. */
  count([red, green, blue]: Colour): number {
    let found = 0;
    for (let at = 0; at < this.#pixels.length; at += 3) {
      const isRed = this.#pixels[at] === red && this.#pixels[at + 1] === green;
      if (isRed && this.#pixels[at + 2] === blue) found += 1;
    }
    return found;
  }

  png(): Buffer {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(this.width, 0);
    header.writeUInt32BE(this.height, 4);
    // Eight bits for each of three colours.
    header.set([8, 2, 0, 0, 0], 8);
    const length = 3 * this.width;
    const lines = Array.from({ length: this.height }, (_, y) => [
      Buffer.of(0),
      this.#pixels.subarray(y * length, (y + 1) * length),
    ]);
    return Buffer.concat([
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.concat(lines.flat()))),
      chunk('IEND', Buffer.alloc(0)),
    ]);
  }
}

/** A part of a PNG: its length, its type, what is in it, and a checksum of these two. */
function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(checksum(named));
  return Buffer.concat([length, named, sum]);
}

/** CRC-32, as PNG has it. */
function checksum(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ ((sum & 1) === 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
