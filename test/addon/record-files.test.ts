/** The small files of tslxc itself: what lies in their place is neither followed nor waited for. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { native } from '../../lib/host/native';
import { failureOf, rejectionOf } from './failure';
import { nodeWords } from './node-child';
import { Scratch, ended, printed } from './scratch';

const scratch = new Scratch();
let folders = 0;

afterAll(() => scratch.dispose());

/** A path in a new folder. */
function place(): string {
  const folder = scratch.at(`folder-${folders++}`);
  mkdirSync(folder);
  return `${folder}/record`;
}

/** What is no ordinary file. */
const others: readonly (readonly [string, (path: string) => unknown])[] = [
  ['a symbolic link', (path) => symlinkSync('/etc/passwd', path)],
  ['a fifo', (path) => execFileSync('mkfifo', [path])],
  ['a directory', (path) => mkdirSync(path)],
];

const text = `${'text ü '.repeat(1000)}\n`;

describe('readRecord', () => {
  test('the text as a whole, and nothing where there is no file or folder', () => {
    const path = place();
    writeFileSync(path, text);
    expect(native().readRecord(path)).toBe(text);
    expect(native().readRecord(`${path}-none`)).toBeUndefined();
    expect(native().readRecord(`${path}/none`)).toBeUndefined();
  });

  test.each(others)('%s is something other', (_, make) => {
    const path = place();
    make(path);
    expect(native().readRecord(path)).toBeNull();
  });

  test('what cannot be read is an error: EIO', () => {
    // Address 0 of a process.
    const path = '/proc/self/mem';
    expect(failureOf(() => native().readRecord(path))).toEqual({
      errno: 'EIO',
      syscall: 'read',
      path,
    });
  });
});

describe('isRecordLocked', () => {
  test('as long as another process has the byte', async () => {
    const path = place();
    expect(native().isRecordLocked(path, 3)).toBeUndefined();
    writeFileSync(path, '');
    expect(native().isRecordLocked(path, 3)).toBe(false);
    const child = scratch.start(
      ...nodeWords(`
        const fd = fs.openSync('${path}', 'r+');
        addon.tryLockByte(fd, 3);
        console.log('held');
        setInterval(() => {}, 1000);`),
    );
    expect(await printed(child)).toBe('held\n');
    expect([2, 3].map((offset) => native().isRecordLocked(path, offset))).toEqual([false, true]);
    await ended(child);
    expect(native().isRecordLocked(path, 3)).toBe(false);
  });

  test.each(others)('%s is something other', (_, make) => {
    const path = place();
    make(path);
    expect(native().isRecordLocked(path, 0)).toBeNull();
  });

  test('what cannot be opened is an error: EROFS, ENAMETOOLONG', () => {
    const path = `/tmp/${'x'.repeat(300)}`;
    expect(failureOf(() => native().isRecordLocked(path, 0))).toEqual({
      errno: 'ENAMETOOLONG',
      syscall: 'open',
      path,
    });
  });
});

describe.each(['makeRecord', 'replaceRecord'] as const)('%s', (name) => {
  const write = (path: string, content: string): boolean => native()[name](path, content);

  test('the file is its owner’s alone, and has the text as a whole', () => {
    const path = place();
    for (const content of [text, 'shorter', '']) {
      expect(write(path, content)).toBe(true);
      expect(readFileSync(path, 'utf8')).toBe(content);
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  test.each(others.slice(0, 2))('%s is replaced', (_, make) => {
    const path = place();
    make(path);
    make(`${path}.new`);
    expect(write(path, text)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readFileSync('/etc/passwd', 'utf8')).not.toBe(text);
  });

  test('without its folder nothing is made', () => {
    expect(write(scratch.at('missing', 'record'), '')).toBe(false);
    expect(existsSync(scratch.at('missing'))).toBe(false);
  });
});

describe('makeRecord', () => {
  test('a former file has gone, and is not written to', () => {
    const path = place();
    writeFileSync(path, 'former');
    const fd = scratch.open(path);
    native().makeRecord(path, 'new');
    expect(readFileSync(fd, 'utf8')).toBe('former');
  });

  test('a directory in its place stays: EISDIR', () => {
    const path = place();
    mkdirSync(path);
    expect(failureOf(() => native().makeRecord(path, ''))).toEqual({
      errno: 'EISDIR',
      syscall: 'unlink',
      path,
    });
  });
});

describe('replaceRecord', () => {
  test('a reader of the former file reads on in that', () => {
    const path = place();
    native().replaceRecord(path, 'former');
    const fd = scratch.open(path);
    native().replaceRecord(path, 'new');
    expect(readFileSync(fd, 'utf8')).toBe('former');
  });

  test('a link in the place of the folder is not followed: ENOTDIR', () => {
    const path = place();
    const link = scratch.at(`link-${folders}`);
    symlinkSync(path.slice(0, path.lastIndexOf('/')), link);
    expect(failureOf(() => native().replaceRecord(`${link}/record`, ''))).toEqual({
      errno: 'ENOTDIR',
      syscall: 'open',
      path: link,
    });
  });

  test('a directory in its place stays, and nothing beside it: EISDIR', () => {
    const path = place();
    mkdirSync(path);
    expect(failureOf(() => native().replaceRecord(path, ''))).toEqual({
      errno: 'EISDIR',
      syscall: 'rename',
      path,
    });
    expect(existsSync(`${path}.new`)).toBe(false);
  });
});

describe('removeRecord', () => {
  test('it says whether there was one', () => {
    const path = place();
    writeFileSync(path, '');
    expect([native().removeRecord(path), native().removeRecord(path)]).toEqual([true, false]);
  });

  test('a directory stays: EISDIR', () => {
    const path = place();
    mkdirSync(path);
    expect(failureOf(() => native().removeRecord(path))).toEqual({
      errno: 'EISDIR',
      syscall: 'unlink',
      path,
    });
  });
});

describe('appendLog', () => {
  test('texts are appended; a file that is too long becomes the former one', async () => {
    const path = place();
    for (const text of ['one\n', 'two\n', 'three\n', 'four\n']) {
      await native().appendLog(path, text, 7);
    }
    expect(readFileSync(path, 'utf8')).toBe('three\nfour\n');
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('without its folder it is ENOENT', async () => {
    const path = scratch.at('missing', 'log');
    expect(await rejectionOf(native().appendLog(path, 'text', 7))).toEqual({
      errno: 'ENOENT',
      syscall: 'open',
      path,
    });
  });
});
