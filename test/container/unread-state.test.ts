/**
 * A look that can't see whether a monitor lives must say so: nothing is taken for dead, and nothing ends for that. The whole sweep over
 * all reads is test/long/errno-sweep.test.ts.
 */
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { errnos, runInjected } from '../support/errno/injection';
import { libraryWords } from '../support/process/library-child';
import { commandLine } from '../support/process/run-command';
import { UnsafePackage } from '../support/probe/unsafe-package';
import { TestDomain } from '../support/domain/test-domain';
import { containerTest } from '../support/world/container-test';

const world = containerTest(
  async (keep) => {
    const container = keep(await TestDomain.make({ name: 'unread' }));
    await container.start();
    return { container };
  },
  { per: 'file' },
);

test.each(errnos)(
  '%s at the lock of a monitor, or at the run folder, is an error, and ends nothing',
  async (errno) => {
    const { root, name, domain } = world.container;
    const { id } = domain;
    const paths = statePaths(root);
    const { monitorLock } = runPaths(paths, name);
    const attempts = [
      { words: ['domstate', name], path: monitorLock },
      // The names of files in a run folder, as a list reads them.
      { words: ['list', '--all'], path: 'monitor.lock' },
      { words: ['list', '--all'], path: paths.domains },
    ];
    for (const { words, path } of attempts) {
      const at = { call: 'openat,open', path, errno, when: '1+' } as const;
      const { count, code, stderr } = await runInjected(root, commandLine(...words), at);
      expect([words[0], path, count > 0, code]).toEqual([words[0], path, true, 1]);
      expect(stderr).toContain(errno);
      expect(stderr).toContain(path);
      expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
      expect(domain.id).toBe(id);
    }
  },
);

test('a command goes on although what is said of it could not be received for a moment', async () => {
  const { root, name } = world.container;
  const argv = commandLine('exec', name, 'echo', 'said');
  const at = { call: 'recvmsg', errno: 'ENOMEM', when: '1' } as const;
  const { count, ...ended } = await runInjected(root, argv, at);
  expect(ended).toEqual({ code: 0, signal: null, stdout: 'said\n', stderr: '' });
  expect(count).toBeGreaterThan(0);
});

test('control: a package that takes unknown for dead kills the container; the product says what it can not see', async () => {
  const { root, name, domain } = world.container;
  const { monitorLock } = runPaths(statePaths(root), name);
  const look = `
    const connection = await connect();
    console.log((await (await connection.lookupDomainByName('${name}')).state()).state);
    await connection.close();`;
  const at = { call: 'openat,open', path: monitorLock, errno: 'EMFILE', when: '1+' } as const;
  const safe = await runInjected(root, libraryWords(look), at);
  expect([safe.code, safe.stderr]).toEqual([99, expect.stringContaining('EMFILE')]);
  expect((await domain.state()).state).toBe('running');
  using unsafe = await UnsafePackage.make('unknown is dead');
  const { code, stdout } = await runInjected(root, libraryWords(look, unsafe.folder), at);
  expect([code, stdout]).toEqual([0, 'shutoff\n']);
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'crashed' });
});
