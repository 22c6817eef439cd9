/** Pools of type logical with the LVM of a machine: made, started, filled and emptied, and volumes in containers. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { StoragePool } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { startOnce } from '../support/world/first-start';

const MiB = 1024 * 1024;
const group = 'tslxc-test';

beforeAll(startOnce);

async function said(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(words);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  return stdout.trim();
}

interface Disk extends AsyncDisposable {
  readonly device: string;
}

/** An empty block device. */
async function makeDisk(folder: string): Promise<Disk> {
  const image = join(folder, 'disk.img');
  await said('truncate', '--size', '64M', image);
  const device = await said('losetup', '--find', '--show', image);
  const detach = async (): Promise<void> => {
    await said('losetup', '-d', device);
  };
  return { device, [Symbol.asyncDispose]: detach };
}

const poolXml = (device: string): string =>
  `<pool type='logical'><name>disks</name><source><name>${group}</name><device path='${device}'/></source></pool>`;

const volumeXml = (name: string, size: number): string =>
  `<volume><name>${name}</name><capacity unit='MiB'>${size}</capacity></volume>`;

const groups = (): Promise<string> => said('vgs', '--noheadings', '--options', 'vg_name');

async function namesIn(pool: StoragePool): Promise<string[]> {
  return (await pool.volumes()).map(({ name }) => name);
}

test('a volume group is made of a device, has volumes, which containers use, and leaves the device as it was', async () => {
  await using root = await makeTestRoot();
  await using disk = await makeDisk(root.path);
  await using connection = await connect(undefined, { root: root.path });
  const pool = await connection.defineStoragePool(poolXml(disk.device));
  await expect(pool.start()).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
  await pool.start({ build: true });
  const { capacity, available } = await pool.info();
  expect([capacity, available]).toEqual([60 * MiB, 60 * MiB]);
  const raw = await pool.createVolume(volumeXml('raw', 8));
  expect(raw.path).toBe(`/dev/${group}/raw`);
  expect(statSync(raw.path).isBlockDevice()).toBe(true);
  expect(await raw.info()).toMatchObject({ type: 'block', format: 'raw', capacity: 8 * MiB });
  expect(await raw.xml()).toMatch(/<volume type='block'>[^]*<format type='raw'\/>/);
  await expect(pool.createVolume(volumeXml('raw', 8))).rejects.toMatchObject({
    code: 'STORAGE_VOL_EXIST',
  });
  await expect(pool.createVolume(volumeXml('huge', 1024))).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
  });
  const tree = await pool.createVolume(volumeXml('tree', 16));
  await said('mkfs.ext4', '-q', tree.path);
  const devices =
    `<disk type='volume'><source pool='disks' volume='raw'/><target dev='vdv'/></disk>` +
    `<filesystem type='volume'><source pool='disks' volume='tree'/><target dir='/mnt'/></filesystem>`;
  {
    await using domain = await connection.createDomain(domainXml({ name: 'lvm', devices }));
    const script = 'printf kept > /dev/vdv && grep -c " /mnt ext4 " /proc/mounts';
    expect((await domain.exec(['/bin/sh', '-c', script])).stdout).toBe('1\n');
    // The container uses them.
    await expect(pool.destroy()).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
    expect((await pool.info()).active).toBe(true);
  }
  expect(await said('head', '-c', '4', raw.path)).toBe('kept');
  const copy = await pool.createVolumeFrom(volumeXml('copy', 8), raw);
  expect(await said('head', '-c', '4', copy.path)).toBe('kept');
  await copy.wipe();
  expect(readFileSync(copy.path).every((byte) => byte === 0)).toBe(true);
  await expect(copy.resize(16 * MiB)).rejects.toMatchObject({ code: 'NO_SUPPORT' });
  await pool.destroy();
  expect(existsSync(raw.path)).toBe(false);
  await pool.start();
  expect(await namesIn(pool)).toEqual(['copy', 'raw', 'tree']);
  await expect(pool.delete()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  for (const volume of await pool.volumes()) await volume.delete();
  await pool.destroy();
  await pool.delete();
  expect(await groups()).not.toContain(group);
  await pool.undefine();
});

test('a device with something on it is not taken, and a group with volumes is not removed', async () => {
  await using root = await makeTestRoot();
  await using disk = await makeDisk(root.path);
  await using connection = await connect(undefined, { root: root.path });
  const pool = await connection.defineStoragePool(poolXml(disk.device));
  await said('mkfs.ext4', '-q', disk.device);
  await expect(pool.build()).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
  await said('wipefs', '--all', disk.device);
  await pool.build();
  await said('lvcreate', '--yes', '--name', 'own', '--size', '4m', group);
  await expect(pool.delete()).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
  // The host has activated it: a pool that ends leaves it as it is.
  await pool.start();
  expect(await namesIn(pool)).toEqual(['own']);
  await pool.destroy();
  expect(existsSync(`/dev/${group}/own`)).toBe(true);
  await said('lvremove', '--yes', `${group}/own`);
  await pool.delete();
});
