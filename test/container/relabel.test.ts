/** Labels of sources, and of the domains that share them. Callers that are killed: test/long/relabel-deaths.test.ts. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readLabels } from '../../lib/container/security/relabel/label-registry';
import type { LabelProgress } from '../../lib/container/security/relabel/label-walk';
import { checkRelabel, relabelSources } from '../../lib/container/security/relabel/relabel';
import type { RelabelledSource } from '../../lib/container/security/relabel/relabel';
import { recoverLabels, restoreSources } from '../../lib/container/security/relabel/restore';
import { labelsPath, statePaths } from '../../lib/host/state/state-paths';
import {
  countIn,
  labelName,
  labelOf,
  labelsIn,
  makeTree,
  memoryName,
  setLabel,
} from '../support/labels/labelled-tree';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';

const label = 'u:r:container_file_t:s0:c1,c2';
const other = 'u:r:container_file_t:s0:c3,c4';
const stored = `${label}\0`;

let root: TestRoot;
let trees = 0;

beforeAll(async () => {
  root = await makeTestRoot();
});
afterEach(() => rmSync(labelsPath(paths()), { force: true }));
afterAll(() => root.remove());

const paths = (): ReturnType<typeof statePaths> => statePaths(root.path);

function newTree(files = 5): string {
  const top = join(root.path, `tree-${trees++}`);
  writeFileSync(`${top}-outside`, '');
  makeTree(top, files, `${top}-outside`);
  return top;
}

const relabel = (user: string, ...sources: RelabelledSource[]): Promise<unknown> =>
  relabelSources({ paths: paths(), user, sources });
const restore = (user: string): Promise<void> => restoreSources({ paths: paths(), user });

test('a source gets its label, and its own when its user has ended', async () => {
  const path = newTree();
  const before = labelsIn(path);
  const seen: LabelProgress[] = [];
  const onProgress = (progress: LabelProgress): void => void seen.push(progress);
  const sources = [{ path, label }];
  await relabelSources({ paths: paths(), user: 'web', sources, onProgress });
  expect(new Set(labelsIn(path).values())).toEqual(new Set([stored]));
  expect(seen.at(-1)).toEqual({ path, inodes: before.size });
  expect(readLabels(paths())).toMatchObject([{ path, label, users: ['web'], phase: 'labelled' }]);
  await restore('web');
  expect(labelsIn(path)).toEqual(before);
  expect(countIn(path, memoryName)).toBe(0);
  expect(readLabels(paths())).toEqual([]);
  await restore('web');
});

test('the last user of a source restores it, also what was made in it', async () => {
  const path = newTree();
  const before = labelsIn(path);
  await relabel('one', { path, label });
  const made = join(path, 'made');
  writeFileSync(made, '');
  setLabel(made, label);
  await relabel('two', { path, label });
  await restore('one');
  expect(countIn(path, labelName, stored)).toBe(before.size + 1);
  await restore('two');
  expect(labelOf(made)).toBeUndefined();
  rmSync(made);
  expect(labelsIn(path)).toEqual(before);
});

test('another label for what a domain uses is refused, and nothing is changed', async () => {
  const path = newTree();
  const inner = join(path, 'folder-0');
  const untouched = newTree();
  await relabel('one', { path, label });
  const before = labelsIn(path);
  const record = readFileSync(labelsPath(paths()), 'utf8');
  const link = join(root.path, 'link');
  symlinkSync(path, link);
  for (const source of [path, inner, root.path, link]) {
    const sources = [
      { path: untouched, label: other },
      { path: source, label: other },
    ];
    // The folder around it is tslxc's own as well.
    const refused = relabelSources({ paths: paths(), user: 'two', sources, force: true });
    await expect(refused).rejects.toMatchObject({
      code: 'RESOURCE_BUSY',
      message: expect.stringMatching(/for one$/) as string,
      path: source,
    });
  }
  expect(labelsIn(path)).toEqual(before);
  expect(countIn(untouched, memoryName)).toBe(0);
  expect(readFileSync(labelsPath(paths()), 'utf8')).toBe(record);
  await restore('one');
  await relabel('two', { path, label: other });
  await restore('two');
  expect(countIn(path, memoryName)).toBe(0);
});

test('a bind mount of a source is the same source, and another file system below it is another', async () => {
  const path = newTree();
  const alias = join(root.path, 'alias');
  const below = join(path, 'mount');
  for (const folder of [alias, below]) mkdirSync(folder);
  execFileSync('mount', ['--bind', join(path, 'folder-0'), alias]);
  execFileSync('mount', ['-t', 'tmpfs', 'none', below]);
  try {
    await relabel('one', { path, label });
    const refused = relabel('two', { path: alias, label: other });
    await expect(refused).rejects.toMatchObject({ code: 'RESOURCE_BUSY' });
    await relabel('two', { path: below, label: other });
    expect(labelOf(below)).toBe(`${other}\0`);
    await restore('two');
    await restore('one');
  } finally {
    execFileSync('umount', [alias, below]);
  }
});

test('what lies in another source stays labelled until its own user ends, and the other way round', async () => {
  const outer = newTree();
  const inner = join(outer, 'folder-0');
  const before = labelsIn(outer);
  for (const [first, second] of [
    [outer, inner],
    [inner, outer],
  ] as const) {
    await relabel('one', { path: first, label });
    await relabel('two', { path: second, label });
    await restore('one');
    expect(new Set(labelsIn(inner).values())).toEqual(new Set([stored]));
    await restore('two');
    expect(labelsIn(outer)).toEqual(before);
    expect(readLabels(paths())).toEqual([]);
  }
});

test('a label that inodes had before is theirs afterwards', async () => {
  const path = newTree();
  setLabel(join(path, 'folder-0', 'file-1'), label);
  const before = labelsIn(path);
  await relabel('web', { path, label });
  await restore('web');
  expect(labelsIn(path)).toEqual(before);
  expect(countIn(path, memoryName)).toBe(0);
  expect(readLabels(paths())).toEqual([]);
});

const place = { path: 'domain/devices/filesystem/source', position: { line: 7, column: 3 } };
const refusedPaths = [
  ...['/', '/usr', '/usr/share', '/bin', '/etc/passwd', '/var', '/var/lib', '/home', '/dev'],
  ...['/proc/sys', '/run', '/tmp', '/dev/null', '/dev/shm', '/tslxc-nonexistent'],
];

function thrownBy(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('it was not refused');
}

test.each(refusedPaths)('%s is refused with its place', (path) => {
  const check = (): void => checkRelabel([{ path, label, place }], { paths: paths() });
  const where = { element: place.path, line: 7, column: 3, path };
  expect(thrownBy(check)).toMatchObject({ code: 'CONFIG_UNSUPPORTED', ...where });
});

test('what is refused is told by where it lies, and by force all but / and what is missing is allowed', () => {
  const link = join(root.path, 'to-usr');
  symlinkSync('/usr/share', link);
  const check = (path: string, options: { readonly force?: boolean } = {}): void =>
    checkRelabel([{ path, label }], { paths: paths(), ...options });
  expect(() => check(link)).toThrow(/what is in the system directory \/usr/);
  expect(() => check(root.path)).toThrow(/tslxc, which lies in it/);
  check(link, { force: true });
  expect(() => check('/', { force: true })).toThrow(/the root of the host/);
  expect(() => check('/tslxc-nonexistent', { force: true })).toThrow(/does not exist/);
  for (const path of [newTree(), '/dev/fuse', '/var/lib/dpkg']) check(path);
});

test('one source of a container in another with another label is refused', async () => {
  const path = newTree();
  const sources = [
    { path, label },
    { path: join(path, 'folder-0'), label: other, place },
  ];
  const refusal = { code: 'CONFIG_UNSUPPORTED', line: 7 };
  expect(thrownBy(() => checkRelabel(sources, { paths: paths() }))).toMatchObject(refusal);
  await expect(relabel('web', ...sources)).rejects.toMatchObject(refusal);
  expect(countIn(path, memoryName)).toBe(0);
});

test('a read-only source is an error with its path, or skipped', async () => {
  const path = newTree();
  execFileSync('mount', ['--bind', '-o', 'ro', path, path]);
  try {
    await expect(relabel('web', { path, label })).rejects.toMatchObject({ errno: 30, path });
    const skipped = await relabel('web', { path, label, whenImpossible: 'skip' });
    expect(skipped).toEqual([{ path, errno: 30 }]);
    await restore('web');
    expect(readLabels(paths())).toEqual([]);
  } finally {
    execFileSync('umount', [path]);
  }
});

test('what a source leads to by now is looked at again', async () => {
  const link = join(root.path, 'moving');
  symlinkSync(newTree(), link);
  checkRelabel([{ path: link, label }], { paths: paths() });
  rmSync(link);
  symlinkSync('/usr/lib/os-release', link);
  await expect(relabel('web', { path: link, label })).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    message: expect.stringContaining('system directory /usr') as string,
  });
  expect(labelOf('/usr/lib/os-release')).toBeUndefined();
});

test('an abort ends the walk, and restoring brings back what was done', async () => {
  const path = newTree(3000);
  const before = labelsIn(path);
  const abort = new AbortController();
  const sources = [{ path, label }];
  const onProgress = (): void => abort.abort();
  const { signal } = abort;
  const aborted = relabelSources({ paths: paths(), user: 'web', sources, onProgress, signal });
  await expect(aborted).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  await restore('web');
  expect(labelsIn(path)).toEqual(before);
});

test('a source that its owner has removed is forgotten, and one whose file system is not mounted is not', async () => {
  const gone = newTree();
  const mount = join(root.path, 'mount');
  mkdirSync(mount);
  const image = join(root.path, 'image');
  execFileSync('mke2fs', ['-q', '-t', 'ext4', image, '8M']);
  execFileSync('mount', ['-o', 'loop', image, mount]);
  const path = join(mount, 'tree');
  makeTree(path, 5, '/nowhere');
  const before = labelsIn(path);
  await relabel('web', { path: gone, label }, { path, label });
  renameSync(gone, `${gone}-moved`);
  mkdirSync(gone);
  execFileSync('umount', [mount]);
  await restore('web');
  expect(readLabels(paths())).toMatchObject([{ path, users: [] }]);
  execFileSync('mount', ['-o', 'loop', image, mount]);
  try {
    await recoverLabels({ paths: paths(), isAlive: () => false });
    expect(labelsIn(path)).toEqual(before);
    expect(readLabels(paths())).toEqual([]);
  } finally {
    execFileSync('umount', [mount]);
  }
});

test('what was labelled for domains of which nothing is left is restored, and nothing else', async () => {
  const [one, two] = [newTree(), newTree()];
  const before = labelsIn(one);
  await relabel('dead', { path: one, label });
  await relabel('alive', { path: two, label: other });
  await recoverLabels({ paths: paths(), isAlive: (user) => user === 'alive' });
  expect(labelsIn(one)).toEqual(before);
  expect(new Set(labelsIn(two).values())).toEqual(new Set([`${other}\0`]));
  await restore('alive');
});

test('a record that can’t be read is not a missing one', async () => {
  mkdirSync(dirname(labelsPath(paths())), { recursive: true });
  writeFileSync(labelsPath(paths()), '{"version":1,"sour');
  const refused = relabel('web', { path: newTree(), label });
  await expect(refused).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    path: labelsPath(paths()),
  });
});
