/** The devices of this host that libvirt lists, from sysfs: which there are, what each is called, and what it is below. */
import { Slice } from '../slices';
import { devicesOf, hostPlaces, subsystems } from './device-tree';
import type { DevicePlaces, SysfsDevice } from './device-tree';
import { machineFacts, machineName } from './machine';
import { netFacts, netSuffix } from './net';
import { fact, type DeviceCapability, type Fact, type NodeDevice } from './node-device';
import { pciAddressOf, pciFacts } from './pci';
import {
  scsiDeviceFacts,
  scsiHostCapabilities,
  scsiHostFacts,
  scsiTargetFacts,
  worldWideNames,
} from './scsi';
import { driveType, storageFacts, storageSuffix } from './storage';
import { usbDeviceFacts, usbInterfaceFacts } from './usb';

/** What a kind of device is told of, and by what it is recognized. */
interface Kind {
  readonly capabilities: readonly [DeviceCapability, ...DeviceCapability[]];
  readonly facts: (device: SysfsDevice, places: DevicePlaces) => Fact[];
  /** What its name ends with, besides its subsystem and its own name. */
  readonly suffix?: string | undefined;
}

/**
 * All of them, ordered by path below the host itself: a device comes after what it is below.
 *
 * @throws SyscallError when sysfs can't be read. A device that goes meanwhile is left out.
 */
export async function readNodeDevices(places: DevicePlaces = hostPlaces): Promise<NodeDevice[]> {
  const slice = new Slice();
  const found: { readonly device: SysfsDevice; readonly kind: Kind }[] = [];
  for (const subsystem of subsystems) {
    for (const device of devicesOf(subsystem, places)) {
      const kind = kindOf(device);
      if (kind !== undefined) found.push({ device, kind });
      await slice.rest();
    }
  }
  found.sort((a, b) => (a.device.path < b.device.path ? -1 : 1));
  const names = new Map(found.map(({ device, kind }) => [device.path, nameOf(device, kind)]));
  const all = found.map(({ device, kind }) => describe({ device, kind, names, places }));
  return [machine(places), ...all];
}

/** The SCSI host adapter with these names in its network of Fibre Channel: their case does not matter. */
export function adapterOf(
  wwnn: string,
  wwpn: string,
  places: DevicePlaces = hostPlaces,
): string | undefined {
  const found = devicesOf('scsi', places).find((device) => {
    const names = /^host\d+$/.test(device.sysname) ? worldWideNames(device) : undefined;
    return (
      names?.node.toLowerCase() === wwnn.toLowerCase() &&
      names.port.toLowerCase() === wwpn.toLowerCase()
    );
  });
  return found && nameOf(found, {});
}

function machine(places: DevicePlaces): NodeDevice {
  return {
    name: machineName,
    capabilities: ['system'],
    details: () => ({ links: [], facts: machineFacts(places) }),
  };
}

/** Undefined for what libvirt does not list: with a type that it has no word for, such as a bridge, or without one. */
function kindOf(device: SysfsDevice): Kind | undefined {
  const type = device.property('DEVTYPE');
  switch (device.subsystem) {
    case 'pci':
      return pciAddressOf(device.sysname) && { capabilities: ['pci'], facts: pciFacts };
    case 'usb':
      if (type === 'usb_device') return { capabilities: ['usb_device'], facts: usbDeviceFacts };
      return type === 'usb_interface'
        ? { capabilities: ['usb'], facts: usbInterfaceFacts }
        : undefined;
    case 'net':
      if (type !== undefined && type !== 'wlan') return undefined;
      return { capabilities: ['net'], facts: netFacts, suffix: netSuffix(device) };
    case 'scsi':
      return scsiKind(device, type);
    case 'block':
      if (type !== 'disk' || driveType(device) === undefined) return undefined;
      return { capabilities: ['storage'], facts: storageFacts, suffix: storageSuffix(device) };
    case 'scsi_generic':
      return device.node === undefined
        ? undefined
        : { capabilities: ['scsi_generic'], facts: ({ node }) => fact('char', node) };
    case 'drm':
      return drmKind(device, type);
  }
}

function scsiKind(device: SysfsDevice, type: string | undefined): Kind | undefined {
  switch (type) {
    case 'scsi_host':
      return { capabilities: scsiHostCapabilities(device), facts: scsiHostFacts };
    case 'scsi_target':
      return { capabilities: ['scsi_target'], facts: scsiTargetFacts };
    case 'scsi_device':
      return { capabilities: ['scsi'], facts: scsiDeviceFacts };
    default:
      return undefined;
  }
}

/** What the kernel's minor numbers of graphics cards mean: 64 of each. */
const drmTypes = ['primary', 'control', 'render'] as const;

function drmKind(device: SysfsDevice, type: string | undefined): Kind | undefined {
  const minor = Number(device.property('MINOR') ?? NaN);
  const word = drmTypes[Math.floor(minor / 64)];
  if (type !== 'drm_minor' || word === undefined) return undefined;
  return { capabilities: ['drm'], facts: () => fact('type', word) };
}

/** As libvirt makes it: whatever is no letter and no digit becomes an underscore. */
function nameOf({ subsystem, sysname }: SysfsDevice, { suffix }: Pick<Kind, 'suffix'>): string {
  const parts = [subsystem, sysname, ...(suffix === undefined ? [] : [suffix])];
  return parts.join('_').replace(/[^0-9A-Za-z]/g, '_');
}

interface Found {
  readonly device: SysfsDevice;
  readonly kind: Kind;
  readonly names: ReadonlyMap<string, string>;
  readonly places: DevicePlaces;
}

function describe({ device, kind, names, places }: Found): NodeDevice {
  const above = [...device.ancestors()].find((path) => names.has(path));
  return {
    name: names.get(device.path) ?? nameOf(device, kind),
    path: device.kernelPath,
    parent: (above === undefined ? undefined : names.get(above)) ?? machineName,
    capabilities: kind.capabilities,
    details: () => {
      const [node, driver] = [device.node, device.property('DRIVER')];
      return {
        ...(node !== undefined && { node }),
        ...(driver !== undefined && { driver }),
        links: device.links,
        facts: kind.facts(device, places),
      };
    },
  };
}
