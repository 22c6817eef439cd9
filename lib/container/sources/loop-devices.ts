/**
 * Loop devices for raw images. Their numbers are high ones: libvirt and losetup take the lowest that is free.
 */
import { existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { native } from '../../host/native';
import { imageStep, type ImageServer } from './image-server';
import { inaccessible } from './inaccessible';

const firstNumber = 1000;
const afterLastNumber = 10_000;
/** The kernel's devices.txt. */
const major = 7;

const numberOf = (device: string): number => Number(device.slice('loop'.length));

export const loopDevices: ImageServer = {
  require: async ({ place }) => {
    const path = '/dev/loop-control';
    try {
      // Loads the kernel's module, if it is one.
      await (await open(path, 'r+')).close();
    } catch (error) {
      throw inaccessible(error, {
        what: 'Unable to use loop devices',
        path,
        step: imageStep,
        place,
      });
    }
  },
  free: function* () {
    for (let number = firstNumber; number < afterLastNumber; number += 1) {
      // A device with this folder has an image.
      if (!existsSync(`/sys/block/loop${number}/loop`)) yield `loop${number}`;
    }
  },
  numbersOf: (device) => ({ major, minor: numberOf(device) << minorShift() }),
  attach: async ({ device, source: image, access }) => {
    await native().attachLoop({ number: numberOf(device), image, access });
  },
  detach: async (device) => {
    await native().detachLoop(numberOf(device));
  },
};

/**
 * By how many bits a device's number is shifted to give its minor number: a kernel can be told to reserve minor numbers
 * for partitions.
 */
function minorShift(): number {
  const parameter = '/sys/module/loop/parameters/max_part';
  return existsSync(parameter) ? 32 - Math.clz32(Number(readFileSync(parameter, 'latin1'))) : 0;
}
