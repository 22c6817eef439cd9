/** What qemu-io prints of an image, as bytes. */
import { bytesOf } from '../../../../lib/container/sources/image-content';
import { detectFilesystem, superblockLength } from '../../../../lib/host/kernel/superblock';

/** A piece as `read -v` prints it. */
function printed(offset: number, bytes: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const some = bytes.subarray(at, at + 16);
    const digits = [...some].map((byte) => `${byte.toString(16).padStart(2, '0')} `).join('');
    const letters = [...some].map((byte) => letterOf(byte)).join('');
    lines.push(`${(offset + at).toString(16).padStart(8, '0')}:  ${digits} ${letters}`);
  }
  const size = bytes.length;
  return `${lines.join('\n')}\nread ${size}/${size} bytes at offset ${offset}\n4 KiB, 1 ops; 00.00 sec (1 GiB/sec)\n`;
}

function letterOf(byte: number): string {
  const letter = String.fromCharCode(byte);
  return /[0-9A-Za-z]/.test(letter) ? letter : '.';
}

test('each byte is at its place, whatever was not read is zero', () => {
  const second = Buffer.alloc(4096, 0xab);
  const start = bytesOf(printed(0x8000, second), 0x9000 + 16);
  expect(start?.subarray(0, 0x8000).equals(Buffer.alloc(0x8000))).toBe(true);
  expect(start?.subarray(0x8000, 0x9000).equals(second)).toBe(true);
  expect(start?.subarray(0x9000).equals(Buffer.alloc(16))).toBe(true);
});

test('a last line that is not full is read, and what lies behind the length is left out', () => {
  const odd = Buffer.from('0123456789abcdefXYZ');
  expect(bytesOf(printed(0, odd), 18)?.toString()).toBe('0123456789abcdefXY');
});

test.each([
  ['btrfs', 0x10040, '_BHRfS_M'],
  ['iso9660', 0x8001, 'CD001'],
  ['ext4', 0x438, '\x53\xef'],
  ['xfs', 0, 'XFSB'],
])('the pieces that are read have what tells %s', (type, offset, magic) => {
  const image = Buffer.alloc(0x11000);
  image.write(magic, offset, 'latin1');
  const output = [0, 0x8000, 0x10000]
    .map((piece) => printed(piece, image.subarray(piece, piece + 0x1000)))
    .join('');
  const start = bytesOf(output, superblockLength);
  expect(start && detectFilesystem(start)).toBe(type);
});

test('an image that nothing is read of has no bytes', () => {
  expect(bytesOf('read failed: Input/output error\n', 16)).toBeUndefined();
  expect(bytesOf('', 16)).toBeUndefined();
});
