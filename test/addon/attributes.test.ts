/** Extended attributes and security labels. */
import { constants, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '../../lib/host/native';
import { runProgram } from '../support/run-command';
import { failureOf } from './failure';
import { nodeWords } from './node-child';
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
    expect(native().listXattr(link)).toContain('trusted.tslxc');
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
    expect(native().listXattr(fd)).not.toContain('user.tslxc');
  });

  test('what is not there is ENODATA', () => {
    expect(failureOf(() => native().removeXattr(newFile(), 'user.none'))).toEqual({
      errno: 'ENODATA',
      syscall: 'fremovexattr',
      path: 'user.none',
    });
  });
});

describe('listXattr', () => {
  test('every name is listed', () => {
    const fd = newFile();
    for (const name of ['user.a', 'user.b', 'trusted.c']) {
      native().setXattr(fd, name, Buffer.from(name));
    }
    expect(native().listXattr(fd)).toEqual(
      expect.arrayContaining(['user.a', 'user.b', 'trusted.c']),
    );
  });

  test('what is no descriptor is EBADF', () => {
    expect(failureOf(() => native().listXattr(badDescriptor))).toEqual({
      errno: 'EBADF',
      syscall: 'flistxattr',
    });
  });
});

describe('fileLabel', () => {
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

describe('setFileLabel', () => {
  test('a label is kept as the module keeps it', () => {
    const fd = newFile();
    const label = 'system_u:object_r:tmp_t:s0';
    native().setFileLabel(fd, 'selinux', label);
    expect(native().fileLabel(fd, 'selinux')).toBe(label);
    expect(native().getXattr(fd, 'security.selinux')?.toString('latin1')).toBe(`${label}\0`);
    native().setFileLabel(fd, 'smack', 'Floor');
    expect(native().getXattr(fd, 'security.SMACK64')?.toString('latin1')).toBe('Floor');
  });

  test('a file system without labels is ENOTSUP', () => {
    expect(failureOf(() => native().setFileLabel(procFile(), 'smack', 'Floor'))).toEqual({
      errno: 'ENOTSUP',
      syscall: 'fsetxattr',
      path: 'security.SMACK64',
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

  test('a pid that nobody has is ENOENT', () => {
    const path = '/proc/4194304/attr/current';
    expect(failureOf(() => native().processLabel(4_194_304))).toEqual({
      errno: 'ENOENT',
      syscall: 'open',
      path,
    });
  });
});

describe('securityModules', () => {
  const listModules = '461'; // lsm_list_modules(2)
  const report = nodeWords(`
    try { console.log(JSON.stringify(addon.securityModules())); } catch (error) {
      console.log(JSON.stringify({ errno: error.errno, syscall: error.syscall, path: error.path }));
    }`);

  /** What it says where the system call fails with `errno` and the file has this content. */
  async function listed(errno: number, content: string | undefined): Promise<unknown> {
    const folder = '/sys/kernel/security';
    const file = content === undefined ? ':' : `printf ${content} > ${folder}/lsm`;
    const script = `mount -t tmpfs none ${folder} && ${file} && exec "$@"`;
    const refused = ['python3', join(__dirname, 'refuse-call.py'), listModules, String(errno)];
    const words = ['unshare', '--mount', 'sh', '-c', script, 'sh', ...refused, ...report];
    return JSON.parse((await runProgram(words)).stdout);
  }

  test('the capabilities are always among them', () => {
    expect(native().securityModules()).toContain('capability');
  });

  test('kernels before 6.8 say it in a file', async () => {
    expect(await listed(38, 'lockdown,capability,apparmor')).toEqual([
      'lockdown',
      'capability',
      'apparmor',
    ]);
  });

  test('neither the call nor the file is ENOENT', async () => {
    const path = '/sys/kernel/security/lsm';
    expect(await listed(38, undefined)).toEqual({ errno: 2, syscall: 'open', path });
  });

  test('a call that is forbidden is EPERM', async () => {
    expect(await listed(1, undefined)).toEqual({ errno: 1, syscall: 'lsm_list_modules' });
  });
});
