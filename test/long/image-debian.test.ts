/** Large images: a Debian, made by mmdebstrap from the network, pulled from a registry, and run; and one of many files. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import { makeLayout } from '../support/image/image-layout';
import { Registry } from '../support/image/registry';
import { directory, file, symlink } from '../support/image/tar-archive';
import { runSuccessfully } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const registry = keep(await Registry.serve());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { root, registry, connection };
});

test('a Debian is pulled, twenty containers of it share its layers, and apt knows its packages', async () => {
  const { root, registry, connection } = world;
  const tree = join(root.path, 'debian');
  await makeRoot(tree, { content: { kind: 'debian', suite: 'trixie' } });
  const tar = execFileSync('tar', ['-C', tree, '--xattrs', '-cf', '-', '.'], {
    maxBuffer: 2 ** 30,
  });
  const layers = [tar, [file('etc/issue', 'second layer\n'), symlink('etc/second', 'issue')]];
  const config = { Cmd: ['cat', '/etc/issue'], User: 'nobody' };
  const source = makeLayout(join(root.path, 'layout'), { layers, config });
  const image = await connection.images.pull(await registry.push(source, 'debian:trixie'), {
    ...{ tls: 'trust', name: 'debian:trixie' },
  });
  expect(image.bytes).toBeGreaterThan(100 * 1024 * 1024);
  const run = (...words: string[]): Promise<string> =>
    runSuccessfully(['run', 'debian:trixie', ...words], { root: root.path });
  expect(await run()).toBe('second layer\n');
  expect(await run('--user', 'root', '--', 'dpkg', '--audit')).toBe('');
  expect(await run('--', 'id', '-un')).toBe('nobody\n');
  const before = diskUsage(join(root.path, 'var/lib/tslxc/images'));
  const domains = await Promise.all(
    Array.from({ length: 20 }, () =>
      connection.createFromImage('debian:trixie', { args: ['sleep', '1000'], memory: '64MiB' }),
    ),
  );
  // Twenty writable layers, and not one more copy of what they share.
  expect(diskUsage(join(root.path, 'var/lib/tslxc/images')) - before).toBeLessThan(20 * 64);
  await Promise.all(domains.map((domain) => domain.destroy()));
});

test('ten thousand files are ten thousand files', async () => {
  const files = Array.from({ length: 10_000 }, (_, at) => file(`many/file-${at}`, `${at}`));
  const source = makeLayout(join(world.root.path, 'crowd'), {
    layers: [[directory('many'), ...files]],
  });
  const image = await world.connection.images.pull(source, { name: 'crowd' });
  expect(readdirSync(join(image.layers[0] ?? '', 'many'))).toHaveLength(10_000);
});

/** KiB on the disk, each file once. */
function diskUsage(path: string): number {
  return Number(execFileSync('du', ['-sk', path], { encoding: 'utf8' }).split('\t')[0]);
}
