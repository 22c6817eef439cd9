/** A purge of what has a definition that can't be read: what it names can't be listed, which is said. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, PurgeItem } from '../../../../lib/index';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;
let connection: Connection;
let pool: string;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  pool = join(host.root, 'var/lib/tslxc/disks');
  mkdirSync(pool, { recursive: true });
  writeFileSync(join(pool, 'disk'), '');
  await connection.defineStoragePool(
    `<pool type='dir'><name>disks</name><target><path>${pool}</path></target></pool>`,
  );
  await connection.defineDomain(domainXml({ name: 'web' }));
});

async function listed(...kinds: readonly PurgeItem['kind'][]): Promise<PurgeItem[]> {
  return (await connection.previewPurge()).filter(({ kind }) => kinds.includes(kind));
}

function damage(file: string): void {
  const path = join(host.root, 'etc/tslxc', file);
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, -20));
}

test('the volumes of a pool below the own files are listed; if its definition can not be read, that is said', async () => {
  const off = { kind: 'pool', name: 'disks', fate: 'remove', state: 'off' };
  expect(await listed('pool', 'volume')).toEqual([
    off,
    { kind: 'volume', name: join(pool, 'disk'), fate: 'remove' },
  ]);
  damage('storage/disks.xml');
  expect(await listed('pool', 'volume')).toEqual([
    { ...off, unreadable: expect.stringContaining('disks.xml') as string },
  ]);
});

test('a purge whose volumes were not listed is refused once they can be', async () => {
  const path = join(host.root, 'etc/tslxc/storage/disks.xml');
  const whole = readFileSync(path);
  damage('storage/disks.xml');
  const shown = await connection.previewPurge();
  writeFileSync(path, whole);
  await expect(connection.purge({ shown })).rejects.toThrow(`volume '${join(pool, 'disk')}'`);
});

test('a domain whose definition can not be read is said to be so', async () => {
  const web = { kind: 'domain', name: 'web', fate: 'remove', state: 'off' };
  expect(await listed('domain')).toEqual([web]);
  damage('lxc/web.xml');
  expect(await listed('domain')).toEqual([
    { ...web, unreadable: expect.stringContaining('web.xml') as string },
  ]);
});
