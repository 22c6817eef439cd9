/** The type of the file system on an image or a device, by the magic number in its superblock. Pure. */

interface Magic {
  /** The kernel's name of the type. */
  readonly type: string;
  /** Byte offset from the start of the image. */
  readonly offset: number;
  readonly bytes: Buffer;
}

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

function littleEndian(magic: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(magic);
  return bytes;
}

/** From linux/magic.h and the headers of each file system, with the most reliable first. */
const magics: readonly Magic[] = [
  { type: 'xfs', offset: 0, bytes: latin('XFSB') },
  { type: 'squashfs', offset: 0, bytes: latin('hsqs') },
  { type: 'btrfs', offset: 0x10040, bytes: latin('_BHRfS_M') },
  { type: 'erofs', offset: 1024, bytes: littleEndian(0xe0f5e1e2) },
  { type: 'f2fs', offset: 1024, bytes: littleEndian(0xf2f52010) },
  // Also ext2 and ext3, which the kernel can mount as ext4.
  { type: 'ext4', offset: 0x438, bytes: Buffer.from([0x53, 0xef]) },
  { type: 'iso9660', offset: 0x8001, bytes: latin('CD001') },
  { type: 'exfat', offset: 3, bytes: latin('EXFAT   ') },
  { type: 'vfat', offset: 0x52, bytes: latin('FAT32   ') },
  { type: 'vfat', offset: 0x36, bytes: latin('FAT16   ') },
  { type: 'vfat', offset: 0x36, bytes: latin('FAT12   ') },
];

/** The names that `detectFilesystem` can return. */
export const detectedFilesystems: readonly string[] = [
  ...new Set(magics.map(({ type }) => type)),
].sort();

/** How many bytes of an image have to be read. */
export const superblockLength = Math.max(
  ...magics.map(({ offset, bytes }) => offset + bytes.length),
);

/** s_feature_incompat of ext4's superblock, and its bit for a device that is an external journal. */
const incompatibleFeatures = 0x460;
const journalDevice = 0x8;

/** The kernel's name of the file system that begins with these bytes, at most `superblockLength`; undefined if none is recognized. */
export function detectFilesystem(bytes: Buffer): string | undefined {
  // A shorter image ends in zeros.
  const start = Buffer.alloc(superblockLength);
  bytes.copy(start);
  const found = magics.find((magic) =>
    start.subarray(magic.offset, magic.offset + magic.bytes.length).equals(magic.bytes),
  );
  const isJournal =
    found?.type === 'ext4' && (start.readUInt32LE(incompatibleFeatures) & journalDevice) !== 0;
  return isJournal ? undefined : found?.type;
}
