/** Loop devices with numbers of their own: made, used however often, and gone. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { native } from '../../lib/host/native';
import { eventually } from '../support/time/eventually';
import { runProgram } from '../support/process/run-command';
import { rejectionOf } from './failure';
import { nodeWords } from './node-child';
import { Scratch } from './scratch';

const scratch = new Scratch();

/** No container of a test that runs beside this one gets so high. */
const number = 9990;
const device = `/dev/loop${number}`;
const textOf = (path: string): string => readFileSync(path, 'latin1').slice(0, 5);
const isBound = (): boolean => existsSync(`/sys/block/loop${number}/loop`);

function writeTo(path: string): void {
  execFileSync('dd', [`of=${path}`, 'conv=notrunc,fsync'], { input: 'block', stdio: 'pipe' });
}

function makeImage(text = 'image'): string {
  const image = scratch.at(`image-${text}`);
  writeFileSync(image, text);
  truncateSync(image, 1024 * 1024);
  return image;
}

afterEach(() => native().detachLoop(number));
afterAll(() => scratch.dispose());

describe('attachLoop', () => {
  test('an image is a block device, however often that is opened', async () => {
    const image = makeImage();
    expect(existsSync(device)).toBe(false);
    await native().attachLoop({ number, image, access: 'readWrite' });
    for (let time = 0; time < 2; time += 1) expect(textOf(device)).toBe('image');
    writeTo(device);
    expect(textOf(image)).toBe('block');
  });

  test('a read-only one can’t be written', async () => {
    await native().attachLoop({ number, image: makeImage(), access: 'readOnly' });
    expect(() => writeTo(device)).toThrow('Operation not permitted');
    expect(readFileSync(`/sys/block/loop${number}/ro`, 'latin1')).toBe('1\n');
  });

  test('a device that has an image gets no other', async () => {
    await native().attachLoop({ number, image: makeImage(), access: 'readWrite' });
    const other = { number, image: makeImage('other'), access: 'readWrite' } as const;
    expect(await rejectionOf(native().attachLoop(other))).toEqual({
      errno: 'EBUSY',
      syscall: 'ioctl',
      path: device,
    });
    expect(textOf(device)).toBe('image');
  });

  test('an image that is missing is named, and no device is made', async () => {
    const image = scratch.at('missing');
    expect(await rejectionOf(native().attachLoop({ number, image, access: 'readOnly' }))).toEqual({
      errno: 'ENOENT',
      syscall: 'open',
      path: image,
    });
    expect(existsSync(device)).toBe(false);
  });
});

describe('detachLoop', () => {
  test('takes the image away, and the device; twice is as good as once', async () => {
    await native().attachLoop({ number, image: makeImage(), access: 'readWrite' });
    for (let time = 0; time < 2; time += 1) {
      await native().detachLoop(number);
      expect([existsSync(device), existsSync(`/sys/block/loop${number}`)]).toEqual([false, false]);
    }
  });

  test('what a process has open is let go when that closes it', async () => {
    await native().attachLoop({ number, image: makeImage(), access: 'readWrite' });
    const descriptor = openSync(device, 'r');
    await native().detachLoop(number);
    expect(isBound()).toBe(true);
    closeSync(descriptor);
    await eventually(() => expect(isBound()).toBe(false));
  });

  test('what is no loop device is told of', async () => {
    await native().attachLoop({ number, image: makeImage(), access: 'readWrite' });
    const code = `await addon.detachLoop(${number}).catch((error) => console.log('errno: ' + error.errno, error.path));`;
    const covered = 'mount --bind /dev/null "$0" && exec "$@"';
    const { stdout } = await runProgram([
      'unshare',
      '--mount',
      'sh',
      '-c',
      covered,
      device,
      ...nodeWords(code),
    ]);
    expect(stdout).toBe(`errno: 25 ${device}\n`);
  });
});
