/** Labels of trees: given, and taken back, whatever is in the tree, also when another process changes it meanwhile. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { native } from '../../lib/host/native';
import {
  countIn,
  labelName,
  labelOf,
  labelsIn,
  makeTree,
  memoryName,
  pathsIn,
  setLabel,
} from '../support/labels/labelled-tree';
import { rejectionOf } from './failure';
import { Scratch, badDescriptor, pathOnly, printed } from './scratch';

const scratch = new Scratch();
const names = { attribute: labelName, memory: memoryName };
const label = 'u:r:container_file_t:s0:c1,c2';
const stored = `${label}\0`;
let trees = 0;

afterAll(() => scratch.dispose());

function newTree(files = 20): { top: string; source: number; outside: string } {
  const top = scratch.at(`tree-${trees++}`);
  const outside = `${top}-outside`;
  writeFileSync(outside, 'secret');
  setLabel(outside, 'u:r:secret_t:s0');
  makeTree(top, files, outside);
  return { top, source: scratch.open(top, pathOnly), outside };
}

const relabel = (source: number, same: 'remember' | 'leave' = 'remember'): Promise<void> =>
  native().relabelTree(source, { ...names, label, same }, -1);
const restore = (source: number, made?: string): Promise<boolean> =>
  native().restoreTree(source, { ...names, ...(made === undefined ? {} : { made }) }, -1);

/** Mode, owner, size and time of change of all that is in a tree. */
function attributesIn(top: string): unknown[] {
  return pathsIn(top).map((path) => {
    const { mode, uid, gid, size, mtimeMs, nlink } = lstatSync(join(top, path));
    return [path, mode, uid, gid, size, mtimeMs, nlink];
  });
}

