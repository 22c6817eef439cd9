/** A root whose file system has become read-only, as ext4 does after an error: what runs is seen, entered, paused and ended. */
import { join } from 'node:path';
import { statePaths } from '../../lib/host/state/state-paths';
import { isLocked, withLock } from '../../lib/host/state/named-lock';
import { initOf } from '../support/world/container-traces';
import { containerTest, nothing } from '../support/world/container-test';
import { hasEnded } from '../support/process/processes';
import { runProgram, spawnCommand } from '../support/process/run-command';
import { domainXml } from '../support/domain/domain-xml';
import { TestDomain } from '../support/domain/test-domain';
import { eventually } from '../support/time/eventually';
import { makeTestRoot } from '../support/root/test-root';

containerTest(nothing);

async function mount(...words: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram(['mount', ...words]);
  expect([code, stderr]).toEqual([0, '']);
}

async function readOnly(root: string, action: () => Promise<void>): Promise<void> {
  await mount('--bind', root, root);
  try {
    await mount('-o', 'remount,bind,ro', root);
    await action();
  } finally {
    // Who reads there has it open for a moment longer.
    await eventually(async () => {
      expect((await runProgram(['umount', root])).code).toBe(0);
    });
  }
}

test('what runs below a read-only root is seen, entered, paused and ended, one caller after the other', async () => {
  await using container = await TestDomain.make({ name: 'read-only' });
  await container.start();
  const init = await initOf(container.name);
  const { root, name } = container;
  const say = (...words: readonly string[]) => container.spawn(words);
  await readOnly(root, async () => {
    expect(await say('list', '--all')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ running\n/) as string,
    });
    expect(await say('exec', name, '--', 'echo', 'it runs')).toMatchObject({
      code: 0,
      stdout: 'it runs\n',
    });
    expect(await say('suspend', name)).toMatchObject({ code: 0 });
    expect(await say('domstate', name)).toMatchObject({ stdout: 'paused\n\n' });
    expect(await say('resume', name)).toMatchObject({ code: 0 });
    expect(hasEnded(init)).toBe(false);
    const { code, stderr } = await say('destroy', name);
    // It has ended; that its files can't be removed is said.
    expect([code, stderr]).toEqual([1, expect.stringContaining('EROFS')]);
    expect(hasEnded(init)).toBe(true);
  });
  expect(await container.reason()).toBe('shut off (destroyed)');
  await container.run('start');
  await container.run('destroy');
});

test('whether a lock is held can be seen below a read-only root, where it is a read lock', async () => {
  await using root = await makeTestRoot();
  const paths = statePaths(root.path);
  const lock = { name: 'domain:any', step: 'lock the domain' };
  const seenWhileHeld = (): Promise<boolean> =>
    withLock(paths, lock, () => Promise.resolve(isLocked(paths, lock)));
  expect(await seenWhileHeld()).toBe(true);
  await readOnly(root.path, async () => {
    expect(isLocked(paths, lock)).toBe(false);
    expect(await seenWhileHeld()).toBe(true);
  });
});

test('a start below a read-only root fails by what the kernel says, and names the folder', async () => {
  await using container = await TestDomain.make({ name: 'read-only' });
  // So that there is a file of locks.
  await container.reason();
  await readOnly(container.root, async () => {
    const { code, stderr } = await container.spawn(['start', container.name]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('EROFS, read-only file system')]);
  });
});

test('what would make the first folders of a root on a read-only file system says so', async () => {
  await using root = await makeTestRoot();
  const { path } = root;
  await mount('-t', 'tmpfs', '-o', 'ro', 'tmpfs', path);
  try {
    for (const [made, ...words] of [
      ['var', 'pull', 'oci:/nowhere:x'],
      ['etc', 'define', '/dev/stdin'],
      ['run', 'create', '/dev/stdin'],
      ['etc', 'net-define', '/dev/stdin'],
    ] as const) {
      const input = words[0] === 'net-define' ? '<network><name>n</name></network>' : domainXml({});
      const { code, stderr } = await spawnCommand(words, { root: path, input });
      expect([words, code, stderr]).toEqual([words, 1, expect.stringContaining('EROFS')]);
      expect([made, stderr]).toEqual([made, expect.stringContaining(`mkdir ${path}/`)]);
    }
  } finally {
    await eventually(async () => expect((await runProgram(['umount', path])).code).toBe(0));
  }
});

test('a definition that can not be stored below a read-only root is named by its own file', async () => {
  await using container = await TestDomain.make({ name: 'read-only' });
  const input = await container.run('dumpxml');
  const file = join(statePaths(container.root).definitions, 'read-only.xml');
  await readOnly(container.root, async () => {
    const { code, stderr } = await container.spawn(['define', '/dev/stdin'], { input });
    expect([code, stderr]).toEqual([1, expect.stringContaining(`open ${file}: EROFS`)]);
  });
});

test('callers below a read-only root exclude each other, and those who can write', async () => {
  await using container = await TestDomain.make({ name: 'read-only' });
  const paths = statePaths(container.root);
  const lock = { name: 'domain:read-only', step: 'lock the domain' };
  const order: string[] = [];
  await readOnly(container.root, async () => {
    await withLock(paths, lock, async () => {
      const waiting = container.spawn(['destroy', container.name]).then(({ code }) => {
        order.push(`second ${code}`);
      });
      // Long enough for one that does not wait: three of them come to their end, one after the other.
      for (let count = 0; count < 3; count += 1) await container.spawn(['list', '--all']);
      order.push('first');
      void waiting;
    });
    await eventually(() => expect(order).toContain('second 1'));
  });
  expect(order).toEqual(['first', 'second 1']);
});
