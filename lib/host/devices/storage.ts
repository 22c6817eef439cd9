/** What is told of a disk or a drive: what the kernel says of its size, and what udev has found out about what it is. */
import type { SysfsDevice } from './device-tree';
import { fact, within, type Fact } from './node-device';

/** What libvirt takes to be a disk where udev does not say what it is. */
const guesses = { '/dev/vd': 'disk', '/dev/dasd': 'dasd', '/dev/nvme': 'disk' } as const;

/** udev's flags for drives that it gives no type. */
const flagged = { ID_DRIVE_FLOPPY: 'floppy', ID_CDROM: 'cdrom', ID_DRIVE_FLASH_SD: 'sd' } as const;

const known = ['disk', 'cdrom', 'floppy', 'sd', 'dasd'];

/** Undefined for what libvirt does not list, such as loop devices. */
export function driveType(device: SysfsDevice): string | undefined {
  const { node } = device;
  if (node === undefined) return undefined;
  const type = device.property('ID_TYPE');
  const told = type === undefined || type === 'generic' ? guessed(device, node) : type;
  const name = told === 'cd' ? 'cdrom' : told;
  return name !== undefined && known.includes(name) ? name : undefined;
}

function guessed(device: SysfsDevice, node: string): string | undefined {
  const flag = Object.entries(flagged).find(([name]) => device.property(name) === '1');
  if (flag !== undefined) return flag[1];
  return Object.entries(guesses).find(([prefix]) => node.startsWith(prefix))?.[1];
}

/** The serial number is a part of the name. */
export function storageSuffix(device: SysfsDevice): string | undefined {
  const serial = device.property('ID_SERIAL');
  return driveType(device) === 'dasd' ? (device.text('device/uid') ?? serial) : serial;
}

/** In libvirt's order. */
export function storageFacts(device: SysfsDevice): Fact[] {
  const type = driveType(device);
  return [
    ...fact('block', device.node),
    ...fact('bus', device.property('ID_BUS')),
    ...fact('drive_type', type),
    ...fact('model', device.text('device/model')),
    ...fact('vendor', device.text('device/vendor')),
    ...fact('serial', storageSuffix(device)),
    ...(isRemovable(device, type) ? [removable(device, type)] : sizes(device)),
  ];
}

function isRemovable(device: SysfsDevice, type: string | undefined): boolean {
  return (type === 'cdrom' || type === 'floppy') && device.attribute('removable') === '1';
}

/** The medium of a drive, if there is one in it. */
function removable(device: SysfsDevice, type: string | undefined): Fact {
  const label = device.property('ID_FS_LABEL');
  const media = device.property('ID_CDROM_MEDIA');
  const isThere =
    media === '1' || (type === 'floppy' && media === undefined && label !== undefined);
  if (!isThere) {
    return within('removable', [...fact('media_available', 0), ...fact('media_size', 0)]);
  }
  const [size, ...rest] = sizes(device);
  return within('removable', [
    ...fact('media_available', 1),
    ...(size === undefined ? [] : [{ ...size, name: 'media_size' }]),
    ...fact('media_label', label),
    ...rest,
  ]);
}

/** The kernel counts in sectors of 512 bytes, whatever the device has; like libvirt, the product is what is told. */
function sizes(device: SysfsDevice): Fact[] {
  const blocks = BigInt(device.number('size') ?? 0);
  const size = BigInt(device.number('queue/logical_block_size') ?? 0);
  return [
    ...fact('size', String(blocks * size)),
    ...(size > 0n ? fact('logical_block_size', String(size)) : []),
    ...(blocks > 0n ? fact('num_blocks', String(blocks)) : []),
  ];
}