describe('relabelTree', () => {
  test('everything in the tree gets the label and remembers its own, and nothing outside', async () => {
    const { top, source, outside } = newTree();
    const before = labelsIn(top);
    const kinds = new Set(pathsIn(top).map((path) => lstatSync(join(top, path)).mode & 0o170000));
    expect(kinds.size).toBe(6);
    await relabel(source);
    expect(new Set(labelsIn(top).values())).toEqual(new Set([stored]));
    const remembered = [...labelsIn(top, memoryName)];
    expect(remembered).toEqual([...before].map(([path, own]) => [path, own ?? '']));
    expect(labelOf(outside)).toBe('u:r:secret_t:s0\0');
    expect(labelOf(outside, memoryName)).toBeUndefined();
  });

  test('mode, owner and times stay, also after the way back', async () => {
    const { top, source } = newTree();
    const file = join(top, 'folder-0', 'file-1');
    chownSync(file, 1234, 4321);
    chmodSync(file, 0o6711);
    utimesSync(file, 1000, 2000);
    const before = attributesIn(top);
    await relabel(source);
    expect(attributesIn(top)).toEqual(before);
    await restore(source);
    expect(attributesIn(top)).toEqual(before);
  });

  test('done again, with another label too, the first label is the one that is remembered', async () => {
    const { top, source } = newTree();
    const before = labelsIn(top);
    await native().relabelTree(source, { ...names, label: 'u:r:first_t', same: 'remember' }, -1);
    await relabel(source);
    await relabel(source);
    expect(countIn(top, labelName, stored)).toBe(before.size);
    await restore(source);
    expect(labelsIn(top)).toEqual(before);
  });

  test('a single file is a tree too', async () => {
    const { top } = newTree();
    const source = scratch.open(join(top, 'hard link'), pathOnly);
    await relabel(source);
    expect(labelOf(join(top, 'hard link'))).toBe(stored);
    expect(labelOf(top)).toBeUndefined();
  });

  test('what is mounted below is not entered', async () => {
    const { top, source } = newTree();
    const mount = join(top, 'mount');
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', 'none', mount]);
    try {
      writeFileSync(join(mount, 'file'), '');
      await relabel(source);
      expect(labelOf(join(mount, 'file'))).toBeUndefined();
      expect(labelOf(mount)).toBeUndefined();
    } finally {
      execFileSync('umount', [mount]);
    }
    // Nor is the directory under it, which can't be seen.
    expect(labelOf(mount)).toBeUndefined();
    expect(labelOf(join(top, 'fifo'))).toBe(stored);
  });

  test('a tree that is deeper than there are descriptors is visited to its end', async () => {
    const top = scratch.at('deep');
    const depth = 1500;
    mkdirSync(top);
    const code = `import os
os.chdir(${JSON.stringify(top)})
for _ in range(${depth}): os.mkdir("d"); os.chdir("d")`;
    execFileSync('python3', ['-c', code]);
    const deepest = `import os
os.chdir(${JSON.stringify(top)})
for _ in range(${depth}): os.chdir("d")
print(os.getxattr(".", "${labelName}").decode().rstrip("\\0") if "${labelName}" in os.listxattr(".") else "none")`;
    const source = scratch.open(top, pathOnly);
    await relabel(source);
    expect(execFileSync('python3', ['-c', deepest]).toString()).toBe(`${label}\n`);
    await restore(source, label);
    expect(execFileSync('python3', ['-c', deepest]).toString()).toBe('none\n');
  });

  test('the progress of 10,000 files is told, each thousand of them once', async () => {
    const { source } = newTree(10_000);
    const [near, far] = native().makePair('pipe');
    scratch.keep(near);
    await native().relabelTree(source, { ...names, label, same: 'remember' }, far);
    native().closeDescriptor(far);
    const output = execFileSync('cat', { stdio: [near, 'pipe', 'inherit'] }).toString();
    const numbers = output.trim().split('\n').map(Number);
    expect(numbers.length).toBeGreaterThanOrEqual(11);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(numbers.at(-1)).toBe(10_111);
  });

  test('it ends when the reader of the descriptor has gone', async () => {
    const { top, source } = newTree(3000);
    const [near, far] = native().makePair('pipe');
    native().closeDescriptor(near);
    scratch.keep(far);
    const refused = native().relabelTree(source, { ...names, label, same: 'remember' }, far);
    expect(await rejectionOf(refused)).toEqual({ errno: 'ECANCELED', syscall: 'write' });
    const labelled = countIn(top, labelName, stored);
    expect(labelled).toBeGreaterThan(0);
    expect(labelled).toBeLessThan(3000);
  });

  test('a process that exchanges a directory and a link leads it nowhere else', async () => {
    const { top, source, outside } = newTree(0);
    const elsewhere = `${top}-elsewhere`;
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'file'), '');
    for (let index = 0; index < 50; index += 1) {
      mkdirSync(join(top, `swapped-${index}`));
      writeFileSync(join(top, `swapped-${index}`, 'file'), '');
      symlinkSync(elsewhere, join(top, `link-${index}`));
    }
    const code = `import ctypes, itertools, os
libc = ctypes.CDLL(None)
os.chdir(${JSON.stringify(top)})
print("begun", flush=True)
for n in itertools.cycle(range(50)):
  libc.renameat2(-100, b"swapped-%d" % n, -100, b"link-%d" % n, 2)`;
    const racer = scratch.start('python3', '-c', code);
    await printed(racer);
    for (let round = 0; round < 40; round += 1) {
      await relabel(source);
      expect([labelOf(elsewhere), labelOf(join(elsewhere, 'file'))]).toEqual([
        undefined,
        undefined,
      ]);
      await restore(source, label);
    }
    // The control: a program that looks first, and then goes by the path, is led astray.
    const there = lstatSync(elsewhere).ino;
    let misled = false;
    for (let attempt = 0; attempt < 1_000_000 && !misled; attempt += 1) {
      const found = join(top, `swapped-${attempt % 50}`);
      misled = lstatSync(found).isDirectory() && lstatSync(`${found}/.`).ino === there;
    }
    racer.kill('SIGKILL');
    expect(misled).toBe(true);
    expect(labelOf(outside)).toBe('u:r:secret_t:s0\0');
  });

  test('a file system without attributes is ENOTSUP, a read-only one EROFS, each with the path', async () => {
    const labels = { ...names, label, same: 'remember' } as const;
    const proc = native().relabelTree(scratch.open('/proc/self', pathOnly), labels, -1);
    expect(await rejectionOf(proc)).toEqual({ errno: 'ENOTSUP', syscall: 'fgetxattr' });
    const { top, source } = newTree();
    await relabel(source);
    writeFileSync(join(top, 'folder-0', 'new'), '');
    execFileSync('mount', ['--bind', '-o', 'ro', top, top]);
    try {
      const readOnly = native().relabelTree(scratch.open(top, pathOnly), labels, -1);
      const path = 'folder-0/new';
      expect(await rejectionOf(readOnly)).toEqual({ errno: 'EROFS', syscall: 'fsetxattr', path });
    } finally {
      execFileSync('umount', ['-l', top]);
    }
  });
});

