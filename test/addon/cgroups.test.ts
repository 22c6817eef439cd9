/** Cgroups: steps and freezing. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { native } from '../../lib/host/native';
import { runProgram } from '../support/process/run-command';
import { rejectionOf } from './failure';
import { CgroupTree, hierarchies, moveTo } from './cgroup-tree';
import { nodeWords } from './node-child';
import { refusing } from './refused-call';
import { Scratch, ended } from './scratch';

const scratch = new Scratch();
const [{ root } = { root: '' }] = hierarchies;
const tree = new CgroupTree(root);

afterAll(async () => {
  await scratch.dispose();
  tree.dispose();
});

const stateOf = (pid: number): string | undefined =>
  /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];

/** The line of v2's cgroup.events, or the word of v1's freezer.state, by which the kernel says that a cgroup is frozen or not. */
function frozenState(of: CgroupTree, hierarchy: string): string | undefined {
  if (hierarchy === 'v1') return of.read('freezer.state');
  return /^frozen \d$/m.exec(of.read('cgroup.events'))?.[0];
}

describe('applyCgroupSteps', () => {
  test('cgroups are made, written to and marked in order', async () => {
    const path = join(tree.path, 'made');
    await native().applyCgroupSteps([
      { step: 'make', path, existing: 'exclusive' },
      { step: 'make', path, existing: 'shared' },
      { step: 'make', path: join(path, 'below'), existing: 'exclusive' },
      { step: 'write', path: join(path, 'cgroup.max.depth'), value: '1' },
      { step: 'mark', path, name: 'trusted.tslxc', value: 'web' },
    ]);
    expect(statSync(join(path, 'below')).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(path, 'cgroup.max.depth'), 'utf8')).toBe('1\n');
    const fd = scratch.open(path);
    expect(native().getXattr(fd, 'trusted.tslxc')?.toString()).toBe('web');
  });

  test('the same steps can be taken any number of times', async () => {
    const path = join(tree.path, 'again');
    const steps = [{ step: 'make', path, existing: 'exclusive' }] as const;
    for (let time = 0; time < 3; time += 1) {
      await native().applyCgroupSteps(steps);
      expect(await rejectionOf(native().applyCgroupSteps(steps))).toMatchObject({
        errno: 'EEXIST',
      });
      await native().removeCgroups([path], 0);
    }
  });

  const path = tree.path;
  test.each([
    [{ step: 'make', path, existing: 'exclusive' }, 'EEXIST', 'mkdir'],
    [{ step: 'make', path: `${path}/a/b`, existing: 'shared' }, 'ENOENT', 'mkdir'],
    [{ step: 'write', path: `${path}/none`, value: '1' }, 'ENOENT', 'open'],
    [{ step: 'write', path: `${path}/cgroup.procs`, value: 'x' }, 'EINVAL', 'write'],
    [{ step: 'mark', path, name: 'x', value: '' }, 'ENOTSUP', 'setxattr'],
    [{ step: 'devices', path: `${path}/none`, rules: [] }, 'ENOENT', 'open'],
    [{ step: 'devices', path: '/tmp', rules: [] }, 'EBADF', 'bpf'],
  ] as const)('what fails is named, and nothing follows: %j', async (step, errno, syscall) => {
    const after = join(tree.path, 'after');
    expect(
      await rejectionOf(
        native().applyCgroupSteps([step, { step: 'make', path: after, existing: 'shared' }]),
      ),
    ).toEqual({ errno, syscall, path: step.path });
    expect(() => statSync(after)).toThrow(/ENOENT/);
  });
});

describe('the mark of a cgroup', () => {
  test.each(hierarchies)(
    'is unknown when it can not be read: an error, and the cgroup stays, in $name',
    async (at) => {
      const own = new CgroupTree(at.root);
      const [name, value] = ['trusted.tslxc.test', 'mine'];
      await native().applyCgroupSteps([{ step: 'mark', path: own.path, name, value }]);
      const options = JSON.stringify({ mark: { name, value }, inner: 'init' });
      const code = `await addon.removeMarkedCgroups(['${own.path}'], ${options}, 0); console.log('removed');`;
      const words = refusing({ x64: 191, arm64: 8 }, constants.errno.ENOMEM);
      const { stdout } = await runProgram([...words, ...nodeWords(code)]);
      expect(stdout).toContain("code: 'ENOMEM'");
      expect(stdout).toContain(own.path);
      expect(existsSync(own.path)).toBe(true);
      own.dispose();
    },
  );
});

describe('freezeCgroup', () => {
  test.each(hierarchies)('processes stand still in $name until they are thawed', async (at) => {
    const own = new CgroupTree(at.root);
    const child = scratch.start('sh', '-c', 'while :; do :; done');
    moveTo(own.path, child.pid);
    await native().freezeCgroup(own.path, 'frozen', 5000);
    await native().freezeCgroup(own.path, 'frozen', 5000);
    const before = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readFileSync(`/proc/${child.pid}/stat`, 'utf8')).toBe(before);
    await native().freezeCgroup(own.path, 'thawed', 5000);
    expect(stateOf(child.pid)).toBe('R');
    await ended(child);
    own.dispose();
  });

  test.each(hierarchies)('an empty cgroup freezes in $name', async (at) => {
    const own = new CgroupTree(at.root);
    await native().freezeCgroup(own.path, 'frozen', 5000);
    expect(['frozen 1', 'FROZEN']).toContain(frozenState(own, at.name));
    await native().freezeCgroup(own.path, 'thawed', 5000);
    expect(['frozen 0', 'THAWED']).toContain(frozenState(own, at.name));
    own.dispose();
  });

  test.each(hierarchies)(
    'one below a frozen one cannot be thawed in $name: ETIMEDOUT',
    async (at) => {
      const own = new CgroupTree(at.root);
      const below = own.make('below');
      const child = scratch.start('sleep', '60');
      moveTo(below, child.pid);
      await native().freezeCgroup(own.path, 'frozen', 5000);
      expect(await rejectionOf(native().freezeCgroup(below, 'thawed', 50))).toMatchObject({
        errno: 'ETIMEDOUT',
        syscall: 'read',
      });
      await native().freezeCgroup(own.path, 'thawed', 5000);
      await ended(child);
      own.dispose();
    },
  );

  const ofV1 = hierarchies.filter(({ name }) => name === 'v1');
  test.each(ofV1)(
    'one of $name that can not be looked at is not taken for one of v2, where it would be missing',
    async ({ root: parent }) => {
      const own = new CgroupTree(parent);
      const code = `await addon.freezeCgroup('${own.path}', 'frozen', 50);`;
      const words = refusing({ x64: 21, arm64: 48 }, constants.errno.ENOMEM);
      const { stdout } = await runProgram([...words, ...nodeWords(code)]);
      expect(stdout).toContain("code: 'ENOMEM'");
      expect(stdout).toContain(join(own.path, 'freezer.state'));
      own.dispose();
    },
  );

  test('a missing cgroup is ENOENT', async () => {
    const path = join(tree.path, 'none');
    expect(await rejectionOf(native().freezeCgroup(path, 'frozen', 50))).toEqual({
      errno: 'ENOENT',
      syscall: 'open',
      path: join(path, 'cgroup.freeze'),
    });
  });
});
