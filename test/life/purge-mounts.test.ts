/** purge deletes nothing through a mount: whatever of a root has one below is refused whole, by the mount's path, before any of it goes. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { runCommand, runProgram } from '../support/process/run-command';

const world = containerTest(rootAndConnection);

test.each([
  ['what is kept of domains', 'var/lib/tslxc', 'snapshots/mounted here'],
  ['the images', 'var/lib/tslxc/images', 'containers/deep/below/mounted here'],
  ['the definitions', 'etc/tslxc', 'lxc/mounted here'],
  ['the logs', 'var/log/tslxc', 'lxc/mounted here'],
  ['the state', 'run/tslxc', 'mounted here'],
])('%s: nothing beside a mount goes, and nothing in it', async (_what, folder, below) => {
  const root = world.root.path;
  await world.connection.defineDomain(domainXml({ name: 'purge-beside' }));
  const [mounted, precious] = [join(root, folder, below), join(root, 'elsewhere/precious')];
  const beside = join(root, folder, 'aaa beside', 'file');
  for (const path of [precious, beside]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'kept');
  }
  await mkdir(mounted, { recursive: true });
  await runProgram(['mount', '--bind', dirname(precious), mounted]);
  try {
    const { code, stderr } = await runCommand(['purge', '--yes'], { root });
    // The refusal itself, not that some removal failed halfway: which removals do depends on the version of Node.js.
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`${mounted} is mounted: unmount it first`) as string,
    ]);
    expect(readFileSync(precious, 'utf8')).toBe('kept');
    expect(readFileSync(beside, 'utf8')).toBe('kept');
  } finally {
    await runProgram(['umount', mounted]);
  }
  expect((await runCommand(['purge', '--yes'], { root })).code).toBe(0);
  expect([existsSync(join(root, folder)), readFileSync(precious, 'utf8')]).toEqual([false, 'kept']);
});
