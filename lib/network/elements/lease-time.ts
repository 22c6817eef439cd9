/** `<lease>`: how long a client may keep an address. */
import { enumerated } from '../../domain/xml/enumerated';
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import { node, type PrintableElement } from '../../domain/xml/print';
import { readExactly, type LocatedElement } from '../../domain/xml/reading';
import { required, wholeNumber } from './attributes';
import { leaseVocabulary } from '../definition/vocabulary';

/** The units with their seconds, the longest first. */
const units = [
  ['hours', 3600],
  ['minutes', 60],
  ['seconds', 1],
] as const;

/** dnsmasq's minimum: dnsmasq(8), --dhcp-range. */
const minSeconds = 120;

/** 68 years; dnsmasq counts in 32 bits. */
const maxSeconds = 2 ** 31 - 1;

/** In seconds, 0 for infinite; undefined if it is missing. @throws DefinitionError XML_ERROR or CONFIG_UNSUPPORTED. */
export function parseLease(at: LocatedElement | undefined): number | undefined {
  if (at === undefined) return undefined;
  const reading = readExactly(at, leaseVocabulary);
  required(reading, 'expiry');
  const names = units.map(([name]) => name);
  const unit = enumerated(reading, 'unit', names) ?? 'minutes';
  const [, scale] = units.find(([name]) => name === unit) ?? units[1];
  const count = wholeNumber(reading, 'expiry', [0, Math.floor(maxSeconds / scale)]) ?? 0;
  const seconds = count * scale;
  if (seconds === 0 || seconds >= minSeconds) return seconds;
  const detail = 'The minimum lease time should be greater than 2 minutes';
  throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'expiry'));
}

/** Prints the time in the longest unit of which it is a multiple. */
export function formatLease(seconds: number | undefined): PrintableElement[] {
  if (seconds === undefined) return [];
  if (seconds === 0) return [node('lease', { expiry: '0' })];
  const [unit, scale] = units.find(([, size]) => seconds % size === 0) ?? units[2];
  return [node('lease', { expiry: String(seconds / scale), unit })];
}
