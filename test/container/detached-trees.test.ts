/** A file system that is detached is unmounted wherever root inside has put it, or the caller is told that it is still there. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { rebootFromInside, runIn } from '../support/domain/exec';
import { runInside } from '../support/domain/mapped-domain';
import { runProgram } from '../support/process/run-command';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';

const name = 'detached';

const world = containerTest(async (keep) => {
  const busybox = keep(await makeBusyboxRoot(['ln', 'mkdir', 'mount', 'mv', 'umount']));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { busybox, root, connection };
});

const tree = (source: string, target: string): string =>
  `<filesystem type='mount'><source dir='${source}'/><target dir='${target}'/></filesystem>`;
const memory =
  "<filesystem type='ram'><source usage='64' units='KiB'/><target dir='/mnt/data'/></filesystem>";

async function start(devices: string): Promise<Domain> {
  const filesystems = [{ source: world.busybox.path, target: '/' }];
  const domain = await world.connection.defineDomain(domainXml({ name, filesystems, devices }));
  await domain.start();
  return domain;
}

function makeSource(): string {
  const folder = join(world.root.path, 'shared');
  mkdirSync(folder);
  writeFileSync(join(folder, 'page'), 'of the host\n');
  return folder;
}

/** Where the kernel shows a mount whose root is this on its file system. */
async function placesOf(root: string): Promise<string[]> {
  const lines = readFileSync(`/proc/${await initOf(name)}/mountinfo`, 'utf8')
    .trim()
    .split('\n');
  const fields = lines.map((line) => line.split(' '));
  return fields.filter(([, , , at = '']) => at.endsWith(root)).map(([, , , , place = '']) => place);
}

test.each(['from the start', 'later'])('behind a link of the root it goes: %s', async (when) => {
  mkdirSync(join(world.busybox.path, 'real'));
  symlinkSync('real', join(world.busybox.path, 'link'));
  const device = tree(makeSource(), '/link/data');
  const domain = await start(when === 'later' ? '' : device);
  if (when === 'later') await domain.attachDevice(device);
  expect(await runInside(domain, 'cat /real/data/page')).toBe('of the host\n');
  await domain.detachDevice(device);
  expect(await placesOf('/shared')).toEqual([]);
  expect(await runInside(domain, 'ls /real/data')).toBe('');
  expect(await domain.xml()).not.toContain('/link/data');
});

test.each(['from the start', 'later'])('moved by root inside it goes: %s', async (when) => {
  const device = tree(makeSource(), '/mnt/data');
  const domain = await start(when === 'later' ? '' : device);
  if (when === 'later') await domain.attachDevice(device);
  await runInside(domain, 'mkdir "/else where"; mount -o move /mnt/data "/else where"');
  expect(await placesOf('/shared')).toEqual([String.raw`/else\040where`]);
  await domain.detachDevice(device);
  expect(await placesOf('/shared')).toEqual([]);
});

test('with a folder above it moved it goes', async () => {
  const device = tree(makeSource(), '/mnt/data');
  const domain = await start(device);
  await runInside(domain, 'mv /mnt /moved; mkdir -p /mnt/data');
  await domain.detachDevice(device);
  expect(await placesOf('/shared')).toEqual([]);
});

test('covered by root inside it is an error, and it can be detached when it is not any more', async () => {
  const device = tree(makeSource(), '/mnt/data');
  const domain = await start(device);
  await runInside(domain, 'mkdir /own; mount -t tmpfs none /own; mount -o bind /own /mnt/data');
  await expect(domain.detachDevice(device)).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    message: expect.stringContaining('not what was attached there') as string,
  });
  expect(await placesOf('/shared')).toEqual(['/mnt/data']);
  expect(await domain.xml()).toContain("<target dir='/mnt/data'/>");
  await runInside(domain, 'umount /mnt/data');
  await domain.detachDevice(device);
  expect(await placesOf('/shared')).toEqual([]);
});

test('gone, another mount of root inside at its place, with its number, stays', async () => {
  const domain = await start(memory);
  // The kernel gives the lowest number that is free.
  await runInside(domain, 'umount /mnt/data; mount -t tmpfs mine /mnt/data; echo x > /mnt/data/x');
  await domain.detachDevice(memory);
  expect(await runInside(domain, 'cat /mnt/data/x')).toBe('x\n');
});

test('the one that came later, moved, goes after a reboot too', async () => {
  const device = tree(makeSource(), '/mnt/data');
  const domain = await start('');
  await domain.attachDevice(device);
  const before = await initOf(name);
  await rebootFromInside(domain);
  await eventually(async () => expect(await initOf(name)).not.toBe(before));
  const move = 'mkdir /other ; mount -o move /mnt/data /other && echo moved';
  await eventually(async () => {
    expect((await runIn(domain, ['/bin/sh', '-c', move])).stdout).toBe('moved\n');
  });
  expect(await placesOf('/shared')).toEqual(['/other']);
  await domain.detachDevice(device);
  expect(await placesOf('/shared')).toEqual([]);
});

test('of which the kernel tells another device number for files than for the mount it goes: as on btrfs', async () => {
  const folder = join(world.root.path, 'layers');
  const [lower, upper] = [join(folder, 'lower'), join(folder, 'upper')];
  const merged = join(folder, 'merged');
  for (const one of [lower, upper, merged]) mkdirSync(one, { recursive: true });
  const mount = async (...words: string[]): Promise<void> => {
    const { code, stderr } = await runProgram(['mount', ...words]);
    if (code !== 0) throw new Error(stderr);
  };
  // A lower layer of another file system: the kernel shows its files with a number of their own.
  await mount('-t', 'tmpfs', 'lower', lower);
  writeFileSync(join(lower, 'page'), 'of the host\n');
  for (const one of ['up', 'work']) mkdirSync(join(upper, one));
  const options = `lowerdir=${lower},upperdir=${join(upper, 'up')},workdir=${join(upper, 'work')}`;
  await mount('-t', 'overlay', '-o', options, 'merged', merged);
  try {
    const device = tree(join(merged, 'page'), '/page');
    const domain = await start(device);
    expect(await runInside(domain, 'cat /page')).toBe('of the host\n');
    await domain.detachDevice(device);
    expect(await runInside(domain, 'cat /page')).toBe('');
    await domain.destroy();
  } finally {
    await runProgram(['umount', merged, lower]);
  }
});
