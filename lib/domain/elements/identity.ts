/**
 * The identity of a domain or a network: name, uuid, title, description, metadata. A name becomes a file name, a
 * cgroup and a host name, so no name may pass here that could lead out of its directory.
 */
import type { XmlElement } from '../xml/element';
import { attributeLocation, definitionError, type SourceLocation } from '../xml/source-location';
import { standalone } from '../xml/raw';
import {
  childOf,
  isNamespaceDeclaration,
  leavingOut,
  locateChildren,
  readText,
  textOf,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../xml/reading';
import { emptyVocabulary, extensionNamespace } from '../xml/vocabulary';

// NAME.console.log and temporary names beside NAME.xml must stay below NAME_MAX (255).
const maxNameBytes = 230;

/** @throws DefinitionError NO_NAME if it is missing, XML_ERROR for a name that can't be a file name. */
export function parseName(root: Reading, session: ReadingSession): string {
  const at = childOf(root, 'name');
  const name = readText(at, session);
  if (at === undefined || name === undefined) {
    throw definitionError('NO_NAME', `<${root.at.element.name}> has no <name>`, at ?? root.at);
  }
  checkName(name, at);
  return name;
}

/** @throws DefinitionError XML_ERROR, at `at`, for a name that can't be a file name. */
export function checkName(name: string, at: SourceLocation): void {
  const wrong = faultOfName(name);
  if (wrong !== undefined) throw definitionError('XML_ERROR', wrong, at);
}

/** Why the name can't be a file name; undefined if it can. */
export function faultOfName(name: string): string | undefined {
  if (name.includes('/')) return `name ${name} cannot contain '/'`;
  if (name.includes('\n')) return `name ${name} cannot contain '\\n'`;
  if (name === '.' || name === '..') return `name cannot be '${name}'`;
  const isLong = Buffer.byteLength(name) > maxNameBytes;
  return isLong ? `name is longer than ${maxNameBytes} bytes` : undefined;
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

/**
 * The children of `<metadata>`. As in libvirt, what has no namespace is left out, and so is what comes after another element of its
 * namespace.
 *
 * @throws DefinitionError XML_ERROR for a second `<tslxc:container>`; for what is left out, if the session refuses that.
 */
export function parseMetadata(root: Reading, session: ReadingSession): readonly XmlElement[] {
  const at = childOf(root, 'metadata');
  if (at === undefined) return [];
  const leaveOut = leavingOut(emptyVocabulary, session);
  for (const { name } of at.element.attributes) {
    if (isNamespaceDeclaration(name)) continue;
    leaveOut(attributeLocation(at, name), `unknown attribute '${name}' of <metadata>`, at);
  }
  if (textOf(at.element).trim() !== '') {
    const place = { path: `${at.path}/text()`, position: at.position };
    leaveOut(place, 'unexpected text in <metadata>', at);
  }
  const namespaces = new Set<string>();
  return locateChildren(at).flatMap((child) => {
    const why = whyLeftOut(child, namespaces);
    namespaces.add(child.element.namespace);
    if (why === undefined) return [standalone(child)];
    leaveOut({ ...child, why }, `metadata element <${child.element.name}>: ${why}`);
    return [];
  });
}

/** A clause. @throws DefinitionError XML_ERROR for a second `<tslxc:container>`, which would have an effect. */
function whyLeftOut(child: LocatedElement, earlier: ReadonlySet<string>): string | undefined {
  const { namespace } = child.element;
  if (namespace === '') return 'it has no namespace';
  if (!earlier.has(namespace)) return undefined;
  if (namespace !== extensionNamespace) return `another one has its namespace, '${namespace}'`;
  const detail = `metadata has two elements of namespace '${namespace}'`;
  throw definitionError('XML_ERROR', detail, child);
}
