/** What the parsers of devices have in common: each device has its own list of what is not carried out of it. */
import { canonicalDevice } from './canonical-device';
import type { XmlElement } from '../xml/element';
import { standalone } from '../xml/raw';
import type { LocatedElement, ReadingSession } from '../xml/reading';
import { isRefused, type KeptPart, type ParsedDevice } from '../xml/unsupported';

/** For reading one device; what it leaves out as unknown is the document's. */
export function deviceSession({ unknown }: ReadingSession): ReadingSession {
  return { unsupported: [], kept: [], ...(unknown === undefined ? {} : { unknown }) };
}

/** The device with the parts of it that are only kept; as written, if a start refuses any of them. */
export function parsedDevice<T extends object>(
  at: LocatedElement,
  device: T,
  { unsupported, kept }: ReadingSession,
): ParsedDevice<T & { readonly kept?: readonly KeptPart[] }> {
  if (unsupported.some(isRefused)) return { raw: rawDevice(at), unsupported };
  return { supported: kept.length === 0 ? device : { ...device, kept }, unsupported };
}

/** The element as written, with libvirt's defaults, and without what libvirt writes into it for a running domain. */
export function rawDevice(at: LocatedElement): XmlElement {
  return canonicalDevice(standalone(at, ['alias']));
}
