/**
 * Images as block devices: each `<disk type='file'>` has one for as long as its container is there, which is claimed for that
 * time, and on record before anything is attached.
 */
import type { DomainDefinition } from '../../domain/definition';
import { definitionError } from '../../domain/xml/source-location';
import { wantedDevices, type WantedDevice } from '../../plan/mounts/host-devices';
import type { Looks } from '../looks/looks';
import { claimantOf, claimDevice, claimedDevices, isClaimed, unclaimDevice } from './image-claims';
import { imageStep as step, type ClaimedImage, type ImageServer } from './image-server';
import { inaccessible } from './inaccessible';
import type { DeviceNumbers } from './host-devices';
import { loopDevices } from './loop-devices';
import { nbdDevices } from './nbd-devices';

/** The block device of an image, with its claim. `node` is its name in the container's /dev. */
export type DetachImage = Readonly<{
  undo: 'detachImage';
  /** On the host. */
  device: string;
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

const servers = { loop: loopDevices, nbd: nbdDevices } as const;

const serverOf = (device: string): ImageServer =>
  servers[device.startsWith('nbd') ? 'nbd' : 'loop'];

type Image = WantedDevice & { readonly kind: 'image' };

export interface Claimant {
  readonly user: string;
  /** `cgroup.procs` of the cgroups that outlive the caller. */
  readonly cgroups: readonly string[];
}

/**
 * Claims a device for each image; nothing is attached yet.
 *
 * @throws DefinitionError as `wantedDevices`, and CONFIG_UNSUPPORTED when all devices are taken; TslxcError where the host has
 * none of the kind.
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

/** What a start would choose, without keeping others from it. @throws as `claimImages`. */
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

/** The device is free then, or once the last process that has it open closes it. Nothing happens when it is another's. */
export async function detachImage({
  device,
  user,
}: Pick<DetachImage, 'device' | 'user'>): Promise<void> {
  if (claimantOf(device) !== user) return;
  await serverOf(device).detach(device);
  unclaimDevice(device);
}

/**
 * What a process has claimed for the domain that died before it was on record: all but `recorded`. Call it under the domain's
 * lock.
 */
export async function releaseEarlierImages(
  user: string,
  recorded: readonly string[],
): Promise<void> {
  for (const device of claimedDevices()) {
    if (!recorded.includes(device)) await detachImage({ device, user });
  }
}

/** Before anything is attached. */
export function releaseImages({ undo }: ImageDevices): void {
  for (const { device, user } of undo) if (claimantOf(device) === user) unclaimDevice(device);
}

function imagesOf(definition: DomainDefinition): Image[] {
  return wantedDevices(definition).filter((one): one is Image => one.kind === 'image');
}

function chooseDevice(
  { server = 'loop', place }: WantedDevice,
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
      access: access === 'rm' ? 'readOnly' : 'readWrite',
      ...(format === undefined ? {} : { format }),
      cgroups,
      place,
    })),
    undo: chosen.map(({ node, device }) => ({ undo: 'detachImage', device, user, node })),
  };
}
