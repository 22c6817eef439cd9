/**
 * The mounts of a container and those of the host, each out of the other's sight. Recipe T25 of the threat catalogue.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { askConsole } from '../../support/console/console-answer';
import { initOf } from '../../support/world/container-traces';
import { domainXml } from '../../support/domain/domain-xml';
import type { FilesystemSource } from '../../support/domain/domain-xml';
import { containerTest } from '../../support/world/container-test';
import { packageRoot, runProgram } from '../../support/process/run-command';
import { slowness } from '../../support/time/eventually';
import { makeTestRoot } from '../../support/root/test-root';
import { UnsafePackage } from '../../support/probe/unsafe-package';

const name = 'mounts-seen';

const world = containerTest(
  async (keep) => {
    const scratch = mkdtempSync('/var/tmp/tslxc-mounts-');
    keep(() => rmSync(scratch, { recursive: true }));
    const busybox = keep(await makeBusyboxRoot(['mount', 'mkdir']));
    return { scratch, busybox };
  },
  { per: 'file', except: ['descriptors'] },
);

interface Mount {
  readonly id: string;
  readonly parent: string;
  readonly target: string;
  /** `shared:N`, `master:N` and such. */
  readonly propagation: readonly string[];
  readonly type: string;
}

/** As in proc_pid_mountinfo(5). */
function mountsOf(pid: number | 'self'): Mount[] {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [id = '', parent = '', , , target = '', , ...propagation] = left.split(' ');
    return { id, parent, target, propagation, type: right.split(' ')[0] ?? '' };
  });
}

const roots = (): readonly (readonly [string, readonly FilesystemSource[]])[] => [
  ['the shared root', []],
  ['a private root', [{ source: world.busybox.path, target: '/' }]],
];

/** Mounts that are not below the container's own `/`, and those that hide another `/`. */
function strays(mounts: readonly Mount[]): Mount[] {
  const known = new Set(mounts.map(({ id }) => id));
  const tops = mounts.filter(({ parent }) => !known.has(parent));
  const others = mounts.filter(({ target }) => target === '/');
  return [...tops.slice(1), ...others.slice(1)];
}

async function start(
  connection: Connection,
  filesystems: readonly FilesystemSource[],
): Promise<Mount[]> {
  const domain = await connection.createDomain(domainXml({ name, filesystems }));
  const mounts = mountsOf(await initOf(name));
  await domain.destroy();
  return mounts;
}

/** In a mount namespace whose `/` is shared: mounts of that namespace before, during, and after a container mounts. */
async function inSharedNamespace(packageFolder: string): Promise<readonly string[]> {
  await using root = await makeTestRoot();
  const xml = domainXml({
    name,
    init: '/bin/sh',
    initArguments: ['-c', 'mount -t tmpfs inside /mnt && echo mounted; exec sleep 1000'],
  });
  const code = `
    const { readFileSync } = require('node:fs');
    const { connect } = require(${JSON.stringify(join(packageFolder, 'dist/index.js'))});
    const targets = () => readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\\n')
      .map((line) => line.split(' ').slice(3, 5).join(' ')).sort().join('\\n');
    (async () => {
      const connection = await connect();
      const pictures = [targets()];
      const domain = await connection.createDomain(${JSON.stringify(xml)}).catch(() => undefined);
      await domain?.waitFor({ console: /mounted/, timeout: ${30_000 * slowness} });
      pictures.push(targets());
      await domain?.destroy();
      pictures.push(domain === undefined ? 'refused' : 'started');
      pictures.push(targets());
      await connection.close();
      console.log(JSON.stringify(pictures));
    })();`;
  // Private first: what is shared there must have no peers on the host.
  const script = 'mount --make-rshared / && exec "$@"';
  const unshare = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh'];
  const argv = [...unshare, process.execPath, '-e', code];
  const { stdout, stderr } = await runProgram(argv, { root: root.path });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as string[];
}

describe('mounts (T25)', () => {
  test('inside show no old root, no path of the host, and no peer', async () => {
    for (const [which, filesystems] of roots()) {
      await using root = await makeTestRoot();
      await using connection = await connect(undefined, { root: root.path });
      const mounts = await start(connection, filesystems);
      expect([which, strays(mounts)]).toEqual([which, []]);
      expect(mounts.filter(({ propagation }) => propagation.length > 0)).toEqual([]);
      const named = mounts.filter(({ target }) => target.includes(world.busybox.path));
      expect([which, named]).toEqual([which, []]);
    }
  });

  test('control: a cover that is stacked on the old root leaves that inside', async () => {
    using unsafe = await UnsafePackage.make('stacked root');
    await using root = await makeTestRoot();
    await using connection = await (await unsafe.connect())(undefined, { root: root.path });
    const [, [, filesystems] = []] = roots();
    const mounts = await start(connection, filesystems ?? []);
    expect(strays(mounts)).not.toEqual([]);
  });

  test('made inside are not seen outside, nor those made outside inside', async () => {
    await using root = await makeTestRoot();
    await using connection = await connect(undefined, { root: root.path });
    const domain = await connection.createDomain(domainXml({ name }));
    const outside = mountsOf('self');
    await askConsole(
      domain,
      `mount -t tmpfs inside ${world.scratch} && echo mounted=$?`,
      /mounted=0/,
    );
    expect(mountsOf('self')).toEqual(outside);
    const inside = mountsOf(await initOf(name));
    expect(inside.map(({ target }) => target)).toContain(world.scratch);
    const folder = mkdtempSync(join(world.scratch, 'outside-'));
    expect(await runProgram(['mount', '-t', 'tmpfs', 'outside', folder])).toMatchObject({
      code: 0,
    });
    try {
      expect(mountsOf(await initOf(name))).toEqual(inside);
    } finally {
      await runProgram(['umount', folder]);
    }
    await domain.destroy();
  });

  test('of a caller whose / is shared stay as they are', async () => {
    const [first, during, outcome, after] = await inSharedNamespace(packageRoot);
    expect(outcome).toBe('started');
    expect(during).toBe(first);
    expect(after).toBe(first);
  });

  test('control: where they stay peers, what a start mounts appears at the caller’s', async () => {
    using unsafe = await UnsafePackage.make('shared mounts');
    const [first, during] = await inSharedNamespace(unsafe.folder);
    expect(during).not.toBe(first);
  });

  test(
    'of the host are the same after a hundred starts',
    async () => {
      await using root = await makeTestRoot();
      await using connection = await connect(undefined, { root: root.path });
      const outside = mountsOf('self');
      for (let run = 0; run < 100; run += 1) {
        const domain = await connection.createDomain(domainXml({ name }));
        await domain.destroy();
      }
      expect(mountsOf('self')).toEqual(outside);
      // A hundred take most of the usual minute where three lanes share two processors.
    },
    180_000 * slowness,
  );
});
