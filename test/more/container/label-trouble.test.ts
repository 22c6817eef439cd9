/** Sources that can't be restored: what they keep, and whom they hold up. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { claimRange, releaseRange } from '../../../lib/container/security/selinux/categories';
import { readEntries } from '../../../lib/container/security/selinux/category-folder';
import { readLabels } from '../../../lib/container/security/relabel/label-registry';
import { looksAlone } from '../../../lib/container/looks/looks';
import { withMountsBelow } from '../../../lib/container/security/relabel/mounts-below';
import { checkRelabel, relabelSources } from '../../../lib/container/security/relabel/relabel';
import type { RelabelledSource } from '../../../lib/container/security/relabel/relabel';
import { recoverLabels, restoreSources } from '../../../lib/container/security/relabel/restore';
import { undoAll } from '../../../lib/container/record/undo';
import type { Undo } from '../../../lib/container/record/undo';
import { categoriesPath, statePaths } from '../../../lib/host/state/state-paths';
import { domainXml } from '../../support/domain/domain-xml';
import { makeImage } from '../../support/root/filesystem-image';
import {
  countIn,
  labelName,
  labelsIn,
  makeTree,
  memoryName,
} from '../../support/labels/labelled-tree';
import { makeTestRoot } from '../../support/root/test-root';
import type { TestRoot } from '../../support/root/test-root';

const label = 'u:r:container_file_t:s0:c1,c2';
const other = 'u:r:container_file_t:s0:c3,c4';

let root: TestRoot;

beforeEach(async () => {
  root = await makeTestRoot();
});
afterEach(() => root.remove());

const paths = (): ReturnType<typeof statePaths> => statePaths(root.path);

function newTree(name: string): string {
  const top = join(root.path, name);
  makeTree(top, 5, '/nowhere');
  return top;
}

const relabel = (user: string, ...sources: RelabelledSource[]): Promise<unknown> =>
  relabelSources({ paths: paths(), user, sources });
const restore = (user: string): Promise<void> => restoreSources({ paths: paths(), user });

test('a source that can’t be restored keeps its label, its users’ categories and its place, and holds up no other domain', async () => {
  const broken = newTree('broken');
  const sound = newTree('sound');
  const before = [labelsIn(broken), labelsIn(sound)];
  const owner = { root: root.path, name: 'web' };
  const caller = 'u:r:t:s0-s0:c0.c1023';
  await claimRange({ owner, caller, labelsInUse: () => [] });
  const undos: readonly Undo[] = [
    { undo: 'releaseCategories', ...owner },
    { undo: 'restoreLabels', ...owner },
  ];
  const context = { networks: [], notice: () => undefined };
  const entries = (): readonly unknown[] =>
    readEntries(categoriesPath).filter((entry) => entry.root === root.path);
  await relabel('web', { path: broken, label });
  execFileSync('mount', ['--bind', '-o', 'ro', broken, broken]);
  try {
    await expect(undoAll(undos, context)).rejects.toMatchObject({ errno: 30 });
    expect(entries()).toMatchObject([{ name: 'web' }]);
    await relabel('other', { path: sound, label: other });
    await restore('other');
    expect(labelsIn(sound)).toEqual(before[1]);
    await expect(relabel('other', { path: broken, label: other })).rejects.toMatchObject({
      errno: 30,
      path: expect.stringContaining(broken) as string,
    });
    await expect(recoverLabels({ paths: paths(), isAlive: () => true })).rejects.toMatchObject({
      errno: 30,
    });
  } finally {
    execFileSync('umount', [broken]);
  }
  await undoAll(undos, context);
  expect(labelsIn(broken)).toEqual(before[0]);
  expect(entries()).toEqual([]);
});

test('a purge goes no further than labels that it can’t give back', async () => {
  const mount = join(root.path, 'mount');
  mkdirSync(mount);
  const tree = newTree('tree');
  const before = labelsIn(tree);
  execFileSync('mount', ['--bind', tree, mount]);
  await relabel('gone', { path: mount, label });
  execFileSync('umount', [mount]);
  await using connection = await connect('lxc:///', { root: root.path });
  await expect(connection.purge()).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    path: mount,
    message: expect.stringContaining('mount its file system, and purge again') as string,
  });
  expect(readLabels(paths())).toMatchObject([{ path: mount, users: [] }]);
  execFileSync('mount', ['--bind', tree, mount]);
  try {
    await connection.purge();
  } finally {
    execFileSync('umount', [mount]);
  }
  expect(labelsIn(tree)).toEqual(before);
  expect(readLabels(paths())).toBeUndefined();
});

test('a purge leaves alone what domains of another root have', async () => {
  await using second = await makeTestRoot();
  mkdirSync(statePaths(second.path).library, { recursive: true });
  const owner = { root: second.path, name: 'web' };
  const caller = 'u:r:t:s0-s0:c0.c1023';
  await claimRange({ owner, caller, labelsInUse: () => [] });
  await using connection = await connect('lxc:///', { root: root.path });
  await connection.purge();
  const held = readEntries(categoriesPath).filter((entry) => entry.root === second.path);
  await releaseRange(owner);
  expect(held).toMatchObject([{ name: 'web' }]);
});

test('what a domain of a former boot has labelled is restored before any start', async () => {
  const tree = newTree('left');
  const before = labelsIn(tree);
  await relabel('gone', { path: tree, label });
  await using connection = await connect(undefined, { root: root.path });
  const sleeper = { init: '/bin/sleep', initArguments: ['1000'] };
  const domain = await connection.createDomain(domainXml({ name: 'plain', ...sleeper }));
  expect(labelsIn(tree)).toEqual(before);
  expect(readLabels(paths())).toEqual([]);
  await domain.destroy();
});

test.each([
  ['/usr/share', /in the system directory \/usr/],
  ['/', /the root of the host/],
])('%s is refused as well where it is mounted elsewhere', (directory, words) => {
  const path = join(root.path, 'elsewhere');
  mkdirSync(path);
  execFileSync('mount', ['--bind', directory, path]);
  try {
    expect(() => checkRelabel([{ path, label }], { paths: paths() })).toThrow(words);
  } finally {
    execFileSync('umount', [path]);
  }
});

test('what is mounted below a source is one too, where the container is shown it, but for what the host lives in', async () => {
  const path = newTree('shown');
  const [disk, system] = [join(path, 'disk'), join(path, 'system')];
  for (const folder of [disk, system]) mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', disk]);
  execFileSync('mount', ['--bind', '/usr/share', system]);
  try {
    makeTree(join(disk, 'tree'), 5, '/nowhere');
    const before = labelsIn(disk);
    using looks = looksAlone({ within: 60_000 });
    const found = (...sources: RelabelledSource[]): Promise<RelabelledSource[]> =>
      withMountsBelow(sources, { paths: paths(), looks });
    const below = async (...sources: RelabelledSource[]): Promise<string[]> =>
      (await found(...sources)).map((source) => source.path);
    expect(await below({ path, label })).toEqual([path]);
    const recursive = { path, label, recursive: true };
    expect(await below(recursive, { path: disk, label: other })).toEqual([path, disk]);
    expect(await below(recursive)).toEqual([path, disk]);
    await relabel('web', ...(await found(recursive)));
    expect(labelsIn(disk).get('tree')).toBe(`${label}\0`);
    await restore('web');
    expect(labelsIn(disk)).toEqual(before);
  } finally {
    execFileSync('umount', [disk, system]);
  }
});

const btrfs = (...words: string[]): unknown => execFileSync('btrfs', ['-q', 'subvolume', ...words]);

/** A file system that has snapshots. */
function mountedBtrfs(folder: string): Disposable & { readonly path: string } {
  const path = join(folder, 'btrfs');
  mkdirSync(path);
  execFileSync('mount', ['-o', 'loop', makeImage('btrfs', folder), path]);
  return { path, [Symbol.dispose]: () => void execFileSync('umount', [path]) };
}

test('a read-only snapshot in a source stays as it is, from before the label or with it', async () => {
  using image = mountedBtrfs(root.path);
  const path = join(image.path, 'tree');
  btrfs('create', path);
  makeTree(join(path, 'a'), 5, '/nowhere');
  btrfs('snapshot', '-r', path, join(path, 'snapshot'));
  const before = labelsIn(path);
  const outside = before.size - labelsIn(join(path, 'snapshot')).size;
  expect(await relabel('web', { path, label })).toEqual([]);
  expect(countIn(path, labelName, `${label}\0`)).toBe(outside);
  btrfs('snapshot', '-r', path, join(path, 'later'));
  await restore('web');
  btrfs('delete', join(path, 'later'));
  expect(labelsIn(path)).toEqual(before);
  expect(countIn(path, memoryName)).toBe(0);
  expect(readLabels(paths())).toEqual([]);
});
