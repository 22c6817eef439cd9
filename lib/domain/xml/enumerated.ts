/** Attributes that have one of a fixed list of values. */
import { attributeLocation, definitionError } from './source-location';
import type { Reading } from './reading';

/** Undefined if the attribute is missing. @throws DefinitionError XML_ERROR, with libvirt's message, for another value. */
export function enumerated<T extends string>(
  { attributes, at }: Reading,
  name: string,
  known: readonly T[],
): T | undefined {
  const value = attributes.get(name);
  const found = known.find((word) => word === value);
  if (value !== undefined && found === undefined) {
    const detail = `Invalid value for attribute '${name}' in element '${at.element.name}': '${value}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, name));
  }
  return found;
}
