/**
 * Mounts on the host's own root whose targets are missing there: they are there for as long as a container
 * uses them, and the host's tree is equal before and after, whatever happens in between.
 */
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { initOf, monitorsOf, tracesOf } from '../../support/world/container-traces';
import { domainXml } from '../../support/domain/domain-xml';
import type { FilesystemSource } from '../../support/domain/domain-xml';
import { inside } from '../../support/domain/inside';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { removeTree } from '../../support/root/remove-tree';
import { commandLine, runCommand, runProgram } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { startAndStay } from '../../support/process/unfinished-caller';

/** The seed's own, "Adding custom mounts". Where a host has them they are found and stay. */
const seedTargets = ['/etc/httpd', '/var/www'];

const world = containerTest(async (keep) => {
  // The names in the parents of the seed's targets.
  const parents = seedParents();
  keep(() => expect(seedParents()).toEqual(parents));
  // A piece of the host's tree in which the targets are missing.
  const tree = await mkdtemp('/var/tmp/tslxc-tree-');
  keep(() => removeTree(tree));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  // Sources of the mounts: a directory with a page, and a file.
  const page = join(root.path, 'page');
  const file = join(root.path, 'motd');
  await mkdir(page);
  await writeFile(join(page, 'index.html'), 'a mounted page\n');
  await writeFile(file, 'a mounted file\n');
  return { parents, tree, root, connection, page, file };
});

function seedParents(): string[][] {
  return seedTargets.map((target) => readdirSync(dirname(target)).sort());
}

/** All below the tree, as `PATH MODE`: type and permissions. */
function listTree(): string[] {
  return readdirSync(world.tree, { recursive: true, encoding: 'utf8' })
    .map((name) => `${name} ${lstatSync(join(world.tree, name)).mode.toString(8)}`)
    .sort();
}

function define(name: string, ...filesystems: readonly FilesystemSource[]): Promise<Domain> {
  return world.connection.defineDomain(domainXml({ name, filesystems }));
}

/** What a program in the container reads there. */
async function expectInside(domain: Domain, path: string, content: string): Promise<void> {
  expect(await inside(domain, `cat ${path}`)).toBe(`${content}\n`);
}

/** Looks until a domain that has ended is cleaned up: a list waits a second for that, which a busy machine may need. */
async function listUntilSettled(name: string): Promise<void> {
  await eventually(async () => {
    expect((await runCommand(['list', '--all'], { root: world.root.path })).code).toBe(0);
    expect(existsSync(runPaths(statePaths(world.root.path), name).start)).toBe(false);
  });
}

test('the seed’s /etc/httpd and /var/www are seen inside, and are on the host as before', async () => {
  const domain = await define(
    'targets-seed',
    { source: world.page, target: '/etc/httpd' },
    { source: world.page, target: '/var/www' },
  );
  await domain.start();
  await expectInside(domain, '/etc/httpd/index.html', 'a mounted page');
  await expectInside(domain, '/var/www/index.html', 'a mounted page');
  await domain.destroy();
  expect(seedParents()).toEqual(world.parents);
});

test('several missing directories are made for one target, and all are removed', async () => {
  const target = join(world.tree, 'a/b/c');
  const domain = await define('targets-deep', { source: world.page, target });
  await domain.start();
  expect(listTree()).toEqual(['a 40755', 'a/b 40755', 'a/b/c 40755']);
  expect(readdirSync(target)).toEqual([]);
  await expectInside(domain, join(target, 'index.html'), 'a mounted page');
  await domain.destroy();
  expect(listTree()).toEqual([]);
});

test('a file as the source gets a file as its target', async () => {
  const target = join(world.tree, 'etc/motd');
  const domain = await define('targets-file', { source: world.file, target });
  await domain.start();
  expect(listTree()).toEqual(['etc 40755', 'etc/motd 100644']);
  await expectInside(domain, target, 'a mounted file');
  await domain.destroy();
  expect(listTree()).toEqual([]);
  expect(await readFile(world.file, 'utf8')).toBe('a mounted file\n');
});

test('a target that was there stays, with what is in it', async () => {
  await mkdir(join(world.tree, 'there'));
  await writeFile(join(world.tree, 'there', 'own'), 'mine\n');
  const present = listTree();
  const domain = await define('targets-there', {
    source: world.page,
    target: join(world.tree, 'there'),
  });
  await domain.start();
  await expectInside(domain, join(world.tree, 'there/index.html'), 'a mounted page');
  await domain.destroy();
  expect(listTree()).toEqual(present);
  expect(await readFile(join(world.tree, 'there/own'), 'utf8')).toBe('mine\n');
});

test('what another program puts into a made target stays, and so does the target', async () => {
  const target = join(world.tree, 'used/target');
  const domain = await define('targets-used', { source: world.page, target });
  await domain.start();
  await writeFile(join(target, 'own'), 'mine\n');
  await domain.destroy();
  expect(listTree()).toEqual(['used 40755', 'used/target 40755', 'used/target/own 100644']);
  await domain.start();
  await domain.destroy();
  expect(await readFile(join(target, 'own'), 'utf8')).toBe('mine\n');
  await rm(join(world.tree, 'used'), { recursive: true });
});

