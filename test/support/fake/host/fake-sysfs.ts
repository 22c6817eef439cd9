/** Devices as the kernel shows them in sysfs and udev in its own files, in a folder. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DevicePlaces, Subsystem } from '../../../../lib/host/devices/device-tree';

export interface FakeDevice {
  /** Below `devices`. */
  readonly path: string;
  /** None of it is listed. */
  readonly subsystem?: Subsystem;
  readonly uevent?: Readonly<Record<string, string | number>>;
  /** Files, by name. */
  readonly files?: Readonly<Record<string, string | number | Buffer>>;
  /** Links to other devices, by name. */
  readonly links?: Readonly<Record<string, string>>;
  /** The name of udev's file, and its lines. */
  readonly udev?: readonly [id: string, ...lines: string[]];
}

const listed: Readonly<Record<Subsystem, string>> = {
  pci: 'bus/pci/devices',
  usb: 'bus/usb/devices',
  scsi: 'bus/scsi/devices',
  net: 'class/net',
  block: 'class/block',
  scsi_generic: 'class/scsi_generic',
  drm: 'class/drm',
};

/** Makes them below a folder. */
export function fakeSysfs(folder: string, devices: readonly FakeDevice[]): DevicePlaces {
  const places: DevicePlaces = {
    sysfs: join(folder, 'sys'),
    udev: join(folder, 'udev'),
    pciNames: join(folder, 'pci.ids'),
  };
  mkdirSync(places.udev, { recursive: true });
  for (const device of devices) make(places, device);
  return places;
}

function make(places: DevicePlaces, device: FakeDevice): void {
  const { path, subsystem, uevent = {}, files = {}, links = {}, udev } = device;
  const folder = join(places.sysfs, 'devices', path);
  mkdirSync(folder, { recursive: true });
  const lines = Object.entries(uevent).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, 'uevent'), lines.join(''));
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'object' ? content : `${content}\n`);
  }
  for (const [name, target] of Object.entries(links)) {
    symlinkSync(join(places.sysfs, 'devices', target), join(folder, name));
  }
  if (udev !== undefined) {
    const [id, ...told] = udev;
    writeFileSync(join(places.udev, id), told.map((line) => `${line}\n`).join(''));
  }
  if (subsystem === undefined) return;
  const list = join(places.sysfs, listed[subsystem]);
  mkdirSync(list, { recursive: true });
  symlinkSync(folder, join(list, folder.slice(folder.lastIndexOf('/') + 1)));
}
