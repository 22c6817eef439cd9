/** A stored domain that was made from an image: its snapshots, and what a purge says of what lies with the images. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, PurgeItem } from 'tslxc';
import { runIn } from '../../support/domain/exec';
import { pullWeb } from '../../support/image/web-image';
import { runSuccessfully } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { containerTest } from '../../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  await pullWeb(connection, root.path);
  return { root, connection };
});

const note = '/note';

/** A life of the container in which it writes something. */
async function write(domain: Domain, text: string): Promise<void> {
  await domain.start();
  await runIn(domain, ['/bin/sh', '-c', `echo ${text} > ${note}`]);
  await domain.destroy();
}

async function define(name: string): Promise<Domain> {
  const words = ['run', 'web:1', '--name', name, '--user', '0', '--entrypoint', 'sleep'];
  const { path: root } = world.root;
  return world.connection.defineDomain(
    await runSuccessfully([...words, '--print-xml', '--', '1000'], { root }),
  );
}

test('what it has written can be put back, and a purge names it before it goes with the images', async () => {
  const { connection, root } = world;
  const domain = await define('kept');
  await write(domain, 'first');
  await domain.snapshots.create({ name: 'before' });
  await write(domain, 'second');
  await domain.snapshots.revert('before');
  await domain.start();
  expect((await runIn(domain, ['/bin/cat', note])).stdout).toBe('first\n');
  await domain.destroy();

  // Of a container that is not stored, too.
  await connection.createFromImage('web:1', { init: 'sleep', args: ['1000'], user: '0' });
  const images = join(root.path, 'var/lib/tslxc/images');
  const lost = (items: readonly PurgeItem[]): PurgeItem[] =>
    items.filter(({ kind }) => kind === 'upper' || kind === 'snapshot');
  const previewed = lost(await connection.previewPurge());
  expect(previewed.map(({ kind, fate }) => [kind, fate])).toEqual([
    ['upper', 'remove'],
    ['upper', 'remove'],
    ['snapshot', 'remove'],
  ]);
  for (const { name } of previewed) {
    expect(name.startsWith(`${images}/`)).toBe(true);
    expect(existsSync(name)).toBe(true);
  }
  const told: PurgeItem[] = [];
  await connection.purge({ onItem: (item) => told.push(item) });
  expect(lost(told)).toEqual(previewed);
  expect(existsSync(images)).toBe(false);
});
