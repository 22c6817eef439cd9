/**
 * Reads one element by its vocabulary, which says what is supported, what is only kept, and what is dropped.
 * Only this file decides whether a name is known; it must never ignore one.
 */
import type { KeptPart, UnsupportedElement } from './unsupported';
import type { XmlAttribute, XmlElement } from './element';
import { attributeLocation, definitionError, type SourceLocation } from './source-location';
import {
  dnsmasqNamespace,
  extensionNamespace,
  lxcNamespace,
  textVocabulary,
  type Vocabulary,
} from './vocabulary';

/** What the reading of a document has found so far: the unsupported elements, and the parts that are kept as written. */
export interface ReadingSession {
  readonly unsupported: UnsupportedElement[];
  readonly kept: KeptPart[];
}

/** An element with its path and the namespace prefixes that are in scope inside it. */
export interface LocatedElement extends SourceLocation {
  readonly element: XmlElement;
  readonly scope: ReadonlyMap<string, string>;
}

/** The attributes and children of an element, sorted by its vocabulary. */
export interface Reading {
  readonly at: LocatedElement;
  readonly attributes: ReadonlyMap<string, string>;
  /** Supported children by name, in document order. */
  readonly children: ReadonlyMap<string, readonly LocatedElement[]>;
  readonly keptAttributes: readonly XmlAttribute[];
  /** Unsupported children, in the order of the vocabulary. */
  readonly keptChildren: readonly LocatedElement[];
  readonly text: string;
}

/** The root of a document. */
export function locateRoot(element: XmlElement): LocatedElement {
  return {
    path: element.name,
    position: element.position,
    element,
    scope: innerScope(element, new Map()),
  };
}

/** A child with its path. */
function locateChild(parent: LocatedElement, element: XmlElement): LocatedElement {
  return {
    path: `${parent.path}/${element.name}`,
    position: element.position,
    element,
    scope: innerScope(element, parent.scope),
  };
}

/** The child elements, each with its path. */
export function locateChildren(at: LocatedElement): LocatedElement[] {
  return at.element.children
    .filter((child) => typeof child !== 'string')
    .map((child) => locateChild(at, child));
}

/**
 * Sorts the attributes and children of `at` by `vocabulary`, and adds those that are unsupported to `unsupported`.
 *
 * @throws DefinitionError XML_ERROR for an unknown name, a second element where only one is allowed, and
 * text where none is allowed.
 */
export function readElement(
  at: LocatedElement,
  vocabulary: Vocabulary,
  unsupported: UnsupportedElement[],
): Reading {
  const text = textOf(at.element);
  if (vocabulary.text === 'no text' && text.trim() !== '') {
    throw definitionError('XML_ERROR', `unexpected text in <${at.element.name}>`, at);
  }
  return {
    at,
    text,
    ...readAttributes(at, vocabulary, unsupported),
    ...readChildren(at, vocabulary, unsupported),
  };
}

/** The text of an element that may contain nothing else; undefined if it is empty or missing. */
export function readText(
  at: LocatedElement | undefined,
  unsupported: UnsupportedElement[],
): string | undefined {
  if (at === undefined) return undefined;
  return readElement(at, textVocabulary, unsupported).text || undefined;
}

/** The first child of that name. */
export function childOf(reading: Reading, name: string): LocatedElement | undefined {
  return reading.children.get(name)?.[0];
}

/** The children of that name. */
export function childrenOf(reading: Reading, name: string): readonly LocatedElement[] {
  return reading.children.get(name) ?? [];
}

/** The text directly in an element, without that of its children. */
export function textOf(element: XmlElement): string {
  return element.children.filter((child) => typeof child === 'string').join('');
}

function readAttributes(
  at: LocatedElement,
  vocabulary: Vocabulary,
  unsupported: UnsupportedElement[],
): Pick<Reading, 'attributes' | 'keptAttributes'> {
  const attributes = new Map<string, string>();
  const keptAttributes: XmlAttribute[] = [];
  for (const attribute of at.element.attributes) {
    const { name, value } = attribute;
    if (isNamespaceDeclaration(name)) continue;
    const standing = vocabulary.attributes.get(name);
    const location = attributeLocation(at, name);
    if (standing === undefined) {
      throw definitionError(
        'XML_ERROR',
        `unknown attribute '${name}' of <${at.element.name}>`,
        location,
      );
    }
    if (standing === 'supported') attributes.set(name, value);
    if (standing === 'unsupported') {
      keptAttributes.push(attribute);
      unsupported.push(location);
    }
  }
  return { attributes, keptAttributes };
}

function readChildren(
  at: LocatedElement,
  vocabulary: Vocabulary,
  unsupported: UnsupportedElement[],
): Pick<Reading, 'children' | 'keptChildren'> {
  const children = new Map<string, LocatedElement[]>();
  const keptChildren: LocatedElement[] = [];
  for (const child of locateChildren(at)) {
    const word = wordOf(child.element);
    const standing = word === undefined ? undefined : vocabulary.children.get(word);
    if (word === undefined || standing === undefined) {
      throw definitionError('XML_ERROR', `unknown element <${child.element.name}>`, child);
    }
    const namesakes = children.get(word) ?? [];
    if (standing === 'one' && namesakes.length > 0) {
      throw definitionError(
        'XML_ERROR',
        `element <${child.element.name}> appears more than once`,
        child,
      );
    }
    if (standing === 'one' || standing === 'many') {
      namesakes.push(child);
      children.set(word, namesakes);
    }
    if (standing === 'unsupported') {
      keptChildren.push(child);
      unsupported.push({ path: child.path, position: child.position });
    }
  }
  return { children, keptChildren: inVocabularyOrder(keptChildren, vocabulary) };
}

/** Stable sort by the vocabulary's order, which is libvirt's output order. */
export function inVocabularyOrder<T extends { readonly element: XmlElement }>(
  items: readonly T[],
  vocabulary: Vocabulary,
): T[] {
  const ranks = new Map([...vocabulary.children.keys()].map((word, rank) => [word, rank]));
  const rank = ({ element }: T) => ranks.get(wordOf(element) ?? '') ?? ranks.size;
  return [...items].sort((a, b) => rank(a) - rank(b));
}

const prefixes: ReadonlyMap<string, string> = new Map([
  [lxcNamespace, 'lxc'],
  [extensionNamespace, 'tslxc'],
  [dnsmasqNamespace, 'dnsmasq'],
]);

/** The name of the element in a vocabulary; undefined for a foreign namespace. */
export function wordOf({ name, namespace }: XmlElement): string | undefined {
  if (namespace === '') return name;
  const prefix = prefixes.get(namespace);
  return prefix === undefined ? undefined : `${prefix}:${name.slice(name.indexOf(':') + 1)}`;
}

/** True for `xmlns` and `xmlns:PREFIX`. */
export function isNamespaceDeclaration(attribute: string): boolean {
  return attribute === 'xmlns' || attribute.startsWith('xmlns:');
}

function innerScope(
  element: XmlElement,
  outer: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const own = element.attributes.filter(({ name }) => name.startsWith('xmlns:'));
  if (own.length === 0) return outer;
  return new Map([...outer, ...own.map(({ name, value }) => [name.slice(6), value] as const)]);
}
