/** File systems that can't be had: one error that names the element with its line, and nothing left behind. */
import { openSync, closeSync, mkdirSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { domainXml } from '../support/domain/domain-xml';
import { makeImage } from '../support/root/filesystem-image';
import { containerTest } from '../support/world/container-test';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { makeTestRoot } from '../support/root/test-root';

const world = containerTest(
  async (keep) => {
    const busybox = keep(await makeBusyboxRoot());
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    mkdirSync(join(root.path, 'tree/sub'), { recursive: true });
    const image = makeImage('ext4', root.path);
    const damaged = makeImage('ext4', join(root.path, 'tree'));
    overwrite(damaged, 1024, Buffer.alloc(0x38, 0xff));
    writeFileSync(join(root.path, 'empty'), '');
    truncateSync(join(root.path, 'empty'), 1 << 20);
    const magic = Buffer.from([0x10, 0x20, 0xf5, 0xf2]);
    const foreign = join(root.path, 'foreign');
    writeFileSync(foreign, '');
    truncateSync(foreign, 1 << 20);
    overwrite(foreign, 1024, magic);
    expect(image).toBe(join(root.path, 'ext4.img'));
    return { busybox, root, connection };
  },
  { per: 'file' },
);

function overwrite(path: string, offset: number, bytes: Buffer): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, bytes, 0, bytes.length, offset);
  closeSync(fd);
}

const fs = 'domain/devices/filesystem';
const rows: readonly (readonly [
  title: string,
  attributes: string,
  source: string,
  code: string,
  element: string,
  words: string,
])[] = [
  ['memory of size 0', "type='ram'", "usage='0'", 'CONFIG_UNSUPPORTED', `${fs}/source`, 'usage of'],
  [
    'memory of 2^63 bytes',
    "type='ram'",
    "usage='9223372036854775808' units='bytes'",
    'XML_ERROR',
    `${fs}/source`,
    'value too large: 9223372036854775808',
  ],
  [
    'an image that is missing',
    "type='file'",
    "file='ROOT/none'",
    'SYSTEM_ERROR',
    `${fs}/source`,
    'ENOENT',
  ],
  [
    'an image that is a folder',
    "type='file'",
    "file='ROOT/tree'",
    'CONFIG_UNSUPPORTED',
    `${fs}/source`,
    'is not a regular file',
  ],
  [
    'an image without a file system',
    "type='file'",
    "file='ROOT/empty'",
    'CONFIG_UNSUPPORTED',
    `${fs}/source`,
    'holds none of btrfs, erofs, exfat, ext4, f2fs, iso9660, squashfs, vfat, xfs',
  ],
  [
    'an image with a damaged file system',
    "type='file'",
    "file='ROOT/tree/ext4.img'",
    'SYSTEM_ERROR',
    fs,
    "mount the ext4 of 'image:/mnt'",
  ],
  [
    'an image of a file system that the kernel lacks',
    "type='file'",
    "file='ROOT/foreign'",
    'SYSTEM_ERROR',
    fs,
    "this kernel has no file system 'f2fs': ENODEV",
  ],
  [
    'a device that is missing',
    "type='block'",
    "dev='/dev/none'",
    'SYSTEM_ERROR',
    `${fs}/source`,
    'ENOENT',
  ],
  [
    'a device that is a file',
    "type='block'",
    "dev='ROOT/ext4.img'",
    'CONFIG_UNSUPPORTED',
    `${fs}/source`,
    'is not a block device',
  ],
  [
    'a device that is none of blocks',
    "type='block'",
    "dev='/dev/null'",
    'CONFIG_UNSUPPORTED',
    `${fs}/source`,
    'is not a block device',
  ],
  ['a place that the container lacks', "type='bind'", "dir='/none'", 'SYSTEM_ERROR', fs, 'ENOENT'],
  [
    'a template',
    "type='template'",
    "name='t'",
    'CONFIG_UNSUPPORTED',
    `${fs}/@type`,
    'Cannot mount filesystem type template',
  ],
];

const titled = rows.map((row) => [row[0], row] as const);

test.each(titled)('%s', async (_title, [, attributes, source, code, element, words]) => {
  const xml = domainXml({
    name: 'fs-errors',
    filesystems: [{ source: world.busybox.path, target: '/' }],
    devices: `\n  <filesystem ${attributes}><source ${source.replace('ROOT', world.root.path)}/><target dir='/mnt'/></filesystem>`,
  });
  const at = xml.split('\n').findIndex((line) => line.includes("dir='/mnt'")) + 1;
  const started = snapshotHost([world.busybox.path]);
  const error: unknown = await world.connection.createDomain(xml).then(
    () => ({ code: 'STARTED' }),
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ code, element, line: at, column: expect.any(Number) as number });
  const { message } = error as Error;
  expect(message).toContain(words);
  expect(message).toContain(`${element}, line ${at}, column `);
  // What was mounted before the failure has made its target in the container's own root.
  await expectHostUnchanged(started, { except: [`files of ${world.busybox.path}`] });
});
