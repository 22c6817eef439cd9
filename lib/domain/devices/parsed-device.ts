/** Shared by the parsers of devices: each device has its own list of the parts that are not carried out. */
import { canonicalDevice } from './canonical-device';
import type { XmlElement } from '../xml/element';
import { asStored } from '../xml/raw';
import type { LocatedElement, ReadingSession } from '../xml/reading';
import { isRefused, type KeptPart, type ParsedDevice } from '../xml/unsupported';

/** A session for one device; unknown words that are left out go to the session of the document. */
export function deviceSession({ unknown }: ReadingSession): ReadingSession {
  return { unsupported: [], kept: [], ...(unknown === undefined ? {} : { unknown }) };
}

/** The device with its parts that are only kept; or the element as written, if a start refuses any part of it. */
export function parsedDevice<T extends object>(
  at: LocatedElement,
  device: T,
  session: ReadingSession,
): ParsedDevice<T & { readonly kept?: readonly KeptPart[] }> {
  const { unsupported, kept } = session;
  if (unsupported.some(isRefused)) return { raw: rawDevice(at, session), unsupported };
  return { supported: kept.length === 0 ? device : { ...device, kept }, unsupported };
}

/**
 * The element as written, with libvirt's defaults, and without what was left out of it as unknown, and what libvirt writes into
 * it for a running domain.
 */
export function rawDevice(at: LocatedElement, session: ReadingSession): XmlElement {
  return canonicalDevice(asStored(at, session, ['alias']));
}
