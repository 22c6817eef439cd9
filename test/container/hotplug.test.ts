/** Disks, devices of the host and file systems that come to a running container, and go. */
import { lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { makeImage } from '../support/root/filesystem-image';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { domainXml } from '../support/domain/domain-xml';
import { rebootFromInside, runIn } from '../support/domain/exec';
import { idMapXml, makeClosedRoot, mappedRoot, runInside } from '../support/domain/mapped-domain';
import { MarkedDisk } from '../support/fake/marked-disk';
import { runCommand, runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';

const name = 'hotplug';
const applets = ['ln', 'mkdir', 'mount', 'stat', 'touch', 'wc'];

const world = containerTest(async (keep) => {
  const busybox = keep(await makeBusyboxRoot(applets));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { busybox, root, connection };
});

const disk = (source: string, target: string, flags = ''): string =>
  `<disk type='block'><source dev='${source}'/><target dev='${target}'/>${flags}</disk>`;
const storage = (source: string): string =>
  `<hostdev mode='capabilities' type='storage'><source><block>${source}</block></source></hostdev>`;
const misc = (source: string): string =>
  `<hostdev mode='capabilities' type='misc'><source><char>${source}</char></source></hostdev>`;
const tree = (source: string, target: string, flags = ''): string =>
  `<filesystem type='mount'><source dir='${source}'/><target dir='${target}'/>${flags}</filesystem>`;

async function start(devices = '', elements = '', source = world.busybox.path): Promise<Domain> {
  const domain = await world.connection.defineDomain(
    domainXml({ name, elements, filesystems: [{ source, target: '/' }], devices }),
  );
  await domain.start();
  return domain;
}

const record = (): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(runPaths(statePaths(world.root.path), name).start, 'utf8')) as never;

const marker = (node: string): string => `head -c ${MarkedDisk.marker.length} ${node}; echo`;

/** What a test shares with its container. */
function makeSource(file = 'page'): string {
  const folder = join(world.root.path, 'shared');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), 'of the host\n');
  return folder;
}

describe('a disk', () => {
  test('is a node that can be read and written, and is gone afterwards, also by a node that is left', async () => {
    using marked = new MarkedDisk();
    const domain = await start();
    await domain.attachDevice(disk(marked.path, 'vda'));
    const inside = `/proc/${await initOf(name)}/root/dev/vda`;
    const { mode, rdev, uid } = lstatSync(inside);
    const onHost = statSync(marked.path);
    expect([mode, rdev, uid]).toEqual([onHost.mode, onHost.rdev, 0]);
    expect(await runInside(domain, marker('/dev/vda'))).toBe(`${MarkedDisk.marker}\n`);
    expect(await domain.xml()).toContain("<target dev='vda' bus='virtio'/>");
    expect(record()['devices']).toHaveLength(1);
    // A second name of it, and a descriptor.
    await runInside(domain, 'ln /dev/vda /dev/kept; exec 9< /dev/vda');
    await domain.detachDevice(disk(marked.path, 'vda'));
    expect(await runInside(domain, 'ls /dev/vda')).toContain('No such file');
    const left = await runInside(domain, `${marker('/dev/kept')}; ${marker('/proc/self/fd/9')}`);
    expect(left.match(/Operation not permitted/g)).toHaveLength(2);
    expect(await domain.xml()).not.toContain('<disk');
    expect(record()).not.toHaveProperty('plug');
    expect(record()['devices']).toEqual([]);
  });

  test('can’t be kept by a /dev that root inside has made read-only: its node stays, and can’t be opened', async () => {
    using marked = new MarkedDisk();
    const domain = await start();
    await domain.attachDevice(disk(marked.path, 'vda'));
    const remount = 'busybox mount -o remount,bind,ro /dev; touch /dev/new';
    expect(await runInside(domain, remount)).toContain('Read-only file system');
    await domain.detachDevice(disk(marked.path, 'vda'));
    expect(await runInside(domain, marker('/dev/vda'))).toContain('Operation not permitted');
    expect(await domain.xml()).not.toContain('<disk');
    expect(record()).not.toHaveProperty('plug');
  });

  test('that is only read can’t be written', async () => {
    using marked = new MarkedDisk();
    const domain = await start();
    await domain.attachDevice(disk(marked.path, 'vda', '<readonly/>'));
    expect(await runInside(domain, marker('/dev/vda'))).toBe(`${MarkedDisk.marker}\n`);
    expect(await runInside(domain, 'echo x > /dev/vda')).toContain('Operation not permitted');
    await domain.destroy();
    expect(marked.content).toBe(MarkedDisk.marker);
  });

  test('that was there from the start goes; another name of the same device stays', async () => {
    using marked = new MarkedDisk();
    const domain = await start(disk(marked.path, 'vda') + disk(marked.path, 'vdb', '<readonly/>'));
    await domain.detachDevice(disk(marked.path, 'vda'));
    expect(await runInside(domain, 'ls /dev/vda')).toContain('No such file');
    expect(await runInside(domain, marker('/dev/vdb'))).toBe(`${MarkedDisk.marker}\n`);
    expect(await runInside(domain, 'echo x > /dev/vdb')).toContain('Operation not permitted');
  });

  test('is there after a reboot under the same monitor', async () => {
    using marked = new MarkedDisk();
    const domain = await start();
    const { id } = domain;
    await domain.attachDevice(disk(marked.path, 'vda'));
    const before = await initOf(name);
    await rebootFromInside(domain);
    await eventually(async () => expect(await initOf(name)).not.toBe(before));
    expect(domain.id).toBe(id);
    await eventually(async () => {
      const { stdout } = await runIn(domain, ['/bin/sh', '-c', marker('/dev/vda')]);
      expect(stdout).toBe(`${MarkedDisk.marker}\n`);
    });
  });
});

