/** Every type of <filesystem> and its options, from inside and from the host. One container shows them all. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { makeImage, page } from '../support/root/filesystem-image';
import { containerTest } from '../support/world/container-test';
import { loopDevices } from '../support/world/host-aspects';
import { mountAt, mountsOf } from '../support/domain/mounts-of';
import { inside } from '../support/domain/inside';
import { makeTestRoot } from '../support/root/test-root';

type Ends = readonly [source: string, target: string];

const element = (type: string, [source, target]: Ends, more = ''): string =>
  `<filesystem type='${type}'><source ${source}/><target dir='${target}'/>${more}</filesystem>`;

/** Files and folders of the host that the container gets. */
interface Sources {
  /** What is its root. */
  readonly tree: string;
  /** The folder that holds all others. */
  readonly host: string;
  readonly device: string;
}

/** Makes what is in `host`, and returns the image for the device. */
function makeSources(host: string): string {
  for (const folder of ['read', 'write', 'outer', 'inner']) {
    mkdirSync(join(host, folder), { recursive: true });
    writeFileSync(join(host, folder, 'name'), `${folder}\n`);
  }
  for (const type of ['ext4', 'xfs', 'btrfs', 'squashfs'] as const) makeImage(type, host);
  const second = join(host, 'second');
  mkdirSync(second);
  makeImage('ext4', second);
  const third = join(host, 'third');
  mkdirSync(third);
  return makeImage('ext4', third);
}

const devices = ({ tree, host, device }: Sources): string => {
  const file = (name: string): string => `file='${join(host, name)}'`;
  return [
    element('mount', [`dir='${tree}'`, '/']),
    // In front of what it lies in.
    element('mount', [`dir='${host}/inner'`, '/nest/inner']),
    element('mount', [`dir='${host}/outer'`, '/nest']),
    element('mount', [`dir='${host}/read'`, '/read'], '<readonly/>'),
    element('mount', [`dir='${host}/write'`, '/write']),
    element('mount', [`dir='${host}/write/name'`, '/etc/name']),
    element('mount', ["dir='/'", '/host-root'], '<readonly/>'),
    element('ram', ["usage='1' units='MiB'", '/ram']),
    element('ram', ["usage='64'", '/ram-ro'], '<readonly/>'),
    element('ram', ["usage='64'", '/dev/shm']),
    element('bind', ["dir='/write'", '/bound']),
    element('bind', ["dir='/write'", '/bound-ro'], '<readonly/>'),
    element('bind', ["dir='/write/name'", '/bound-file']),
    element('bind', ["dir='/nest'", '/bound-nest']),
    element('file', [file('ext4.img'), '/ext4']),
    element('file', [file('second/ext4.img'), '/ext4-ro'], '<readonly/>'),
    element('file', [file('xfs.img'), '/xfs']),
    element('file', [file('btrfs.img'), '/btrfs']),
    element('file', [file('squashfs.img'), '/squashfs']),
    element('block', [`dev='${device}'`, '/block']),
  ].join('\n');
};

const options =
  "<metadata><t:container xmlns:t='urn:tslxc:domain:1'>" +
  "<t:filesystem target='/bound-nest' recursive='yes'/></t:container></metadata>";

const world = containerTest(
  async (keep) => {
    const busybox = keep(await makeBusyboxRoot(['stat', 'touch', 'df']));
    const root = keep(await makeTestRoot());
    const host = join(root.path, 'host');
    const losetup = ['--find', '--show', makeSources(host)];
    const device = execFileSync('losetup', losetup, { encoding: 'utf8' }).trim();
    keep(() => execFileSync('losetup', ['--detach', device]));
    const connection = keep(await connect(undefined, { root: root.path }));
    const filesystems = devices({ tree: busybox.path, host, device });
    const domain = await connection.defineDomain(
      domainXml({ name: 'fs-types', elements: options, devices: filesystems }),
    );
    await domain.start();
    return { host, device, domain, init: await initOf('fs-types') };
  },
  { per: 'file' },
);

test('a mount is the host’s folder, and a file its file', async () => {
  expect(await inside(world.domain, 'cat /write/name /etc/name')).toBe('write\nwrite\n');
  await inside(world.domain, 'echo changed > /write/new');
  expect(readFileSync(join(world.host, 'write/new'), 'utf8')).toBe('changed\n');
});

