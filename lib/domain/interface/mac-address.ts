/** Ethernet addresses as text: six bytes in lower case, with colons. */
import { definitionError, type SourceLocation } from '../xml/source-location';

/** The canonical form, or undefined if the text is not an address. As in libvirt, a byte may lack its leading zero. */
export function parseMac(text: string): string | undefined {
  const bytes = text.split(':');
  if (bytes.length !== 6 || !bytes.every((byte) => /^[0-9a-f]{1,2}$/i.test(byte))) return undefined;
  return bytes.map((byte) => byte.toLowerCase().padStart(2, '0')).join(':');
}

/**
 * An address that an interface can have; undefined for the all-zero address, which the kernel takes for none: as in libvirt, the
 * interface then gets a new one.
 *
 * @throws DefinitionError XML_ERROR, with libvirt's message, for other text.
 */
export function parseUnicastMac(text: string, location: SourceLocation): string | undefined {
  const mac = parseMac(text);
  if (mac === undefined) {
    throw definitionError('XML_ERROR', `unable to parse mac address '${text}'`, location);
  }
  if (isMulticastMac(mac)) {
    const detail = `expected unicast mac address, found multicast '${text}'`;
    throw definitionError('XML_ERROR', detail, location);
  }
  return mac === '00:00:00:00:00:00' ? undefined : mac;
}

/** Whether `mac`, in canonical form, is a multicast or broadcast address. */
export function isMulticastMac(mac: string): boolean {
  return (firstByte(mac) & 1) === 1;
}

/**
 * The address of the host's side of a veth pair, derived from that of the container's side, so that it is the same at each
 * start. It begins with `fe`, so that a bridge, which takes the lowest address of its ports, never takes this one.
 */
export function hostSideMac(mac: string): string {
  // The two sides of a link need different addresses.
  return `${firstByte(mac) === 0xfe ? 'fa' : 'fe'}${mac.slice(2)}`;
}

/** An address with libvirt's prefix and three random bytes. */
export function macFromBytes(bytes: Uint8Array): string {
  const own = Array.from(bytes.subarray(0, 3), (byte) => byte.toString(16).padStart(2, '0'));
  return ['52', '54', '00', ...own].join(':');
}

function firstByte(mac: string): number {
  return Number.parseInt(mac.slice(0, 2), 16);
}
