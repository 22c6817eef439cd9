/** Storage pools in the library: what is kept of them, over boots and connections, and what is never touched. */
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { connect } from 'tslxc';
import type { Connection, PurgeItem } from 'tslxc';
import { poolPaths, statePaths } from '../../lib/host/state/state-paths';
import { domainXml } from '../support/domain/domain-xml';
import { runCommand, runProgram, type CommandResult } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { root, connection, folder: join(root.path, 'disks') };
});

const poolXml = (name: string, folder: string): string =>
  `<pool type='dir'><name>${name}</name><target><path>${folder}</path></target></pool>`;

const volumeXml = (name: string, size = 16): string =>
  `<volume><name>${name}</name><capacity>${size}</capacity></volume>`;

async function statesOf(connection: Connection): Promise<Record<string, boolean>> {
  const pools = await connection.listStoragePools();
  const states = pools.map(async (pool) => [pool.name, (await pool.info()).active] as const);
  return Object.fromEntries(await Promise.all(states));
}

/** As after a boot of the host: what is below /run is gone. */
function forgetRun(root: string): void {
  rmSync(join(root, 'run/tslxc/storage'), { recursive: true });
}

test('a pool that is marked is started at the first use after a boot, and others are not', async () => {
  const { root, connection, folder } = world;
  for (const name of ['marked', 'other']) {
    const pool = await connection.defineStoragePool(poolXml(name, `${folder}-${name}`));
    await pool.start({ build: true });
  }
  const marked = await connection.lookupStoragePoolByName('marked');
  await marked.setAutostart('on');
  const transient = await connection.createStoragePool(poolXml('gone', `${folder}-gone`), {
    build: true,
  });
  expect(await statesOf(connection)).toEqual({ gone: true, marked: true, other: true });
  forgetRun(root.path);
  expect(await statesOf(connection)).toEqual({ marked: true, other: false });
  await expect(transient.info()).rejects.toMatchObject({ code: 'NO_STORAGE_POOL' });
  await marked.destroy();
  expect(await statesOf(connection)).toEqual({ marked: false, other: false });
});

test('a pool that can’t be started with the host is not tried again', async () => {
  const { root, connection, folder } = world;
  const pool = await connection.defineStoragePool(poolXml('disks', folder));
  await pool.start({ build: true });
  await pool.setAutostart('on');
  forgetRun(root.path);
  rmSync(folder, { recursive: true });
  expect(await statesOf(connection)).toEqual({ disks: false });
  await pool.build();
  expect(await statesOf(connection)).toEqual({ disks: false });
  await pool.start();
});

test('a record of a newer version is refused by its name, and not taken for none', async () => {
  const { root, connection, folder } = world;
  const pool = await connection.defineStoragePool(poolXml('disks', folder));
  await pool.start({ build: true });
  const record = join(root.path, 'run/tslxc/storage/disks/state.json');
  writeFileSync(record, readFileSync(record, 'utf8').replace('"format":1', '"format":2'));
  await expect(pool.info()).rejects.toMatchObject({
    code: 'OPERATION_UNSUPPORTED',
    message: expect.stringContaining(
      'was written by a newer version of tslxc, in format 2',
    ) as string,
  });
});

test('volumes are what was in the folder at the last refresh, and nothing that is there is replaced', async () => {
  const { connection, folder } = world;
  const pool = await connection.createStoragePool(poolXml('disks', folder), { build: true });
  const outside = `${folder}-outside`;
  writeFileSync(outside, 'kept');
  symlinkSync(outside, join(folder, 'link'));
  const missing = `${folder}-missing`;
  symlinkSync(missing, join(folder, 'broken'));
  writeFileSync(join(folder, 'two\nlines'), '');
  writeFileSync(join(folder, 'plain'), 'hello');
  expect(await pool.volumes()).toEqual([]);
  await expect(pool.lookupVolume('plain')).rejects.toMatchObject({ code: 'NO_STORAGE_VOL' });
  await pool.refresh();
  expect((await pool.volumes()).map(({ name }) => name)).toEqual(['link', 'plain']);
  for (const name of ['link', 'broken', 'plain']) {
    await expect(pool.createVolume(volumeXml(name))).rejects.toMatchObject({
      code: 'STORAGE_VOL_EXIST',
    });
  }
  expect(readFileSync(outside, 'utf8')).toBe('kept');
  expect(existsSync(missing)).toBe(false);
  await expect(pool.createVolume(volumeXml('huge', 2 ** 50))).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
  });
  expect(existsSync(join(folder, 'huge'))).toBe(false);
});

test('bytes go into a volume and out of it, and no more than were asked for', async () => {
  const { connection, folder } = world;
  const pool = await connection.createStoragePool(poolXml('disks', folder), { build: true });
  const volume = await pool.createVolume(volumeXml('data'));
  await pipeline(Readable.from([Buffer.from('abc')]), await volume.upload({ offset: 4 }));
  expect(await buffer(await volume.download({ offset: 3, length: 5 }))).toEqual(
    Buffer.from('\0abc\0'),
  );
  const four = Readable.from([Buffer.from('ab'), Buffer.from('cd')]);
  await expect(pipeline(four, await volume.upload({ length: 3 }))).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
  });
  await expect(volume.upload({ offset: -1 })).rejects.toMatchObject({ code: 'INVALID_ARG' });
  await volume.delete();
  await expect(volume.info()).rejects.toMatchObject({ code: 'NO_STORAGE_VOL' });
});

