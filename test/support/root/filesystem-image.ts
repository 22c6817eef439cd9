/** Images of each file system, made by its own tool, with a page inside where the tool can put one there. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `page` holds inside an image. */
export const page = 'a page in an image';

const MiB = 1024 * 1024;

interface Maker {
  /** Bytes; the file is sparse. 0: the tool makes it. */
  readonly size: number;
  readonly words: (image: string, content: string) => string[];
}

const makers = {
  ext2: { size: 8 * MiB, words: (image, tree) => ['mkfs.ext2', '-q', '-d', tree, image] },
  ext3: { size: 8 * MiB, words: (image, tree) => ['mkfs.ext3', '-q', '-d', tree, image] },
  ext4: { size: 8 * MiB, words: (image, tree) => ['mkfs.ext4', '-q', '-d', tree, image] },
  // Without a page: empty.
  xfs: { size: 320 * MiB, words: (image) => ['mkfs.xfs', '-q', image] },
  btrfs: {
    size: 128 * MiB,
    words: (image, tree) => ['mkfs.btrfs', '-q', '--rootdir', tree, image],
  },
  squashfs: {
    size: 0,
    words: (image, tree) => ['mksquashfs', tree, image, '-quiet', '-no-progress'],
  },
} as const satisfies Record<string, Maker>;

export type ImageType = keyof typeof makers;

export const imageTypes = Object.keys(makers) as ImageType[];

/** Makes `folder`/TYPE.img of `content`, by default a folder with a page. Returns its path. */
export function makeImage(type: ImageType, folder: string, content?: string): string {
  const image = join(folder, `${type}.img`);
  const { size, words }: Maker = makers[type];
  if (size > 0) {
    writeFileSync(image, '');
    truncateSync(image, size);
  }
  const [program = '', ...rest] = words(image, content ?? makeContent(folder));
  execFileSync(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  return image;
}

function makeContent(folder: string): string {
  const content = join(folder, 'content');
  mkdirSync(content, { recursive: true });
  writeFileSync(join(content, 'page'), `${page}\n`);
  return content;
}