describe('restoreTree', () => {
  test('all have their own label again and remember nothing, and once more changes nothing', async () => {
    const { top, source } = newTree();
    const before = labelsIn(top);
    await relabel(source);
    expect(await restore(source, label)).toBe(false);
    expect(labelsIn(top)).toEqual(before);
    expect(countIn(top, memoryName)).toBe(0);
    expect(await restore(source, label)).toBe(false);
    expect(labelsIn(top)).toEqual(before);
  });

  test('what was made with the label gets what its directory had', async () => {
    const { top, source } = newTree();
    setLabel(join(top, 'folder-0'), 'u:r:folder_t');
    await relabel(source);
    mkdirSync(join(top, 'folder-0', 'made', 'deeper'), { recursive: true });
    writeFileSync(join(top, 'folder-0', 'made', 'deeper', 'file'), '');
    writeFileSync(join(top, 'made'), '');
    const foreign = join(top, 'folder-0', 'made', 'foreign');
    writeFileSync(foreign, '');
    setLabel(foreign, 'u:r:foreign_t');
    const made = ['folder-0/made', 'folder-0/made/deeper', 'folder-0/made/deeper/file'];
    for (const path of [...made, 'made']) setLabel(join(top, path), label);
    await relabel(source, 'leave');
    renameSync(join(top, 'folder-0', 'file-0'), join(top, 'folder-0', 'made', 'moved'));
    await restore(source, label);
    for (const path of made) expect(labelOf(join(top, path))).toBe('u:r:folder_t\0');
    expect(labelOf(join(top, 'made'))).toBeUndefined();
    expect(labelOf(foreign)).toBe('u:r:foreign_t\0');
    expect(labelOf(join(top, 'folder-0', 'made', 'moved'))).toBe('u:r:etc_t:s0\0');
  });

  test('what had the label before keeps it, also when the first walk is done twice', async () => {
    const { top, source } = newTree();
    const file = join(top, 'folder-0', 'file-1');
    setLabel(file, label);
    const before = labelsIn(top);
    await relabel(source);
    expect(await restore(source, label)).toBe(true);
    expect(await restore(source, label)).toBe(true);
    expect(labelsIn(top)).toEqual(before);
    expect(countIn(top, memoryName)).toBe(1);
    expect(await restore(source)).toBe(false);
    expect(labelsIn(top)).toEqual(before);
    expect(countIn(top, memoryName)).toBe(0);
  });

  test('one inode that can not be restored is told at the end, and all others are', async () => {
    const { top, source } = newTree();
    const before = labelsIn(top);
    await relabel(source);
    const stuck = join(top, 'folder-0', 'file-1');
    execFileSync('chattr', ['+i', stuck]);
    try {
      const path = 'folder-0/file-1';
      const refused = await rejectionOf(restore(source, label));
      expect(refused).toEqual({ errno: 'EPERM', syscall: 'fsetxattr', path });
      expect(countIn(top, labelName, stored)).toBe(1);
      // What is above it is asked for the label of what was made there, until all of that has its own.
      expect(labelOf(join(top, 'folder-0'), memoryName)).toBeDefined();
      expect(labelOf(top, memoryName)).toBeDefined();
    } finally {
      execFileSync('chattr', ['-i', stuck]);
    }
    await restore(source, label);
    expect(labelsIn(top)).toEqual(before);
    expect(countIn(top, memoryName)).toBe(0);
  });

  test('what is no descriptor is EBADF', async () => {
    expect((await rejectionOf(restore(badDescriptor))).errno).toBe('EBADF');
  });
});
