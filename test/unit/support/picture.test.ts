/** Pictures of a screen: dumps of xwd(1), and PNGs. */
import { inflateSync } from 'node:zlib';
import { Picture } from '../../support/clients/picture';

/** A dump of two pixels, red and magenta, with a name and a colour before them, and four bytes behind each line. */
function dump(bitsPerPixel = 32): Buffer {
  const name = Buffer.from('name\0\0\0\0');
  const header = Buffer.alloc(100);
  const words = { 0: header.length + name.length, 4: 2, 5: 1, 11: bitsPerPixel, 12: 12, 19: 1 };
  for (const [at, value] of Object.entries(words)) header.writeUInt32BE(value, 4 * Number(at));
  const pixels = Buffer.from([0, 0, 255, 0, 255, 0, 255, 0, 9, 9, 9, 9]);
  return Buffer.concat([header, name, Buffer.alloc(12, 7), pixels]);
}

test('a dump has the pixels that it has, and no others', () => {
  const picture = Picture.ofDump(dump());
  expect([picture.width, picture.height]).toEqual([2, 1]);
  expect(picture.count([255, 0, 0])).toBe(1);
  expect(picture.count([255, 0, 255])).toBe(1);
  expect(picture.count([9, 9, 9])).toBe(0);
  expect(() => Picture.ofDump(dump(16))).toThrow('16 bits');
});

test('a PNG has them too, each part with its checksum', () => {
  const png = Picture.ofDump(dump()).png();
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  expect(png.subarray(16, 26).toString('hex')).toBe('00000002000000010802');
  const length = png.readUInt32BE(33);
  const lines = inflateSync(png.subarray(41, 41 + length));
  expect([...lines]).toEqual([0, 255, 0, 0, 255, 0, 255]);
  // That of a part with nothing in it is well known.
  expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
});
