/**
 * Sets and reads one element of `<metadata>`, as libvirt does: elements of the caller's text that have no namespace get that of
 * the URI, with the prefix `key`.
 */
import { TslxcError } from '../../errors';
import type { XmlAttribute, XmlElement } from '../xml/element';
import { printXml, type PrintableElement } from '../xml/print';
import { extensionNamespace } from '../xml/vocabulary';
import { parseXml } from '../xml/xml';

/** The content of `<metadata>` for one URI. */
export interface MetadataContent {
  /** The prefix of its elements. */
  readonly key: string;
  /** One element as text. Elements without a namespace get that of the URI. */
  readonly xml: string;
}

/** A definition of a domain or a network. */
interface WithMetadata {
  readonly metadata: readonly XmlElement[];
}

/** Whether the URI is the namespace of `<tslxc:container>`, which configures the container itself. */
export function isExtension(uri: string): boolean {
  return uri === extensionNamespace;
}

/**
 * The definition with the content of the URI replaced, or removed if `content` is missing.
 *
 * @throws TslxcError INVALID_ARG for an empty URI; XML_ERROR for an invalid prefix, and for a root of another namespace.
 * @throws DefinitionError for text that is not one element.
 */
export function withMetadata<Definition extends WithMetadata>(
  definition: Definition,
  uri: string,
  content: MetadataContent | undefined,
): Definition {
  if (uri === '') throw new TslxcError('INVALID_ARG', 'the URI of metadata must not be empty');
  const others = definition.metadata.filter(({ namespace }) => namespace !== uri);
  if (content === undefined) return { ...definition, metadata: others };
  return { ...definition, metadata: [...others, elementOf(uri, content)] };
}

/** The content of a URI, without the namespace; undefined if there is none. */
export function metadataOf({ metadata }: WithMetadata, uri: string): string | undefined {
  const element = metadata.find(({ namespace }) => namespace === uri);
  if (element === undefined) return undefined;
  return printXml(withoutNamespace(element, uri)).replace(/\n$/, '');
}

function elementOf(uri: string, { key, xml }: MetadataContent): XmlElement {
  if (!/^[\p{L}_][\p{L}\p{N}._-]*$/u.test(key) || /^xml/i.test(key)) {
    throw new TslxcError('XML_ERROR', 'failed to validate prefix for a new XML namespace');
  }
  const root = parseXml(xml);
  if (root.namespace !== '' && root.namespace !== uri) {
    const detail = `<${root.name}> has the namespace '${root.namespace}', not '${uri}'`;
    throw new TslxcError('XML_ERROR', detail);
  }
  if (root.namespace === uri) return root;
  if (declaresOther(root, { name: `xmlns:${key}`, value: uri })) {
    throw new TslxcError('XML_ERROR', `the prefix '${key}' has another namespace in the metadata`);
  }
  const { name, namespace, attributes, children, position } = inNamespace(root, uri, key);
  const declaration = { name: `xmlns:${key}`, value: uri };
  const rest = attributes.filter((attribute) => attribute.name !== declaration.name);
  return { name, namespace, attributes: [declaration, ...rest], children, position };
}

/** Moves every element without a namespace into that of the URI. */
function inNamespace(element: XmlElement, uri: string, key: string): XmlElement {
  const children = element.children.map((child) =>
    typeof child === 'string' ? child : inNamespace(child, uri, key),
  );
  if (element.namespace !== '') return { ...element, children };
  return { ...element, name: `${key}:${element.name}`, namespace: uri, children };
}

function declaresOther(element: XmlElement, declaration: XmlAttribute): boolean {
  const { name, value } = declaration;
  if (element.attributes.some((one) => one.name === name && one.value !== value)) return true;
  return element.children.some(
    (child) => typeof child !== 'string' && declaresOther(child, declaration),
  );
}

function withoutNamespace(element: XmlElement, uri: string): PrintableElement {
  const prefixes = new Set(prefixesOf(element, uri));
  return stripped(element, { uri, isNeeded: (prefix) => prefixes.has(prefix) });
}

/** Prefixes of the URI that attributes use as well, so that their declarations must stay. */
function prefixesOf(element: XmlElement, uri: string): string[] {
  const own = element.attributes
    .map(({ name }) => name)
    .filter((name) => name.includes(':') && !name.startsWith('xmlns:'))
    .map((name) => name.slice(0, name.indexOf(':')));
  const below = element.children.flatMap((child) =>
    typeof child === 'string' ? [] : prefixesOf(child, uri),
  );
  return [...own, ...below];
}

interface Stripping {
  readonly uri: string;
  readonly isNeeded: (prefix: string) => boolean;
}

function stripped(element: XmlElement, stripping: Stripping): PrintableElement {
  const { uri, isNeeded } = stripping;
  const attributes = element.attributes.filter(({ name, value }) => {
    if (value !== uri || !/^xmlns(:|$)/.test(name)) return true;
    return name.startsWith('xmlns:') && isNeeded(name.slice(6));
  });
  const children = element.children.map((child) =>
    typeof child === 'string' ? child : stripped(child, stripping),
  );
  const name = element.namespace === uri ? localName(element.name) : element.name;
  return { name, attributes, children };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
