/** The devices that a definition asks for, looked up on the host before anything is done. */
import type { DomainDefinition } from '../../domain/definition';
import { definitionError } from '../../domain/xml/source-location';
import { wantedDevices } from '../../plan/mounts/host-devices';
import type { HostDevice, WantedDevice } from '../../plan/mounts/host-devices';
import type { FileState, Looks } from '../looks/looks';
import { inaccessible } from './inaccessible';

const permissions = 0o777;

export interface DeviceNumbers {
  readonly major: number;
  readonly minor: number;
}

/**
 * `ofImages` are the numbers of the block devices that images get, by their names in the container's /dev.
 *
 * @throws TslxcError SYSTEM_ERROR for a device that can't be looked up, DefinitionError CONFIG_UNSUPPORTED for one of
 * another kind, or that can't be where it should; both with element and position.
 */
export async function lookUpDevices(
  definition: DomainDefinition,
  looks: Looks,
  ofImages: ReadonlyMap<string, DeviceNumbers>,
): Promise<HostDevice[]> {
  const devices: HostDevice[] = [];
  for (const wanted of wantedDevices(definition)) {
    const state = await lookUp(wanted, looks);
    const { kind, access, node, otherwise, place } = wanted;
    if (state.kind !== (kind === 'image' ? 'file' : kind)) {
      throw definitionError('CONFIG_UNSUPPORTED', otherwise, place);
    }
    const numbers = kind === 'image' ? ofImages.get(node) : deviceNumbers(state.node);
    if (numbers === undefined) throw new RangeError('an image without a block device');
    const { major, minor } = numbers;
    const type = kind === 'character device' ? 'c' : 'b';
    const rule = { type, major, minor, access } as const;
    // The mode of an image says who may change the file, and not who may use the block device.
    devices.push({ node, rule, ...(kind === 'image' ? {} : { mode: state.mode & permissions }) });
  }
  return devices;
}

async function lookUp({ source, place }: WantedDevice, looks: Looks): Promise<FileState> {
  const step = 'look up the devices of the host';
  try {
    return await looks.state(source, { step, place });
  } catch (error) {
    const what = `Unable to access ${source}`;
    throw inaccessible(error, { what, path: source, step, place });
  }
}

/** Device numbers in the form of sysfs: `43:0`. */
export function deviceNumbersOf(text: string): DeviceNumbers {
  const [major = 0, minor = 0] = text.trim().split(':').map(Number);
  return { major, minor };
}

/** makedev(3), taken apart: 12 bits of major in the middle of 20 bits of minor. */
export function deviceNumbers(rdev: number): DeviceNumbers {
  return { major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) };
}
