/** Images as disks of a container: loop devices that it has as long as it is there, and that no other gets meanwhile. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { imageDevicesPath } from '../../lib/host/state/state-paths';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { domainXml } from '../support/domain/domain-xml';
import { rebootFromInside, runIn } from '../support/domain/exec';
import { runInside } from '../support/domain/mapped-domain';
import { runCommand } from '../support/process/run-command';
import { sendSignal } from '../support/process/send-signal';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';
import { loopDevices } from '../support/world/host-aspects';

const name = 'disk-image';

const world = containerTest(async (keep) => {
  const busybox = keep(await makeBusyboxRoot(['dd', 'losetup', 'stat']));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { busybox, root, connection };
});

/** A file of 1 MiB that begins with its own name. */
function makeImage(marker: string): string {
  const folder = join(world.root.path, 'images');
  mkdirSync(folder, { recursive: true });
  const image = join(folder, marker);
  writeFileSync(image, marker);
  truncateSync(image, 1024 * 1024);
  return image;
}

const disk = (image: string, target: string, flags = ''): string =>
  `<disk type='file'><source file='${image}'/><target dev='${target}'/>${flags}</disk>`;

function define(devices: string, init = '/bin/sh', other = name): Promise<Domain> {
  const filesystems = [{ source: world.busybox.path, target: '/' }];
  return world.connection.defineDomain(domainXml({ name: other, init, filesystems, devices }));
}

const start = async (devices: string): Promise<Domain> => {
  const domain = await define(devices);
  await domain.start();
  return domain;
};

/** The names of the loop devices that an image is behind. */
const loopsOf = (image: string): string[] =>
  loopDevices().flatMap((line) => (line.endsWith(` ${image}`) ? line.split(' ', 1) : []));

/** The devices that containers of this test have. */
const claims = (): string[] =>
  (existsSync(imageDevicesPath) ? readdirSync(imageDevicesPath) : []).filter((device) =>
    readlinkSync(join(imageDevicesPath, device)).startsWith(`${world.root.path}:`),
  );

/** The first characters of a device. */
const read = (node: string, length = 5): string => `head -c ${length} ${node}; echo`;
const write = (text: string, node: string): string =>
  `echo -n ${text} | dd of=${node} conv=notrunc,fsync 2>&1 | head -n 1`;

/** What is still there of an image when its container is not. */
const left = (image: string): string[] => [...loopsOf(image), ...claims()];

test('an image is read and written, also after a reboot, and its device is gone with the container', async () => {
  const image = makeImage('first');
  const domain = await start(disk(image, 'vda', "<driver name='loop' type='raw'/>"));
  expect(loopsOf(image)).toHaveLength(1);
  expect(await runInside(domain, read('/dev/vda'))).toBe('first\n');
  expect(await runInside(domain, 'stat -c %F-%a /dev/vda')).toBe('block special file-700\n');
  await runInside(domain, write('block', '/dev/vda'));
  expect(readFileSync(image, 'latin1').slice(0, 5)).toBe('block');
  expect(await domain.xml()).toContain(
    `<disk type='file' device='disk'>
      <driver name='loop' type='raw'/>
      <source file='${image}'/>
      <target dev='vda' bus='virtio'/>
    </disk>`,
  );
  const before = await initOf(name);
  await rebootFromInside(domain);
  await eventually(async () => expect(await initOf(name)).not.toBe(before));
  await eventually(async () => {
    expect((await runIn(domain, ['/bin/sh', '-c', read('/dev/vda')])).stdout).toBe('block\n');
  });
  expect(loopsOf(image)).toHaveLength(1);
  await domain.destroy();
  expect(left(image)).toEqual([]);
});

test('a read-only one can’t be written, and its file is opened so', async () => {
  const image = makeImage('first');
  const domain = await start(disk(image, 'vda', '<readonly/>') + disk(image, 'sda', '<readonly/>'));
  expect(await runInside(domain, read('/dev/sda'))).toBe('first\n');
  expect(await runInside(domain, 'echo x > /dev/vda')).toContain('Operation not permitted');
  const [loop = ''] = loopsOf(image);
  expect(readFileSync(`/sys/block/${loop}/ro`, 'utf8')).toBe('1\n');
  await domain.destroy();
  expect(readFileSync(image, 'latin1').slice(0, 5)).toBe('first');
  expect(loopsOf(image)).toEqual([]);
});

test('the device is given back when the monitor has been killed, and by a start that fails', async () => {
  const image = makeImage('first');
  const domain = await start(disk(image, 'vda'));
  sendSignal(domain.id, 'SIGKILL');
  await eventually(async () => expect(await domain.state()).toMatchObject({ state: 'shutoff' }));
  expect(left(image)).toEqual([]);
  const failing = await define(disk(image, 'vda'), '/no/such/init');
  await expect(failing.start()).rejects.toThrow('/no/such/init');
  expect(left(image)).toEqual([]);
});

test('the device of an image that root inside has taken off it goes to no other container', async () => {
  const [mine, other] = [makeImage('first'), makeImage('other')];
  const domain = await start(disk(mine, 'vda'));
  const [loop] = loopsOf(mine);
  expect(loop).toMatch(/loop\d+$/);
  expect(await runInside(domain, read('/dev/vda'))).toBe('first\n');
  await runInside(domain, 'losetup -d /dev/vda');
  expect(loopsOf(mine)).toEqual([]);
  const second = await define(disk(other, 'vda'), '/bin/sh', 'disk-image-2');
  await second.start();
  const [another] = loopsOf(other);
  expect(another).toMatch(/loop\d+$/);
  expect(another).not.toBe(loop);
  // The container whose image it is reads it; the first one, by the node that it has, does not.
  expect(await runInside(second, read('/dev/vda'))).toBe('other\n');
  expect(await runInside(domain, read('/dev/vda'))).not.toContain('other');
  await second.destroy();
  await domain.destroy();
  expect(left(other)).toEqual([]);
});

