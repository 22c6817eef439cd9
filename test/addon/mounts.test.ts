/** New file systems, paths below a root and sealed copies. */
import { spawnSync } from 'node:child_process';
import { constants, copyFileSync, existsSync, fstatSync, mkdirSync, readFileSync } from 'node:fs';
import {
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { constants as osConstants } from 'node:os';
import { native } from '../../lib/host/native';
import { failureOf } from './failure';
import { Scratch, badDescriptor, pathOnly, printed } from './scratch';

const readOnly = 1; // MOUNT_ATTR_RDONLY
const scratch = new Scratch();

afterAll(() => scratch.dispose());

const atFd = (fd: number, name = ''): string => `/proc/self/fd/${fd}/${name}`;
const tmpfs = (attributes = 0): number =>
  scratch.keep(native().makeFilesystem('tmpfs', ['size=64k', 'mode=0700'], attributes));

describe('makeFilesystem', () => {
  test('a new file system is attached nowhere, and has its options', () => {
    const before = readFileSync('/proc/self/mountinfo', 'utf8');
    const fd = tmpfs();
    expect(fstatSync(fd).mode & 0o7777).toBe(0o700);
    writeFileSync(atFd(fd, 'file'), 'text');
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(before);
  });

  test('attributes hold from the start', () => {
    expect(() => writeFileSync(atFd(tmpfs(readOnly), 'file'), '')).toThrow(/EROFS/);
  });

  test('an unknown type is ENODEV', () => {
    expect(failureOf(() => native().makeFilesystem('no-such-type', [], 0))).toEqual({
      errno: 'ENODEV',
      syscall: 'fsopen',
      path: 'no-such-type',
    });
  });

  test('a refused option is EINVAL, with the words of the kernel', () => {
    const failure = failureOf(() => native().makeFilesystem('tmpfs', ['size=many'], 0));
    expect(failure).toMatchObject({ errno: 'EINVAL', syscall: 'fsconfig' });
    expect(failure.path).toMatch(/^size=many: .*size/);
  });
});

describe('tryIoctl', () => {
  // NS_GET_NSTYPE of linux/nsfs.h.
  const command = 0xb703;

  test('an ioctl that the file knows is 0, another one ENOTTY', () => {
    expect(native().tryIoctl('/proc/self/ns/mnt', command)).toBe(0);
    expect(native().tryIoctl('/dev/null', command)).toBe(osConstants.errno.ENOTTY);
  });

  test('a missing file is ENOENT', () => {
    const path = scratch.at('missing');
    expect(failureOf(() => native().tryIoctl(path, command))).toEqual({
      errno: 'ENOENT',
      syscall: 'open',
      path,
    });
  });
});

describe('openInRoot', () => {
  test('links stay inside the root', () => {
    mkdirSync(scratch.at('root/etc'), { recursive: true });
    writeFileSync(scratch.at('root/etc/passwd'), 'inside');
    symlinkSync('/etc/passwd', scratch.at('root/absolute'));
    symlinkSync('../../../../../../etc/passwd', scratch.at('root/relative'));
    const root = scratch.open(scratch.at('root'), pathOnly);
    for (const path of ['absolute', 'relative', '/etc/passwd', '../etc/passwd']) {
      const fd = scratch.keep(native().openInRoot(root, path, constants.O_RDONLY));
      expect(readFileSync(fd, 'utf8')).toBe('inside');
      expect(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')).toMatch(/flags:\s*0?2/); // O_CLOEXEC
    }
  });

  test('a magic link is ELOOP', () => {
    const root = scratch.open('/proc/self', pathOnly);
    expect(failureOf(() => native().openInRoot(root, 'exe', constants.O_RDONLY))).toEqual({
      errno: 'ELOOP',
      syscall: 'openat2',
      path: 'exe',
    });
  });

  test('a root that is no directory is ENOTDIR', () => {
    const file = scratch.open('/etc/passwd');
    expect(failureOf(() => native().openInRoot(file, 'x', constants.O_RDONLY))).toEqual({
      errno: 'ENOTDIR',
      syscall: 'openat2',
      path: 'x',
    });
  });
});

describe('glance', () => {
  test('what the caches hold is told as by stat(2), by links and below a root', () => {
    mkdirSync(scratch.at('glanced/etc'), { recursive: true });
    writeFileSync(scratch.at('glanced/etc/passwd'), 'inside');
    symlinkSync('/etc/passwd', scratch.at('glanced/link'));
    const path = scratch.at('glanced/etc/passwd');
    const { mode, uid, gid, size, dev, ino, rdev } = statSync(path, { bigint: true });
    const expected = {
      mode: Number(mode),
      uid: Number(uid),
      gid: Number(gid),
      size,
      device: dev,
      inode: ino,
      node: rdev,
      realPath: realpathSync(path),
    };
    expect(native().glance('', path)).toMatchObject(expected);
    statSync(scratch.at('glanced/link')); // the link itself is in the caches then
    expect(native().glance(scratch.at('glanced'), 'link')).toMatchObject(expected);
    expect(native().glance('', '/dev/null')?.node).toBe(
      statSync('/dev/null', { bigint: true }).rdev,
    );
  });

  test('its mount is the one of mountinfo', () => {
    const id = /^(\d+) \d+ \S+ \/ \/proc /m.exec(readFileSync('/proc/self/mountinfo', 'utf8'))?.[1];
    expect(String(native().glance('', '/proc')?.mount)).toBe(id);
  });

  test('what the caches do not hold is not looked for', () => {
    // A name that no one has looked up: the file system would have to say that it is not there.
    expect(native().glance('', scratch.at(`unheard-of-${process.pid}`))).toBeUndefined();
  });

  test('a name that is known not to be there is ENOENT', () => {
    const path = scratch.at('missing');
    expect(existsSync(path)).toBe(false);
    expect(failureOf(() => native().glance('', path))).toEqual({
      errno: 'ENOENT',
      syscall: 'openat2',
      path,
    });
  });
});

describe('sealedCopy', () => {
  test('a copy has the content, can be executed, and never changes', () => {
    copyFileSync('/bin/true', scratch.at('program'));
    const fd = scratch.keep(native().sealedCopy(scratch.at('program')));
    expect(readlinkSync(`/proc/self/fd/${fd}`)).toBe('/memfd:program (deleted)');
    expect(readFileSync(fd).equals(readFileSync('/bin/true'))).toBe(true);
    expect(() => writeSync(fd, 'x', 0)).toThrow(/EPERM/);
    expect(() => writeFileSync(`/proc/self/fd/${fd}`, '')).toThrow(/EPERM/);
    expect(spawnSync(`/proc/${process.pid}/fd/${fd}`).status).toBe(0);
  });

  test('a missing file is ENOENT', () => {
    const path = scratch.at('nowhere');
    expect(failureOf(() => native().sealedCopy(path))).toEqual({
      errno: 'ENOENT',
      syscall: 'open',
      path,
    });
  });
});

describe('hasChanged', () => {
  test('once after each mount and unmount', async () => {
    const script = 'echo ready; while read words; do $words; echo done; done';
    const child = scratch.start('unshare', '--mount', 'sh', '-c', script);
    const run = async (words: string): Promise<string> => {
      child.stdin?.write(`${words}\n`);
      return printed(child);
    };
    expect(await printed(child)).toBe('ready\n');
    const fd = scratch.open(`/proc/${child.pid}/mountinfo`);
    const changes = (): boolean[] => [native().hasChanged(fd), native().hasChanged(fd)];
    expect(changes()).toEqual([false, false]);
    for (const words of ['mount -t tmpfs none /mnt', 'umount /mnt']) {
      expect(await run(words)).toBe('done\n');
      expect(changes()).toEqual([true, false]);
    }
    expect(await run('true')).toBe('done\n');
    expect(changes()).toEqual([false, false]);
  });

  test('what is no descriptor is EBADF', () => {
    expect(failureOf(() => native().hasChanged(badDescriptor))).toEqual({
      errno: 'EBADF',
      syscall: 'poll',
    });
  });
});
