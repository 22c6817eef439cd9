/** What images hold: real ones where a tool of `npm test` makes them, magic numbers of the others. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  detectedFilesystems,
  detectFilesystem,
  superblockLength,
} from '../../../../lib/host/kernel/superblock';
import { imageTypes, makeImage } from '../../../support/root/filesystem-image';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-superblock-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test.each(imageTypes)('a real image of %s is recognized', (type) => {
  // ext4 mounts its forerunners.
  const expected = type.startsWith('ext') ? 'ext4' : type;
  const start = readFileSync(makeImage(type, folder)).subarray(0, superblockLength);
  expect(detectFilesystem(start)).toBe(expected);
});

function withBytes(offset: number, bytes: Buffer): Buffer {
  const content = Buffer.alloc(superblockLength);
  bytes.copy(content, offset);
  return content;
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
  expect(detectFilesystem(Buffer.from('XF'))).toBeUndefined();
  expect(detectFilesystem(Buffer.alloc(0))).toBeUndefined();
});

test('the journal of an ext4 that is a device of its own is no file system', () => {
  const image = Buffer.alloc(0x100);
  image.writeUInt16LE(0xef53, 0x38);
  image.writeUInt32LE(0x8, 0x60);
  expect(detectFilesystem(withBytes(0x400, image))).toBeUndefined();
});
