/** Volumes of storage pools in a container: a folder and an image as file systems, an image as a disk, at the start and attached later. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const folder = join(root.path, 'disks');
  const pool = await connection.createStoragePool(
    `<pool type='dir'><name>disks</name><target><path>${folder}</path></target></pool>`,
    { build: true },
  );
  await pool.createVolume(
    "<volume><name>tree</name><capacity>0</capacity><target><format type='dir'/></target></volume>",
  );
  for (const name of ['ext4.img', 'raw.img']) {
    await pool.createVolume(
      `<volume><name>${name}</name><capacity unit='MiB'>16</capacity><allocation>0</allocation></volume>`,
    );
  }
  await runProgram(['mkfs.ext4', '-q', join(folder, 'ext4.img')]);
  return { root, connection, folder, pool };
});

const tree = (volume: string, target: string): string =>
  `<filesystem type='volume'><source pool='disks' volume='${volume}'/><target dir='${target}'/></filesystem>`;

const disk = `<disk type='volume'><source pool='disks' volume='raw.img'/><target dev='vdv'/></disk>`;

test('a container has the volumes that its definition names, and goes on when the pool ends', async () => {
  const { connection, folder, pool } = world;
  writeFileSync(join(folder, 'tree/greeting'), 'hello');
  const devices = `${tree('tree', '/mnt/tree')}${tree('ext4.img', '/mnt/image')}${disk}`;
  await using domain = await connection.createDomain(domainXml({ name: 'web', devices }));
  const inside = async (script: string): Promise<string> =>
    (await domain.exec(['/bin/sh', '-c', script])).stdout;
  expect(await inside('cat /mnt/tree/greeting; echo kept > /mnt/tree/answer')).toBe('hello');
  expect(readFileSync(join(folder, 'tree/answer'), 'utf8')).toBe('kept\n');
  expect(await inside('grep -c " /mnt/image ext4 " /proc/mounts')).toBe('1\n');
  await inside('printf volume > /dev/vdv && sync');
  expect(readFileSync(join(folder, 'raw.img')).subarray(0, 6).toString()).toBe('volume');
  await pool.destroy();
  expect(await inside('cat /mnt/tree/answer')).toBe('kept\n');
});

test('a volume is attached and detached while the container runs, and its loop device is given back', async () => {
  const { connection, folder } = world;
  await using domain = await connection.createDomain(domainXml({ name: 'web' }));
  await domain.attachDevice(disk);
  const { stdout } = await domain.exec(['/bin/sh', '-c', 'test -b /dev/vdv && echo there']);
  expect(stdout).toBe('there\n');
  expect(await domain.xml()).toContain(`<source file='${folder}/raw.img'/>`);
  await domain.detachDevice(disk);
  const after = await domain.exec(['/bin/sh', '-c', 'test -e /dev/vdv || echo gone']);
  expect(after.stdout).toBe('gone\n');
  expect(existsSync(join(folder, 'raw.img'))).toBe(true);
});

test('a start whose pool is off takes nothing', async () => {
  const { connection, pool } = world;
  await pool.destroy();
  await expect(
    connection.createDomain(domainXml({ name: 'web', devices: tree('tree', '/mnt') })),
  ).rejects.toMatchObject({ code: 'NO_STORAGE_POOL' });
});
