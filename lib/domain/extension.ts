/**
 * `<tslxc:container>` below `<metadata>`: what tslxc can do and libvirt has no words for. The element
 * itself is stored and printed with the other metadata.
 */
import type { DomainExtension } from './definition';
import { parseFilesystemOptions, parseOverlay } from './filesystem-options';
import { attributePlace, refusal } from './place';
import {
  childOf,
  childrenOf,
  locateChildren,
  readElement,
  wordOf,
  type LocatedElement,
  type ParseSession,
  type Reading,
} from './reading';
import { extensionVocabulary, hardeningVocabulary } from './vocabulary';

const levels = ['compat', 'hardened'] as const;

/** Empty without the element. @throws DefinitionError XML_ERROR for a word or value that is unknown. */
export function parseExtension(domain: Reading, session: ParseSession): DomainExtension {
  const metadata = childOf(domain, 'metadata');
  const at =
    metadata &&
    locateChildren(metadata).find(({ element }) => wordOf(element) === 'tslxc:container');
  if (at === undefined) return {};
  const reading = readElement(at, extensionVocabulary, session.later);
  const hardening = parseHardening(childOf(reading, 'tslxc:hardening'), session);
  const filesystems = childrenOf(reading, 'tslxc:filesystem').map(parseFilesystemOptions);
  const overlays = childrenOf(reading, 'tslxc:overlay').map(parseOverlay);
  return {
    ...(hardening === undefined ? {} : { hardening }),
    ...(filesystems.length === 0 ? {} : { filesystems }),
    ...(overlays.length === 0 ? {} : { overlays }),
  };
}

function parseHardening(
  at: LocatedElement | undefined,
  session: ParseSession,
): DomainExtension['hardening'] {
  if (at === undefined) return undefined;
  const value = readElement(at, hardeningVocabulary, session.later).attributes.get('level');
  const level = levels.find((known) => known === value);
  if (level !== undefined) return level;
  const detail = `level of <${at.element.name}> must be one of ${levels.join(', ')}`;
  throw refusal('XML_ERROR', detail, attributePlace(at, 'level'));
}
