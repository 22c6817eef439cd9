/**
 * Which domain has which block device for an image: a folder of symbolic links that all roots share, since making a
 * link claims a device and records the claimant in one step. So no other container gets the device, even after root
 * inside has detached the image from it: the filter of that container still allows the device.
 */
import { readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { constants as system } from 'node:os';
import { join } from 'node:path';
import { hasErrno, unlessMissing } from '../../host/state/file-error';
import { imageDevicesPath } from '../../host/state/state-paths';
import { namesIn } from '../../host/names-in';
import { makeOwnFolder } from '../../host/state/own-folder';

const { EEXIST } = system.errno;

const claimOf = (device: string): string => join(imageDevicesPath, device);

/** Claims the device; false if it was not free. */
export function claimDevice(device: string, user: string): boolean {
  makeOwnFolder(imageDevicesPath);
  try {
    symlinkSync(user, claimOf(device));
    return true;
  } catch (error) {
    if (hasErrno(error, EEXIST)) return false;
    throw error;
  }
}

export function isClaimed(device: string): boolean {
  return claimantOf(device) !== undefined;
}

export function claimantOf(device: string): string | undefined {
  return unlessMissing(() => readlinkSync(claimOf(device)));
}

export function unclaimDevice(device: string): void {
  unlessMissing(() => unlinkSync(claimOf(device)));
}

/** All claimed devices. */
export function claimedDevices(): string[] {
  return namesIn(imageDevicesPath);
}
