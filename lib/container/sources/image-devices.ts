/**
 * Images as block devices: each `<disk type='file'>` has a loop device for as long as its container is there. Its number is claimed
 * for that time by a symbolic link in a folder that all roots share, since making one is a claim and a note of who claims in one
 * step. So no other container gets the number, also after root inside has taken the image off the device, which its filter
 * still allows. The numbers are high ones: libvirt and losetup take the lowest that is free.
 */
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DomainDefinition } from '../../domain/definition';
import type { SourceLocation } from '../../domain/xml/source-location';
import { TslxcError } from '../../errors';
import { native } from '../../host/native';
import { hasErrno } from '../../host/state/file-error';
import { imageNumbersPath } from '../../host/state/state-paths';
import { wantedDevices, type WantedDevice } from '../../plan/mounts/host-devices';
import type { Looks } from '../looks/looks';
import { inaccessible } from './inaccessible';
import type { DeviceNumbers } from './host-devices';

const firstNumber = 1000;
const afterLastNumber = 10_000;
/** Of loop devices: the kernel's devices.txt. */
const loopMajor = 7;
const [ENOENT, EEXIST] = [2, 17];

const step = 'make block devices of the images';

/** An image, and the loop device that it gets. */
export interface ClaimedImage {
  readonly number: number;
  readonly source: string;
  readonly access: 'readOnly' | 'readWrite';
  readonly place: SourceLocation;
}

/** The loop device of an image, with the claim of its number. `node` is its name in the container's /dev. */
export type DetachImage = Readonly<{
  undo: 'detachImage';
  number: number;
  user: string;
  node: string;
}>;

export interface ImageDevices {
  /** By the name in the container's /dev. */
  readonly numbers: ReadonlyMap<string, DeviceNumbers>;
  readonly claimed: readonly ClaimedImage[];
  readonly undo: readonly DetachImage[];
}

export const noImages: ImageDevices = { numbers: new Map(), claimed: [], undo: [] };

/**
 * Claims a number for each image; nothing is attached yet.
 *
 * @throws DefinitionError as `wantedDevices`; TslxcError SYSTEM_ERROR where the kernel has no loop devices, OPERATION_FAILED when
 * all numbers are claimed.
 */
export function claimImages(definition: DomainDefinition, user: string): ImageDevices {
  const taken: number[] = [];
  try {
    return chooseImages(definition, user, (number) => {
      if (!claim(number, user)) return false;
      taken.push(number);
      return true;
    });
  } catch (error) {
    taken.forEach(unclaim);
    throw error;
  }
}

/** What a start would choose, without keeping others from it. @throws as `claimImages`. */
export function previewImages(definition: DomainDefinition): ImageDevices {
  const chosen = new Set<number>();
  return chooseImages(definition, '', (number) => {
    if (existsSync(claimOf(number)) || chosen.has(number)) return false;
    chosen.add(number);
    return true;
  });
}

function chooseImages(
  definition: DomainDefinition,
  user: string,
  take: (number: number) => boolean,
): ImageDevices {
  const images = wantedDevices(definition).filter(({ kind }) => kind === 'image');
  const [first] = images;
  if (first === undefined) return noImages;
  const shift = minorShift(first);
  const chosen = images.map((image) => ({ ...image, number: chooseNumber(take) }));
  return {
    numbers: new Map(
      chosen.map(({ node, number }) => [node, { major: loopMajor, minor: number << shift }]),
    ),
    claimed: chosen.map(({ number, source, access, place }) => ({
      number,
      source,
      access: access === 'rm' ? 'readOnly' : 'readWrite',
      place,
    })),
    undo: chosen.map(({ node, number }) => ({ undo: 'detachImage', number, user, node })),
  };
}

/** @throws TslxcError SYSTEM_ERROR with the place of the image; OPERATION_TIMEOUT, OPERATION_ABORTED as `Looks`. */
export async function attachImages(images: readonly ClaimedImage[], looks: Looks): Promise<void> {
  for (const { number, source, access, place } of images) {
    try {
      await looks.state(source, { step, place });
      await native().attachLoop({ number, image: source, access });
    } catch (error) {
      const what = `Unable to make a block device of ${source}`;
      throw inaccessible(error, { what, path: source, step, place });
    }
  }
}

/** The device is free then, or once the last process that has it open closes it. Nothing happens when it is another's. */
export async function detachImage({
  number,
  user,
}: Pick<DetachImage, 'number' | 'user'>): Promise<void> {
  if (claimantOf(number) !== user) return;
  await native().detachLoop(number);
  unclaim(number);
}

/**
 * What a process has claimed for the domain that died before it was on record: all but `recorded`. Call it under the domain's
 * lock.
 */
export async function releaseEarlierImages(
  user: string,
  recorded: readonly number[],
): Promise<void> {
  for (const number of namesIn(imageNumbersPath).map(Number)) {
    if (!recorded.includes(number)) await detachImage({ number, user });
  }
}

export function releaseImages({ undo }: ImageDevices): void {
  for (const { number, user } of undo) if (claimantOf(number) === user) unclaim(number);
}

function chooseNumber(take: (number: number) => boolean): number {
  for (let number = firstNumber; number < afterLastNumber; number += 1) {
    if (!isBound(number) && take(number)) return number;
  }
  throw new TslxcError('OPERATION_FAILED', 'every loop device for images is taken');
}

/** A device with this folder has an image. */
const isBound = (number: number): boolean => existsSync(`/sys/block/loop${number}/loop`);

const claimOf = (number: number): string => join(imageNumbersPath, String(number));

function claim(number: number, user: string): boolean {
  mkdirSync(imageNumbersPath, { recursive: true, mode: 0o700 });
  try {
    symlinkSync(user, claimOf(number));
    return true;
  } catch (error) {
    if (hasErrno(error, EEXIST)) return false;
    throw error;
  }
}

function claimantOf(number: number): string | undefined {
  try {
    return readlinkSync(claimOf(number));
  } catch (error) {
    if (hasErrno(error, ENOENT)) return undefined;
    throw error;
  }
}

function unclaim(number: number): void {
  try {
    unlinkSync(claimOf(number));
  } catch (error) {
    if (!hasErrno(error, ENOENT)) throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasErrno(error, ENOENT)) return [];
    throw error;
  }
}

/** By how much a device's minor number is more than its own: a kernel can be told to keep numbers for partitions. */
function minorShift({ place }: WantedDevice): number {
  const control = '/dev/loop-control';
  try {
    // Loads the module, if it is one.
    closeSync(openSync(control, constants.O_RDWR));
    const partitions = Number(readFileSync('/sys/module/loop/parameters/max_part', 'latin1'));
    return 32 - Math.clz32(partitions);
  } catch (error) {
    throw inaccessible(error, { what: 'Unable to use loop devices', path: control, step, place });
  }
}
