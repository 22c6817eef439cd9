/** Snapshots and clones that are refused, or given up, and that of a layer which no start has made yet. */
import { existsSync, readdirSync } from 'node:fs';
import { ownTreeWorld, refused, shown } from '../../support/domain/own-tree-world';
import { copyRoot, withRoot } from '../../support/domain/own-trees';
import { domainXml } from '../../support/domain/domain-xml';

const { world, at, defineRoot, defineLayer, strayFolders } = ownTreeWorld();

/** One that has fired. */
function abortedController(): AbortController {
  const controller = new AbortController();
  controller.abort();
  return controller;
}

test('another domain that runs in the same directory is in its way', async () => {
  const domain = await defineRoot('snap-shared');
  const other = await world.connection.defineDomain(withRoot('snap-other', at('snap-shared')));
  await other.start();
  const busy = refused('RESOURCE_BUSY', "domain 'snap-other', which runs");
  await expect(domain.snapshots.create()).rejects.toEqual(busy);
  await expect(domain.clone('snap-shared-2')).rejects.toEqual(busy);
  expect(readdirSync(world.root.path).filter((name) => name.includes('snapshots'))).toEqual([]);
});

test('a layer that no start has made yet can be kept as it is', async () => {
  const domain = await defineLayer('snap-empty');
  await domain.snapshots.create({ name: 'empty' });
  await domain.start();
  await shown(domain, 'touch /etc/name');
  await domain.destroy();
  await domain.snapshots.revert('empty');
  expect(readdirSync(at('upper-snap-empty/upper'))).toEqual([]);
});

test('the host’s root is refused', async () => {
  const domain = await world.connection.defineDomain(domainXml({ name: 'snap-host' }));
  await expect(domain.snapshots.create()).rejects.toEqual(refused('CONFIG_UNSUPPORTED', 'own'));
  await expect(domain.clone('snap-host-2')).rejects.toEqual(refused('CONFIG_UNSUPPORTED', 'own'));
});

test('a transient domain is told to be defined first, whether it runs or is paused, and then has snapshots', async () => {
  const source = copyRoot(world.base.path, world.root.path, 'snap-transient');
  const domain = await world.connection.createDomain(withRoot('snap-transient', source));
  const why = /transient domains do not have any persistent config, which .* define what dumpxml/;
  await expect(domain.snapshots.create()).rejects.toThrow(why);
  await expect(domain.clone('snap-transient-2')).rejects.toThrow(why);
  await domain.suspend();
  await expect(domain.snapshots.create()).rejects.toThrow(why);
  await world.connection.defineDomain(await domain.xml({ which: 'inactive' }));
  await domain.snapshots.create({ name: 'kept' });
  expect((await domain.snapshots.list()).map(({ name }) => name)).toEqual(['kept']);
});

test('a name that is no name is refused', async () => {
  const stored = await defineRoot('snap-names');
  await expect(stored.snapshots.create({ name: 'a/b' })).rejects.toEqual(refused('XML_DETAIL'));
  await stored.snapshots.create({ name: 'a' });
  await expect(stored.snapshots.create({ name: 'a' })).rejects.toEqual(
    refused('OPERATION_INVALID', 'already exists'),
  );
});

test('an abort before the commit leaves nothing', async () => {
  const domain = await defineRoot('snap-abort');
  const { signal } = abortedController();
  await expect(domain.snapshots.create({ signal })).rejects.toEqual(refused('OPERATION_ABORTED'));
  await expect(domain.clone('snap-abort-2', { signal })).rejects.toEqual(
    refused('OPERATION_ABORTED'),
  );
  const during = new AbortController();
  const onProgress = (): void => during.abort();
  await expect(domain.clone('snap-abort-2', { signal: during.signal, onProgress })).rejects.toEqual(
    refused('OPERATION_ABORTED'),
  );
  expect(existsSync(at('snap-abort-2'))).toBe(false);
  expect(strayFolders()).toEqual([]);
});