test('a made target stays for as long as one of its containers runs, whichever was first', async () => {
  const target = join(world.tree, 'shared/target');
  const first = await define('targets-first', { source: world.page, target });
  const second = await define('targets-second', { source: world.page, target });
  const made = ['shared 40755', 'shared/target 40755'];
  for (const [early, late] of [
    [first, second],
    [second, first],
  ] as const) {
    await first.start();
    await second.start();
    await early.destroy();
    expect(listTree()).toEqual(made);
    await expectInside(late, join(target, 'index.html'), 'a mounted page');
    await late.destroy();
    expect(listTree()).toEqual([]);
  }
});

test('containers that come and go at once always find their target', async () => {
  const target = join(world.tree, 'a/b');
  const lane = async (name: string): Promise<void> => {
    const domain = await define(name, { source: world.page, target });
    for (let round = 0; round < 8; round += 1) {
      await domain.start();
      await expectInside(domain, join(target, 'index.html'), 'a mounted page');
      await domain.destroy();
    }
  };
  await Promise.all([lane('targets-lane-1'), lane('targets-lane-2'), lane('targets-lane-3')]);
  expect(listTree()).toEqual([]);
});

test('containers of two roots share a made target', async () => {
  const target = join(world.tree, 'target');
  const first = await define('targets-root-1', { source: world.page, target });
  await using otherRoot = await makeTestRoot();
  await using other = await connect(undefined, { root: otherRoot.path });
  const xml = domainXml({ name: 'targets-root-2', filesystems: [{ source: world.page, target }] });
  await first.start();
  const second = await other.createDomain(xml);
  await first.destroy();
  expect(listTree()).toEqual(['target 40755']);
  await expectInside(second, join(target, 'index.html'), 'a mounted page');
  await second.destroy();
  expect(listTree()).toEqual([]);
});

test('a start that fails takes its targets back', async () => {
  const filesystems = [{ source: world.page, target: join(world.tree, 'a/b') }];
  const domain = await world.connection.defineDomain(
    domainXml({ name: 'targets-failed', init: '/bin/missing', filesystems }),
  );
  await expect(domain.start()).rejects.toMatchObject({ syscall: 'execve' });
  expect(listTree()).toEqual([]);
});

describe('a process is killed in between', () => {
  test('the caller, while the container runs: the targets go with the container', async () => {
    const target = join(world.tree, 'a/b');
    const domain = await define('targets-caller', { source: world.page, target });
    const kill = await startAndStay(world.root.path, domain.name);
    await kill();
    await expectInside(domain, join(target, 'index.html'), 'a mounted page');
    process.kill(await initOf(domain.name), 'SIGKILL');
    // By the monitor's last act, without another process looking at it.
    await eventually(() => expect(listTree()).toEqual([]));
    await eventually(() => expect(tracesOf(domain.name)).toEqual([]));
  });

  test('the monitor: the next look removes the targets', async () => {
    const target = join(world.tree, 'a/b');
    const domain = await define('targets-monitor', { source: world.page, target });
    await domain.start({ ownership: 'leave' });
    for (const monitor of monitorsOf(domain.name)) process.kill(monitor, 'SIGKILL');
    await eventually(() => expect(monitorsOf(domain.name)).toEqual([]));
    await listUntilSettled(domain.name);
    expect(listTree()).toEqual([]);
  });

  test.each(['controller:after-start-record', 'controller:after-targets', 'monitor:after-clone'])(
    'the caller at %s: the next look removes the targets',
    async (point) => {
      const target = join(world.tree, 'a/b');
      const domain = await define('targets-killed', { source: world.page, target });
      const env = { TSLXC_FAILPOINT: `${point}=killController` };
      const options = { root: world.root.path, env };
      const { signal } = await runProgram(commandLine('start', domain.name), options);
      expect(signal).toBe('SIGKILL');
      expect(existsSync(target)).toBe(point !== 'controller:after-start-record');
      await eventually(() => expect(monitorsOf(domain.name)).toEqual([]));
      await listUntilSettled(domain.name);
      expect(listTree()).toEqual([]);
    },
  );

  test('one of two that share a target: the other keeps it', async () => {
    const target = join(world.tree, 'shared');
    const first = await define('targets-lost', { source: world.page, target });
    const second = await define('targets-kept', { source: world.page, target });
    await first.start({ ownership: 'leave' });
    await second.start({ ownership: 'leave' });
    for (const monitor of monitorsOf(first.name)) process.kill(monitor, 'SIGKILL');
    await eventually(() => expect(monitorsOf(first.name)).toEqual([]));
    await listUntilSettled(first.name);
    expect(listTree()).toEqual(['shared 40755']);
    await expectInside(second, join(target, 'index.html'), 'a mounted page');
    await second.destroy();
    expect(listTree()).toEqual([]);
  });
});
