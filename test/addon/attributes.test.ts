/** Extended attributes and security labels. */
import { constants, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { native } from '../../lib/host/native';
import { failureOf } from './failure';
import { Scratch, badDescriptor, pathOnly } from './scratch';

const scratch = new Scratch();
let files = 0;

afterAll(() => scratch.dispose());

function newFile(): number {
  const path = scratch.at(`file-${files++}`);
  writeFileSync(path, '');
  return scratch.open(path);
}

/** A file of a file system that keeps no attributes. */
const procFile = (): number => scratch.open('/proc/self/status');

describe('getXattr', () => {
  test('a value is bytes, as long as it is', () => {
    const fd = newFile();
    for (const value of [Buffer.from([0, 1, 255, 0]), Buffer.alloc(0), Buffer.alloc(3000, 7)]) {
      native().setXattr(fd, 'user.tslxc', value);
      expect(native().getXattr(fd, 'user.tslxc')?.equals(value)).toBe(true);
    }
  });

  test('what is not there is undefined', () => {
    expect(native().getXattr(newFile(), 'user.none')).toBeUndefined();
  });

  test('a file system without attributes is ENOTSUP', () => {
    expect(failureOf(() => native().getXattr(procFile(), 'user.tslxc'))).toEqual({
      errno: 'ENOTSUP',
      syscall: 'fgetxattr',
      path: 'user.tslxc',
    });
  });

  test('what is no descriptor is EBADF', () => {
    expect(failureOf(() => native().getXattr(badDescriptor, 'user.tslxc'))).toEqual({
      errno: 'EBADF',
      syscall: 'fgetxattr',
      path: 'user.tslxc',
    });
  });
});

describe('setXattr', () => {
  test('a symbolic link itself is marked through an O_PATH descriptor', () => {
    symlinkSync('/nowhere', scratch.at('link'));
    const link = scratch.open(scratch.at('link'), pathOnly | constants.O_NOFOLLOW);
    native().setXattr(link, 'trusted.tslxc', Buffer.from('marked'));
    expect(native().getXattr(link, 'trusted.tslxc')?.toString()).toBe('marked');
    native().removeXattr(link, 'trusted.tslxc');
    expect(native().getXattr(link, 'trusted.tslxc')).toBeUndefined();
  });

  test('a name outside the namespaces is ENOTSUP', () => {
    expect(failureOf(() => native().setXattr(newFile(), 'tslxc', Buffer.from('x')))).toEqual({
      errno: 'ENOTSUP',
      syscall: 'fsetxattr',
      path: 'tslxc',
    });
  });
});

describe('removeXattr', () => {
  test('a removed attribute is gone', () => {
    const fd = newFile();
    native().setXattr(fd, 'user.tslxc', Buffer.from('x'));
    native().removeXattr(fd, 'user.tslxc');
    expect(native().getXattr(fd, 'user.tslxc')).toBeUndefined();
  });

  test('what is not there is ENODATA', () => {
    expect(failureOf(() => native().removeXattr(newFile(), 'user.none'))).toEqual({
      errno: 'ENODATA',
      syscall: 'fremovexattr',
      path: 'user.none',
    });
  });
});

describe('fileLabel', () => {
  test('a label is without the NUL that SELinux keeps, and as it is where a module keeps none', () => {
    const fd = newFile();
    native().setXattr(fd, 'security.selinux', Buffer.from('system_u:object_r:tmp_t:s0\0'));
    native().setXattr(fd, 'security.SMACK64', Buffer.from('Floor'));
    expect(native().fileLabel(fd, 'selinux')).toBe('system_u:object_r:tmp_t:s0');
    expect(native().fileLabel(fd, 'smack')).toBe('Floor');
  });

  test('a file without a label, and a file system without labels, have none', () => {
    expect(native().fileLabel(newFile(), 'smack')).toBeUndefined();
    expect(native().fileLabel(newFile(), 'apparmor')).toBeUndefined();
    expect(native().fileLabel(procFile(), 'smack')).toBeUndefined();
  });

  test('what is no descriptor is EBADF', () => {
    expect(failureOf(() => native().fileLabel(badDescriptor, 'selinux'))).toEqual({
      errno: 'EBADF',
      syscall: 'fgetxattr',
      path: 'security.selinux',
    });
  });
});

describe('processLabel', () => {
  test('a process has the label that /proc shows, or none', () => {
    let shown: string | undefined;
    try {
      shown = readFileSync('/proc/1/attr/current', 'latin1').replace(/[\0\n]+$/, '');
    } catch {
      shown = undefined;
    }
    expect(native().processLabel(1)).toBe(shown);
  });

  test('a pid that no process has is ENOENT', () => {
    const path = '/proc/4194304/attr/current';
    expect(failureOf(() => native().processLabel(4_194_304))).toEqual({
      errno: 'ENOENT',
      syscall: 'open',
      path,
    });
  });
});