test('a mount shows what is in its source alone, not what is mounted below it', async () => {
  expect(existsSync('/proc/self/mounts')).toBe(true);
  expect(await inside(world.domain, 'ls -A /host-root/proc /host-root/sys')).not.toMatch(
    /^(?:self|kernel)$/m,
  );
  const below = mountsOf(world.init).filter(({ target }) => target.startsWith('/host-root/'));
  expect(below).toEqual([]);
});

test.each(['/read', '/bound-ro', '/ram-ro', '/ext4-ro', '/squashfs', '/host-root'])(
  '%s can only be read',
  async (target) => {
    expect(await inside(world.domain, `touch ${target}/file`)).toContain('Read-only file system');
    const mount = mountAt(world.init, target);
    expect([...(mount?.options ?? []), ...(mount?.superOptions ?? [])]).toContain('ro');
  },
);

test('what is nested is mounted in what it lies in, whatever the order of the document', async () => {
  expect(await inside(world.domain, 'cat /nest/name /nest/inner/name')).toBe('outer\ninner\n');
});

test('a bind is a place of the container once more, with what is mounted below it if so wanted', async () => {
  expect(await inside(world.domain, 'cat /bound/name /bound-file')).toBe('write\nwrite\n');
  expect(await inside(world.domain, 'cat /bound-nest/name /bound-nest/inner/name')).toBe(
    'outer\ninner\n',
  );
  await inside(world.domain, 'echo bound > /bound/by-bind');
  expect(readFileSync(join(world.host, 'write/by-bind'), 'utf8')).toBe('bound\n');
});

test('memory is a tmpfs of its size, without set-user-id programs and devices', async () => {
  const mount = mountAt(world.init, '/ram');
  expect([mount?.type, mount?.source]).toEqual(['tmpfs', 'tmpfs']);
  expect(mount?.options).toEqual(expect.arrayContaining(['rw', 'nosuid', 'nodev']));
  expect(mount?.superOptions).toContain('size=1024k');
  const { mode, uid, gid } = statSync(`/proc/${world.init}/root/ram`);
  expect([mode & 0o7777, uid, gid]).toEqual([0o1777, 0, 0]);
  const full = 'cat /dev/zero > /ram/full; ls /ram/full';
  expect(await inside(world.domain, full)).toContain('No space left on device');
  expect(mountAt(world.init, '/dev/shm')?.superOptions).toContain('size=64k');
  expect(await inside(world.domain, 'echo x > /dev/shm/x && cat /dev/shm/x')).toBe('x\n');
});

test.each(['ext4', 'ext4-ro', 'btrfs', 'squashfs', 'block'])(
  '/%s shows its image',
  async (name) => {
    expect(await inside(world.domain, `cat /${name}/page`)).toBe(`${page}\n`);
    const type = name.replace(/-ro$/, '').replace('block', 'ext4');
    expect(mountAt(world.init, `/${name}`)?.type).toBe(type);
  },
);

test.each(['ext4', 'xfs', 'btrfs', 'block'])('/%s can be written', async (name) => {
  expect(await inside(world.domain, `echo written > /${name}/new && cat /${name}/new`)).toBe(
    'written\n',
  );
  expect(readFileSync(`/proc/${world.init}/root/${name}/new`, 'utf8')).toBe('written\n');
});

test('an image that is only read is attached to a device that is only read', () => {
  const devicesOf = (image: string): string[] =>
    loopDevices()
      .filter((line) => line.endsWith(` ${join(world.host, image)}`))
      .map((line) => readFileSync(`/sys/block/${line.split(' ')[0] ?? ''}/ro`, 'utf8').trim());
  expect(devicesOf('ext4.img')).toEqual(['0']);
  expect(devicesOf('second/ext4.img')).toEqual(['1']);
  expect(devicesOf('squashfs.img')).toEqual(['1']);
});

test('the document is printed with all of them, in libvirt’s form', async () => {
  const xml = await world.domain.xml();
  expect(xml).toContain(
    "<filesystem type='ram' accessmode='passthrough'>\n      <source usage='1024' units='KiB'/>",
  );
  expect(xml).toContain(`<source file='${join(world.host, 'ext4.img')}'/>`);
  expect(xml).toContain(`<source dev='${world.device}'/>`);
});

test('at the end every loop device is free, and what was written is in the image', async () => {
  await world.domain.destroy();
  await eventually(() => {
    const own = loopDevices().filter((line) => line.includes(world.host));
    expect(own.map((line) => line.split(' ')[0])).toEqual([world.device.replace('/dev/', '')]);
  });
  const read = ['debugfs', ['-R', 'cat /new', join(world.host, 'ext4.img')]] as const;
  expect(execFileSync(...read, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe(
    'written\n',
  );
});
