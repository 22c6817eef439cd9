/** Attributes whose values are words of a closed list. */
import { attributeLocation, definitionError } from './source-location';
import type { Reading } from './reading';

/** Undefined when the element does not have it. @throws DefinitionError XML_ERROR, in libvirt's words, for another word. */
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
