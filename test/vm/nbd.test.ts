/** Images of qemu as disks and as file systems, in a machine whose kernel has network block devices. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { domainXml } from '../support/domain/domain-xml';
import { inside } from '../support/domain/inside';
import { startOnce } from '../support/world/first-start';
import { runProgram } from '../support/process/run-command';
import { sendSignal } from '../support/process/send-signal';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { initOf } from '../support/world/container-traces';

const name = 'nbd';
const isServed = (): boolean => existsSync('/sys/block/nbd0/pid');

beforeAll(startOnce);

test('a qcow2 image is read and written, and let go of with the container, also when its monitor is killed', async () => {
  await using root = await makeTestRoot();
  await using busybox = await makeBusyboxRoot(['dd']);
  await using connection = await connect(undefined, { root: root.path });
  const folder = join(root.path, 'images');
  mkdirSync(folder);
  const image = join(folder, 'image');
  expect(await runProgram(['qemu-img', 'create', '-f', 'qcow2', image, '1M'])).toMatchObject({
    code: 0,
  });
  const domain = await connection.defineDomain(
    domainXml({
      name,
      filesystems: [{ source: busybox.path, target: '/' }],
      devices: `<disk><driver name='nbd' type='qcow2'/><source file='${image}'/><target dev='vda'/></disk>`,
    }),
  );
  await domain.start();
  expect(isServed()).toBe(true);
  await inside(domain, 'echo -n marker | dd of=/dev/vda conv=notrunc,fsync 2> /dev/null');
  await domain.destroy();
  expect(isServed()).toBe(false);
  // What was written is in the image, whose own bytes begin with the mark of its format.
  expect(readFileSync(image, 'latin1').slice(0, 3)).toBe('QFI');
  await domain.start();
  expect(await inside(domain, 'head -c 6 /dev/vda; echo')).toBe('marker\n');
  sendSignal(domain.id, 'SIGKILL');
  await eventually(async () => expect(await domain.state()).toMatchObject({ state: 'shutoff' }));
  expect(isServed()).toBe(false);
});

/** A qcow2 image with an ext4, or with nothing. */
async function makeImage(folder: string, content: 'ext4' | 'nothing'): Promise<string> {
  const [raw, image] = [join(folder, 'raw'), join(folder, 'image')];
  const commands = [
    ['qemu-img', 'create', '-f', 'raw', raw, '16M'],
    ...(content === 'ext4' ? [['mkfs.ext4', '-q', raw]] : []),
    ['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', raw, image],
  ];
  for (const command of commands) expect(await runProgram(command)).toMatchObject({ code: 0 });
  return image;
}

const filesystem = (image: string): string =>
  `<filesystem type='file'><driver type='nbd' format='qcow2'/><source file='${image}'/><target dir='/data'/></filesystem>`;

test('a file system on a qcow2 image is mounted, and let go of when it is unmounted, also when the monitor is killed', async () => {
  await using root = await makeTestRoot();
  await using busybox = await makeBusyboxRoot(['cat']);
  await using connection = await connect(undefined, { root: root.path });
  const folder = join(root.path, 'images');
  mkdirSync(folder);
  const image = await makeImage(folder, 'ext4');
  const domain = await connection.defineDomain(
    domainXml({
      name,
      filesystems: [{ source: busybox.path, target: '/' }],
      devices: filesystem(image),
    }),
  );
  await domain.start();
  expect(isServed()).toBe(true);
  expect(await inside(domain, 'echo marker > /data/file; cat /proc/mounts')).toMatch(
    /^\/dev\/nbd0 \/data ext4 rw/m,
  );
  // What keeps it mounted keeps it served: what is in the kernel's memory only would be lost.
  const init = await initOf(name);
  const held = openSync(`/proc/${init}/root/data/file`, 'r');
  const ending = domain.destroy();
  await eventually(async () => {
    expect(existsSync(`/proc/${init}`)).toBe(false);
    await Promise.resolve();
  });
  await sleep(1000);
  expect(isServed()).toBe(true);
  closeSync(held);
  await ending;
  expect(isServed()).toBe(false);
  await domain.start();
  expect(await inside(domain, 'cat /data/file')).toBe('marker\n');
  sendSignal(domain.id, 'SIGKILL');
  await eventually(async () => expect(await domain.state()).toMatchObject({ state: 'shutoff' }));
  expect(isServed()).toBe(false);
});

test('an image that holds no file system is refused before anything is served', async () => {
  await using root = await makeTestRoot();
  await using busybox = await makeBusyboxRoot(['cat']);
  await using connection = await connect(undefined, { root: root.path });
  const folder = join(root.path, 'images');
  mkdirSync(folder);
  const image = await makeImage(folder, 'nothing');
  const domain = await connection.defineDomain(
    domainXml({
      name,
      filesystems: [{ source: busybox.path, target: '/' }],
      devices: filesystem(image),
    }),
  );
  await expect(domain.start()).rejects.toThrow(`source '${image}' holds none of`);
  expect(isServed()).toBe(false);
});
