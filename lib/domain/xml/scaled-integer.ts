/**
 * libvirt's scaled integers: a count and a unit, such as `<memory unit='MiB'>100</memory>`.
 */
import { attributeLocation, definitionError, type SourceLocation } from './source-location';

const powers = new Map(
  ['k', 'm', 'g', 't', 'p', 'e'].map((letter, index) => [letter, BigInt(index + 1)]),
);

// libvirt's limit is the largest signed 64-bit number of bytes. Here the number must also be exact.
const maxBytes = 2n ** 63n - 1n;

/** A number, its unit, and the location of the element that contains both. */
export interface ScaledInteger {
  readonly text: string;
  readonly unit: string | undefined;
  readonly location: SourceLocation;
  /** Name of the unit's attribute. Default: `unit`. */
  readonly unitName?: string;
  /** libvirt's name of the element in messages, if it is more than the element's own. */
  readonly words?: string;
}

/**
 * The value in KiB, rounded up.
 *
 * @throws DefinitionError INVALID_ARG for an unknown unit, XML_ERROR for text that is not a number or is too large.
 */
export function parseKibibytes(scaled: ScaledInteger): number {
  const kibibytes = (bytesOf(scaled, 1024n) + 1023n) / 1024n;
  return exact(kibibytes, scaled);
}

/** The value in bytes, which are also the default unit. @throws as `parseKibibytes`. */
export function parseBytes(scaled: ScaledInteger): number {
  return exact(bytesOf(scaled, 1n), scaled);
}

function bytesOf(scaled: ScaledInteger, byDefault: bigint): bigint {
  const { text, unit, location, unitName = 'unit' } = scaled;
  const { words = `./${location.path.slice(location.path.lastIndexOf('/') + 1)}` } = scaled;
  if (!/^\s*\+?\d{1,30}$/.test(text)) {
    throw definitionError(
      'XML_ERROR',
      `Invalid value '${text}' for element or attribute '${words}[1]'`,
      location,
    );
  }
  const scale =
    unit === undefined || unit === ''
      ? byDefault
      : unitScale(unit, attributeLocation(location, unitName));
  const bytes = BigInt(text.trim().replace('+', '')) * scale;
  if (bytes > maxBytes) throw tooLarge(scaled);
  return bytes;
}

function exact(value: bigint, scaled: ScaledInteger): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw tooLarge(scaled);
  return Number(value);
}

function tooLarge({ text, unit, location }: ScaledInteger) {
  return definitionError('XML_ERROR', `value too large: ${text}${unit ?? ''}`, location);
}

/** Bytes in one `unit`. Case is ignored; `K` and `KiB` are 1024, `KB` is 1000. */
function unitScale(unit: string, location: SourceLocation): bigint {
  const scale = scaleOf(unit);
  if (scale !== undefined) return scale;
  throw definitionError('INVALID_ARG', `unknown suffix '${unit}'`, location);
}

/** Bytes in one `unit`; undefined if it is not a unit. */
export function scaleOf(unit: string): bigint | undefined {
  const lower = unit.toLowerCase();
  if (['b', 'byte', 'bytes'].includes(lower)) return 1n;
  const power = powers.get(lower.charAt(0));
  const bases = new Map([
    ['', 1024n],
    ['ib', 1024n],
    ['b', 1000n],
  ]);
  const base = bases.get(lower.slice(1));
  return power === undefined || base === undefined ? undefined : base ** power;
}
