/**
 * What is flushed to the disk before a change of trees is committed, and before its record goes: after a power failure, a change
 * that is on record must be there. Counted by the system calls, since nothing else shows it.
 */
import { flushesOf, type Flushed } from '../support/death/flushes';
import { ownTreeWorld } from '../support/domain/own-tree-world';

const { world, at, defineRoot, defineLayer } = ownTreeWorld();

/** Runs a method of the domain's in a process of its own. */
const traced = (name: string, call: string): Promise<Flushed[]> =>
  flushesOf(
    world.root.path,
    `const domain = await connection.lookupDomainByName('${name}'); await domain.${call};`,
  );

/** Where in the trace the only such call is, of a path that begins or ends so. */
function placeOf(
  all: readonly Flushed[],
  call: Flushed['call'],
  is: (path: string) => boolean,
): number {
  const found = placesOf(all, call, is);
  expect([call, String(is), found.length]).toEqual([call, String(is), 1]);
  return found[0] ?? -1;
}

function placesOf(
  all: readonly Flushed[],
  call: Flushed['call'],
  is: (path: string) => boolean,
): number[] {
  return [...all.entries()]
    .filter(([, one]) => one.call === call && is(one.paths.at(-1) ?? ''))
    .map(([index]) => index);
}

const equal =
  (...names: readonly string[]) =>
  (path: string): boolean =>
    path === at(...names);
const within =
  (folder: string) =>
  (path: string): boolean =>
    path.startsWith(`${at(folder)}/`);

/** Where the record of a change is replaced: when it begins, when it is committed, and when it is over. */
const recordsOf = (all: readonly Flushed[], uuid: string): number[] =>
  placesOf(all, 'rename', equal('var/lib/tslxc/snapshots', `${uuid}.json`));

function expectOrder(...places: readonly number[]): void {
  expect(places).toEqual([...places].sort((one, other) => one - other));
}

test.each([
  ['a root', defineRoot, 'flushed.snapshots'],
  ['a layer', defineLayer, 'upper-flushed/snapshots'],
])(
  'the copy of %s is on the disk before its snapshot is on record',
  async (_what, define, kept) => {
    const domain = await define('flushed');
    // The first start makes the layer.
    await domain.start();
    await domain.destroy();
    const all = await traced('flushed', `snapshots.create({ name: 'one' })`);
    const copied = placeOf(all, 'syncfs', within(kept));
    const [begun = -1, committed = -1, ...more] = recordsOf(all, domain.uuid);
    expectOrder(begun, copied, committed, ...more);
    // Each record is flushed, and then the folder that it was put into.
    const folder = placesOf(all, 'fsync', equal('var/lib/tslxc/snapshots'));
    expect(folder).toHaveLength(2 + more.length);
    expectOrder(begun, folder[0] ?? -1, committed, folder[1] ?? -1);
  },
);

test('what is put back is on the disk before that is on record, and in its place before the record goes', async () => {
  const domain = await defineRoot('reverted');
  await domain.snapshots.create({ name: 'one' });
  const all = await traced('reverted', `snapshots.revert('one')`);
  const copied = placeOf(all, 'syncfs', within('reverted.snapshots'));
  const exchanged = placeOf(all, 'exchange', equal('reverted'));
  const defined = placeOf(all, 'rename', equal('etc/tslxc/lxc/reverted.xml'));
  const [begun = -1, committed = -1, over = -1, ...more] = recordsOf(all, domain.uuid);
  expect(more).toEqual([]);
  expectOrder(begun, copied, committed, exchanged, defined, over);
  // Both folders of the exchange.
  for (const folder of ['reverted.snapshots', '.']) {
    expectOrder(exchanged, placeOf(all, 'fsync', equal(folder)), defined);
  }
});

test('a clone is on the disk before it is defined', async () => {
  await defineRoot('original');
  const all = await traced('original', `clone('copied')`);
  const copied = placeOf(all, 'syncfs', within('.'));
  const defined = placeOf(all, 'rename', equal('etc/tslxc/lxc/copied.xml'));
  const filled = placeOf(all, 'rename', equal('copied'));
  expectOrder(copied, defined, filled, placesOf(all, 'fsync', equal('.')).at(-1) ?? -1);
});
