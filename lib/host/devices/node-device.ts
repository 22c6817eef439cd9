/** A device of the host as libvirt knows it: its name, what it is below, and what it can do. */

/** What a device is, and what it can do besides: by libvirt's names. `fc_host` and `vports` only in addition to `scsi_host`. */
export type DeviceCapability =
  | 'system'
  | 'pci'
  | 'usb_device'
  | 'usb'
  | 'net'
  | 'scsi_host'
  | 'scsi_target'
  | 'scsi'
  | 'storage'
  | 'fc_host'
  | 'vports'
  | 'scsi_generic'
  | 'drm';

/** All, in the order of libvirt's bits. */
export const deviceCapabilities: readonly DeviceCapability[] = [
  'system',
  'pci',
  'usb_device',
  'usb',
  'net',
  'scsi_host',
  'scsi_target',
  'scsi',
  'storage',
  'fc_host',
  'vports',
  'scsi_generic',
  'drm',
];

/** An element of what is told of a device: its name, its attributes, and its text or its children. */
export interface Fact {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly content?: string | readonly Fact[];
}

/** A device, before what there is to tell of it is read. */
export interface NodeDevice {
  /** Such as `pci_0000_00_02_0`: unique on this host. */
  readonly name: string;
  /** Its folder in sysfs; undefined for the host itself. */
  readonly path?: string;
  /** The name of the nearest device that it is below; undefined for the host itself. */
  readonly parent?: string;
  readonly capabilities: readonly [DeviceCapability, ...DeviceCapability[]];
  /** Reads the rest. */
  readonly details: () => NodeDeviceDetails;
}

export interface NodeDeviceDetails {
  /** Its file below /dev, and the links to it. */
  readonly node?: string;
  readonly links: readonly string[];
  readonly driver?: string;
  /** What the element `<capability>` holds, in libvirt's order. */
  readonly facts: readonly Fact[];
}

/** A fact that is a text; none if that is unknown. */
export function fact(name: string, content: string | number | undefined): Fact[] {
  return content === undefined ? [] : [{ name, content: String(content) }];
}

/** A number as C prints it by `0x%0*x`. */
export function hexadecimal(number: number, digits: number): string {
  return `0x${number.toString(16).padStart(digits, '0')}`;
}

/** An element `<capability>` within the one of the device. */
export function within(type: string, content: readonly Fact[] = []): Fact {
  return { name: 'capability', attributes: { type }, ...(content.length > 0 && { content }) };
}