test('a domain is not undefined with its storage while it is not known what a pool has', async () => {
  const { root, connection, folder } = world;
  const devices: string[] = [];
  for (const [name, type, source, target] of [
    ['disks', 'file', `file='${folder}-disks/a'`, 'vda'],
    ['other', 'volume', "pool='other' volume='a'", 'vdb'],
  ] as const) {
    const pool = await connection.defineStoragePool(poolXml(name, `${folder}-${name}`));
    await pool.start({ build: true });
    await pool.createVolume(volumeXml('a'));
    devices.push(
      `<disk type='${type}'><source ${source}/><target dev='${target}' bus='xen'/></disk>`,
    );
  }
  await (await connection.lookupStoragePoolByName('other')).destroy();
  await connection.defineDomain(domainXml({ name: 'kept', devices: devices.join('') }));
  const undefine = (): Promise<CommandResult> =>
    runCommand(['undefine', 'kept', '--remove-all-storage'], { root: root.path });
  const paths = statePaths(root.path);
  const definition = join(paths.poolDefinitions, 'other.xml');
  const { state } = poolPaths(paths, 'other');
  const { volumes } = poolPaths(paths, 'disks');
  for (const [file, spoilt, target, why] of [
    [definition, '<pool', 'vdb', definition],
    [state, '{"format":2}', 'vda', state],
    [volumes, '{}', 'vda', "the volumes of pool 'disks' are not on record: refresh it"],
  ] as const) {
    const whole = readFileSync(file);
    writeFileSync(file, spoilt);
    const { code, stderr } = await undefine();
    writeFileSync(file, whole);
    expect([spoilt, code, stderr]).toEqual([spoilt, 1, expect.stringContaining(why)]);
    expect(stderr).toContain(`Failed to look for storage volume '${target}'`);
    expect(existsSync(`${folder}-disks/a`)).toBe(true);
    expect((await connection.lookupDomainByName('kept')).name).toBe('kept');
  }
  // A pool that is off manages nothing, as in virsh.
  const { code, stderr } = await undefine();
  expect([code, stderr]).toEqual([0, expect.stringContaining("'vdb'(a) is not managed")]);
  expect([existsSync(`${folder}-disks/a`), existsSync(`${folder}-other/a`)]).toEqual([false, true]);
});

test('a purge forgets pools and leaves their volumes', async () => {
  const { connection, folder } = world;
  const pool = await connection.defineStoragePool(poolXml('disks', folder));
  await pool.start({ build: true });
  await pool.createVolume(volumeXml('data'));
  const gone: string[] = [];
  await connection.purge({ onItem: ({ kind, name }) => void gone.push(`${kind} ${name}`) });
  expect(gone).toContain('pool disks');
  expect(await connection.listStoragePools()).toEqual([]);
  expect(existsSync(join(folder, 'data'))).toBe(true);
});

test('a purge lists each volume of a pool that lies below its own files, and removes them with these', async () => {
  const { connection, root } = world;
  const folder = join(root.path, 'var/lib/tslxc/pool');
  const pool = await connection.defineStoragePool(poolXml('disks', folder));
  await pool.start({ build: true });
  for (const name of ['one', 'two']) await pool.createVolume(volumeXml(name));
  const volumes = (items: readonly PurgeItem[]): string[] =>
    items
      .filter(({ kind, fate }) => kind === 'volume' && fate === 'remove')
      .map(({ name }) => name);
  const shown = await connection.previewPurge();
  expect(volumes(shown)).toEqual([join(folder, 'one'), join(folder, 'two')]);
  const told: PurgeItem[] = [];
  await connection.purge({ shown, onItem: (item) => told.push(item) });
  expect(volumes(told)).toEqual(volumes(shown));
  expect(existsSync(folder)).toBe(false);
});

/** An image with an empty file system in it, and a pool of it. */
async function mountedXml(folder: string): Promise<string> {
  const image = `${folder}.img`;
  await runProgram(['truncate', '--size', '16M', image]);
  await runProgram(['mkfs.ext4', '-q', image]);
  const source = `<source><device path='${image}'/><format type='ext4'/></source>`;
  return `<pool type='fs'><name>disks</name>${source}<target><path>${folder}</path></target></pool>`;
}

const isMounted = (path: string): boolean =>
  readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${path} `);

test('what a start that was killed has mounted is unmounted by the next one, and by a purge', async () => {
  const { root, connection, folder } = world;
  const pool = await connection.defineStoragePool(await mountedXml(folder));
  const record = join(root.path, 'run/tslxc/storage/disks/state.json');
  const interrupt = (): void =>
    writeFileSync(record, readFileSync(record, 'utf8').replace('"active"', '"starting"'));
  await pool.start({ build: true });
  interrupt();
  expect(isMounted(folder)).toBe(true);
  expect((await pool.info()).active).toBe(false);
  await pool.start();
  await pool.destroy();
  expect(isMounted(folder)).toBe(false);
  await pool.start();
  interrupt();
  await connection.purge();
  expect(isMounted(folder)).toBe(false);
});

test('a pool whose file system can’t be mounted, or is in the way of another, is off', async () => {
  const { connection, folder } = world;
  const pool = await connection.defineStoragePool(await mountedXml(folder));
  rmSync(`${folder}.img`);
  await expect(pool.start({ build: true })).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
  expect((await pool.info()).active).toBe(false);
  await mountedXml(folder);
  await pool.start();
  await runProgram(['umount', folder]);
  expect((await pool.info()).active).toBe(false);
  await runProgram(['mount', '-t', 'tmpfs', 'tmpfs', folder]);
  await expect(pool.start()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  await runProgram(['umount', folder]);
});
