/**
 * The devices that the kernel shows in sysfs, each with what udev knows of it. udev's own files are read where it runs; nothing else of
 * it is needed.
 */
import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readText } from '../kernel/text-file';
import { namesIn } from '../names-in';
import { readAttribute } from '../node/attribute';
import { unlessMissing } from '../state/file-error';

/** Where devices are shown; tests have folders of their own there. */
export interface DevicePlaces {
  /** The folder that the kernel calls /sys. */
  readonly sysfs: string;
  /** udev's files of devices, `/run/udev/data`. */
  readonly udev: string;
  /** The names of vendors and products of PCI: the file of Debian's package pci.ids. */
  readonly pciNames: string;
}

export const hostPlaces: DevicePlaces = {
  sysfs: '/sys',
  udev: '/run/udev/data',
  pciNames: '/usr/share/misc/pci.ids',
};

/** What a device is listed under: of a bus or of a class. */
export type Subsystem = 'pci' | 'usb' | 'scsi' | 'net' | 'block' | 'scsi_generic' | 'drm';

const folders: Readonly<Record<Subsystem, string>> = {
  pci: 'bus/pci/devices',
  usb: 'bus/usb/devices',
  scsi: 'bus/scsi/devices',
  net: 'class/net',
  block: 'class/block',
  scsi_generic: 'class/scsi_generic',
  drm: 'class/drm',
};

export const subsystems = Object.keys(folders) as readonly Subsystem[];

/** A device of sysfs, which is only read when something of it is asked for. */
export class SysfsDevice {
  readonly subsystem: Subsystem;
  /** Its folder, without links in it: the same as the kernel's for all who look. */
  readonly path: string;
  readonly #places: DevicePlaces;
  #properties: ReadonlyMap<string, string> | undefined;
  #links: readonly string[] = [];

  constructor(places: DevicePlaces, subsystem: Subsystem, path: string) {
    this.#places = places;
    this.subsystem = subsystem;
    this.path = path;
  }

  /** The name of its folder. */
  get sysname(): string {
    return basename(this.path);
  }

  /** The path as the kernel calls it, which begins with /sys. */
  get kernelPath(): string {
    return join('/sys', this.path.slice(this.#places.sysfs.length));
  }

  /** A property from the kernel's `uevent` or from udev; udev's counts. */
  property(name: string): string | undefined {
    this.#properties ??= this.#readProperties();
    return this.#properties.get(name);
  }

  /** Its file below /dev. */
  get node(): string | undefined {
    const name = this.property('DEVNAME');
    return name === undefined ? undefined : join('/dev', name.replace(/^\/dev\//, ''));
  }

  /** Links to it below /dev that udev has made, in order. */
  get links(): readonly string[] {
    this.#properties ??= this.#readProperties();
    return this.#links;
  }

  /** A file of its folder, which may be in a subfolder. */
  attribute(name: string): string | undefined {
    return readAttribute(join(this.path, name));
  }

  /** The same; undefined where there are only blanks. */
  text(name: string): string | undefined {
    const text = this.attribute(name)
      ?.replace(/\p{Cc}/gu, '')
      .trim();
    return text === '' ? undefined : text;
  }

  /** A number from a file of its folder, in the form that C has for it: `0x1f` is hexadecimal. */
  number(name: string): number | undefined {
    const text = this.attribute(name);
    const number = text === undefined || text === '' ? NaN : Number(text);
    return Number.isFinite(number) ? number : undefined;
  }

  /** The names in its folder, or in a subfolder. */
  names(subfolder = '.'): string[] {
    return namesIn(join(this.path, subfolder));
  }

  /** The name of what a link in its folder leads to. */
  linked(name: string): string | undefined {
    const target = unlessMissing(() => realpathSync(join(this.path, name)));
    return target === undefined ? undefined : basename(target);
  }

  /** Another folder of sysfs, such as `class/fc_host/host0`. */
  elsewhere(path: string): SysfsDevice {
    return new SysfsDevice(this.#places, this.subsystem, join(this.#places.sysfs, path));
  }

  get exists(): boolean {
    return lstatSync(this.path, { throwIfNoEntry: false }) !== undefined;
  }

  /** The folders that it is below, the nearest first. */
  *ancestors(): Generator<string> {
    for (let path = dirname(this.path); path.length > this.#places.sysfs.length;) {
      yield path;
      path = dirname(path);
    }
  }

  #readProperties(): ReadonlyMap<string, string> {
    const ofKernel = linesOf(readText(join(this.path, 'uevent')));
    const properties = new Map(ofKernel.map(assignment));
    const id = this.#udevId(properties);
    const ofUdev = id === undefined ? [] : linesOf(readText(join(this.#places.udev, id)));
    for (const line of ofUdev) {
      if (line.startsWith('E:')) properties.set(...assignment(line.slice(2)));
    }
    this.#links = ofUdev
      .flatMap((line) => (line.startsWith('S:') ? [join('/dev', line.slice(2))] : []))
      .sort();
    return properties;
  }

  /** The name of udev's file: by the numbers of its node, of its interface, or by its own name. */
  #udevId(properties: ReadonlyMap<string, string>): string | undefined {
    const [major, minor] = [properties.get('MAJOR'), properties.get('MINOR')];
    if (major !== undefined && minor !== undefined) {
      return `${this.subsystem === 'block' ? 'b' : 'c'}${major}:${minor}`;
    }
    const index = properties.get('IFINDEX');
    return index === undefined ? `+${this.subsystem}:${this.sysname}` : `n${index}`;
  }
}

/** The devices of one subsystem, by name; none where the kernel has no such devices. @throws SyscallError when they can't be read. */
export function devicesOf(subsystem: Subsystem, places: DevicePlaces): SysfsDevice[] {
  const folder = join(places.sysfs, folders[subsystem]);
  const names = unlessMissing(() => readdirSync(folder)) ?? [];
  return names.sort().flatMap((name) => deviceNamed(subsystem, name, places) ?? []);
}

/** Undefined where there is no such device. @throws SyscallError when it can't be looked at. */
export function deviceNamed(
  subsystem: Subsystem,
  name: string,
  places: DevicePlaces,
): SysfsDevice | undefined {
  if (/^\.*$|[/\0]/.test(name)) return undefined;
  const link = join(places.sysfs, folders[subsystem], name);
  // A device may go meanwhile, and not all files of these folders are devices.
  const path = unlessMissing(() => realpathSync(link));
  return path === undefined || path === link ? undefined : new SysfsDevice(places, subsystem, path);
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function assignment(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}
