/** Disks and file systems whose source is a volume: what the volume is takes its place at the start, or the start is refused in words. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, StoragePool } from '../../../../lib/index';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;
let connection: Connection;
let pool: StoragePool;
let folder: string;

const disk = (source: string, driver = ''): string =>
  `<disk type='volume'>${driver}<source ${source}/><target dev='vda'/></disk>`;
const tree = (source: string, more = ''): string =>
  `<filesystem type='volume'>${more}<source ${source}/><target dir='/mnt'/></filesystem>`;

const inPool = (volume: string): string => `pool='disks' volume='${volume}'`;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  folder = join(host.root, 'disks');
  connection = host.connect();
  pool = await connection.defineStoragePool(
    `<pool type='dir'><name>disks</name><target><path>${folder}</path></target></pool>`,
  );
  await pool.start({ build: true });
  await pool.createVolume('<volume><name>a.img</name><capacity>0</capacity></volume>');
  await pool.createVolume(
    "<volume><name>tree</name><capacity>0</capacity><target><format type='dir'/></target></volume>",
  );
});

const define = (devices: string) => connection.defineDomain(domainXml({ name: 'web', devices }));

test.each<readonly [string, string, string]>([
  [
    'a disk',
    disk(inPool('a.img')),
    "<disk type='file' device='disk'>\n      <source file='@/a.img'/>",
  ],
  [
    'a disk with a driver',
    disk(inPool('a.img'), "<driver name='nbd' type='qcow2'/>"),
    "<driver name='nbd' type='qcow2'/>\n      <source file='@/a.img'/>",
  ],
  [
    'a file system of an image',
    tree(inPool('a.img'), "<driver type='loop' format='raw'/>"),
    "<driver type='loop' format='raw'/>\n      <source file='@/a.img'/>",
  ],
  [
    'a file system of a folder',
    tree(inPool('tree')),
    "<filesystem type='mount' accessmode='passthrough'>\n      <source dir='@/tree'/>",
  ],
])('%s runs on what the volume is, and its definition stays', async (_what, devices, live) => {
  const domain = await define(devices);
  const before = await domain.xml();
  expect(before).toMatch(/type='volume'[^]*<source pool='disks' volume='/);
  await domain.start();
  expect(await domain.xml()).toContain(live.replace('@', folder));
  expect(await domain.xml({ which: 'inactive' })).toBe(before);
});

test('a limit of space holds in a folder, and is refused for what turns out to be an image', async () => {
  const ids =
    "<idmap><uid start='0' target='100000' count='1'/><gid start='0' target='100000' count='1'/></idmap>";
  const limited = (volume: string): string =>
    tree(inPool(volume), "<space_hard_limit unit='MiB'>1</space_hard_limit>");
  const inWeb = (devices: string) =>
    connection.defineDomain(domainXml({ name: 'web', elements: ids, devices }));
  await expect((await inWeb(limited('a.img'))).start()).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    message: expect.stringContaining('the size of an image or a device is its limit') as string,
  });
  await (await inWeb(limited('tree'))).start();
  expect(host.running.has('web')).toBe(true);
});

test('a root that is a volume has ids of its own at the level isolated', async () => {
  host.hardening = 'isolated';
  const devices = `<filesystem type='volume'><source ${inPool('tree')}/><target dir='/'/></filesystem>`;
  const domain = await host
    .connect()
    .defineDomain(domainXml({ name: 'web', devices: `<console type='pty'/>${devices}` }));
  await domain.start();
  const { definition } = host.running.get('web')?.start ?? {};
  expect(definition?.extension.idAllocation).toMatchObject({ count: 65536 });
  expect(definition?.filesystems).toMatchObject([{ type: 'mount', source: join(folder, 'tree') }]);
  expect(await domain.xml({ which: 'inactive' })).not.toContain('allocate');
});

interface Refused {
  readonly devices: string;
  readonly code: string;
  readonly words: string;
}

test.each<readonly [string, Refused]>([
  [
    'a pool that is not there',
    {
      devices: disk("pool='none' volume='a.img'"),
      code: 'NO_STORAGE_POOL',
      words: "no storage pool with matching name 'none'",
    },
  ],
  [
    'a volume that is not there',
    {
      devices: disk(inPool('none')),
      code: 'NO_STORAGE_VOL',
      words: "no storage vol with matching name 'none' in pool 'disks'",
    },
  ],
  [
    'the volume above the folder',
    {
      devices: tree(inPool('..')),
      code: 'NO_STORAGE_VOL',
      words: "no storage vol with matching name '..'",
    },
  ],
  [
    'a folder as a disk',
    {
      devices: disk(inPool('tree')),
      code: 'CONFIG_UNSUPPORTED',
      words: "volume 'tree' of pool 'disks' is a folder, and no block device can be made of it",
    },
  ],
  [
    'a folder with a driver',
    {
      devices: tree(inPool('tree'), "<driver type='loop'/>"),
      code: 'CONFIG_UNSUPPORTED',
      words: 'is a folder, and a <driver> is for images',
    },
  ],
  [
    'no volume',
    {
      devices: "<filesystem type='volume'><target dir='/mnt'/></filesystem>",
      code: 'CONFIG_UNSUPPORTED',
      words: 'Cannot mount filesystem type volume',
    },
  ],
  [
    'a mode of iscsi',
    {
      devices: disk(`${inPool('a.img')} mode='host'`),
      code: 'CONFIG_UNSUPPORTED',
      words: 'disk source mode is only valid when storage pool is of iscsi type',
    },
  ],
  [
    'a limit that an image has by itself',
    {
      devices: `<filesystem type='volume'><source ${inPool('a.img')}/><target dir='/mnt'/><space_hard_limit>9</space_hard_limit></filesystem>`,
      code: 'CONFIG_UNSUPPORTED',
      words: 'space_hard_limit',
    },
  ],
])('a start with %s is refused, with the place', async (_what, { devices, code, words }) => {
  const domain = await define(devices);
  const refusal = {
    code,
    message: expect.stringContaining(words) as string,
    element: expect.stringMatching(/^domain\/devices\/(disk|filesystem)/) as string,
    line: expect.any(Number) as number,
  };
  await expect(domain.start()).rejects.toMatchObject(refusal);
  await expect(connection.plan({ name: 'web' })).rejects.toMatchObject(refusal);
  expect(await domain.state()).toMatchObject({ state: 'shutoff' });
});

test('a start is refused while the pool is off, unless it is one that the host starts', async () => {
  const domain = await define(disk(inPool('a.img')));
  await pool.destroy();
  await expect(domain.start()).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    message: expect.stringContaining(
      "storage pool 'disks' containing volume 'a.img' is not active: tslxc pool-start disks",
    ) as string,
  });
  await pool.setAutostart('on');
  // As after a boot of the host: what is below /run is gone.
  rmSync(join(host.root, 'run/tslxc/storage'), { recursive: true });
  await expect(connection.plan({ name: 'web' })).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
  });
  await domain.start();
  expect((await pool.info()).active).toBe(true);
});

test.each([disk("pool='disks'"), disk("volume='a.img'"), tree("pool='disks'")])(
  '%s names only half of a volume, and is refused as in libvirt',
  async (devices) => {
    await expect(define(devices)).rejects.toMatchObject({
      code: 'XML_ERROR',
      message: expect.stringContaining(
        "'pool' and 'volume' must be specified together for 'pool' type source",
      ) as string,
    });
  },
);

test('a filesystem that names no volume is stored, and its start is refused with its place', async () => {
  const nothing = "<filesystem type='volume'><target dir='/mnt'/></filesystem>";
  const domain = await define(nothing);
  await expect(domain.start()).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    message: expect.stringMatching(
      /Cannot mount filesystem type volume \(domain\/devices\/filesystem\/@type, line \d+, /,
    ) as string,
  });
});

test('a volume is attached to a running container, and detached by the same text', async () => {
  const domain = await define('');
  await domain.start();
  await domain.attachDevice(disk(inPool('a.img')), { which: 'live' });
  expect(await domain.xml()).toContain(`<source file='${folder}/a.img'/>`);
  await domain.detachDevice(disk(inPool('a.img')), { which: 'live' });
  expect(await domain.xml()).not.toContain('<disk');
  await expect(domain.attachDevice(disk(inPool('none')), { which: 'live' })).rejects.toMatchObject({
    code: 'NO_STORAGE_VOL',
  });
});

test('a spec names volumes, and is read back', async () => {
  const mount = { type: 'volume', pool: 'disks', volume: 'tree', target: '/mnt' } as const;
  const domain = await connection.defineDomain({ name: 'web', memory: '64MiB', mounts: [mount] });
  expect(await domain.spec()).toMatchObject({ mounts: [mount] });
});
