/** The private root of a container with an id map: shown by an idmapped mount, or prepared; out of reach of others. */
import { chmodSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { files } from '../support/world/host-aspects';
import {
  idMapXml,
  makeClosedRoot,
  mappedRoot,
  ownerOf,
  runInside,
} from '../support/domain/mapped-domain';
import { makeTestRoot } from '../support/root/test-root';

const name = 'mapped-root';
const elements = idMapXml();

const world = containerTest(async (keep) => {
  const closed = keep(await makeClosedRoot());
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { closed, connection };
});

function xmlOf(path: string): string {
  return domainXml({ name, elements, filesystems: [{ source: path, target: '/' }] });
}

async function start(path = world.closed.path): Promise<Domain> {
  return world.connection.createDomain(xmlOf(path));
}

/** Mount point and options of every mount that init sees. */
async function mountsOfInit(): Promise<string[]> {
  const text = readFileSync(`/proc/${await initOf(name)}/mounts`, 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(' ').slice(1, 4).join(' '));
}

test.each(['/var/tmp', '/dev/shm'])(
  'the owners of a root below %s stay as they are on disk',
  async (parent) => {
    await using own = await makeClosedRoot(parent);
    const owners = files(own.path);
    const domain = await start(own.path);
    expect(await runInside(domain, 'stat -c %u:%g / /bin /bin/busybox')).toBe('0:0\n0:0\n0:0\n');
    await runInside(domain, 'touch /etc/of-root; touch /etc/of-user; chown 7:8 /etc/of-user');
    expect(ownerOf(join(own.path, 'etc/of-root'))).toBe('0:0');
    expect(ownerOf(join(own.path, 'etc/of-user'))).toBe('7:8');
    const [first] = await mountsOfInit();
    expect(first).toMatch(/^\/ .*\bidmapped\b/);
    await domain.destroy();
    expect(files(own.path)).toEqual(expect.arrayContaining(owners));
  },
);

test('of the old root nothing is left', async () => {
  const domain = await start();
  expect(await runInside(domain, 'ls /..')).toBe(await runInside(domain, 'ls /'));
  const roots = (await mountsOfInit()).filter((mount) => mount.startsWith('/ '));
  expect(roots).toHaveLength(1);
  await domain.destroy();
});

test('a root that was prepared for its map is not shifted again', async () => {
  const { uid, gid } = mappedRoot;
  const shift = (path: string): void => {
    lchownSync(path, uid, gid);
    if (!statSync(path).isDirectory()) return;
    for (const entry of readdirSync(path)) shift(join(path, entry));
  };
  shift(world.closed.path);
  // Its set-uid programs are those of an ordinary user: every user may reach it.
  chmodSync(world.closed.folder, 0o755);
  const domain = await start();
  expect(await runInside(domain, 'stat -c %u:%g / /bin/busybox')).toBe('0:0\n0:0\n');
  await runInside(domain, 'touch /etc/new');
  expect(ownerOf(join(world.closed.path, 'etc/new'))).toBe(`${uid}:${gid}`);
  expect((await mountsOfInit())[0]).not.toContain('idmapped');
  await domain.destroy();
});

test('a root that other users can reach is refused, with what to do', async () => {
  chmodSync(world.closed.folder, 0o711);
  const entries = files(world.closed.path);
  const xml = xmlOf(world.closed.path);
  const line = xml.slice(0, xml.indexOf('<filesystem')).split('\n').length;
  await expect(world.connection.createDomain(xml)).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/devices/filesystem/source',
    line,
    message: expect.stringContaining(`chmod 0700 '${world.closed.folder}'`) as string,
  });
  expect(files(world.closed.path)).toEqual(entries);
  chmodSync(world.closed.folder, 0o700);
  await (await start()).destroy();
});