test('devices of the host come under their own paths, of the right kind, and go', async () => {
  using marked = new MarkedDisk();
  const domain = await start();
  await domain.attachDevice(storage(marked.path));
  await domain.attachDevice(misc('/dev/net/tun'));
  const inside = `/proc/${await initOf(name)}/root`;
  expect(lstatSync(`${inside}${marked.path}`).isBlockDevice()).toBe(true);
  expect(lstatSync(`${inside}/dev/net/tun`).isCharacterDevice()).toBe(true);
  expect(await runInside(domain, marker(marked.path))).toBe(`${MarkedDisk.marker}\n`);
  await domain.detachDevice(misc('/dev/net/tun'));
  await domain.detachDevice(storage(marked.path));
  expect(await runInside(domain, `ls ${marked.path}`)).toContain('No such file');
});

test('a device that every container may use stays allowed when it is detached', async () => {
  const folder = join(world.root.path, 'nodes');
  mkdirSync(folder);
  await runProgram(['mknod', join(folder, 'nought'), 'c', '1', '5']);
  const nought = misc(join(folder, 'nought'));
  const domain = await start();
  await domain.attachDevice(nought);
  await domain.detachDevice(nought);
  expect(await runInside(domain, 'head -c 1 /dev/zero | wc -c')).toBe('1\n');
});

