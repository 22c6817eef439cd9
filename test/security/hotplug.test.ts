/**
 * A hostile root that waits for a device: whatever it has put where a node is made or a file system is mounted, nothing of the
 * host changes, and what is attached is inside or is refused. Recipe T5, for what comes to a container that runs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import type { BusyboxRoot } from '../support/root/busybox-root';
import { UnsafePackage } from '../support/probe/unsafe-package';
import { domainXml } from '../support/domain/domain-xml';
import { runInside } from '../support/domain/mapped-domain';
import { MarkedDisk } from '../support/fake/marked-disk';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';
import { mounts } from '../support/world/host-aspects';
import { containerTest } from '../support/world/container-test';

const name = 'hostile-plug';
const applets = ['ln', 'mkdir', 'mount', 'mv', 'rmdir', 'umount'];

interface Made {
  readonly busybox: BusyboxRoot;
  readonly root: TestRoot;
  readonly connection: Connection;
}

// The package of the control stays loaded.
const world: Made = containerTest(
  async (keep) => {
    const busybox = keep(await makeBusyboxRoot(applets));
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    return { busybox, root, connection };
  },
  { except: ['descriptors'] },
);

const disk = (source: string): string =>
  `<disk type='block'><source dev='${source}'/><target dev='vda'/></disk>`;
const tree = (source: string, target: string): string =>
  `<filesystem type='mount'><source dir='${source}'/><target dir='${target}'/></filesystem>`;

async function start(connection = world.connection, shared = ''): Promise<Domain> {
  const filesystems = [{ source: world.busybox.path, target: '/' }];
  const more = shared === '' ? [] : [{ source: shared, target: '/shared' }];
  const domain = await connection.defineDomain(
    domainXml({ name, filesystems: [...filesystems, ...more] }),
  );
  await domain.start();
  return domain;
}

/** A folder of the host that nothing of the container may reach. */
function makeCanary(): string {
  const canary = join(world.root.path, 'canary');
  mkdirSync(join(canary, 'dir'), { recursive: true });
  writeFileSync(join(canary, 'dir', 'file'), 'of the host\n');
  return canary;
}

function makeSource(): string {
  const source = join(world.root.path, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'page'), 'attached\n');
  return source;
}

const hostMounts = (): string[] => mounts().map((line) => line.split(' ').slice(2, 6).join(' '));

/** What a hostile root puts where the target is to be: `%` is the canary. */
const targets: Readonly<Record<string, string>> = {
  'an absolute link': 'ln -s % /target',
  'a relative link': `ln -s ${'../'.repeat(20)}% /target`,
  'a link that dangles': 'ln -s %/nothing /target',
  'a link above it': 'ln -s % /target',
  'a link through /proc/1/root': 'ln -s /proc/1/root% /target',
  'a link through /proc/1/cwd': 'ln -s /proc/1/cwd% /target',
  'a link to itself': 'ln -s target /target',
};

describe('a target for a file system (T5)', () => {
  test.each(Object.entries(targets))('that is %s gets nothing on the host', async (what, line) => {
    const [canary, source] = [makeCanary(), makeSource()];
    const domain = await start();
    const place = what === 'a link above it' ? '/target/below' : '/target';
    await runInside(domain, line.replace('%', join(canary, 'dir')));
    const before = hostMounts();
    const outcome = await domain.attachDevice(tree(source, place)).then(
      () => 'attached',
      (error: unknown) => (error as { code: string }).code,
    );
    expect(['attached', 'SYSTEM_ERROR']).toContain(outcome);
    expect(hostMounts()).toEqual(before);
    expect(readdirSync(join(canary, 'dir'))).toEqual(['file']);
    if (outcome === 'attached') {
      expect(await runInside(domain, `cat ${place}/page`)).toBe('attached\n');
      await domain.detachDevice(tree(source, place));
      expect(hostMounts()).toEqual(before);
    }
    await domain.destroy();
    expect(readFileSync(join(canary, 'dir', 'file'), 'utf8')).toBe('of the host\n');
  });
});

describe('a /dev that is another (T13)', () => {
  const others: Readonly<Record<string, string>> = {
    'the folder of the root below it': 'umount -l /dev',
    'a folder of the host that it shares': 'mount -o bind /shared /dev',
    'a link to that': 'umount -l /dev; rmdir /dev; ln -s /shared /dev',
    'a folder of the host below it': 'mkdir -p /dev/bus; mount -o bind /shared /dev/bus',
  };

  test.each(Object.entries(others))('%s gets no node', async (what, line) => {
    using marked = new MarkedDisk();
    const shared = join(world.root.path, 'shared');
    mkdirSync(shared);
    const domain = await start(world.connection, shared);
    const below = what === 'a folder of the host below it';
    const source = below ? aliasOf(marked) : marked.path;
    const device = below
      ? `<hostdev mode='capabilities' type='storage'><source><block>${source}</block></source></hostdev>`
      : disk(source);
    await runInside(domain, below ? line.replaceAll('/dev/bus', dirname(nodeOf(source))) : line);
    await expect(domain.attachDevice(device)).rejects.toMatchObject({ code: 'SYSTEM_ERROR' });
    expect(readdirSync(shared)).toEqual([]);
    expect(existsSync(join(world.busybox.path, 'dev/vda'))).toBe(false);
    await domain.destroy();
  });

  test('control: without a look at what is mounted there, the node is made where the host has it', async () => {
    using unsafe = await UnsafePackage.make('nodes anywhere');
    using marked = new MarkedDisk();
    const shared = join(world.root.path, 'shared');
    mkdirSync(shared);
    const naive = await unsafe.connect();
    await using connection = await naive(undefined, { root: world.root.path });
    const domain = await start(connection, shared);
    await runInside(domain, others['a folder of the host that it shares'] ?? '');
    await domain.attachDevice(disk(marked.path));
    expect(readdirSync(shared)).toEqual(['vda']);
    await domain.destroy();
  });
});

/** By libvirt's rule. */
function nodeOf(source: string): string {
  return `/dev/${source.split('/').slice(2).join('/')}`;
}

/** A path of a disk whose node lies in a folder below /dev. */
function aliasOf({ numbers: { major, minor } }: MarkedDisk): string {
  const folder = join(world.root.path, 'host', 'bus');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'disk');
  execFileSync('mknod', [path, 'b', String(major), String(minor)]);
  return path;
}

test('what covers a file system is not unmounted in its place', async () => {
  const source = makeSource();
  const domain = await start();
  await domain.attachDevice(tree(source, '/target'));
  await runInside(domain, 'mkdir /own; mount -t tmpfs none /own; mount -o bind /own /target');
  await expect(domain.detachDevice(tree(source, '/target'))).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    message: expect.stringContaining('not what was attached there') as string,
  });
  expect(await domain.xml()).toContain("<target dir='/target'/>");
  await runInside(domain, 'umount /target');
  await domain.detachDevice(tree(source, '/target'));
  expect(await runInside(domain, 'ls /target')).toBe('');
});

test('a link that leads to another mount keeps that mounted', async () => {
  const source = makeSource();
  const domain = await start();
  await domain.attachDevice(tree(source, '/target'));
  await runInside(domain, 'umount /target; rmdir /target; ln -s /proc /target');
  await domain.detachDevice(tree(source, '/target')).catch(() => undefined);
  expect(await runInside(domain, 'cat /proc/1/comm')).toBe('sh\n');
});
