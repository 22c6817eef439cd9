/** The list of what a purge would remove: whoever may look may have it, and it leaves no trace. */
import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { domainXml } from '../../../support/domain/domain-xml';
import type { PurgeItem } from '../../../../lib/index';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

/** Each file below a folder, with what a change of it would change. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { encoding: 'utf8', recursive: true })
    .sort()
    .map((name) => {
      const { ino, size, mode, ctimeNs } = lstatSync(join(folder, name), { bigint: true });
      return [name, ino, size, mode, ctimeNs].join(' ');
    });
}

/** Without the cgroups that all containers of the host share: those of other tests come and go meanwhile. */
function ofRoot(items: readonly PurgeItem[]): PurgeItem[] {
  return items.filter(({ kind }) => kind !== 'cgroup');
}

test('a read-only connection gets the same list as another one, and no file changes meanwhile', async () => {
  const host = new FakeHost(scratchDirectory());
  const writable = host.connect();
  const pool = join(host.root, 'var/lib/tslxc/disks');
  mkdirSync(pool, { recursive: true });
  writeFileSync(join(pool, 'disk'), '');
  await writable.defineStoragePool(
    `<pool type='dir'><name>disks</name><target><path>${pool}</path></target></pool>`,
  );
  await writable.defineNetwork('<network><name>net</name></network>');
  await writable.defineDomain(domainXml({ name: 'web' }));
  const before = filesBelow(host.root);
  const listed = await host.connect('read-only').previewPurge();
  expect(filesBelow(host.root)).toEqual(before);
  expect(before.length).toBeGreaterThan(5);
  expect(ofRoot(listed)).toEqual(ofRoot(await writable.previewPurge()));
  const named = listed.map(({ kind, name, state }) => [kind, name, state]);
  expect(named).toEqual(
    expect.arrayContaining([
      ['domain', 'web', 'off'],
      ['network', 'net', 'off'],
      ['pool', 'disks', 'off'],
      ['volume', join(pool, 'disk'), undefined],
    ]),
  );
});
