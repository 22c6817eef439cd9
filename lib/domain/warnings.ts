/** Warnings about parts of a definition that have no effect, for the caller that starts or stores it. Pure. */
import type { DomainDefinition } from './definition';
import { comparePositions, placeOf, type SourceLocation } from './xml/source-location';
import { describeIgnored, describeLeftOut, isRefused, type UnknownWord } from './xml/unsupported';

/** A part of a definition without an effect. */
export interface DefinitionWarning {
  /** `IgnoredElement`: it means nothing to a container. `UnknownElement`: libvirt's schema does not know it. */
  readonly detail: 'IgnoredElement' | 'UnknownElement';
  /** The part, why it has no effect, and its position. */
  readonly message: string;
  /** Path of the XML element or attribute, such as `domain/cpu`. */
  readonly element: string;
  /** Line of the XML text, from 1. */
  readonly line: number;
  /** Column of the XML text, from 1. */
  readonly column: number;
  /** The file that the text is stored in. */
  readonly path?: string;
}

/** The warnings of a start, in document order. `file`: where the definition is stored. */
export function startsWithout(
  { unsupported, unknown = [] }: Pick<DomainDefinition, 'unsupported' | 'unknown'>,
  file?: string,
): DefinitionWarning[] {
  const ignored = unsupported
    .filter((one) => !isRefused(one))
    .map((one) => warning('IgnoredElement', one, describeIgnored(one)));
  return [...ignored, ...definedWithout(unknown)]
    .sort((a, b) => comparePositions(a, b))
    .map((one) => (file === undefined ? one : inFile(one, file)));
}

/** The warnings about words that are left out of a definition when it is stored. */
export function definedWithout(unknown: readonly UnknownWord[] = []): DefinitionWarning[] {
  return unknown.map((one) => warning('UnknownElement', one, describeLeftOut(one)));
}

function warning(
  detail: DefinitionWarning['detail'],
  place: SourceLocation,
  text: string,
): DefinitionWarning {
  const { path: element, position } = place;
  const { line, column } = position;
  return { detail, message: `${text} ${placeOf(place)}`, element, line, column };
}

function inFile(one: DefinitionWarning, path: string): DefinitionWarning {
  return { ...one, message: `${one.message} of ${path}`, path };
}
