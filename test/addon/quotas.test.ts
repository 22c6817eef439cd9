/**
 * Projects of inodes, on an xfs, which knows them on any kernel; and what a file system without quotas says. Quotas that hold are
 * in test/vm/quotas.test.ts.
 */
import { linkSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { native } from '../../lib/host/native';
import { makeImage } from '../support/root/filesystem-image';
import { failureOf, rejectionOf } from './failure';
import { Scratch, badDescriptor, pathOnly } from './scratch';

const scratch = new Scratch();
/** No other test has it. */
const number = 9989;
let mount = -1;
let trees = 0;

beforeAll(async () => {
  const image = makeImage('xfs', scratch.path);
  await native().attachLoop({ number, image, access: 'readWrite' });
  mount = native().makeFilesystem('xfs', [`source=/dev/loop${number}`], 0);
});

afterAll(async () => {
  await scratch.dispose();
  native().closeDescriptor(mount);
  await native().detachLoop(number);
});

/** A folder on the xfs, by the descriptor of its mount, which no other process sees. */
function newTree(): string {
  const top = `/proc/self/fd/${mount}/tree-${trees++}`;
  mkdirSync(`${top}/folder`, { recursive: true });
  writeFileSync(`${top}/file`, 'text');
  writeFileSync(`${top}/folder/file`, 'text');
  return top;
}

const projectAt = (path: string): number => native().projectOf(scratch.open(path)).project;

describe('projectQuotas', () => {
  test('ENOSYS, or EINVAL, of a file system without quotas', () => {
    const { errno, syscall } = failureOf(() => native().projectQuotas(scratch.open('/dev/shm')));
    expect(['ENOSYS', 'EINVAL']).toContain(errno);
    expect(syscall).toBe('quotactl_fd');
  });

  test('an xfs that is mounted without counts nothing', () => {
    const limited = (): boolean => {
      try {
        return native().projectQuotas(mount) !== 'off';
      } catch {
        return false;
      }
    };
    expect(limited()).toBe(false);
  });
});

describe('projectQuota', () => {
  test('nothing where nothing is counted', () => {
    const asked = (): unknown => {
      try {
        return native().projectQuota(mount, 5);
      } catch (error) {
        return error;
      }
    };
    // ESRCH of a kernel with quotas is told as nothing; others have no such call.
    expect([undefined, 'SYSTEM_ERROR']).toContain((asked() as { code?: string } | undefined)?.code);
  });

  test('a number that is no descriptor is refused', () => {
    const { syscall } = failureOf(() => native().projectQuota(badDescriptor, 5));
    expect(syscall).toBe('quotactl_fd');
  });
});

describe('limitProject', () => {
  test('is refused where no limit would hold', () => {
    const { syscall } = failureOf(() => native().limitProject(mount, 5, { soft: 0, hard: 8 }));
    expect(syscall).toBe('quotactl_fd');
  });

  test.each([[{ soft: 0, hard: -1 }], [{ soft: 0.5, hard: 1 }]])('%j are no limits', (limits) => {
    expect(() => native().limitProject(mount, 5, limits)).toThrow('must be an integer');
  });
});

describe('projectOf', () => {
  test('a new file has none, and a new folder hands none on', () => {
    const top = newTree();
    for (const path of [top, `${top}/file`]) {
      expect(native().projectOf(scratch.open(path))).toEqual({ project: 0, inherited: false });
    }
  });

  test('a descriptor that is not open for reading is refused', () => {
    const fd = scratch.keep(openSync(newTree(), pathOnly));
    expect(failureOf(() => native().projectOf(fd))).toEqual({
      errno: 'EBADF',
      syscall: 'ioctl',
      path: 'FS_IOC_FSGETXATTR',
    });
  });
});

describe('setProject', () => {
  test('what is made in the folder has it from then on, and nothing before', () => {
    const top = newTree();
    const fd = scratch.open(top);
    for (let time = 0; time < 2; time += 1) native().setProject(fd, 4_000_000_000);
    expect(native().projectOf(fd)).toEqual({ project: 4_000_000_000, inherited: true });
    writeFileSync(`${top}/later`, '');
    mkdirSync(`${top}/below/it`, { recursive: true });
    expect(projectAt(`${top}/later`)).toBe(4_000_000_000);
    expect(projectAt(`${top}/below/it`)).toBe(4_000_000_000);
    expect(projectAt(`${top}/file`)).toBe(0);
  });

  test('a file system that knows no projects refuses', () => {
    const fd = scratch.open('/proc/self');
    const { syscall } = failureOf(() => native().setProject(fd, 7));
    expect(syscall).toBe('ioctl');
  });
});

describe('setProjectOfTree', () => {
  test('all files and folders have it, and nothing that a link leads to', async () => {
    const [top, outside] = [newTree(), newTree()];
    symlinkSync(`${outside}/file`, `${top}/link`);
    symlinkSync(outside, `${top}/folder/link`);
    await native().setProjectOfTree(scratch.open(top, pathOnly), 7, -1);
    for (const path of ['', '/file', '/folder', '/folder/file']) {
      expect(projectAt(`${top}${path}`)).toBe(7);
      expect(projectAt(`${outside}${path}`)).toBe(0);
    }
    // Again nothing is new.
    await native().setProjectOfTree(scratch.open(top, pathOnly), 7, -1);
  });

  test('what has another project keeps it, and is named', async () => {
    const top = newTree();
    native().setProject(scratch.open(`${top}/folder`), 8);
    const failing = native().setProjectOfTree(scratch.open(top, pathOnly), 7, -1);
    expect(await rejectionOf(failing)).toEqual({
      errno: 'EEXIST',
      syscall: 'ioctl',
      path: 'folder',
    });
    expect(projectAt(`${top}/folder`)).toBe(8);
    expect(projectAt(`${top}/folder/file`)).toBe(0);
  });

  test('nothing from outside comes into a project by a hard link', async () => {
    const [top, outside] = [newTree(), newTree()];
    await native().setProjectOfTree(scratch.open(top, pathOnly), 7, -1);
    expect(() => linkSync(`${outside}/file`, `${top}/linked`)).toThrow('EXDEV');
  });
});
