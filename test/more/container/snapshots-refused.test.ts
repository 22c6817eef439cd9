/** Snapshots and clones that are refused, or given up, and that of a layer which no start has made yet. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { copyRoot, withLayer, withRoot } from '../../support/domain/own-trees';
import { domainXml } from '../../support/domain/domain-xml';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { makeTestRoot } from '../../support/root/test-root';
import { containerTest } from '../../support/world/container-test';

const world = containerTest(async (keep) => {
  const base = keep(await makeBusyboxRoot(['mkdir', 'touch', 'ln']));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { base, root, connection };
});

const at = (...names: readonly string[]): string => join(world.root.path, ...names);

async function defineRoot(name: string): Promise<Domain> {
  const source = copyRoot(world.base.path, world.root.path, name);
  return world.connection.defineDomain(withRoot(name, source));
}

async function defineLayer(name: string): Promise<Domain> {
  const upper = at(`upper-${name}`);
  return world.connection.defineDomain(withLayer(name, { base: world.base.path, upper }));
}

async function runIn(domain: Domain, line: string): Promise<string> {
  const { stdout } = await domain.exec(['/bin/sh', '-c', line]);
  return stdout;
}

const refused = (code: string, words = ''): object =>
  expect.objectContaining({ code, message: expect.stringContaining(words) as string }) as object;

/** No folder of ours but those of snapshots, and nothing half made. */
function strayFolders(): string[] {
  return readdirSync(world.root.path).filter((name) => name.startsWith('.'));
}

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
  await runIn(domain, 'touch /etc/name');
  await domain.destroy();
  await domain.snapshots.revert('empty');
  expect(readdirSync(at('upper-snap-empty/upper'))).toEqual([]);
});

test('the host’s root is refused', async () => {
  const domain = await world.connection.defineDomain(domainXml({ name: 'snap-host' }));
  await expect(domain.snapshots.create()).rejects.toEqual(refused('CONFIG_UNSUPPORTED', 'own'));
  await expect(domain.clone('snap-host-2')).rejects.toEqual(refused('CONFIG_UNSUPPORTED', 'own'));
});

test('a transient domain is refused, and a name that is no name', async () => {
  const source = copyRoot(world.base.path, world.root.path, 'snap-transient');
  const domain = await world.connection.createDomain(withRoot('snap-transient', source));
  await domain.suspend();
  await expect(domain.snapshots.create()).rejects.toEqual(
    refused('OPERATION_INVALID', 'transient domains do not have any persistent config'),
  );
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
