/** Commands that remove something: while anything is mounted in what they would remove, they are refused, and all of it is kept. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { listMounts } from '../../lib/host/kernel/mount-table';
import { native } from '../../lib/host/native';
import { networkPaths, runPaths, statePaths } from '../../lib/host/state/state-paths';
import { removeTree } from '../../lib/host/trees/tree-removal';
import { domainXml } from '../support/domain/domain-xml';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';
import { runCommand, runProgram } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';

// What a process opens once, in the sources as in the package.
beforeAll(() => void listMounts());

interface World {
  readonly root: TestRoot;
  readonly elsewhere: TestRoot;
}

const world: World = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const elsewhere = keep(await makeTestRoot());
  return { root, elsewhere };
});

interface Case {
  readonly command: readonly string[];
  /** Makes what the command removes; the folder in it that something is mounted on, and what has to be there while it is. */
  readonly prepare: (root: string) => Promise<{ readonly at: string; readonly kept: string }>;
}

async function define(root: string, name: string): Promise<void> {
  await using connection = await connect(undefined, { root });
  const source = join(root, name);
  for (const folder of ['bin', 'root']) mkdirSync(join(source, folder), { recursive: true });
  writeFileSync(join(source, 'bin/busybox'), '');
  await connection.defineDomain(domainXml({ name, filesystems: [{ source, target: '/' }] }));
}

const etc = (root: string, path: string): string => join(root, 'etc/tslxc', path);
const runFolder = (root: string, name: string): string =>
  runPaths(statePaths(root), name).directory;

const cases: Readonly<Record<string, Case>> = {
  undefine: {
    command: ['undefine', 'kept'],
    prepare: async (root) => {
      await define(root, 'kept');
      return { at: join(runFolder(root, 'kept'), 'm'), kept: etc(root, 'lxc/kept.xml') };
    },
  },
  domrename: {
    command: ['domrename', 'kept', 'other'],
    prepare: async (root) => {
      await define(root, 'kept');
      return { at: join(runFolder(root, 'other'), 'm'), kept: etc(root, 'lxc/kept.xml') };
    },
  },
  'net-undefine': {
    command: ['net-undefine', 'kept'],
    prepare: async (root) => {
      await using connection = await connect(undefined, { root });
      await connection.defineNetwork('<network><name>kept</name></network>');
      const { directory } = networkPaths(statePaths(root), 'kept');
      return { at: join(directory, 'm'), kept: etc(root, 'networks/kept.xml') };
    },
  },
  'snapshot-delete': {
    command: ['snapshot-delete', 'kept', 'first'],
    prepare: async (root) => {
      await define(root, 'kept');
      await runCommand(['snapshot-create-as', 'kept', 'first'], { root });
      const tree = join(root, 'kept.snapshots/first');
      return { at: join(tree, 'root'), kept: join(tree, 'bin/busybox') };
    },
  },
  purge: {
    command: ['purge', '--yes'],
    prepare: async (root) => {
      await define(root, 'kept');
      return { at: join(runFolder(root, 'kept'), 'm'), kept: etc(root, 'lxc/kept.xml') };
    },
  },
};

test.each(Object.entries(cases))(
  '%s is refused while something is mounted in what it removes',
  async (_, { command, prepare }) => {
    const { root, elsewhere } = world;
    const { at, kept } = await prepare(root.path);
    mkdirSync(at, { recursive: true });
    const [beside, precious] = [join(at, '../a-file'), join(elsewhere.path, 'precious')];
    for (const path of [beside, precious]) writeFileSync(path, 'kept');
    await runProgram(['mount', '--bind', elsewhere.path, at]);
    let refusal;
    try {
      refusal = await runCommand(command, { root: root.path });
    } finally {
      await runProgram(['umount', at]);
    }
    expect(readFileSync(precious, 'utf8')).toBe('kept');
    expect(refusal.code).toBe(1);
    expect(refusal.stderr).toContain(`${at} is mounted: unmount it first (umount '${at}')`);
    expect([beside, kept].filter((path) => !existsSync(path))).toEqual([]);
    expect(await runCommand(command, { root: root.path })).toMatchObject({ code: 0, stderr: '' });
    expect([at, beside, kept].filter(existsSync)).toEqual([]);
  },
);

test.each(['.', 'z/folder', 'z/file'])(
  'a mount at %s of a tree is named by the addon, and nothing of either is removed',
  async (name) => {
    const [top, outside] = [join(world.root.path, 'tree'), join(world.elsewhere.path, 'other')];
    for (const path of [`${top}/a`, `${top}/z/folder`, `${outside}/folder`]) {
      mkdirSync(path, { recursive: true });
    }
    for (const path of [`${top}/a/file`, `${top}/z/file`, `${outside}/file`]) {
      writeFileSync(path, 'kept');
    }
    const at = join(top, name);
    const listed = (): unknown =>
      [top, outside].map((path) => readdirSync(path, { recursive: true }));
    const before = listed();
    await runProgram(['mount', '--bind', name.endsWith('file') ? `${outside}/file` : outside, at]);
    using folder = openFolder(world.root.path);
    try {
      const error = { errno: constants.errno.EXDEV, ...(name === '.' ? {} : { path: name }) };
      const remove = native().removeTree(folder.fd, { name: 'tree' }, -1);
      await expect(remove).rejects.toMatchObject(error);
      await expect(removeTree({ path: top, step: 'try' })).rejects.toMatchObject({
        code: 'OPERATION_INVALID',
        path: at,
      });
    } finally {
      await runProgram(['umount', at]);
    }
    expect(listed()).toEqual(before);
    await removeTree({ path: top, step: 'try' });
    expect(existsSync(top)).toBe(false);
  },
);

function openFolder(path: string): Disposable & { readonly fd: number } {
  const fd = openSync(path, 'r');
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}
