/** What is told of devices of the host, and what is asked of them. */
import type { DeviceCapability } from '../../host/devices/node-device';

/** A device of the host. */
export interface NodeDeviceInfo {
  /** libvirt's name, such as `pci_0000_00_02_0`; `computer` is the host itself. */
  readonly name: string;
  /** Its folder in sysfs; missing for the host itself. */
  readonly path?: string;
  /** The name of the nearest device that it is below; missing for the host itself. */
  readonly parent?: string;
  /** What it is, and what it can do besides. */
  readonly capabilities: readonly DeviceCapability[];
}

/** Which devices of the host are listed. */
export interface NodeDeviceFilter {
  /** Only devices with one of these; all by default. */
  readonly capabilities?: readonly DeviceCapability[] | undefined;
}
