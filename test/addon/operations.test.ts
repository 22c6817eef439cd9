/** Plan operations, run in other namespaces by the monitor's own interpreter. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants, hostname } from 'node:os';
import { native } from '../../lib/host/native';
import { encodeOperations } from '../../lib/plan/encode';
import type { Operation } from '../../lib/plan/operation';
import { eventually } from '../support/time/eventually';
import { runProgram } from '../support/process/run-command';
import { rejectionOf } from './failure';
import { nodeWords } from './node-child';
import { refusing } from './refused-call';
import { Scratch, badDescriptor } from './scratch';

const newUts = 0x0400_0000; // CLONE_NEWUTS
const newMounts = 0x0002_0000; // CLONE_NEWNS
const readOnly = 1; // MOUNT_ATTR_RDONLY
const scratch = new Scratch();

afterAll(() => scratch.dispose());

/** Code for a process of its own that runs them, and prints `done` or the errno and the system call. */
const outcomeOf = (operations: Uint8Array): string => `
  const bytes = Uint8Array.from(${JSON.stringify([...operations])});
  await addon.runOperations(bytes, { join: [], unshare: 0 }).then(
    () => console.log('done'),
    ({ errno, syscall }) => console.log(errno, syscall),
  );`;

interface Options {
  readonly join?: readonly number[];
  readonly unshare?: number;
}

const run = (
  operations: readonly Operation[],
  { join = [], unshare = 0 }: Options,
): Promise<void> => native().runOperations(encodeOperations(operations), { join, unshare });

/** A process with namespaces of its own, which these descriptors refer to. */
async function stranger(): Promise<{ pid: number; uts: number; mounts: number }> {
  const child = scratch.start('unshare', '--mount', '--uts', 'sleep', '60');
  const own = readlinkSync('/proc/self/ns/mnt');
  await eventually(() => {
    expect(readlinkSync(`/proc/${child.pid}/ns/mnt`)).not.toBe(own);
    expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toBe('sleep\n');
  });
  const open = (name: string): number => scratch.open(`/proc/${child.pid}/ns/${name}`);
  return { pid: child.pid, uts: open('uts'), mounts: open('mnt') };
}

const mountAt = (target: string): Operation[] => [
  { op: 'openTree', tree: 'root', path: '/', depth: 'single', automount: 'leave' },
  { op: 'makeFilesystem', tree: 'new', type: 'tmpfs', options: [], attributes: 0 },
  { op: 'makeDirectory', tree: 'new', path: 'inside', mode: 0o755 },
  { op: 'attachTree', tree: 'new', root: 'root', path: target, missing: 'fail' },
];

describe('runOperations', () => {
  test('a joined namespace is changed, and this one is not', async () => {
    const { pid, uts } = await stranger();
    const before = hostname();
    await run([{ op: 'setHostname', name: 'inside' }], { join: [uts] });
    const name = execFileSync('nsenter', ['-t', String(pid), '-u', 'hostname'], {
      encoding: 'utf8',
    });
    expect(name).toBe('inside\n');
    expect(hostname()).toBe(before);
  });

  test('a mount namespace can be joined, and this process keeps its root and folder', async () => {
    const { pid, mounts } = await stranger();
    const folder = process.cwd();
    mkdirSync(scratch.at('target'));
    await run(
      [
        { op: 'changeDirectory', path: '/' },
        { op: 'makeFilesystem', tree: 'new', type: 'tmpfs', options: [], attributes: 0 },
        { op: 'enterTree', tree: 'new' },
      ],
      { join: [mounts], unshare: newMounts },
    );
    expect(process.cwd()).toBe(folder);
    expect(existsSync(`/proc/${pid}/root${scratch.path}`)).toBe(true);
  });

  test('a namespace that is unshared ends with the thread', async () => {
    const before = [hostname(), readFileSync('/proc/self/mountinfo', 'utf8')];
    await run([{ op: 'makeNamespacePrivate' }, { op: 'setHostname', name: 'gone' }], {
      unshare: newUts | newMounts,
    });
    expect([hostname(), readFileSync('/proc/self/mountinfo', 'utf8')]).toEqual(before);
  });

  test('many run at the same time', async () => {
    const before = hostname();
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        run([{ op: 'setHostname', name: `host-${index}` }], { unshare: newUts }),
      ),
    );
    expect(hostname()).toBe(before);
  });

  test('a tree that is made read-only is so until it is made writable again', async () => {
    const attributes = { op: 'setTreeAttributes', tree: 'clone', depth: 'single' } as const;
    const steps = (name: string, ...changes: Operation[]): Operation[] => [
      { op: 'openTree', tree: 'clone', path: scratch.path, depth: 'single', automount: 'leave' },
      { ...attributes, set: readOnly, clear: 0, propagation: 0 },
      ...changes,
      { op: 'makeDirectory', tree: 'clone', path: name, mode: 0o755 },
    ];
    expect(await rejectionOf(run(steps('refused'), { unshare: newMounts }))).toMatchObject({
      errno: 'EROFS',
    });
    const writable: Operation = { ...attributes, set: 0, clear: readOnly, propagation: 0 };
    await run(steps('allowed', writable), { unshare: newMounts });
    expect([existsSync(scratch.at('refused')), existsSync(scratch.at('allowed'))]).toEqual([
      false,
      true,
    ]);
  });

  test('a tree of a path that is missing is ENOENT', async () => {
    const path = scratch.at('nowhere');
    const open: Operation = {
      op: 'openTree',
      tree: 'x',
      path,
      depth: 'single',
      automount: 'leave',
    };
    expect(await rejectionOf(run([open], { unshare: newMounts }))).toEqual({
      errno: 'ENOENT',
      syscall: 'open_tree',
      path,
    });
  });

  test('a failed operation says what failed', async () => {
    expect(await rejectionOf(run(mountAt('/no/such/place'), { unshare: newMounts }))).toEqual({
      errno: 'ENOENT',
      syscall: 'openat2',
      path: '/no/such/place',
    });
  });

  test('what is no namespace is EINVAL', async () => {
    const file = scratch.open('/dev/null');
    expect(await rejectionOf(run([], { join: [file] }))).toEqual({
      errno: 'EINVAL',
      syscall: 'setns',
    });
  });

  test('what is no descriptor is EBADF', async () => {
    expect(await rejectionOf(run([], { join: [badDescriptor] }))).toEqual({
      errno: 'EBADF',
      syscall: 'fcntl',
    });
  });

  test('a flag that is no namespace is EINVAL', async () => {
    expect(await rejectionOf(run([], { unshare: 1 }))).toEqual({
      errno: 'EINVAL',
      syscall: 'unshare',
    });
  });

  test('bytes that are no operations are refused before anything happens', () => {
    const options = { join: [], unshare: 0 };
    for (const bytes of [[], [1, 0, 0, 0], [1, 0, 0, 0, 255], [0, 0, 0, 0, 1]]) {
      expect(() => native().runOperations(Uint8Array.from(bytes), options)).toThrow(
        /operations must be encoded operations/,
      );
    }
  });
});