describe('a file system', () => {
  test('is mounted where it is asked for, in a folder that is made, and is unmounted', async () => {
    const source = makeSource();
    const domain = await start();
    await domain.attachDevice(tree(source, '/mnt/deep/data'));
    expect(await runInside(domain, 'cat /mnt/deep/data/page')).toBe('of the host\n');
    await runInside(domain, 'echo inside > /mnt/deep/data/answer');
    expect(readFileSync(join(source, 'answer'), 'utf8')).toBe('inside\n');
    expect(await domain.xml()).toContain("<target dir='/mnt/deep/data'/>");
    await domain.detachDevice(tree(source, '/mnt/deep/data'));
    expect(await runInside(domain, 'ls /mnt/deep/data')).toBe('');
    expect(record()['mounts']).toEqual([]);
    expect(readFileSync(join(source, 'page'), 'utf8')).toBe('of the host\n');
  });

  test('that is read-only can’t be written to; a file is mounted on a file', async () => {
    const source = makeSource();
    const domain = await start();
    await domain.attachDevice(tree(source, '/mnt/data', '<readonly/>'));
    expect(await runInside(domain, 'touch /mnt/data/new')).toContain('Read-only file system');
    await domain.attachDevice(tree(join(source, 'page'), '/mnt/file'));
    expect(await runInside(domain, 'cat /mnt/file')).toBe('of the host\n');
    await domain.detachDevice(tree(join(source, 'page'), '/mnt/file'));
    expect(await runInside(domain, 'cat /mnt/file')).toBe('');
  });

  test('of memory, of an image and of the container itself come too', async () => {
    const image = makeImage('ext4', world.root.path);
    const domain = await start();
    const ram =
      "<filesystem type='ram'><source usage='1024' units='KiB'/><target dir='/ram'/></filesystem>";
    await domain.attachDevice(ram);
    expect(await runInside(domain, 'grep " /ram " /proc/mounts')).toMatch(/^tmpfs .*size=1024k/);
    await runInside(domain, 'echo kept > /ram/kept');
    const bind = "<filesystem type='bind'><source dir='/ram'/><target dir='/again'/></filesystem>";
    await domain.attachDevice(bind);
    expect(await runInside(domain, 'cat /again/kept')).toBe('kept\n');
    const file = `<filesystem type='file'><source file='${image}'/><target dir='/image'/></filesystem>`;
    await domain.attachDevice(file);
    expect(await runInside(domain, 'grep " /image " /proc/mounts')).toMatch(
      /^\/dev\/loop\d+ .* ext4 /,
    );
    for (const one of [bind, ram, file]) await domain.detachDevice(one);
    expect(await runInside(domain, 'grep -c -E " /(ram|again|image) " /proc/mounts')).toBe('0\n');
  });

  test('that was there from the start goes, and what is open there stays usable', async () => {
    const source = makeSource();
    const domain = await start(tree(source, '/mnt/data'));
    await runInside(domain, 'exec 8< /mnt/data/page');
    await domain.detachDevice(tree(source, '/mnt/data'));
    expect(await runInside(domain, 'ls /mnt/data')).toBe('');
    expect(await runInside(domain, 'cat <&8')).toBe('of the host\n');
  });

  test('with an id map it is the container’s root that owns what it makes, where that is asked for', async () => {
    await using closed = await makeClosedRoot();
    const source = join(closed.folder, 'shared');
    mkdirSync(source);
    const domain = await start('', idMapXml(), closed.path);
    const mapped = tree(source, '/mnt').replace("'mount'", "'mount' accessmode='mapped'");
    await domain.attachDevice(mapped);
    await runInside(domain, 'touch /mnt/made');
    expect(statSync(join(source, 'made')).uid).toBe(0);
    expect(await runInside(domain, 'stat -c %u /mnt/made')).toBe('0\n');
    await domain.detachDevice(mapped);
    await domain.attachDevice(
      "<filesystem type='ram'><source usage='64' units='KiB'/><target dir='/ram'/></filesystem>",
    );
    expect(await runInside(domain, 'touch /ram/made && stat -c %u /ram')).toBe('0\n');
    using marked = new MarkedDisk();
    await domain.attachDevice(disk(marked.path, 'vda'));
    const { uid, gid } = lstatSync(`/proc/${await initOf(name)}/root/dev/vda`);
    expect([uid, gid]).toEqual([mappedRoot.uid, mappedRoot.gid]);
    expect(await runInside(domain, marker('/dev/vda'))).toBe(`${MarkedDisk.marker}\n`);
    await domain.destroy();
  });

  test('on the host’s root a target that is missing is made, and goes with it, or with the container', async () => {
    const source = makeSource();
    const domain = await world.connection.defineDomain(domainXml({ name }));
    await domain.start();
    const target = join(world.root.path, 'made/for/it');
    await domain.attachDevice(tree(source, target));
    expect(await runInside(domain, `cat ${target}/page`)).toBe('of the host\n');
    expect(statSync(target).isDirectory()).toBe(true);
    await domain.detachDevice(tree(source, target));
    expect(statSync(target, { throwIfNoEntry: false })).toBeUndefined();
    await domain.attachDevice(tree(source, target));
    await domain.destroy();
    expect(statSync(join(world.root.path, 'made'), { throwIfNoEntry: false })).toBeUndefined();
  });

  test('is there after a reboot under the same monitor', async () => {
    const source = makeSource();
    const domain = await start();
    const { id } = domain;
    await domain.attachDevice(tree(source, '/mnt/data'));
    const before = await initOf(name);
    await rebootFromInside(domain);
    await eventually(async () => expect(await initOf(name)).not.toBe(before));
    expect(domain.id).toBe(id);
    await eventually(async () => {
      const { stdout } = await runIn(domain, ['/bin/busybox', 'cat', '/mnt/data/page']);
      expect(stdout).toBe('of the host\n');
    });
  });
});

