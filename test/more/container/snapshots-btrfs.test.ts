/** Snapshots and clones on a btrfs: of a root that is a subvolume, of one with another in it, and of a layer. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { withLayer, withRoot } from '../../support/domain/own-trees';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { makeImage } from '../../support/root/filesystem-image';
import { makeTestRoot } from '../../support/root/test-root';
import { containerTest } from '../../support/world/container-test';

/** The number of the top of every subvolume. */
const topOfSubvolume = 256;

const world = containerTest(async (keep) => {
  const base = keep(await makeBusyboxRoot());
  const root = keep(await makeTestRoot());
  const [disk, empty] = [join(root.path, 'disk'), join(root.path, 'empty')];
  for (const folder of [disk, empty]) mkdirSync(folder);
  execFileSync('mount', ['-o', 'loop', makeImage('btrfs', root.path, empty), disk]);
  keep({ [Symbol.dispose]: () => void execFileSync('umount', [disk]) });
  const connection = keep(await connect(undefined, { root: root.path }));
  return { base, root, disk, connection };
});

const at = (...names: readonly string[]): string => join(world.disk, ...names);

function makeSubvolume(path: string): void {
  execFileSync('btrfs', ['-q', 'subvolume', 'create', path]);
}

/** A domain whose root is a subvolume. */
async function defineRoot(name: string): Promise<Domain> {
  makeSubvolume(at(name));
  execFileSync('cp', ['-a', '--reflink=auto', `${world.base.path}/.`, at(name)]);
  return world.connection.defineDomain(withRoot(name, at(name)));
}

const isSubvolume = (path: string): boolean => statSync(path).ino === topOfSubvolume;

test('a subvolume is kept, put back and cloned as one', async () => {
  const domain = await defineRoot('sub');
  writeFileSync(at('sub/etc/page'), 'then');
  const progress: number[] = [];
  await domain.snapshots.create({
    name: 'then',
    onProgress: ({ inodes }) => progress.push(inodes),
  });
  expect(progress).toEqual([]);
  expect(isSubvolume(at('sub.snapshots/then'))).toBe(true);
  writeFileSync(at('sub/etc/page'), 'now');
  const clone = await domain.clone('sub-2');
  await domain.snapshots.revert('then');
  expect(readFileSync(at('sub/etc/page'), 'utf8')).toBe('then');
  expect(readFileSync(at('sub-2/etc/page'), 'utf8')).toBe('now');
  expect([at('sub'), at('sub-2')].map(isSubvolume)).toEqual([true, true]);
  await domain.start();
  await clone.start();
  await domain.destroy();
  await domain.snapshots.remove('then');
  expect(readdirSync(world.disk).sort()).toEqual(['sub', 'sub-2']);
});

test('one with another in it is copied file by file, so that nothing of it is missing', async () => {
  const domain = await defineRoot('outer');
  makeSubvolume(at('outer/var/inner'));
  writeFileSync(at('outer/var/inner/page'), 'inside');
  await domain.snapshots.create({ name: 'both' });
  expect(isSubvolume(at('outer.snapshots/both'))).toBe(false);
  expect(readFileSync(at('outer.snapshots/both/var/inner/page'), 'utf8')).toBe('inside');
  writeFileSync(at('outer/var/inner/page'), 'lost');
  await domain.snapshots.revert('both');
  expect(readFileSync(at('outer/var/inner/page'), 'utf8')).toBe('inside');
  await domain.snapshots.remove('both');
  expect(existsSync(at('outer.snapshots'))).toBe(false);
});

test('a clone of a subvolume on another file system is copied file by file', async () => {
  const domain = await defineRoot('far');
  const elsewhere = join(world.root.path, 'elsewhere');
  await domain.clone('far-2', { paths: { '/': elsewhere } });
  expect(isSubvolume(elsewhere)).toBe(false);
  expect(readdirSync(elsewhere)).toEqual(readdirSync(at('far')));
});

test.each(['whole', 'with another in it'])(
  'what a container has made immutable in a subvolume, %s, is put back and goes all the same',
  async (kind) => {
    const domain = await defineRoot('fixed');
    if (kind !== 'whole') makeSubvolume(at('fixed/var/inner'));
    const fix = (): void => {
      execFileSync('chattr', ['+i', at('fixed/etc'), at('fixed')]);
    };
    fix();
    await domain.snapshots.create({ name: 'fixed' });
    await domain.snapshots.revert('fixed');
    writeFileSync(at('fixed/page'), 'now');
    fix();
    await domain.snapshots.revert('fixed');
    expect(existsSync(at('fixed/page'))).toBe(false);
    await domain.snapshots.remove('fixed');
    expect(readdirSync(world.disk)).toEqual(['fixed']);
  },
);

test('the copy of a layer shares its blocks', async () => {
  const upper = at('layer');
  const domain = await world.connection.defineDomain(
    withLayer('shares', { base: world.base.path, upper }),
  );
  await domain.start();
  await domain.destroy();
  const size = 24 * 1024 * 1024;
  writeFileSync(join(upper, 'upper/large'), Buffer.alloc(size, 'text'));
  execFileSync('sync', ['-f', world.disk]);
  // Of a disk of 128 MiB, which keeps its own records twice: four copies of their own would not fit.
  for (const name of ['one', 'two', 'three']) await domain.snapshots.create({ name });
  await domain.clone('shares-2');
  expect(statSync(join(upper, 'snapshots/three/large')).size).toBe(size);
  expect(statSync(at('layer-shares-2/upper/large')).size).toBe(size);
});
