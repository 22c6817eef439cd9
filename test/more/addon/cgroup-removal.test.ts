/** Emptying and removing cgroups, whatever is in them. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '../../../lib/host/native';
import { readProcess } from '../../support/process/processes';
import { runProgram } from '../../support/process/run-command';
import { eventually } from '../../support/time/eventually';
import { rejectionOf } from '../../addon/failure';
import { CgroupTree, hierarchies, moveTo } from '../../addon/cgroup-tree';
import { nodeWords } from '../../addon/node-child';
import { Scratch, ended, printed } from '../../addon/scratch';

const scratch = new Scratch();

afterAll(() => scratch.dispose());

/** Milliseconds for a tree of so many cgroups, and for its test: the kernel takes one at a time, of all lanes. */
const deepest = 15_000;
const limit = 60_000;

/** A tree deeper than any path is long, and wide at both ends; `who` is at its end. */
async function dug(root: string, who: 'nobody' | 'child'): Promise<CgroupTree> {
  const tree = new CgroupTree(root);
  const script = join(__dirname, '../../support/probe/dig-cgroups.py');
  const words = ['python3', script, '200', '1000', who, tree.path];
  expect(await runProgram(words)).toMatchObject({ code: 0, stdout: 'dug 1\n' });
  return tree;
}

/** A tree with a process in each of three cgroups. */
function populated(root: string): { tree: CgroupTree; pids: number[] } {
  const tree = new CgroupTree(root);
  const paths = [tree.path, tree.make('a'), tree.make('a', 'b'), tree.make('empty')];
  const pids = [];
  for (const path of paths.slice(0, 3)) {
    const { pid } = scratch.start('sleep', '60');
    moveTo(path, pid);
    pids.push(pid);
  }
  return { tree, pids };
}

describe('killCgroups', () => {
  test.each(hierarchies)(
    'every process below is killed, and all can be removed, in $name',
    async (at) => {
      const { tree } = populated(at.root);
      const bystander = scratch.start('sleep', '60');
      await native().killCgroups([tree.path, join(tree.path, 'missing')], 5000);
      await native().removeCgroups([tree.path], 5000);
      expect(existsSync(tree.path)).toBe(false);
      expect(bystander.exitCode).toBeNull();
      await ended(bystander);
    },
  );

  test.each(hierarchies)('frozen processes are killed too, in $name', async (at) => {
    const { tree } = populated(at.root);
    await native().freezeCgroup(tree.path, 'frozen', 5000);
    await native().killCgroups([tree.path], 5000);
    await native().removeCgroups([tree.path], 5000);
    expect(existsSync(tree.path)).toBe(false);
  });

  test.each(hierarchies)(
    'a process that forks all the time does not get away in $name',
    async (at) => {
      const tree = new CgroupTree(at.root);
      const child = scratch.start(
        'sh',
        '-c',
        'read _; while :; do (sleep 0.01 & sleep 0.01 &) ; done',
      );
      moveTo(tree.path, child.pid);
      child.stdin?.write('\n');
      await eventually(async () => {
        expect((await native().processesInCgroups([tree.path], 10)).length).toBeGreaterThan(1);
      });
      await native().killCgroups([tree.path], 5000);
      await native().removeCgroups([tree.path], 5000);
      expect(existsSync(tree.path)).toBe(false);
    },
  );

  test.each(hierarchies)('zombies are no obstacle in $name', async (at) => {
    const tree = new CgroupTree(at.root);
    // The shell is stopped, so no process reaps its child.
    const child = scratch.start('sh', '-c', 'sleep 60 & echo $!; kill -STOP $$');
    const pid = Number(await printed(child));
    moveTo(tree.path, pid);
    await eventually(() => expect(readProcess(child.pid).state).toBe('T'));
    await native().killCgroups([tree.path], 5000);
    await eventually(() => expect(readProcess(pid).state).toBe('Z'));
    await native().removeCgroups([tree.path], 5000);
    expect(existsSync(tree.path)).toBe(false);
    await ended(child);
  });

  test.each(hierarchies)(
    'a process at a depth that no path reaches is killed in $name',
    async (at) => {
      const tree = await dug(at.root, 'child');
      expect(await native().processesInCgroups([tree.path], 10)).toHaveLength(1);
      await native().killCgroups([tree.path], deepest);
      expect(await native().processesInCgroups([tree.path], 10)).toEqual([]);
      await native().removeCgroups([tree.path], deepest);
      expect(existsSync(tree.path)).toBe(false);
    },
    limit,
  );

  test('for an empty list and missing cgroups no time is needed: there may be none left', async () => {
    for (const none of [[], ['/sys/fs/cgroup/tslxc-none', '/nowhere']]) {
      await expect(native().killCgroups(none, -1)).resolves.toBeUndefined();
    }
  });

  test('processes that are left when the time is over are EBUSY', async () => {
    const [at = { root: '' }] = hierarchies;
    const { tree } = populated(at.root);
    expect(await rejectionOf(native().killCgroups([tree.path], -1))).toEqual({
      errno: 'EBUSY',
      syscall: 'kill',
      path: tree.path,
    });
    await native().killCgroups([tree.path], 5000);
    await native().removeCgroups([tree.path], 5000);
  });
});

