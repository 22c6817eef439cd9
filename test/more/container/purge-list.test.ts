/** A purge removes what it has listed, and nothing else. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, PurgeItem } from 'tslxc';
import { hostFacts } from '../../../lib/host/facts';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { domainXml } from '../../support/domain/domain-xml';
import { pullWeb } from '../../support/image/web-image';
import { hasEnded } from '../../support/process/processes';
import { runSuccessfully } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { eventually } from '../../support/time/eventually';
import { containerTest, nothing } from '../../support/world/container-test';
import { initOf, monitorsOf } from '../../support/world/container-traces';

containerTest(nothing);

const { hierarchies, unified } = hostFacts().cgroups;
const mounts = [...hierarchies, ...(unified ? [unified] : [])].map(({ mount }) => mount);

/** All cgroups of all roots. */
function cgroups(): string[] {
  return mounts.flatMap((mount) =>
    readdirSync(mount, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => path.startsWith(join(mount, 'libvirt'))),
  );
}

const inPartition = (partition: string): string =>
  `<resource><partition>${partition}</partition></resource>`;

async function fill(connection: Connection, root: string): Promise<void> {
  const start = async (name: string, elements = ''): Promise<void> => {
    const domain = await connection.defineDomain(domainXml({ name, elements }));
    await domain.start({ ownership: 'leave' });
  };
  await connection.defineDomain(domainXml({ name: 'listed-off' }));
  await start('listed-running', inPartition('/listed-of-running'));
  await start('listed-lost', inPartition('/listed-of-lost'));
  const pids = [...monitorsOf('listed-lost'), await initOf('listed-lost')];
  for (const pid of pids) spawnSync('kill', ['-KILL', String(pid)]);
  await eventually(() => expect(pids.filter((pid) => !hasEnded(pid))).toEqual([]));
  rmSync(runPaths(statePaths(root), 'listed-lost').directory, { recursive: true });
  const pool = join(root, 'pool');
  mkdirSync(pool);
  await connection.defineStoragePool(
    `<pool type='dir'><name>listed</name><target><path>${pool}</path></target></pool>`,
  );
  await pullWeb(connection, root);
  const words = ['run', 'web:1', '--print-xml', '--user', '0', '--entrypoint', 'sleep', '--name'];
  for (const name of ['listed-image', 'listed-undefined']) {
    const xml = await runSuccessfully([...words, name, '--', '1000'], { root });
    const domain = await connection.defineDomain(xml);
    await domain.start();
    await domain.destroy();
    await domain.snapshots.create({ name: 'first' });
    if (name === 'listed-undefined') await domain.undefine({ snapshots: 'forget' });
  }
}

const inOrder = (items: readonly PurgeItem[]): string[] =>
  items.map((item) => JSON.stringify(item)).sort();

test('a purge removes what it has listed, and nothing else: domains, cgroups, what undefined ones have written', async () => {
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  await fill(connection, root.path);
  const containers = join(root.path, 'var/lib/tslxc/images/containers');
  const layers = readdirSync(containers).map((name) => join(containers, name));
  expect(layers).toHaveLength(2);
  const before = cgroups();

  const listed = await connection.previewPurge();
  const told: PurgeItem[] = [];
  await connection.purge({ onItem: (item) => told.push(item) });
  expect(inOrder(told)).toEqual(inOrder(listed));

  const names = (...kinds: readonly PurgeItem['kind'][]): string[] =>
    listed.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  expect(names('upper').sort()).toEqual(layers.sort());
  expect(names('snapshot').sort()).toEqual(layers.map((path) => join(path, 'snapshots/first')));
  const after = new Set(cgroups());
  const removed = before.filter((path) => !after.has(path));
  expect(removed).toContain(join(mounts[0] ?? '', 'libvirt/listed-of-lost.partition'));
  const listedCgroups = names('cgroup', 'partition');
  const isListed = (path: string): boolean =>
    listedCgroups.includes(path) ||
    listedCgroups.some((one) => one.endsWith('.libvirt-lxc') && path.startsWith(`${one}/`)) ||
    path.includes('/listed-running.libvirt-lxc');
  expect(removed.filter((path) => !isListed(path))).toEqual([]);
});

test('a purge that was agreed to removes nothing if there is more by then, and says what', async () => {
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  const old = await connection.defineDomain(domainXml({ name: 'listed-old' }));
  const shown = await connection.previewPurge();
  await connection.defineDomain(domainXml({ name: 'listed-new' }));
  await expect(connection.purge({ shown })).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
    message: expect.stringContaining(
      "nothing is removed, since there is more by now than was listed: domain 'listed-new'",
    ) as string,
  });
  expect((await connection.listDomains()).map(({ name }) => name)).toEqual([
    'listed-new',
    'listed-old',
  ]);
  await (await connection.lookupDomainByName('listed-new')).undefine();
  await old.start({ ownership: 'leave' });
  await expect(connection.purge({ shown })).rejects.toThrow("domain 'listed-old', which runs");
  expect((await old.state()).state).toBe('running');
  await old.destroy();
  await connection.purge({ shown: await connection.previewPurge() });
  expect(await connection.previewPurge()).toEqual([]);
});

test('what is defined while a purge goes on is not removed with the files', async () => {
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  for (const name of ['listed-a', 'listed-b']) await connection.defineDomain(domainXml({ name }));
  const folder = join(root.path, 'etc/tslxc/lxc');
  const text = readFileSync(join(folder, 'listed-a.xml'), 'utf8');
  const late = text.replace('listed-a', 'listed-late').replace(/<uuid>.*<.uuid>/, '');
  const purged = connection.purge({
    onItem: ({ name }) => {
      if (name === 'listed-a') writeFileSync(join(folder, 'listed-late.xml'), late);
    },
  });
  await expect(purged).rejects.toThrow(
    "the files are left, since there is more by now than was listed: domain 'listed-late'",
  );
  expect(readdirSync(folder)).toContain('listed-late.xml');
  await connection.purge();
  expect(await connection.previewPurge()).toEqual([]);
});
