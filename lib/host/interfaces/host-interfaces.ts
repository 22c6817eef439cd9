/** The network interfaces of this host, as libvirt lists them: from sysfs, and only read. */
import { Slice } from '../slices';
import {
  deviceNamed,
  devicesOf,
  hostPlaces,
  type DevicePlaces,
  type SysfsDevice,
} from '../devices/device-tree';

/** An interface of the host. */
export interface HostInterface {
  readonly name: string;
  /** In lower case; missing for an interface without one. */
  readonly mac?: string;
  /** The kernel's operstate: `up`, `down`, `unknown` and others. */
  readonly operationalState: string;
  readonly device: SysfsDevice;
}

/**
 * By name, without those that belong to another: ports of bridges, and TUN and TAP devices.
 *
 * @throws SyscallError when they can't be read.
 */
export async function readHostInterfaces(
  places: DevicePlaces = hostPlaces,
): Promise<HostInterface[]> {
  const slice = new Slice();
  const found: HostInterface[] = [];
  for (const device of devicesOf('net', places)) {
    const isOwn = device.attribute('tun_flags') === undefined;
    const one = isOwn && device.attribute('brport/state') === undefined && interfaceOf(device);
    if (one) found.push(one);
    await slice.rest();
  }
  return found;
}

/** Any interface of that name, also one that is not listed; undefined when there is none. @throws SyscallError. */
export function readHostInterface(
  name: string,
  places: DevicePlaces = hostPlaces,
): HostInterface | undefined {
  const device = deviceNamed('net', name, places);
  return device && interfaceOf(device);
}

/** Undefined once it has gone. */
function interfaceOf(device: SysfsDevice): HostInterface | undefined {
  const operationalState = device.attribute('operstate');
  if (operationalState === undefined) return undefined;
  const mac = device.text('address');
  return { name: device.sysname, ...(mac !== undefined && { mac }), operationalState, device };
}