describe('removeCgroups', () => {
  test.each(hierarchies)('a tree is removed with all below in $name', async (at) => {
    const tree = new CgroupTree(at.root);
    tree.make('a', 'b', 'c');
    tree.make('a', 'd');
    await native().removeCgroups([join(tree.path, 'missing'), tree.path, tree.path], 0);
    expect(existsSync(tree.path)).toBe(false);
  });

  test.each(hierarchies)(
    'a tree deeper than any path, and wide, is removed with few descriptors in $name',
    async (at) => {
      const { path } = await dug(at.root, 'nobody');
      const code = `addon.removeCgroups(['${path}'], ${deepest}).then(() => console.log('removed'));`;
      const limited = ['sh', '-c', 'ulimit -n 40; exec "$@"', 'sh', ...nodeWords(code)];
      expect(await runProgram(limited)).toMatchObject({ code: 0, stdout: 'removed\n' });
      expect(existsSync(path)).toBe(false);
    },
    limit,
  );

  test.each(hierarchies)(
    'a process far below is EBUSY of the top in $name',
    async (at) => {
      const { path } = await dug(at.root, 'child');
      expect(await rejectionOf(native().removeCgroups([path], 0))).toEqual({
        errno: 'EBUSY',
        syscall: 'rmdir',
        path,
      });
      await native().killCgroups([path], deepest);
      await native().removeCgroups([path], deepest);
      expect(existsSync(path)).toBe(false);
    },
    limit,
  );

  test.each(hierarchies)('it waits for the last process to end in $name', async (at) => {
    const tree = new CgroupTree(at.root);
    const child = scratch.start('sleep', '60');
    moveTo(tree.make('a'), child.pid);
    const removal = native().removeCgroups([tree.path], 5000);
    await ended(child);
    await removal;
    expect(existsSync(tree.path)).toBe(false);
  });

  test.each(hierarchies)(
    'one with a process in it is EBUSY after the time, in $name',
    async (at) => {
      const tree = new CgroupTree(at.root);
      const child = scratch.start('sleep', '60');
      moveTo(tree.make('a'), child.pid);
      const start = Date.now();
      expect(await rejectionOf(native().removeCgroups([tree.path], 60))).toEqual({
        errno: 'EBUSY',
        syscall: 'rmdir',
        path: tree.path,
      });
      expect(Date.now() - start).toBeGreaterThanOrEqual(59);
      await ended(child);
      tree.dispose();
    },
  );

  test('what is no directory is ENOTDIR', async () => {
    const path = scratch.at('file');
    writeFileSync(path, '');
    expect(await rejectionOf(native().removeCgroups([path], 0))).toEqual({
      errno: 'ENOTDIR',
      syscall: 'rmdir',
      path,
    });
  });
});

describe('removeMarkedCgroups', () => {
  const mark = { name: 'trusted.tslxc.test', value: 'mine' };
  const options = { mark, inner: 'init' };

  /** A cgroup with that mark; '' for none. */
  async function marked(root: string, value: string): Promise<CgroupTree> {
    const tree = new CgroupTree(root);
    const { name } = mark;
    if (value !== '') {
      await native().applyCgroupSteps([{ step: 'mark', path: tree.path, name, value }]);
    }
    return tree;
  }

  test.each(hierarchies)(
    'those that are marked go with all below, and empty ones without a mark, in $name',
    async (at) => {
      const [mine, plain, none] = [
        await marked(at.root, 'mine'),
        await marked(at.root, 'mine'),
        await marked(at.root, ''),
      ];
      mine.make('init', 'deeper');
      mine.make('other');
      plain.make('init');
      const paths = [join(at.root, 'tslxc-missing'), mine.path, plain.path, none.path];
      await native().removeMarkedCgroups(paths, options, 0);
      expect(paths.filter((path) => existsSync(path))).toEqual([]);
    },
  );

  test.each(hierarchies)(
    'those of another, and used ones without a mark, stay, in $name',
    async (at) => {
      const trees = [
        await marked(at.root, 'min'),
        await marked(at.root, 'mine, longer'),
        await marked(at.root, ''),
      ];
      trees[2]?.make('below');
      const paths = trees.map(({ path }) => path);
      await native().removeMarkedCgroups(paths, options, 0);
      expect(paths.filter((path) => existsSync(path))).toEqual(paths);
      for (const tree of trees) tree.dispose();
    },
  );

  test.each(hierarchies)('one with a process in it is EBUSY in $name', async (at) => {
    const tree = await marked(at.root, 'mine');
    const child = scratch.start('sleep', '60');
    moveTo(tree.make('init'), child.pid);
    expect(await rejectionOf(native().removeMarkedCgroups([tree.path], options, 0))).toEqual({
      errno: 'EBUSY',
      syscall: 'rmdir',
      path: tree.path,
    });
    await ended(child);
    await native().removeMarkedCgroups([tree.path], options, 5000);
    expect(existsSync(tree.path)).toBe(false);
  });
});

describe('processesInCgroups', () => {
  test.each(hierarchies)('all at any depth, each once, up to a number, in $name', async (at) => {
    const { tree, pids } = populated(at.root);
    const sorted = pids.sort((one, other) => one - other);
    const missing = join(tree.path, 'missing');
    expect(await native().processesInCgroups([tree.path, missing, tree.path], 10)).toEqual(sorted);
    expect(await native().processesInCgroups([tree.path], 2)).toHaveLength(2);
    await native().killCgroups([tree.path], 5000);
    await native().removeCgroups([tree.path], 5000);
  });

  test('what is no directory is ENOTDIR', async () => {
    const path = scratch.at('plain');
    writeFileSync(path, '');
    expect(await rejectionOf(native().processesInCgroups([path], 1))).toEqual({
      errno: 'ENOTDIR',
      syscall: 'open',
      path,
    });
  });
});
