/** Every type of <filesystem> and its options, from inside and from the host. One container shows them all. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import type { BusyboxRoot } from '../support/root/busybox-root';
import { initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { makeImage, page } from '../support/root/filesystem-image';
import { startOnce } from '../support/world/first-start';
import { loopDevices } from '../support/world/host-aspects';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import type { HostSnapshot } from '../support/world/host-snapshot';
import { mountAt, mountsOf } from '../support/domain/mounts-of';
import { inside } from '../support/domain/inside';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';

let before: HostSnapshot;
let root: TestRoot;
let busybox: BusyboxRoot;
let connection: Connection;
let domain: Domain;
let init: number;
/** Files and folders of the host that the container gets. */
let host: string;
let device: string;

type Ends = readonly [source: string, target: string];

const element = (type: string, [source, target]: Ends, more = ''): string =>
  `<filesystem type='${type}'><source ${source}/><target dir='${target}'/>${more}</filesystem>`;

function makeSources(): void {
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
  const image = makeImage('ext4', third);
  device = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
}

const devices = (): string => {
  const file = (name: string): string => `file='${join(host, name)}'`;
  return [
    element('mount', [`dir='${busybox.path}'`, '/']),
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

beforeAll(async () => {
  await startOnce();
  before = snapshotHost();
  root = await makeTestRoot();
  busybox = await makeBusyboxRoot(['stat', 'touch', 'df']);
  host = join(root.path, 'host');
  makeSources();
  connection = await connect(undefined, { root: root.path });
  domain = await connection.defineDomain(
    domainXml({ name: 'fs-types', elements: options, devices: devices() }),
  );
  await domain.start();
  init = await initOf('fs-types');
});

afterAll(async () => {
  await connection.close();
  await root.remove();
  if (device !== '') execFileSync('losetup', ['--detach', device]);
  await busybox.remove();
  await expectHostUnchanged(before);
});

test('a mount is the host’s folder, and a file its file', async () => {
  expect(await inside(domain, 'cat /write/name /etc/name')).toBe('write\nwrite\n');
  await inside(domain, 'echo changed > /write/new');
  expect(readFileSync(join(host, 'write/new'), 'utf8')).toBe('changed\n');
});

test('a mount shows what is in its source alone, not what is mounted below it', async () => {
  expect(existsSync('/proc/self/mounts')).toBe(true);
  expect(await inside(domain, 'ls -A /host-root/proc /host-root/sys')).not.toMatch(
    /^(?:self|kernel)$/m,
  );
  const below = mountsOf(init).filter(({ target }) => target.startsWith('/host-root/'));
  expect(below).toEqual([]);
});

test.each(['/read', '/bound-ro', '/ram-ro', '/ext4-ro', '/squashfs', '/host-root'])(
  '%s can only be read',
  async (target) => {
    expect(await inside(domain, `touch ${target}/file`)).toContain('Read-only file system');
    const mount = mountAt(init, target);
    expect([...(mount?.options ?? []), ...(mount?.superOptions ?? [])]).toContain('ro');
  },
);

test('what is nested is mounted in what it lies in, whatever the order of the document', async () => {
  expect(await inside(domain, 'cat /nest/name /nest/inner/name')).toBe('outer\ninner\n');
});

test('a bind is a place of the container once more, with what is mounted below it if so wanted', async () => {
  expect(await inside(domain, 'cat /bound/name /bound-file')).toBe('write\nwrite\n');
  expect(await inside(domain, 'cat /bound-nest/name /bound-nest/inner/name')).toBe(
    'outer\ninner\n',
  );
  await inside(domain, 'echo bound > /bound/by-bind');
  expect(readFileSync(join(host, 'write/by-bind'), 'utf8')).toBe('bound\n');
});

test('memory is a tmpfs of its size, without set-user-id programs and devices', async () => {
  const mount = mountAt(init, '/ram');
  expect([mount?.type, mount?.source]).toEqual(['tmpfs', 'tmpfs']);
  expect(mount?.options).toEqual(expect.arrayContaining(['rw', 'nosuid', 'nodev']));
  expect(mount?.superOptions).toContain('size=1024k');
  const { mode, uid, gid } = statSync(`/proc/${init}/root/ram`);
  expect([mode & 0o7777, uid, gid]).toEqual([0o1777, 0, 0]);
  const full = 'cat /dev/zero > /ram/full; ls /ram/full';
  expect(await inside(domain, full)).toContain('No space left on device');
  expect(mountAt(init, '/dev/shm')?.superOptions).toContain('size=64k');
  expect(await inside(domain, 'echo x > /dev/shm/x && cat /dev/shm/x')).toBe('x\n');
});

test.each(['ext4', 'ext4-ro', 'btrfs', 'squashfs', 'block'])(
  '/%s shows its image',
  async (name) => {
    expect(await inside(domain, `cat /${name}/page`)).toBe(`${page}\n`);
    const type = name.replace(/-ro$/, '').replace('block', 'ext4');
    expect(mountAt(init, `/${name}`)?.type).toBe(type);
  },
);

test.each(['ext4', 'xfs', 'btrfs', 'block'])('/%s can be written', async (name) => {
  expect(await inside(domain, `echo written > /${name}/new && cat /${name}/new`)).toBe('written\n');
  expect(readFileSync(`/proc/${init}/root/${name}/new`, 'utf8')).toBe('written\n');
});

test('an image that is only read is attached to a device that is only read', () => {
  const devicesOf = (image: string): string[] =>
    loopDevices()
      .filter((line) => line.endsWith(` ${join(host, image)}`))
      .map((line) => readFileSync(`/sys/block/${line.split(' ')[0] ?? ''}/ro`, 'utf8').trim());
  expect(devicesOf('ext4.img')).toEqual(['0']);
  expect(devicesOf('second/ext4.img')).toEqual(['1']);
  expect(devicesOf('squashfs.img')).toEqual(['1']);
});

test('the document is printed with all of them, in libvirt’s form', async () => {
  const xml = await domain.xml();
  expect(xml).toContain(
    "<filesystem type='ram' accessmode='passthrough'>\n      <source usage='1024' units='KiB'/>",
  );
  expect(xml).toContain(`<source file='${join(host, 'ext4.img')}'/>`);
  expect(xml).toContain(`<source dev='${device}'/>`);
});

test('at the end every loop device is free, and what was written is in the image', async () => {
  await domain.destroy();
  await eventually(() => {
    const own = loopDevices().filter((line) => line.includes(host));
    expect(own.map((line) => line.split(' ')[0])).toEqual([device.replace('/dev/', '')]);
  });
  const read = ['debugfs', ['-R', 'cat /new', join(host, 'ext4.img')]] as const;
  expect(execFileSync(...read, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe(
    'written\n',
  );
});
