/** What makes a block device of an image: a loop device, or qemu-nbd. */
import type { SourceLocation } from '../../domain/xml/source-location';
import type { DeviceNumbers } from './host-devices';

/** An image, and the block device that it gets. */
export interface ClaimedImage {
  /** Its name on the host: `loop1000`. */
  readonly device: string;
  readonly source: string;
  readonly access: 'readOnly' | 'readWrite';
  /** The format for qemu-nbd, by qemu's name. */
  readonly format?: string;
  /** `cgroup.procs` of the cgroups that outlive the caller. */
  readonly cgroups: readonly string[];
  readonly place: SourceLocation;
}

export interface ImageServer {
  /** @throws TslxcError, with the place of the image, if this host can't serve images so. */
  readonly require: (image: Pick<ClaimedImage, 'source' | 'place'>) => Promise<void>;
  /** The names of devices that are free, in the order in which they are to be tried. */
  readonly free: () => Iterable<string>;
  readonly numbersOf: (device: string) => DeviceNumbers;
  /** @throws SyscallError, or TslxcError of a program. */
  readonly attach: (image: ClaimedImage) => Promise<void>;
  /** Does nothing without an image, or without the device. */
  readonly detach: (device: string) => Promise<void>;
}

export const imageStep = 'make block devices of the images';