describe('the namespace that is joined by its file', () => {
  const rename = (path: string, inode: bigint, name: string) =>
    run(
      [
        { op: 'openNamespace', file: 'uts', path, inode },
        { op: 'joinNamespace', file: 'uts', kind: newUts },
        { op: 'setHostname', name },
      ],
      {},
    );

  test('is the one that was looked up; another that has its place since is ESTALE', async () => {
    const { pid } = await stranger();
    const path = `/proc/${pid}/ns/uts`;
    const { ino } = statSync(path, { bigint: true });
    const name = () => execFileSync('nsenter', ['-t', String(pid), '-u', 'hostname']).toString();
    await rename(path, ino, 'known');
    expect(name()).toBe('known\n');
    await rename(path, 0n, 'any');
    expect(name()).toBe('any\n');
    expect(await rejectionOf(rename(path, ino + 1n, 'other'))).toEqual({
      errno: 'ESTALE',
      syscall: 'open',
      path,
    });
    expect(name()).toBe('any\n');
  });
});

describe('the groups of a process', () => {
  const [shared, unprivileged] = [4, 65_534];

  /**
   * What becomes of opening a file that only members of the group may write to, for a caller that is a member. The caller is
   * a process of its own: setgroups() of Node.js refuses where libuv may use io_uring.
   */
  async function openAs(groups: readonly number[]): Promise<string> {
    const path = scratch.at('of-the-group');
    chmodSync(scratch.path, 0o755);
    writeFileSync(path, '');
    chownSync(path, 0, shared);
    chmodSync(path, 0o060);
    const operations = encodeOperations([
      { op: 'setIds', uid: unprivileged, gid: unprivileged, groups },
      { op: 'openFile', file: 'file', path },
    ]);
    const words = nodeWords(outcomeOf(operations));
    const { stdout, stderr } = await runProgram(['setpriv', `--groups=${shared},27`, ...words]);
    expect(stderr).toBe('');
    return stdout.trim();
  }

  test('are those that it is given, and none of its caller’s', async () => {
    const { EACCES } = constants.errno;
    expect(await openAs([])).toBe(`${EACCES} open`);
    expect(await openAs([27])).toBe(`${EACCES} open`);
  });

  test('control: a member of the group may open the file', async () => {
    expect(await openAs([27, shared])).toBe('done');
  });
});

describe('a keyring of its own', () => {
  const keyctl = { x64: 250, arm64: 219 };

  /** Where keyctl(2) fails with this errno. */
  async function joinWhere(errno: number): Promise<string> {
    const words = nodeWords(outcomeOf(encodeOperations([{ op: 'newSessionKeyring' }])));
    const { stdout, stderr } = await runProgram([...refusing(keyctl, errno), ...words]);
    expect(stderr).toBe('');
    return stdout.trim();
  }

  test('is made, or the failure is told: else the process would have its caller’s', async () => {
    const { EDQUOT } = constants.errno;
    expect(await joinWhere(EDQUOT)).toBe(`${EDQUOT} keyctl`);
  });

  test('is none where the kernel has no keyrings, and so the caller has none', async () => {
    expect(await joinWhere(constants.errno.ENOSYS)).toBe('done');
  });
});
