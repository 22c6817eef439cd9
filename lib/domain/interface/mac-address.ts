/** Ethernet addresses as text: six bytes in lower case, with colons. */
import { definitionError, type SourceLocation } from '../xml/source-location';

/** Canonical text, or undefined for what is no address. As libvirt, a byte may lack its leading zero. */
export function parseMac(text: string): string | undefined {
  const bytes = text.split(':');
  if (bytes.length !== 6 || !bytes.every((byte) => /^[0-9a-f]{1,2}$/i.test(byte))) return undefined;
  return bytes.map((byte) => byte.toLowerCase().padStart(2, '0')).join(':');
}

/** The address of one interface. @throws DefinitionError XML_ERROR, in libvirt's words, for what is none. */
export function parseUnicastMac(text: string, location: SourceLocation): string {
  const mac = parseMac(text);
  if (mac === undefined) {
    throw definitionError('XML_ERROR', `unable to parse mac address '${text}'`, location);
  }
  if (isMulticastMac(mac)) {
    const detail = `expected unicast mac address, found multicast '${text}'`;
    throw definitionError('XML_ERROR', detail, location);
  }
  // The kernel takes it for no address at all.
  if (mac === '00:00:00:00:00:00') {
    throw definitionError('XML_ERROR', `mac address '${text}' belongs to no interface`, location);
  }
  return mac;
}

/** Whether canonical `mac` is an address of many, or of all. */
export function isMulticastMac(mac: string): boolean {
  return (firstByte(mac) & 1) === 1;
}

/**
 * The address of the host's side of a veth pair, by that of the container's side. It starts with `fe`, so that a bridge,
 * whose own is the lowest of its ports', never takes it; and it is the same at each start.
 */
export function hostSideMac(mac: string): string {
  // Two sides of one link need two addresses.
  return `${firstByte(mac) === 0xfe ? 'fa' : 'fe'}${mac.slice(2)}`;
}

/** An address with libvirt's prefix, from three random bytes. */
export function macFromBytes(bytes: Uint8Array): string {
  const own = Array.from(bytes.subarray(0, 3), (byte) => byte.toString(16).padStart(2, '0'));
  return ['52', '54', '00', ...own].join(':');
}

function firstByte(mac: string): number {
  return Number.parseInt(mac.slice(0, 2), 16);
}
