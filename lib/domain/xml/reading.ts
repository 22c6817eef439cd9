/**
 * Reads one element by its vocabulary, which says what is supported, what is only kept, and what is dropped.
 * Only this file decides whether a name is known; it never ignores an unknown name silently.
 */
import type { KeptPart, UnknownWord, UnknownWords, UnsupportedElement } from './unsupported';
import type { XmlAttribute, XmlElement } from './element';
import { attributeLocation, definitionError, type SourceLocation } from './source-location';
import {
  dnsmasqNamespace,
  extensionNamespace,
  lxcNamespace,
  notCarriedOut,
  textVocabulary,
  valueNotCarriedOut,
  valuesOf,
  type Vocabulary,
} from './vocabulary';

/** The findings so far in a document: the unsupported elements, and the parts that are kept as written. */
export interface ReadingSession {
  readonly unsupported: UnsupportedElement[];
  readonly kept: KeptPart[];
  /** Collects words that are not in a vocabulary, which are left out. Without this list, such words are refused. */
  readonly unknown?: UnknownWord[];
}

/** The list of a session, or none if such words are refused. Default: one of its own. */
export function noting(unknown: UnknownWords = []): Pick<ReadingSession, 'unknown'> {
  return unknown === 'refused' ? {} : { unknown };
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
  /** Unsupported attributes, in the order of the vocabulary. */
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
 * Sorts the attributes and children of `at` by `vocabulary`, and adds those that are unsupported or unknown to `session`.
 *
 * @throws DefinitionError XML_ERROR for a second element where only one is allowed; for an unknown name, and for text where
 * none is allowed, if the vocabulary or the session refuses it; libvirt's code for a word that libvirt refuses to define.
 */
export function readElement(
  at: LocatedElement,
  vocabulary: Vocabulary,
  session: ReadingSession,
): Reading {
  const text = vocabulary.text === 'text' ? contentOf(at.element) : textOf(at.element);
  const leaveOut = leavingOut(vocabulary, session);
  if (vocabulary.text === 'no text' && text.trim() !== '') {
    const place = { path: `${at.path}/text()`, position: at.position };
    leaveOut(place, `unexpected text in <${at.element.name}>`, at);
  }
  const standing = valueNotCarriedOut(vocabulary.texts, text);
  if (standing !== undefined) {
    session.unsupported.push({ ...placeOf(at), ...standing, value: text });
  }
  return {
    at,
    text,
    ...readAttributes(at, vocabulary, { session, leaveOut }),
    ...readChildren(at, vocabulary, { session, leaveOut }),
  };
}

/** Reads an element of which all known words are carried out, and all others are refused. @throws as `readElement`. */
export function readExactly(at: LocatedElement, vocabulary: Vocabulary): Reading {
  return readElement(at, vocabulary, { unsupported: [], kept: [] });
}

/** The text of an element that may contain nothing else; undefined if it is empty or missing. */
export function readText(
  at: LocatedElement | undefined,
  session: ReadingSession,
): string | undefined {
  if (at === undefined) return undefined;
  return readElement(at, textVocabulary, session).text || undefined;
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

/** All text in an element, also that of its children: what libvirt takes for its value. */
export function contentOf({ children }: XmlElement): string {
  return children.map((child) => (typeof child === 'string' ? child : contentOf(child))).join('');
}

/** Notes the place of an unknown word, or refuses it with `detail` and the location `at`. Default of `at`: the place. */
type LeaveOut = (place: UnknownWord, detail: string, at?: SourceLocation) => void;

interface Findings {
  readonly session: ReadingSession;
  readonly leaveOut: LeaveOut;
}

/** How a session takes a word that `vocabulary` does not have. */
export function leavingOut(vocabulary: Vocabulary, { unknown }: ReadingSession): LeaveOut {
  return (place, detail, at = place) => {
    if (unknown === undefined || vocabulary.unknown === 'refused') {
      throw definitionError('XML_ERROR', detail, at);
    }
    const { why } = place;
    unknown.push({ ...placeOf(place), ...(why === undefined ? {} : { why }) });
  };
}

function readAttributes(
  at: LocatedElement,
  vocabulary: Vocabulary,
  { session, leaveOut }: Findings,
): Pick<Reading, 'attributes' | 'keptAttributes'> {
  const attributes = new Map<string, string>();
  const keptAttributes: XmlAttribute[] = [];
  for (const attribute of at.element.attributes) {
    const { name, value } = attribute;
    if (isNamespaceDeclaration(name)) continue;
    const standing = vocabulary.attributes.get(name);
    const location = attributeLocation(at, name);
    const inert = notCarriedOut(standing);
    if (standing === undefined) {
      leaveOut(location, `unknown attribute '${name}' of <${at.element.name}>`);
    } else if (inert !== undefined) {
      keptAttributes.push(attribute);
      session.unsupported.push({ ...location, ...inert });
    } else if (standing !== 'output') {
      attributes.set(name, value);
      const unsupported = valueNotCarriedOut(valuesOf(vocabulary, name), value);
      if (unsupported !== undefined)
        session.unsupported.push({ ...location, ...unsupported, value });
    }
  }
  return { attributes, keptAttributes: inAttributeOrder(keptAttributes, vocabulary) };
}

function readChildren(
  at: LocatedElement,
  vocabulary: Vocabulary,
  { session, leaveOut }: Findings,
): Pick<Reading, 'children' | 'keptChildren'> {
  const children = new Map<string, LocatedElement[]>();
  const keptChildren: LocatedElement[] = [];
  for (const child of locateChildren(at)) {
    const word = wordOf(child.element);
    const standing = word === undefined ? undefined : vocabulary.children.get(word);
    const inert = notCarriedOut(standing);
    if (word === undefined || standing === undefined) {
      leaveOut(child, `unknown element <${child.element.name}>`);
    } else if (inert?.definition !== undefined) {
      throw definitionError(inert.definition, inert.words ?? inert.why, child);
    } else if (inert !== undefined) {
      keptChildren.push(child);
      session.unsupported.push({ ...placeOf(child), ...inert });
    } else if (standing === 'stored') {
      keptChildren.push(child);
    } else if (standing !== 'output') {
      const namesakes = children.get(word) ?? [];
      if (standing === 'one') checkFirst(child, namesakes);
      namesakes.push(child);
      children.set(word, namesakes);
    }
  }
  return { children, keptChildren: inVocabularyOrder(keptChildren, vocabulary) };
}

function inAttributeOrder(found: readonly XmlAttribute[], vocabulary: Vocabulary): XmlAttribute[] {
  const names = [...vocabulary.attributes.keys()];
  return [...found].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

/** @throws DefinitionError XML_ERROR for a second element where only one is allowed. */
function checkFirst(child: LocatedElement, namesakes: readonly LocatedElement[]): void {
  if (namesakes.length === 0) return;
  const detail = `element <${child.element.name}> appears more than once`;
  throw definitionError('XML_ERROR', detail, child);
}

function placeOf({ path, position }: SourceLocation): SourceLocation {
  return { path, position };
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
