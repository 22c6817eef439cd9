/** The level `isolated` with containers: ids of its own, a root that stays as it is on disk, and the way back. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { allocatable } from '../../lib/domain/namespaces/allocated-ids';
import { domainXml, rootFilesystem } from '../support/domain/domain-xml';
import {
  idsOnHost,
  makeClosedRoot,
  ownerOf,
  privateNetworkXml,
  runInside,
} from '../support/domain/mapped-domain';
import { runProgram, runSuccessfully } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const closed = keep(await makeClosedRoot());
  const root = keep(await makeTestRoot());
  const connection = keep(await connect('lxc:///?hardening=isolated', { root: root.path }));
  return { closed, root, connection };
});

const levelled = (level: string): string =>
  `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:hardening level='${level}'/></t:container></metadata>`;

function xmlOf(name: string, elements = ''): string {
  const devices = rootFilesystem(world.closed.path);
  return domainXml({ name, devices, elements: `${privateNetworkXml}${elements}` });
}

test('a domain with a root of its own is another user of the host, and its root stays as it is', async () => {
  const domain = await world.connection.defineDomain(xmlOf('apart'));
  expect((await domain.info()).isolation).toBe('user-namespace');
  const { warnings } = await domain.start();
  expect(warnings.map(({ detail }) => detail)).not.toContain('WithoutHostIds');
  const [ids = ''] = (await idsOnHost('apart')).map((one) => one.ids);
  expect(Number(ids.split(' ')[0])).toBeGreaterThanOrEqual(allocatable.first);
  expect(await domain.xml()).toContain('<idmap>');
  await runInside(domain, 'touch /etc/made');
  expect(ownerOf(join(world.closed.path, 'etc/made'))).toBe('0:0');
  expect(statSync(world.closed.path).uid).toBe(0);
  const list = await runSuccessfully(['list', '--isolation'], { root: world.root.path });
  expect(list).toMatch(/ apart +running +user namespace\n/);
  await domain.destroy();
  expect(await domain.xml()).not.toContain('idmap');
});

test('a reboot and a command keep the ids', async () => {
  await using other = await connect(undefined, { root: world.root.path });
  const domain = await world.connection.createDomain(xmlOf('rebooted'));
  const before = (await idsOnHost('rebooted')).map(({ ids }) => ids);
  // Another connection, of another level, enters what runs as it runs.
  const same = await other.lookupDomainByName('rebooted');
  const { stdout } = await same.exec(['/bin/sh', '-c', 'cat /proc/self/uid_map']);
  expect(stdout).toMatch(new RegExp(`^ *0 +${before[0]?.split(' ')[0] ?? ''} +65536\n$`));
  expect((await same.info()).isolation).toBe('user-namespace');
  await domain.destroy();
});

test('copies of what it has written are kept from other users, also by a connection of another level', async () => {
  const open = mkdtempSync('/var/tmp/tslxc-open-');
  try {
    chmodSync(open, 0o755);
    const paths = { '/': join(open, 'copy') };
    await using other = await connect(undefined, { root: world.root.path });
    await world.connection.defineDomain(xmlOf('copied'));
    const domain = await other.lookupDomainByName('copied');
    const refused = expect.objectContaining({ code: 'CONFIG_UNSUPPORTED' }) as Error;
    await expect(
      (await world.connection.lookupDomainByName('copied')).clone('a', { paths }),
    ).rejects.toEqual(refused);
    // It has never had ids of its own yet.
    await domain.clone('b', { paths });
    rmSync(paths['/'], { recursive: true });
    await (await world.connection.lookupDomainByName('copied')).start();
    await domain.destroy();
    await expect(domain.clone('c', { paths })).rejects.toEqual(refused);
  } finally {
    rmSync(open, { recursive: true, force: true });
  }
});

test('the way back is one: at another level it is the host’s root', async () => {
  const domain = await world.connection.createDomain(xmlOf('open', levelled('hardened')));
  expect((await idsOnHost('open')).map(({ ids }) => ids)).toEqual([Array(8).fill('0').join(' ')]);
  expect((await domain.info()).isolation).toBe('none');
  await domain.destroy();
});

test('a domain on the host’s root starts, and is said to be no boundary', async () => {
  const domain = await world.connection.defineDomain(domainXml({ name: 'shared' }));
  const { warnings } = await domain.start();
  expect(warnings.map(({ detail }) => detail)).toContain('NoBoundary');
  expect((await domain.info()).isolation).toBe('none');
  await domain.destroy();
});

test('a root that others can reach is refused with the way back', async () => {
  chmodSync(world.closed.folder, 0o755);
  const started = world.connection.createDomain(xmlOf('in-reach'));
  await expect(started).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    message: expect.stringContaining("<tslxc:hardening level='hardened'/>") as string,
  });
  await world.connection.defineDomain(xmlOf('in-reach', levelled('isolated')));
  for (const words of [
    ['list', '--all', '--isolation'],
    ['dominfo', 'in-reach'],
  ]) {
    expect(await runSuccessfully(words, { root: world.root.path })).toContain(
      'its start is refused (unsupported configuration: with an id map the root must lie below',
    );
  }
});

test('a file system without idmapped mounts is refused with the way back', async () => {
  const mount = join(world.closed.folder, 'ramfs');
  mkdirSync(mount);
  await succeeds(['mount', '-t', 'ramfs', 'none', mount]);
  try {
    const root = join(mount, 'root');
    await succeeds(['cp', '-a', world.closed.path, root]);
    const devices = rootFilesystem(root);
    const xml = domainXml({ name: 'unmappable', devices, elements: privateNetworkXml });
    await expect(world.connection.createDomain(xml)).rejects.toMatchObject({
      ...{ code: 'SYSTEM_ERROR', syscall: 'mount_setattr' },
      message: expect.stringContaining("<tslxc:hardening level='hardened'/>") as string,
    });
  } finally {
    await succeeds(['umount', mount]);
  }
});

async function succeeds(argv: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram(argv);
  expect([code, stderr]).toEqual([0, '']);
}
