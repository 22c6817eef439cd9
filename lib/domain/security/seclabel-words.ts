/** The parts that the `<seclabel>` of a domain and of a source have in common: model, relabel, and the texts of labels. */
import { attributeLocation, definitionError, type SourceLocation } from '../xml/source-location';
import {
  childOf,
  readElement,
  readExactly,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../xml/reading';
import { textVocabulary, type Vocabulary } from '../xml/vocabulary';

/** libvirt's limits, in bytes. */
const longestModel = 256;
const longestLabel = 4096;

/** Reads an element that may have text between its children; the text is ignored. */
export function readSeclabel(
  at: LocatedElement,
  vocabulary: Vocabulary,
  session: ReadingSession,
): Reading {
  const children = at.element.children.filter((child) => typeof child !== 'string');
  return readElement({ ...at, element: { ...at.element, children } }, vocabulary, session);
}

/** @throws DefinitionError XML_DETAIL if two of the elements have the same model. */
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

/** Undefined if it is missing or, as in libvirt, empty. @throws DefinitionError INTERNAL_ERROR if it is too long. */
export function modelOf({ attributes, at }: Reading): string | undefined {
  const model = attributes.get('model') ?? '';
  checkLength(model, longestModel, attributeLocation(at, 'model'));
  return model === '' ? undefined : model;
}

/** Undefined if it is missing. @throws DefinitionError XML_ERROR for a value other than yes and no. */
export function relabelOf({ attributes, at }: Reading): boolean | undefined {
  const value = attributes.get('relabel');
  if (value === undefined) return undefined;
  if (value === 'yes' || value === 'no') return value === 'yes';
  const detail = `invalid security relabel value ${value}`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'relabel'));
}

/** The unchanged text of a child; undefined if it is empty. @throws DefinitionError INTERNAL_ERROR if it is too long. */
export function labelOf(reading: Reading, name: string): string | undefined {
  const at = childOf(reading, name);
  const text = at && readExactly(at, textVocabulary).text;
  if (at !== undefined) checkLength(text ?? '', longestLabel, at);
  return text || undefined;
}

function checkLength(text: string, longest: number, location: SourceLocation): void {
  if (Buffer.byteLength(text) <= longest) return;
  throw definitionError('INTERNAL_ERROR', `value longer than '${longest}' bytes`, location);
}
