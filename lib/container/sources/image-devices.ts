/**
 * Images as block devices: each `<disk type='file'>`, and each file system on an image that qemu-nbd serves, has a
 * block device as long as its container is there. The device is claimed for that time, and on record before anything is
 * attached.
 */
import type { DomainDefinition } from '../../domain/definition';
import type { ServedFilesystem } from '../../domain/filesystem/definition';
import { isServed } from '../../domain/filesystem/lookup';
import { filesystemLocation } from '../../domain/filesystem/validate';
import { definitionError } from '../../domain/xml/source-location';
import { wantedDevices, type WantedDevice } from '../../plan/mounts/host-devices';
import type { Looks } from '../looks/looks';
import { claimantOf, claimDevice, claimedDevices, isClaimed, unclaimDevice } from './image-claims';
import { imageStep as step, type ClaimedImage, type ImageServer } from './image-server';
import { inaccessible } from './inaccessible';
import type { DeviceNumbers } from './host-devices';
import { loopDevices } from './loop-devices';
import { nbdDevices, untilUnmounted } from './nbd-devices';

/** The block device of an image, with its claim. */
export type DetachImage = Readonly<{
  undo: 'detachImage';
  /** Its name on the host. */
  device: string;
  user: string;
  /** For a disk, its name in the container's /dev; for a file system, its target, which begins with a slash. */
  node: string;
}>;

export interface ImageDevices {
  /** By `node`. */
  readonly numbers: ReadonlyMap<string, DeviceNumbers>;
  readonly claimed: readonly ClaimedImage[];
  readonly undo: readonly DetachImage[];
}

export const noImages: ImageDevices = { numbers: new Map(), claimed: [], undo: [] };

const servers = { loop: loopDevices, nbd: nbdDevices } as const;

const serverOf = (device: string): ImageServer =>
  servers[device.startsWith('nbd') ? 'nbd' : 'loop'];

type Image = Pick<WantedDevice, 'server' | 'format' | 'source' | 'node' | 'place'> &
  Pick<ClaimedImage, 'access'>;

export interface Claimant {
  readonly user: string;
  /** `cgroup.procs` of the cgroups that outlive the caller. */
  readonly cgroups: readonly string[];
}

/**
 * Claims a device for each image; nothing is attached yet.
 *
 * @throws DefinitionError as `wantedDevices`, and CONFIG_UNSUPPORTED when all devices are taken; TslxcError if the host
 * has no such devices.
 */
export async function claimImages(
  definition: DomainDefinition,
  { user, cgroups }: Claimant,
): Promise<ImageDevices> {
  const images = imagesOf(definition);
  const taken: string[] = [];
  try {
    for (const image of images) {
      await servers[image.server ?? 'loop'].require(image);
      taken.push(chooseDevice(image, (device) => claimDevice(device, user)));
    }
    return described(images, taken, { user, cgroups });
  } catch (error) {
    taken.forEach(unclaimDevice);
    throw error;
  }
}

/** What a start would choose; claims nothing. @throws as `claimImages`. */
export async function previewImages(definition: DomainDefinition): Promise<ImageDevices> {
  const images = imagesOf(definition);
  const chosen: string[] = [];
  for (const image of images) {
    await servers[image.server ?? 'loop'].require(image);
    const isFree = (device: string): boolean => !isClaimed(device) && !chosen.includes(device);
    chosen.push(chooseDevice(image, isFree));
  }
  return described(images, chosen, { user: '', cgroups: [] });
}

/** @throws TslxcError with the place of the image; OPERATION_TIMEOUT, OPERATION_ABORTED as `Looks`. */
export async function attachImages(images: readonly ClaimedImage[], looks: Looks): Promise<void> {
  for (const image of images) {
    const { device, source, place } = image;
    try {
      await looks.state(source, { step, place });
      await serverOf(device).attach(image);
    } catch (error) {
      const what = `Unable to make a block device of ${source}`;
      throw inaccessible(error, { what, path: source, step, place });
    }
  }
}

/**
 * Detaches an image. The device of a disk is free then, or once the last process that has it open closes it. That of a
 * file system is kept until it is unmounted, since what is not written by then would be lost. Does nothing if the
 * device is another's.
 *
 * @throws TslxcError OPERATION_FAILED when the file system is still mounted after `patience` milliseconds.
 */
export async function detachImage(
  { device, user, node = '' }: Pick<DetachImage, 'device' | 'user'> & { readonly node?: string },
  patience = endPatience,
): Promise<void> {
  if (claimantOf(device) !== user) return;
  if (isOfFilesystem(node)) await untilUnmounted(device, patience);
  await serverOf(device).detach(device);
  unclaimDevice(device);
}

/** How long a file system may take to be unmounted after the last process of its container, in milliseconds. */
const endPatience = 10_000;

const isOfFilesystem = (node: string): boolean => node.startsWith('/');

/** The devices that file systems lie on, by target: what a plan mounts. */
export function servedDevices(undo: readonly DetachImage[]): ReadonlyMap<string, string> {
  const ofFilesystems = undo.filter(({ node }) => isOfFilesystem(node));
  return new Map(ofFilesystems.map(({ node, device }) => [node, `/dev/${device}`]));
}

/**
 * Releases what a process has claimed for the domain that died before it was on record: everything but `recorded`. The
 * caller holds the domain's lock.
 */
export async function releaseEarlierImages(
  user: string,
  recorded: readonly string[],
): Promise<void> {
  for (const device of claimedDevices()) {
    if (!recorded.includes(device)) await detachImage({ device, user });
  }
}

/** Gives up the claims, before anything is attached. */
export function releaseImages({ undo }: ImageDevices): void {
  for (const { device, user } of undo) if (claimantOf(device) === user) unclaimDevice(device);
}

/** Whether the domain has an image that gets a block device before the plan runs. */
export function hasImages({ disks, filesystems }: DomainDefinition): boolean {
  return disks.some(({ type }) => type === 'file') || filesystems.some(isServed);
}

function imagesOf(definition: DomainDefinition): Image[] {
  const disks = wantedDevices(definition).filter(({ kind }) => kind === 'image');
  return [
    ...disks.map((disk): Image => {
      return { ...disk, access: disk.access === 'rm' ? 'readOnly' : 'readWrite' };
    }),
    ...definition.filesystems.filter(isServed).map(imageOf),
  ];
}

function imageOf(filesystem: ServedFilesystem): Image {
  const { driver, source, target: node, readonly } = filesystem;
  return {
    server: 'nbd',
    format: driver.format,
    source,
    node,
    access: readonly ? 'readOnly' : 'readWrite',
    place: filesystemLocation(filesystem),
  };
}

function chooseDevice(
  { server = 'loop', place }: Image,
  take: (device: string) => boolean,
): string {
  for (const device of servers[server].free()) if (take(device)) return device;
  const detail = server === 'nbd' ? 'No free NBD devices' : 'No free loop devices';
  throw definitionError('CONFIG_UNSUPPORTED', detail, place);
}

function described(
  images: readonly Image[],
  devices: readonly string[],
  { user, cgroups }: Claimant,
): ImageDevices {
  const chosen = images.map((image, index) => ({ ...image, device: devices[index] ?? '' }));
  return {
    numbers: new Map(chosen.map(({ node, device }) => [node, serverOf(device).numbersOf(device)])),
    claimed: chosen.map(({ device, source, access, format, place }) => ({
      device,
      source,
      access,
      ...(format === undefined ? {} : { format }),
      cgroups,
      place,
    })),
    undo: chosen.map(({ node, device }) => ({ undo: 'detachImage', device, user, node })),
  };
}
