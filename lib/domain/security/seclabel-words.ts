/** What `<seclabel>` of the domain and that of a source have in common: model, relabel, and the texts of labels. */
import { attributeLocation, definitionError, type SourceLocation } from '../xml/source-location';
import { childOf, readElement, readText, type LocatedElement, type Reading } from '../xml/reading';
import type { UnsupportedElement } from '../xml/unsupported';
import type { Vocabulary } from '../xml/vocabulary';

/** Bytes that libvirt has room for. */
const longestModel = 256;
const longestLabel = 4096;

/** An element whose texts between its children are remarks, such as the seed has: they say nothing. */
export function readSeclabel(
  at: LocatedElement,
  vocabulary: Vocabulary,
  unsupported: UnsupportedElement[],
): Reading {
  const children = at.element.children.filter((child) => typeof child !== 'string');
  return readElement({ ...at, element: { ...at.element, children } }, vocabulary, unsupported);
}

/** @throws DefinitionError XML_DETAIL, when two of the elements are of one model. */
export function checkModels(readings: readonly Reading[]): void {
  const seen = new Set<string | undefined>();
  for (const reading of readings) {
    const model = modelOf(reading);
    if (seen.has(model)) {
      const detail = `seclabel for model ${model ?? '(null)'} is already provided`;
      throw definitionError('XML_DETAIL', detail, reading.at);
    }
    seen.add(model);
  }
}

/** As for libvirt, an empty one is none. @throws DefinitionError INTERNAL_ERROR for one that is too long. */
export function modelOf({ attributes, at }: Reading): string | undefined {
  const model = attributes.get('model') ?? '';
  checkLength(model, longestModel, attributeLocation(at, 'model'));
  return model === '' ? undefined : model;
}

/** Undefined without the attribute. @throws DefinitionError XML_ERROR for another word than yes and no. */
export function relabelOf({ attributes, at }: Reading): boolean | undefined {
  const value = attributes.get('relabel');
  if (value === undefined) return undefined;
  if (value === 'yes' || value === 'no') return value === 'yes';
  const detail = `invalid security relabel value ${value}`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'relabel'));
}

/** The text of a child, to the letter; undefined when empty. @throws DefinitionError INTERNAL_ERROR for one that is too long. */
export function labelOf(reading: Reading, name: string): string | undefined {
  const at = childOf(reading, name);
  const text = readText(at, []);
  if (at !== undefined) checkLength(text ?? '', longestLabel, at);
  return text;
}

function checkLength(text: string, longest: number, location: SourceLocation): void {
  if (Buffer.byteLength(text) <= longest) return;
  throw definitionError('INTERNAL_ERROR', `value longer than '${longest}' bytes`, location);
}
