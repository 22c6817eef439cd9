/** Whole numbers in text and in attributes. */
import { attributeLocation, definitionError } from './source-location';
import type { Reading } from './reading';

/** A number in decimal digits, at most `max`; undefined for any other text. */
export function parseWholeNumber(text: string, max: number): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/**
 * The number in an attribute; undefined if the attribute is missing.
 *
 * @throws DefinitionError XML_ERROR, with libvirt's message, for text that is not a number; also for a number above `max`.
 */
export function wholeNumber(
  { attributes, at }: Reading,
  name: string,
  max: number,
): number | undefined {
  const text = attributes.get(name);
  if (text === undefined) return undefined;
  const value = parseWholeNumber(text, max);
  if (value !== undefined) return value;
  const expected = /^\d+$/.test(text) ? `a value up to ${max}` : 'non-negative integer value';
  throw definitionError(
    'XML_ERROR',
    `Invalid value for attribute '${name}' in element '${at.element.name}': '${text}'. Expected ${expected}`,
    attributeLocation(at, name),
  );
}

/**
 * The number in an attribute of an element that is not libvirt's; undefined if the attribute is missing.
 *
 * @throws DefinitionError XML_ERROR, with the range, for anything else.
 */
export function numberWithin(
  { attributes, at }: Reading,
  name: string,
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  const text = attributes.get(name);
  if (text === undefined) return undefined;
  const value = parseWholeNumber(text, to);
  if (value !== undefined && value >= from) return value;
  const detail = `${name} of <${at.element.name}> must be a number from ${from} to ${to}`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, name));
}
