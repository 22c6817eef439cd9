/** `<lease>`: how long a client may keep an address. */
import { enumerated } from '../../domain/xml/enumerated';
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import { node, type PrintableElement } from '../../domain/xml/print';
import { readElement, type LocatedElement, type ReadingSession } from '../../domain/xml/reading';
import { wholeNumber } from './attributes';
import type { LeaseTime } from '../definition/definition';
import { leaseVocabulary } from '../definition/vocabulary';

/** Seconds of each unit. */
const units = { hours: 3600, minutes: 60, seconds: 1 } as const;
const names = Object.keys(units) as (keyof typeof units)[];

/** dnsmasq's minimum: dnsmasq(8), --dhcp-range. */
const minSeconds = 120;

/** 68 years; dnsmasq counts in 32 bits. */
const maxSeconds = 2 ** 31 - 1;

/** Undefined if it, or its `expiry`, is missing. @throws DefinitionError XML_ERROR or CONFIG_UNSUPPORTED. */
export function parseLease(
  at: LocatedElement | undefined,
  session: ReadingSession,
): LeaseTime | undefined {
  if (at === undefined) return undefined;
  const reading = readElement(at, leaseVocabulary, session);
  if (!reading.attributes.has('expiry')) return undefined;
  const unit = enumerated(reading, 'unit', names) ?? 'minutes';
  const most = Math.floor(maxSeconds / units[unit]);
  const expiry = wholeNumber(reading, 'expiry', [0, most]) ?? 0;
  const lease = { expiry, unit: expiry === 0 ? 'minutes' : unit } as const;
  if (expiry === 0 || leaseSeconds(lease) >= minSeconds) return lease;
  const detail = 'The minimum lease time should be greater than 2 minutes';
  throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'expiry'));
}

/** The lease time in seconds; 0 means for ever. */
export function leaseSeconds({ expiry, unit }: LeaseTime): number {
  return expiry * units[unit];
}

/** `<lease>`; a lease for ever has no unit. */
export function formatLease(lease: LeaseTime | undefined): PrintableElement[] {
  if (lease === undefined) return [];
  const { expiry, unit } = lease;
  return [node('lease', { expiry: String(expiry), unit: expiry === 0 ? undefined : unit })];
}