test.each([
  ['/var', 'CONFIG_UNSUPPORTED', 'disk source /var is not a regular file'],
  ['/var/tmp/tslxc-none', 'SYSTEM_ERROR', 'Unable to access /var/tmp/tslxc-none'],
])('%s, which is no image, is refused in its line', async (source, code, words) => {
  const domain = await define(`\n${disk(source, 'vda')}`);
  const failure = expect(domain.start()).rejects;
  await failure.toMatchObject({ code, element: 'domain/devices/disk' });
  await expect(domain.start()).rejects.toThrow(words);
});

test('an image comes to a running container by the command, and goes again', async () => {
  const image = makeImage('first');
  const domain = await start('');
  const tslxc = (...words: string[]) => runCommand(words, { root: world.root.path });
  expect(await tslxc('attach-disk', name, image, 'vda', '--live')).toMatchObject({
    code: 0,
    stdout: 'Disk attached successfully\n\n',
  });
  expect(await runInside(domain, read('/dev/vda'))).toBe('first\n');
  const before = await initOf(name);
  await rebootFromInside(domain);
  await eventually(async () => expect(await initOf(name)).not.toBe(before));
  await eventually(async () => {
    expect((await runIn(domain, ['/bin/sh', '-c', read('/dev/vda')])).stdout).toBe('first\n');
  });
  expect(await tslxc('detach-disk', name, image)).toMatchObject({ code: 0 });
  expect(left(image)).toEqual([]);
  await domain.attachDevice(disk(image, 'vdb'));
  expect(await runInside(domain, read('/dev/vdb'))).toBe('first\n');
  await domain.destroy();
  expect(left(image)).toEqual([]);
});

test('one that can’t be attached leaves nothing', async () => {
  const image = makeImage('first');
  const domain = await start('');
  const failing = domain.attachDevice(disk('/var/tmp/tslxc-none', 'vda'));
  await expect(failing).rejects.toThrow('Unable to access /var/tmp/tslxc-none');
  // The place is one of the text that was given.
  await expect(domain.attachDevice(`\n${disk('image', 'vda')}`)).rejects.toMatchObject({
    ...{ code: 'CONFIG_UNSUPPORTED', element: 'domain/devices/disk', line: 2, column: 1 },
  });
  expect(claims()).toEqual([]);
  await domain.attachDevice(disk(image, 'vda'));
  await expect(domain.attachDevice(disk(image, 'vda'))).rejects.toThrow('already exists');
  expect(loopsOf(image)).toHaveLength(1);
});

describe('an image of another format', () => {
  const qcow2 = "<driver name='nbd' type='qcow2'/>";
  const noProgram = 'there is no qemu-nbd on this machine: install the Debian package qemu-utils';

  /** `start` with nothing but this folder, and those of the system, to find programs in. */
  async function startWith<T>(folder: string, action: () => Promise<T>): Promise<T> {
    const { PATH } = process.env;
    process.env['PATH'] = folder;
    try {
      return await action();
    } finally {
      process.env['PATH'] = PATH;
    }
  }

  test('needs qemu-nbd, or is refused with the name of its package', async () => {
    const image = makeImage('first');
    const words = existsSync('/usr/bin/qemu-nbd') ? /qemu-nbd: |no network block/ : noProgram;
    const domain = await define(`\n${disk(image, 'vda', qcow2)}`);
    await expect(domain.start()).rejects.toThrow(words);
    await domain.undefine();
    const running = await start('');
    await expect(running.attachDevice(disk(image, 'vda', qcow2))).rejects.toThrow(words);
    expect(left(image)).toEqual([]);
  });

  test('as a file system needs qemu-nbd at a start, and can not be attached to what runs', async () => {
    const image = makeImage('first');
    const served = `<filesystem type='file'><driver type='nbd' format='qcow2'/><source file='${image}'/><target dir='/served'/></filesystem>`;
    const words = existsSync('/usr/bin/qemu-nbd') ? /qemu-|no network block/ : noProgram;
    const domain = await define(`\n${served}`);
    await expect(domain.start()).rejects.toThrow(words);
    await domain.undefine();
    const running = await start('');
    await expect(running.attachDevice(served)).rejects.toThrow(
      'an image that qemu-nbd serves can only be mounted at a start',
    );
    expect(left(image)).toEqual([]);
  });

  test('needs a kernel with nbd, or is refused in its line', async () => {
    const image = makeImage('first');
    const folder = join(world.root.path, 'programs');
    mkdirSync(folder);
    // Where the kernel has nbd, this is asked to serve the image, and refuses.
    const script = '#!/bin/sh\necho "no image" >&2; exit 1\n';
    writeFileSync(join(folder, 'qemu-nbd'), script, { mode: 0o755 });
    const domain = await define(`\n${disk(image, 'vda', qcow2)}`);
    const failing = startWith(folder, () => domain.start());
    await expect(failing).rejects.toThrow(
      existsSync('/sys/block/nbd0')
        ? 'qemu-nbd: no image'
        : `this kernel has no network block devices (nbd), which the image ${image} needs (make block devices of the images; domain/devices/disk, line`,
    );
    expect(left(image)).toEqual([]);
  });
});
