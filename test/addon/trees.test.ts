/**
 * Copies of trees, and trees that are put in place: on the file system of the tests, and on a btrfs that no other process sees.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { native } from '../../lib/host/native';
import { makeImage } from '../support/root/filesystem-image';
import { failureOf, rejectionOf } from './failure';
import { Scratch, badDescriptor, pathOnly } from './scratch';

const scratch = new Scratch();
/** No other test has it. */
const number = 9987;
let btrfs = -1;
let folders = 0;

beforeAll(async () => {
  const image = makeImage('btrfs', scratch.path);
  await native().attachLoop({ number, image, access: 'readWrite' });
  btrfs = native().makeFilesystem('btrfs', [`source=/dev/loop${number}`], 0);
});

afterAll(async () => {
  await scratch.dispose();
  native().closeDescriptor(btrfs);
  await native().detachLoop(number);
});

/** The mount by its descriptor, also for programs that this process starts. */
const onBtrfs = (): string => `/proc/${process.pid}/fd/${btrfs}`;

/** Places for a tree, by the descriptor of the mount on btrfs. */
const places = (): readonly (readonly [string, string])[] => [
  ['ext4, or what the tests are on', scratch.path],
  ['btrfs', onBtrfs()],
];

function newFolder(top = scratch.path): string {
  const path = `${top}/tree-${folders++}`;
  mkdirSync(path);
  return path;
}

const owned = (path: string): string => {
  const { mode, uid, gid, mtimeMs, nlink, rdev, size } = lstatSync(path);
  return [mode.toString(8), uid, gid, mtimeMs, nlink, rdev, size].join(' ');
};

/** One of everything that a root may hold. */
function fill(top: string): void {
  mkdirSync(`${top}/folder/below`, { recursive: true });
  writeFileSync(`${top}/folder/file`, 'text\n');
  linkSync(`${top}/folder/file`, `${top}/folder/below/second`);
  symlinkSync('../nowhere/at all', `${top}/folder/link`);
  linkSync(`${top}/folder/link`, `${top}/folder/link-again`);
  writeFileSync(`${top}/set-user-id`, '#!/bin/sh\n');
  chownSync(`${top}/set-user-id`, 1234, 99);
  chmodSync(`${top}/set-user-id`, 0o4755);
  execFileSync('mkfifo', [`${top}/pipe`]);
  // A whiteout of an overlay.
  execFileSync('mknod', [`${top}/gone`, 'c', '0', '0']);
  const sparse = openSync(`${top}/sparse`, 'w');
  writeSync(sparse, 'at its end', 64 * 1024 * 1024);
  scratch.keep(sparse);
  native().setXattr(scratch.open(`${top}/folder`), 'trusted.overlay.opaque', Buffer.from('y'));
  native().setXattr(scratch.open(`${top}/set-user-id`), 'user.note', Buffer.from('a note'));
  lutimesSync(`${top}/folder/link`, 1_000_000_000, 1_000_000_000);
  utimesSync(`${top}/folder/file`, 1_100_000_000, 1_100_000_000);
  chmodSync(`${top}/folder/below`, 0o2710);
  utimesSync(`${top}/folder`, 1_200_000_000, 1_200_000_000);
  chownSync(top, 7, 8);
  utimesSync(top, 1_300_000_000, 1_300_000_000);
}

const names = ['', 'folder', 'folder/below', 'folder/file', 'folder/below/second', 'folder/link']
  .concat(['folder/link-again', 'set-user-id', 'pipe', 'gone', 'sparse'])
  .map((name) => `/${name}`);

/** What acl(5) makes of `u::rwx,u:1234:rwx,g::r-x,m::rwx,o::r-x`: a version, and a tag, rights and an id for each entry. */
function inheritedAcl(): Buffer {
  const no = 0xffff_ffff;
  const entries = [
    [0x01, 7, no],
    [0x02, 7, 1234],
    [0x04, 5, no],
    [0x10, 7, no],
    [0x20, 5, no],
  ] as const;
  const acl = Buffer.alloc(4 + 8 * entries.length);
  acl.writeUInt32LE(2);
  entries.forEach(([tag, rights, id], index) => {
    acl.writeUInt16LE(tag, 4 + 8 * index);
    acl.writeUInt16LE(rights, 6 + 8 * index);
    acl.writeUInt32LE(id, 8 + 8 * index);
  });
  return acl;
}

