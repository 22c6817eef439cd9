/** A pool whose stored definition can't be read: it is listed with the reason, and edited, replaced and undefined, as a domain is. */
import { mkdirSync, readFileSync, symlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../../lib/index';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;
let connection: Connection;
let path: string;
let whole: string;

const poolXml = (name: string, more = ''): string =>
  `<pool type='dir'><name>${name}</name>${more}<target><path>${join(host.root, name)}</path></target></pool>`;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  await connection.defineStoragePool(poolXml('disks'));
  const other = await connection.defineStoragePool(poolXml('other'));
  await other.start({ build: true });
  path = join(host.root, 'etc/tslxc/storage/disks.xml');
  whole = readFileSync(path, 'utf8');
});

/** As a newer version of the package would write it. */
const newer = (): void => writeFileSync(path, whole.replace('<target>', '<newer/><target>'));

function instead(put: () => void): void {
  rmSync(path);
  put();
}

const unreadable = { unreadable: expect.stringContaining('disks.xml') as string };

test.each<readonly [string, () => void]>([
  ['of a newer version', newer],
  ['cut short', () => writeFileSync(path, whole.slice(0, whole.length - 20))],
  ['empty', () => writeFileSync(path, '')],
  ['a folder', () => instead(() => mkdirSync(path))],
  ['a link to itself', () => instead(() => symlinkSync('disks.xml', path))],
  ['a link to nothing', () => instead(() => symlinkSync('nothing', path))],
  ['another pool', () => writeFileSync(path, whole.replace('<name>disks', '<name>third'))],
])('a definition that is %s spoils no list', async (_what, put) => {
  put();
  const names = async (filter = {}): Promise<string[]> =>
    (await connection.listStoragePools(filter)).map(({ name }) => name);
  expect(await names()).toEqual(['disks', 'other']);
  expect(await names({ state: 'active' })).toEqual(['other']);
  expect(await names({ types: ['dir'] })).toEqual(['other']);
  const other = await connection.lookupStoragePoolByName('other');
  expect(await other.info()).toMatchObject({ active: true, type: 'dir' });
});

test('it is found, says why, and what needs its content is refused with the reason', async () => {
  const { uuid } = await connection.lookupStoragePoolByName('disks');
  newer();
  const pool = await connection.lookupStoragePoolByUuid(uuid);
  expect(pool).toMatchObject({ name: 'disks', uuid });
  const info = await pool.info();
  expect(info).toMatchObject({ active: false, persistent: true, capacity: 0, ...unreadable });
  expect(info).not.toHaveProperty('target');
  const refused = { path, message: expect.stringContaining('<newer>') as string };
  for (const call of [() => pool.start(), () => pool.build(), () => pool.xml()]) {
    await expect(call()).rejects.toMatchObject(refused);
  }
  expect(await pool.editableXml()).toContain('<newer/>');
});

test('its uuid is given to no other pool, and any definition of its name replaces it', async () => {
  const { uuid } = await connection.lookupStoragePoolByName('disks');
  newer();
  const taken = poolXml('third', `<uuid>${uuid}</uuid>`);
  await expect(connection.defineStoragePool(taken)).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: expect.stringContaining("pool 'disks' is already defined with uuid") as string,
  });
  await connection.defineStoragePool(poolXml('disks'));
  const pool = await connection.lookupStoragePoolByName('disks');
  expect(await pool.info()).not.toHaveProperty('unreadable');
  newer();
  await (await connection.lookupStoragePoolByName('disks')).undefine();
  expect((await connection.listStoragePools()).map(({ name }) => name)).toEqual(['other']);
});

test('an active one goes on, and says that its definition can not be read', async () => {
  const pool = await connection.lookupStoragePoolByName('disks');
  await pool.start({ build: true });
  newer();
  expect(await pool.info()).toMatchObject({ active: true, type: 'dir', ...unreadable });
  expect(await pool.volumes()).toEqual([]);
  await pool.destroy();
  expect(await pool.info()).toMatchObject({ active: false, ...unreadable });
});

test('one that is marked for the start with the host is tried once, and stops no other call', async () => {
  await (await connection.lookupStoragePoolByName('disks')).setAutostart('on');
  newer();
  rmSync(join(host.root, 'run/tslxc/storage'), { recursive: true });
  const states = await Promise.all(
    (await connection.listStoragePools()).map(async (one) => [one.name, (await one.info()).active]),
  );
  expect(states).toEqual([
    ['disks', false],
    ['other', false],
  ]);
});

test('a record of a newer version is refused in words', async () => {
  const record = join(host.root, 'run/tslxc/storage/other/state.json');
  const other = await connection.lookupStoragePoolByName('other');
  const text = readFileSync(record, 'utf8');
  for (const [changed, words] of [
    [text.replace('"format":1', '"format":2'), 'in format 2'],
    [text.replace('"borrowed":{}', '"borrowed":{"raid":1}'), "which has borrowed 'raid'"],
  ] as const) {
    expect(changed).not.toBe(text);
    writeFileSync(record, changed);
    await expect(other.destroy()).rejects.toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      message: expect.stringContaining(words) as string,
    });
  }
});
