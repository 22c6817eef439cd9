/** Images on a disk that is full: an error, and nothing of what was there before is lost. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { makeLayout } from '../../support/image/image-layout';
import { directory, file } from '../../support/image/tar-archive';
import { containerTest } from '../../support/world/container-test';
import { makeTestRoot } from '../../support/root/test-root';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const images = join(root.path, 'var/lib/tslxc/images');
  mkdirSync(images, { recursive: true, mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'small', images]);
  keep({ [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', images]) });
  const connection = keep(await connect(undefined, { root: root.path }));
  return { root, images, connection };
});

const layout = (name: string, megabytes: number): string =>
  makeLayout(join(world.root.path, name), {
    layers: [[directory('data'), file('data/bytes', Buffer.alloc(megabytes * 1024 * 1024))]],
  });

test('a layer that the disk has no room for is not begun, and the images before stay whole', async () => {
  const { images } = world.connection;
  const small = await images.pull(layout('small', 1), { name: 'small' });
  await expect(images.pull(layout('large', 120), { name: 'large' })).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    errno: 28,
    step: expect.stringContaining('make room for a layer') as string,
  });
  expect(await images.list()).toEqual([small]);
  expect(readdirSync(join(world.images, 'drafts'))).toEqual([]);
  expect(readFileSync(join(small.layers[0] ?? '', 'data/bytes'))).toHaveLength(1024 * 1024);
});

test('what umoci finds no room for is no image', async () => {
  const { images } = world.connection;
  const small = await images.pull(layout('small', 1), { name: 'small' });
  // Room enough for the bytes of so many files, and not for the files.
  remount('nr_inodes=1000');
  const files = Array.from({ length: 3000 }, (_, at) => file(`many/${at}`, ''));
  const crowd = makeLayout(join(world.root.path, 'crowd'), {
    layers: [[directory('many'), ...files]],
  });
  await expect(images.pull(crowd, { name: 'crowd' })).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: expect.stringContaining('no space left on device') as string,
  });
  expect(await images.list()).toEqual([small]);
  expect(readdirSync(join(world.images, 'drafts'))).toEqual([]);
  expect(readdirSync(join(world.images, 'layers'))).toHaveLength(1);
  remount('nr_inodes=100000');
  const image = await images.pull(crowd, { name: 'crowd' });
  expect(readdirSync(join(image.layers[0] ?? '', 'many'))).toHaveLength(3000);
});

function remount(option: string): void {
  execFileSync('mount', ['-o', `remount,${option}`, world.images]);
}
