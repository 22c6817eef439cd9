/**
 * Callers of snapshots and clones that are killed before and after what counts. test/long tries every moment.
 */
import { existsSync } from 'node:fs';
import { checkHost } from 'tslxc';
import { TreeChanges } from '../../support/death/tree-changes';
import { containerTest } from '../../support/world/container-test';

const world = containerTest(async (keep) => ({ changes: await TreeChanges.make(keep) }));
const changes = (): TreeChanges => world.changes;

test('a start carries out what was committed, and undoes what was not', async () => {
  const domain = await changes().define('directory');
  const revert = "snapshots.revert('first')";
  expect(await changes().callAndDie(domain, revert, 'trees:before-commit')).toBe('killed');
  await domain.start();
  await domain.destroy();
  expect([changes().read('directory'), changes().stray()]).toEqual(['now\n', []]);
  expect(await changes().callAndDie(domain, revert, 'trees:after-commit')).toBe('killed');
  expect(changes().read('directory')).toBe('now\n');
  await domain.start();
  await domain.destroy();
  expect([changes().read('directory'), changes().stray()]).toEqual(['then\n', []]);
});

test('what a step of it fails with is told, and nothing is left', async () => {
  const domain = await changes().define('directory');
  process.env['TSLXC_TREES_FAILPOINT'] = 'trees:after-copy=fail';
  try {
    const failed = expect.objectContaining({ code: 'OPERATION_FAILED' }) as object;
    await expect(domain.snapshots.create({ name: 'second' })).rejects.toEqual(failed);
    await expect(domain.snapshots.revert('first')).rejects.toEqual(failed);
    await expect(domain.clone('copy')).rejects.toEqual(failed);
  } finally {
    delete process.env['TSLXC_TREES_FAILPOINT'];
  }
  expect((await domain.snapshots.list()).map(({ name }) => name)).toEqual(['first']);
  expect([existsSync(changes().at('copy')), changes().stray()]).toEqual([false, []]);
});

test('a clone whose caller was killed is there whole or not at all, and the next look ends it', async () => {
  const domain = await changes().define('layer');
  const place = changes().at('copy');
  const clone = `clone('copy', { paths: { '/': ${JSON.stringify(place)} } })`;
  expect(await changes().callAndDie(domain, clone, 'trees:before-commit')).toBe('killed');
  expect(changes().stray()).not.toEqual([]);
  const { checks } = await checkHost({ root: changes().at() });
  expect(checks).toContainEqual({
    ...{ id: 'leftover.trees', status: 'warn', found: "a clone of 'copy' was left half done" },
    advice: 'tslxc snapshot-list of any domain ends it',
  });
  await domain.snapshots.list();
  expect([existsSync(place), changes().stray()]).toEqual([false, []]);
  expect(await changes().callAndDie(domain, clone, 'trees:after-commit')).toBe('killed');
  const copy = await changes().connection.lookupDomainByName('copy');
  await copy.start();
  expect((await copy.exec(['cat', '/etc/page'])).stdout).toBe('now\n');
  expect(changes().stray()).toEqual([]);
});

test('a purge ends what was left half done, and keeps the files of snapshots', async () => {
  const { connection } = changes();
  const domain = await changes().define('directory');
  expect(await changes().callAndDie(domain, "clone('copy')", 'trees:before-commit')).toBe('killed');
  const files = changes().at('dir.snapshots/first');
  const kept = { kind: 'snapshot', name: files, fate: 'keep' };
  expect(await connection.previewPurge()).toContainEqual(kept);
  await connection.purge();
  expect(changes().stray()).toEqual([]);
  expect([existsSync(files), existsSync(changes().at('copy'))]).toEqual([true, false]);
});
