/**
 * The identity of a domain or a network: name, uuid, title, description, metadata. A name becomes a file name, a
 * cgroup and a host name, so no name may pass here that could lead out of its directory.
 */
import type { XmlElement } from '../xml/element';
import { definitionError } from '../xml/source-location';
import { standalone } from '../xml/raw';
import {
  childOf,
  isNamespaceDeclaration,
  locateChildren,
  readText,
  textOf,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../xml/reading';

// NAME.console.log and temporary names beside NAME.xml must stay below NAME_MAX (255).
const maxNameBytes = 230;

/** @throws DefinitionError NO_NAME if it is missing, XML_ERROR for a name that can't be a file name. */
export function parseName(root: Reading, session: ReadingSession): string {
  const at = childOf(root, 'name');
  const name = readText(at, session);
  if (at === undefined || name === undefined) {
    throw definitionError('NO_NAME', `<${root.at.element.name}> has no <name>`, at ?? root.at);
  }
  for (const [character, shown] of [
    ['/', '/'],
    ['\n', '\\n'],
  ] as const) {
    if (name.includes(character)) {
      throw definitionError('XML_ERROR', `name ${name} cannot contain '${shown}'`, at);
    }
  }
  if (name === '.' || name === '..') {
    throw definitionError('XML_ERROR', `name cannot be '${name}'`, at);
  }
  if (Buffer.byteLength(name) > maxNameBytes) {
    throw definitionError('XML_ERROR', `name is longer than ${maxNameBytes} bytes`, at);
  }
  return name;
}

/** In lower case with dashes; a new one if there is none. @throws DefinitionError INTERNAL_ERROR. */
export function parseUuid(
  root: Reading,
  session: ReadingSession & { readonly context: { readonly newUuid: () => string } },
): string {
  const at = childOf(root, 'uuid');
  const text = readText(at, session)?.trim();
  if (at === undefined || text === undefined) return session.context.newUuid();
  // As in libvirt, dashes and spaces may stand between any two bytes.
  const isUuid = text.length <= 128 && /^(?:[- ]*[0-9a-f]{2}){16}$/i.test(text);
  if (!isUuid) throw definitionError('INTERNAL_ERROR', 'malformed uuid element', at);
  const digits = text.replace(/[- ]/g, '').toLowerCase();
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** @throws DefinitionError XML_ERROR for a title of several lines. */
export function parseTitle(root: Reading, session: ReadingSession): string | undefined {
  const at = childOf(root, 'title');
  const title = readText(at, session);
  if (at !== undefined && title?.includes('\n') === true) {
    const kind = root.at.element.name === 'network' ? 'Network' : 'Domain';
    throw definitionError('XML_ERROR', `${kind} title can't contain newlines`, at);
  }
  return title;
}

/** The children of `<metadata>`. @throws DefinitionError XML_ERROR for a second one of the same namespace. */
export function parseMetadata(root: Reading): readonly XmlElement[] {
  const at = childOf(root, 'metadata');
  if (at === undefined) return [];
  const attribute = at.element.attributes.find(({ name }) => !isNamespaceDeclaration(name));
  if (attribute !== undefined) {
    throw definitionError('XML_ERROR', `unknown attribute '${attribute.name}' of <metadata>`, at);
  }
  if (textOf(at.element).trim() !== '') {
    throw definitionError('XML_ERROR', 'unexpected text in <metadata>', at);
  }
  const namespaces = new Set<string>();
  return locateChildren(at).map((child) => metadataElement(child, namespaces));
}

function metadataElement(child: LocatedElement, namespaces: Set<string>): XmlElement {
  const { name, namespace } = child.element;
  if (namespace === '') {
    throw definitionError('XML_ERROR', `metadata element <${name}> has no namespace`, child);
  }
  if (namespaces.has(namespace)) {
    throw definitionError(
      'XML_ERROR',
      `metadata has two elements of namespace '${namespace}'`,
      child,
    );
  }
  namespaces.add(namespace);
  return standalone(child);
}