test.each([
  ['a disk that is missing', disk('/dev/tslxc-none', 'vda'), 'SYSTEM_ERROR', 'Unable to access'],
  [
    'a USB device that is missing',
    "<hostdev type='usb'><source startupPolicy='optional'><vendor id='0x1'/><product id='2'/></source></hostdev>",
    'OPERATION_FAILED',
    'Did not find USB device 0001:0002',
  ],
  ['a disk that is none', disk('/dev/null', 'vda'), 'CONFIG_UNSUPPORTED', 'not a block device'],
  ['a node that is there', misc('/dev/null'), 'CONFIG_UNSUPPORTED', 'has a /dev/null'],
  ['a source that is missing', tree('/nowhere', '/mnt'), 'SYSTEM_ERROR', '/nowhere'],
  ['a root', tree('/srv', '/'), 'INVALID_ARG', 'target / already exists.'],
  ['a file on a folder', tree('/etc/passwd', '/proc'), 'SYSTEM_ERROR', 'one is a directory'],
])('%s is refused, and nothing is changed', async (...[, xml, code, words]) => {
  const domain = await start();
  const before = JSON.stringify(record());
  await expect(domain.attachDevice(xml)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words) as string,
  });
  expect(JSON.stringify(record())).toBe(before);
});

test('a name in /dev that the container has made itself is left alone', async () => {
  using marked = new MarkedDisk();
  const domain = await start();
  await runInside(domain, 'echo mine > /dev/vda');
  const before = JSON.stringify(record());
  await expect(domain.attachDevice(disk(marked.path, 'vda'))).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    message: expect.stringContaining('the container has a /dev/vda already') as string,
  });
  expect(await runInside(domain, 'cat /dev/vda')).toBe('mine\n');
  expect(JSON.stringify(record())).toBe(before);
});

test('the commands of virsh do it', async () => {
  using marked = new MarkedDisk();
  const domain = await start();
  const tslxc = (...words: string[]) => runCommand(words, { root: world.root.path });
  expect(await tslxc('attach-disk', name, marked.path, 'vdb', '--live')).toMatchObject({
    code: 0,
    stdout: 'Disk attached successfully\n\n',
  });
  expect(await runInside(domain, marker('/dev/vdb'))).toBe(`${MarkedDisk.marker}\n`);
  expect(await tslxc('detach-disk', name, 'vdb')).toMatchObject({
    code: 0,
    stdout: 'Disk detached successfully\n\n',
  });
  const file = join(world.root.path, 'device.xml');
  writeFileSync(file, tree(makeSource(), '/mnt/data'));
  expect(await tslxc('attach-device', name, file, '--persistent')).toMatchObject({
    code: 0,
    stdout: 'Device attached successfully\n\n',
  });
  expect(await domain.xml({ which: 'inactive' })).toContain("<target dir='/mnt/data'/>");
  expect((await tslxc('detach-device', name, file, '--persistent')).code).toBe(0);
  expect(await domain.xml({ which: 'inactive' })).not.toContain('/mnt/data');
});