const copy = (from: string, to: string): Promise<void> =>
  native().copyTree(scratch.open(from), { into: scratch.open(to) }, -1);

describe('copyTree', () => {
  test.each([0, 1])('everything comes along on file system %i', async (index) => {
    const [, place = ''] = places()[index] ?? [];
    const [from, to] = [newFolder(place), newFolder(place)];
    fill(from);
    await copy(from, to);
    expect(names.map((name) => `${name} ${owned(to + name)}`)).toEqual(
      names.map((name) => `${name} ${owned(from + name)}`),
    );
    const same = [`${to}/folder/file`, `${to}/folder/below/second`].map(
      (path) => statSync(path).ino,
    );
    expect(new Set(same).size).toBe(1);
    expect(readFileSync(`${to}/folder/below/second`, 'utf8')).toBe('text\n');
    expect(readlinkSync(`${to}/folder/link`)).toBe('../nowhere/at all');
    expect(readFileSync(`${to}/sparse`).subarray(-10).toString()).toBe('at its end');
    expect(statSync(`${to}/sparse`).blocks).toBeLessThan(1024);
    const opaque = native().getXattr(scratch.open(`${to}/folder`), 'trusted.overlay.opaque');
    expect(opaque?.toString()).toBe('y');
    const note = native().getXattr(scratch.open(`${to}/set-user-id`), 'user.note');
    expect(note?.toString()).toBe('a note');
  });

  test('a tree that is deeper than directories are kept open is copied whole', async () => {
    const [from, to] = [newFolder(), newFolder()];
    const deep = Array.from({ length: 200 }, () => 'd').join('/');
    mkdirSync(`${from}/${deep}`, { recursive: true });
    writeFileSync(`${from}/${deep}/bottom`, 'deep');
    await copy(from, to);
    expect(readFileSync(`${to}/${deep}/bottom`, 'utf8')).toBe('deep');
  });

  test('an empty file, and one that ends with a hole, keep their size', async () => {
    const [from, to] = [newFolder(), newFolder()];
    writeFileSync(`${from}/empty`, '');
    writeFileSync(`${from}/ends`, 'x');
    truncateSync(`${from}/ends`, 1_000_000);
    await copy(from, to);
    expect(statSync(`${to}/empty`).size).toBe(0);
    expect(statSync(`${to}/ends`).size).toBe(1_000_000);
  });

  test('from one file system to another', async () => {
    const [from, to] = [newFolder(), newFolder(onBtrfs())];
    fill(from);
    await copy(from, to);
    expect(readFileSync(`${to}/sparse`).subarray(-10).toString()).toBe('at its end');
  });

  test('what the target has inherited is not inherited again', async () => {
    const [from, above] = [newFolder(), newFolder(onBtrfs())];
    mkdirSync(`${from}/folder`);
    writeFileSync(`${from}/folder/file`, '');
    native().setXattr(scratch.open(above), 'system.posix_acl_default', inheritedAcl());
    const to = newFolder(above);
    const acl = (path: string): Buffer | undefined =>
      native().getXattr(scratch.open(path), 'system.posix_acl_access');
    expect(acl(to)).toBeDefined();
    await copy(from, to);
    expect(['', '/folder', '/folder/file'].map((name) => acl(to + name))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(statSync(`${to}/folder`).mode).toBe(statSync(`${from}/folder`).mode);
  });

  test('what is there already is refused, with its path', async () => {
    const [from, to] = [newFolder(), newFolder()];
    mkdirSync(`${from}/a`);
    writeFileSync(`${from}/a/b`, '');
    mkdirSync(`${to}/a`);
    expect(await rejectionOf(copy(from, to))).toEqual({
      errno: 'EEXIST',
      syscall: 'mkdirat',
      path: 'a',
    });
  });

  test('a link out of the tree is copied, and nothing that it leads to', async () => {
    const [from, to, outside] = [newFolder(), newFolder(), newFolder()];
    writeFileSync(`${outside}/secret`, 'secret');
    symlinkSync(outside, `${from}/link`);
    await copy(from, to);
    expect(lstatSync(`${to}/link`).isSymbolicLink()).toBe(true);
    expect(readdirSync(to)).toEqual(['link']);
  });
});

describe('removeTree', () => {
  const remove = (path: string): Promise<void> =>
    native().removeTree(scratch.open(dirname(path)), { name: basename(path) }, -1);

  test('all that is in a directory goes, and nothing that a link leads to', async () => {
    const [top, outside] = [newFolder(), newFolder()];
    fill(top);
    fill(outside);
    symlinkSync(outside, `${top}/out`);
    const deep = Array.from({ length: 200 }, () => 'd').join('/');
    mkdirSync(`${top}/${deep}`, { recursive: true });
    await remove(top);
    expect(existsSync(top)).toBe(false);
    expect(readdirSync(outside).length).toBeGreaterThan(3);
  });

  test('a link goes alone', async () => {
    const [top, outside] = [newFolder(), newFolder()];
    symlinkSync(outside, `${top}/link`);
    await remove(`${top}/link`);
    expect([readdirSync(top), existsSync(outside)]).toEqual([[], true]);
  });

  test('subvolumes of btrfs in it go as well', async () => {
    const top = newFolder(onBtrfs());
    execFileSync('btrfs', ['-q', 'subvolume', 'create', `${top}/inner`]);
    writeFileSync(`${top}/inner/file`, '');
    await remove(top);
    expect(existsSync(top)).toBe(false);
  });

  test('what is immutable, or only to be appended to, goes as well', async () => {
    const top = newFolder(onBtrfs());
    mkdirSync(`${top}/fixed/below`, { recursive: true });
    for (const name of ['fixed/file', 'fixed/log']) writeFileSync(`${top}/${name}`, '');
    execFileSync('chattr', ['+a', `${top}/fixed/log`]);
    for (const name of ['fixed/file', 'fixed/below', 'fixed', '']) {
      execFileSync('chattr', ['+i', `${top}/${name}`]);
    }
    expect(() => unlinkSync(`${top}/fixed/file`)).toThrow('EPERM');
    await remove(top);
    expect(existsSync(top)).toBe(false);
  });

  test('a number that is no descriptor is refused', async () => {
    await expect(
      (async () => native().removeTree(badDescriptor, { name: 'x' }, -1))(),
    ).rejects.toMatchObject({ errno: 9 });
  });
});

describe('allowChanges', () => {
  test('an immutable directory can be renamed then', () => {
    const [fixed, moved] = [newFolder(onBtrfs()), `${onBtrfs()}/moved`];
    execFileSync('chattr', ['+i', fixed]);
    expect(() => renameSync(fixed, moved)).toThrow('EPERM');
    native().allowChanges(scratch.open(fixed));
    renameSync(fixed, moved);
    native().allowChanges(scratch.open(moved));
    expect(existsSync(moved)).toBe(true);
  });

  test('a number that is no descriptor is refused', () => {
    expect(failureOf(() => native().allowChanges(badDescriptor))).toEqual({
      errno: 'EBADF',
      syscall: 'fstat',
    });
  });
});

describe('exchangeEntries', () => {
  test('two trees take each other’s place', () => {
    const [one, other] = [newFolder(), newFolder()];
    writeFileSync(`${one}/one`, '');
    writeFileSync(`${other}/other`, '');
    const directory = scratch.open(scratch.path);
    const nameOf = (path: string): string => path.slice(scratch.path.length + 1);
    native().exchangeEntries({ directory, name: nameOf(one) }, { directory, name: nameOf(other) });
    expect(readdirSync(one)).toEqual(['other']);
    expect(readdirSync(other)).toEqual(['one']);
  });

  test('with one that is missing nothing happens', () => {
    const one = newFolder();
    const directory = scratch.open(one);
    mkdirSync(`${one}/here`);
    const exchange = (): void =>
      native().exchangeEntries({ directory, name: 'here' }, { directory, name: 'missing' });
    expect(failureOf(exchange)).toEqual({ errno: 'ENOENT', syscall: 'renameat2', path: 'missing' });
    expect(existsSync(`${one}/here`)).toBe(true);
  });
});

/** A subvolume on the btrfs, made by its own tool. */
function newSubvolume(place = onBtrfs()): string {
  const name = `subvolume-${folders++}`;
  execFileSync('btrfs', ['-q', 'subvolume', 'create', `${place}/${name}`]);
  return `${place}/${name}`;
}

describe('subvolumeKind', () => {
  test('a folder, a subvolume, and one with another in it', () => {
    const [folder, whole, nested] = [newFolder(onBtrfs()), newSubvolume(), newSubvolume()];
    newSubvolume(nested);
    expect(
      [folder, whole, nested, scratch.path].map((path) =>
        native().subvolumeKind(scratch.open(path)),
      ),
    ).toEqual(['none', 'whole', 'nested', 'none']);
  });

  test('a number that is no descriptor is refused', () => {
    expect(failureOf(() => native().subvolumeKind(badDescriptor))).toEqual({
      errno: 'EBADF',
      syscall: 'fstatfs',
    });
  });
});

describe('snapshotSubvolume', () => {
  test('it stays as it was, whatever becomes of the original, and can be written to', async () => {
    const original = newSubvolume();
    writeFileSync(`${original}/file`, 'before');
    const directory = scratch.open(onBtrfs());
    const name = `snapshot-${folders++}`;
    await native().snapshotSubvolume(scratch.open(original), { directory, name });
    writeFileSync(`${original}/file`, 'after');
    const made = `${onBtrfs()}/${name}`;
    expect(readFileSync(`${made}/file`, 'utf8')).toBe('before');
    writeFileSync(`${made}/more`, '');
    expect(native().subvolumeKind(scratch.open(made))).toBe('whole');
  });

  test('on another file system it is refused', async () => {
    const directory = scratch.open(scratch.path);
    const made = native().snapshotSubvolume(scratch.open(newSubvolume()), { directory, name: 'x' });
    const { errno, syscall } = await rejectionOf(made);
    // Another file system than btrfs does not know the request at all.
    expect(['EXDEV', 'ENOTTY']).toContain(errno);
    expect(syscall).toBe('ioctl');
  });
});

describe('removeTreeNow', () => {
  test('a tree and a file go, and what is missing is no failure', () => {
    const top = newFolder();
    mkdirSync(`${top}/tree/below`, { recursive: true });
    for (const name of ['file', 'tree/below/file']) writeFileSync(`${top}/${name}`, '');
    const directory = scratch.open(top);
    for (const name of ['file', 'tree', 'missing']) native().removeTreeNow({ directory, name });
    expect(readdirSync(top)).toEqual([]);
  });

  test('a number that is no descriptor is refused', () => {
    expect(
      failureOf(() => native().removeTreeNow({ directory: badDescriptor, name: 'x' })),
    ).toMatchObject({ errno: 'EBADF' });
  });
});

describe('removeSubvolume', () => {
  test('it is gone with all that is in it', async () => {
    const path = newSubvolume();
    writeFileSync(`${path}/file`, '');
    const directory = scratch.open(onBtrfs());
    const name = path.slice(path.lastIndexOf('/') + 1);
    await native().removeSubvolume({ directory, name });
    expect(existsSync(path)).toBe(false);
  });

  test('what is none is refused', async () => {
    const directory = scratch.keep(openSync(scratch.path, pathOnly));
    const removed = native().removeSubvolume({ directory, name: 'missing' });
    expect((await rejectionOf(removed)).syscall).toBe('ioctl');
  });
});
