/** Folders of tslxc's own, which are made when something is first written there. */
import { execFileSync } from 'node:child_process';
import fs, { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeOwnFolder } from '../../../../lib/host/state/own-folder';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

test('a folder is made with those above it, for root alone; one that is there stays as it is', () => {
  const folder = scratchDirectory();
  makeOwnFolder(join(folder, 'a/b'));
  expect(statSync(join(folder, 'a/b')).mode & 0o777).toBe(0o700);
  mkdirSync(join(folder, 'c'), { mode: 0o755 });
  makeOwnFolder(join(folder, 'c'));
  expect(statSync(join(folder, 'c')).mode & 0o777).toBe(0o755);
});

test('a folder is made where another process makes those above it at the same time', () => {
  const folder = join(scratchDirectory(), 'above/it');
  const kernels = fs.mkdirSync;
  const tries: string[] = [];
  const spy = jest.spyOn(fs, 'mkdirSync').mockImplementation((path, options) => {
    tries.push(String(path));
    try {
      return kernels(path, options);
    } finally {
      // After the kernel has said that there is none, and before anything else is asked.
      if (tries.length === 1) kernels(folder, { recursive: true });
    }
  });
  try {
    makeOwnFolder(join(folder, 'made'));
  } finally {
    spy.mockRestore();
  }
  expect(statSync(join(folder, 'made')).isDirectory()).toBe(true);
  expect(tries).toEqual([join(folder, 'made'), folder, join(folder, 'made')]);
});

test('what is in the way is named by what the kernel says of it', () => {
  const folder = scratchDirectory();
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeOwnFolder(join(folder, 'file/a/b'))).toThrow(
    expect.objectContaining({ code: 'ENOTDIR' }) as Error,
  );
  expect(() => makeOwnFolder(join(folder, 'file'))).toThrow(
    expect.objectContaining({ code: 'EEXIST' }) as Error,
  );
  symlinkSync('nowhere', join(folder, 'link'));
  expect(() => makeOwnFolder(join(folder, 'link/a'))).toThrow(
    expect.objectContaining({ code: 'EEXIST', path: join(folder, 'link') }) as Error,
  );
  // No folder can be made in /proc/self: the kernel says ENOENT of each name.
  expect(() => makeOwnFolder('/proc/self/fdinfo/made/here')).toThrow(
    expect.objectContaining({ path: '/proc/self/fdinfo/made' }) as Error,
  );
});

test('no other file makes several folders at once, since Node.js then says ENOENT of a read-only file system', () => {
  const lib = join(__dirname, '../../../../lib');
  const found = execFileSync('grep', ['-rlE', 'mkdir(Sync)?\\(.*recursive: true', lib], {
    encoding: 'utf8',
  });
  const files = found.trim().split('\n');
  expect(files.map((file) => file.slice(lib.length + 1)).sort()).toEqual([
    // Tried, and left out if it fails.
    'cli/compiled-bundle.ts',
  ]);
});
