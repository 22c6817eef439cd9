/** What images hold: real ones where a tool of `npm test` makes them, magic numbers of the others. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectedFilesystems, detectFilesystem } from '../../../../lib/host/kernel/superblock';
import { imageTypes, makeImage } from '../../../support/root/filesystem-image';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-superblock-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test.each(imageTypes)('a real image of %s is recognized', (type) => {
  // ext4 mounts its forerunners.
  const expected = type.startsWith('ext') ? 'ext4' : type;
  expect(detectFilesystem(makeImage(type, folder))).toBe(expected);
});

function withBytes(offset: number, bytes: Buffer): string {
  const image = join(folder, 'image');
  const content = Buffer.alloc(0x20000);
  bytes.copy(content, offset);
  writeFileSync(image, content);
  return image;
}

test.each([
  ['erofs', 1024, Buffer.from([0xe2, 0xe1, 0xf5, 0xe0])],
  ['f2fs', 1024, Buffer.from([0x10, 0x20, 0xf5, 0xf2])],
  ['iso9660', 0x8001, Buffer.from('CD001')],
  ['exfat', 3, Buffer.from('EXFAT   ')],
  ['vfat', 0x52, Buffer.from('FAT32   ')],
  ['vfat', 0x36, Buffer.from('FAT16   ')],
] as const)('%s is recognized by its magic number', (type, offset, bytes) => {
  expect(detectFilesystem(withBytes(offset, bytes))).toBe(type);
  expect(detectedFilesystems).toContain(type);
  expect(detectFilesystem(withBytes(offset + 1, bytes))).toBeUndefined();
});

test('what is empty, short or something else holds nothing', () => {
  expect(detectFilesystem(withBytes(0, Buffer.alloc(0)))).toBeUndefined();
  const short = join(folder, 'short');
  writeFileSync(short, 'XF');
  expect(detectFilesystem(short)).toBeUndefined();
  writeFileSync(short, '');
  expect(detectFilesystem(short)).toBeUndefined();
});

test('the journal of an ext4 that is a device of its own is no file system', () => {
  const image = Buffer.alloc(0x100);
  image.writeUInt16LE(0xef53, 0x38);
  image.writeUInt32LE(0x8, 0x60);
  expect(detectFilesystem(withBytes(0x400, image))).toBeUndefined();
});

test('what can not be read is an error of the system', () => {
  mkdirSync(join(folder, 'directory'));
  expect(() => detectFilesystem(join(folder, 'missing'))).toThrow('ENOENT');
  expect(() => detectFilesystem(join(folder, 'directory'))).toThrow('EISDIR');
});
