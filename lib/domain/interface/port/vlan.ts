/** `<vlan>` of an interface, a network or a port group: the tags of a bridge port. */
import type { Vlan } from '../definition';
import { enumerated } from '../../xml/enumerated';
import { attributeLocation, definitionError } from '../../xml/source-location';
import { node, type PrintableElement } from '../../xml/print';
import {
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../../xml/reading';
import { vocabulary } from '../../xml/vocabulary';
import { wholeNumber } from '../../xml/whole-number';

export const vlanVocabulary = vocabulary({
  attributes: { trunk: 'supported' },
  children: { tag: 'many' },
});
/** `<tag>` of `<vlan>`. */
export const tagVocabulary = vocabulary({
  attributes: { id: 'supported', nativeMode: 'supported' },
});

type Tag = Vlan['tags'][number];

const nativeModes = ['tagged', 'untagged'] as const;

const maxTag = 4095;
// Reserved by IEEE 802.1Q; a bridge of Linux accepts neither.
const reservedTags = [0, maxTag];

/** @throws DefinitionError XML_ERROR or CONFIG_UNSUPPORTED, with libvirt's message; XML_ERROR for a reserved tag. */
export function parseVlan(at: LocatedElement, session: ReadingSession): Vlan {
  const reading = readElement(at, vlanVocabulary, session);
  const elements = childrenOf(reading, 'tag');
  if (elements.length === 0) {
    const detail = "missing tag id - each <vlan> must have at least one <tag id='n'/> subelement";
    throw definitionError('XML_ERROR', detail, at);
  }
  const tags: Tag[] = [];
  for (const element of elements) {
    const tag = parseTag(element, session);
    if (tag.nativeMode !== undefined && tags.some(({ nativeMode }) => nativeMode !== undefined)) {
      const location = attributeLocation(element, 'nativeMode');
      throw definitionError('XML_ERROR', 'duplicate native vlan setting', location);
    }
    tags.push(tag);
  }
  return { trunk: parseTrunk(reading, tags), tags, position: at.position };
}

export function formatVlan({ trunk, tags }: Vlan): PrintableElement {
  const elements = tags.map(({ id, nativeMode }) => node('tag', { id: String(id), nativeMode }));
  return node('vlan', { trunk: trunk ? 'yes' : undefined }, elements);
}

function parseTag(at: LocatedElement, session: ReadingSession): Tag {
  const reading = readElement(at, tagVocabulary, session);
  const id = wholeNumber(reading, 'id', Number.MAX_SAFE_INTEGER);
  const location = attributeLocation(at, 'id');
  if (id === undefined) {
    throw definitionError('XML_ERROR', "Missing required attribute 'id' in element 'tag'", at);
  }
  if (id > maxTag) {
    throw definitionError('XML_ERROR', `vlan tag id ${id} too large (maximum ${maxTag})`, location);
  }
  if (reservedTags.includes(id)) {
    throw definitionError('XML_ERROR', `vlan tag id ${id} is reserved`, location);
  }
  const nativeMode = enumerated(reading, 'nativeMode', nativeModes);
  return nativeMode === undefined ? { id } : { id, nativeMode };
}

/** Default: whether there are several tags. In libvirt a single tag with `nativeMode` does not make a trunk. */
function parseTrunk({ attributes, at }: Reading, tags: readonly Tag[]): boolean {
  const text = attributes.get('trunk');
  if (text === undefined) return tags.length > 1;
  const trunk = text.toLowerCase();
  if (trunk === 'yes') return true;
  const location = attributeLocation(at, 'trunk');
  if (trunk !== 'no') {
    const detail = `invalid "trunk='${text}'" in <vlan> - must be yes or no`;
    throw definitionError('XML_ERROR', detail, location);
  }
  if (tags.length > 1) {
    const detail = `invalid "trunk='${text}'" in <vlan> - trunk='yes' is required for more than one vlan tag`;
    throw definitionError('XML_ERROR', detail, location);
  }
  if (tags.some(({ nativeMode }) => nativeMode !== undefined)) {
    const detail = `invalid configuration in <vlan> - "trunk='no'" is not allowed with a native vlan id`;
    throw definitionError('XML_ERROR', detail, location);
  }
  return false;
}
