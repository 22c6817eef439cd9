/** virt-install makes and starts containers, and virt-xml edits them, by the daemon. */
import { join } from 'node:path';
import { makeRoot } from 'tslxc';
import { clientEnvironment, rootAndDaemon } from '../support/clients/client-world';
import { runProgram } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

/** Debian's Python, which has the modules that they need; the log that they keep is in the test's folder. */
function tool(name: string, ...words: readonly string[]): Promise<CommandResult> {
  const { path } = world.root;
  const own = {
    HOME: path,
    XDG_CACHE_HOME: join(path, 'cache'),
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  };
  return runProgram([name, '--connect', 'lxc:///', ...words], {
    env: { ...clientEnvironment, ...own },
  });
}

test('a container is made, started, edited and found again', async () => {
  const tree = join(world.root.path, 'tree');
  await makeRoot(tree);
  const made = await tool(
    'virt-install',
    ...['--name', 'installed', '--memory', '128', '--osinfo', 'generic'],
    ...['--init', '/bin/sh', '--filesystem', `${tree},/`, '--network', 'none'],
    ...['--noautoconsole', '--wait', '0'],
  );
  expect([made.code, made.stderr]).toEqual([0, expect.any(String)]);
  const domain = await world.connection.lookupDomainByName('installed');
  expect(await domain.state()).toMatchObject({ state: 'running' });
  const edited = await tool('virt-xml', 'installed', '--edit', '--memory', '256');
  expect([edited.code, edited.stderr]).toEqual([0, expect.any(String)]);
  expect(await domain.xml({ which: 'inactive' })).toContain("<memory unit='KiB'>262144</memory>");
  await domain.destroy();
});
