/** Kinds of attributes that several elements of a network have. */
import { enumerated } from '../../domain/xml/enumerated';
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import type { Reading } from '../../domain/xml/reading';
import { parseWholeNumber } from '../../domain/xml/whole-number';

/** Undefined if it is missing. @throws DefinitionError XML_ERROR, with libvirt's message. */
export function yesNo(reading: Reading, name: string): boolean | undefined {
  const word = enumerated(reading, name, ['yes', 'no'] as const);
  return word === undefined ? undefined : word === 'yes';
}

/** The inverse of `yesNo`; undefined for undefined. */
export function yesNoWord(value: boolean | undefined): 'yes' | 'no' | undefined {
  return value === undefined ? undefined : value ? 'yes' : 'no';
}

/** Undefined if it is missing. @throws DefinitionError XML_ERROR for text that is not a number in the range. */
export function wholeNumber(
  { attributes, at }: Reading,
  name: string,
  [min, max]: readonly [min: number, max: number],
): number | undefined {
  const text = attributes.get(name);
  if (text === undefined) return undefined;
  const value = parseWholeNumber(text, max);
  if (value !== undefined && value >= min) return value;
  const detail =
    `Invalid value for attribute '${name}' in element '${at.element.name}': '${text}'. ` +
    `Expected a whole number from ${min} to ${max}`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, name));
}

/** The value of an attribute. @throws DefinitionError XML_ERROR if it is missing or empty, with `words` or else libvirt's message. */
export function required({ attributes, at }: Reading, name: string, words?: string): string {
  const value = attributes.get(name);
  if (value !== undefined && value !== '') return value;
  const detail = words ?? `Missing required attribute '${name}' in element '${at.element.name}'`;
  throw definitionError(
    'XML_ERROR',
    detail,
    value === undefined ? at : attributeLocation(at, name),
  );
}

const controls = /\p{Cc}/u;

/**
 * Returns a value that becomes part of a line of dnsmasq's configuration.
 *
 * @throws DefinitionError XML_ERROR for a control character: a line break would begin a new line.
 */
export function singleLine(value: string, reading: Reading, name: string): string {
  if (!controls.test(value)) return value;
  const detail = `attribute '${name}' of <${reading.at.element.name}> has a control character`;
  throw definitionError('XML_ERROR', detail, attributeLocation(reading.at, name));
}
