/**
 * `<tslxc:filesystem>` and `<tslxc:overlay>` in `<tslxc:container>`: options of a `<filesystem>` that
 * libvirt's schema lacks. Each names the filesystem by its target.
 */
import type { FilesystemOptions, OverlayLower, OverlayOptions } from './definition';
import { sanitizePath } from './filesystem';
import { attributeLocation, definitionError } from '../xml/source-location';
import { childrenOf, readExactly, type LocatedElement, type Reading } from '../xml/reading';
import {
  filesystemOptionsVocabulary,
  overlayLowerVocabulary,
  overlayVocabulary,
} from '../elements/extension/vocabulary';

const yesOrNo = ['yes', 'no'] as const;
const propagations = ['private', 'slave', 'shared'] as const;

/** @throws DefinitionError XML_ERROR for a missing target or an unknown value. */
export function parseFilesystemOptions(at: LocatedElement): FilesystemOptions {
  const reading = readExactly(at, filesystemOptionsVocabulary);
  const recursive = oneOf(reading, 'recursive', yesOrNo);
  const propagation = oneOf(reading, 'propagation', propagations);
  return {
    target: pathOf(reading, 'target'),
    ...(recursive === undefined ? {} : { recursive }),
    ...(propagation === undefined ? {} : { propagation }),
    position: at.position,
  };
}

/** @throws DefinitionError XML_ERROR for a missing attribute. */
export function parseOverlay(at: LocatedElement): OverlayOptions {
  const reading = readExactly(at, overlayVocabulary);
  const lowers = childrenOf(reading, 'tslxc:lower').map(parseLower);
  return {
    target: pathOf(reading, 'target'),
    upper: pathOf(reading, 'upper'),
    ...(lowers.length === 0 ? {} : { lowers }),
    position: at.position,
  };
}

function parseLower(at: LocatedElement): OverlayLower {
  return { dir: pathOf(readExactly(at, overlayLowerVocabulary), 'dir'), position: at.position };
}

function pathOf({ attributes, at }: Reading, name: string): string {
  const value = attributes.get(name);
  if (value !== undefined && value.startsWith('/')) return sanitizePath(value);
  const detail = `${name} of <${at.element.name}> must be an absolute path`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, name));
}

function oneOf<T extends string>(
  { attributes, at }: Reading,
  name: string,
  known: readonly T[],
): T | undefined {
  const value = attributes.get(name);
  if (value === undefined) return undefined;
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  const detail = `${name} of <${at.element.name}> must be one of ${known.join(', ')}`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, name));
}
