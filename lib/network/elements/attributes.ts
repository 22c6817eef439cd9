/** Attributes of the kinds that a network's elements have many of. */
import { enumerated } from '../../domain/xml/enumerated';
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import type { Reading } from '../../domain/xml/reading';
import { parseWholeNumber } from '../../domain/xml/whole-number';

/** Undefined when absent. @throws DefinitionError XML_ERROR, in libvirt's words. */
export function yesNo(reading: Reading, name: string): boolean | undefined {
  const word = enumerated(reading, name, ['yes', 'no'] as const);
  return word === undefined ? undefined : word === 'yes';
}

/** Undefined when absent. @throws DefinitionError XML_ERROR for what is no number of the range. */
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

/** @throws DefinitionError XML_ERROR when absent or empty, in libvirt's words unless there are `words`. */
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
 * A value that becomes part of a line of dnsmasq's configuration.
 *
 * @throws DefinitionError XML_ERROR for a control character: a line break would begin a line of its own.
 */
export function singleLine(value: string, reading: Reading, name: string): string {
  if (!controls.test(value)) return value;
  const detail = `attribute '${name}' of <${reading.at.element.name}> has a control character`;
  throw definitionError('XML_ERROR', detail, attributeLocation(reading.at, name));
}
