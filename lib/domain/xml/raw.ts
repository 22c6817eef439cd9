/**
 * Elements that are kept as written: made independent of the document that they come from, so that
 * they can be printed elsewhere. Nothing here may change their meaning.
 */
import type { XmlAttribute, XmlElement } from './element';
import {
  isNamespaceDeclaration,
  locateChildren,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from './reading';
import { attributeLocation, type SourceLocation } from './source-location';
import type { UnknownWord } from './unsupported';

/**
 * The element with all namespace declarations that it relies on, sorted and before the other attributes.
 * Children named in `without` are left out: libvirt writes them into live XML.
 */
export function standalone(at: LocatedElement, without: readonly string[] = []): XmlElement {
  const { element, scope } = at;
  const declarations = new Map<string, string>();
  for (const prefix of unboundPrefixes(element, new Set())) {
    const uri = scope.get(prefix);
    if (uri !== undefined) declarations.set(`xmlns:${prefix}`, uri);
  }
  const others: XmlAttribute[] = [];
  for (const attribute of element.attributes) {
    if (isNamespaceDeclaration(attribute.name)) declarations.set(attribute.name, attribute.value);
    else others.push(attribute);
  }
  const sorted = [...declarations]
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const children = element.children.filter(
    (child) => typeof child === 'string' || !without.includes(child.name),
  );
  return { ...element, attributes: [...sorted, ...others], children };
}

/** The element without those of these words that are in it. */
function withoutUnknown(at: LocatedElement, unknown: readonly UnknownWord[]): XmlElement {
  const { element, path, position } = at;
  const isUnknown = (one: SourceLocation): boolean =>
    unknown.some((word) => word.path === one.path && word.position === one.position);
  const located = locateChildren(at);
  const isTextUnknown = isUnknown({ path: `${path}/text()`, position });
  return {
    ...element,
    attributes: element.attributes.filter(({ name }) => !isUnknown(attributeLocation(at, name))),
    children: element.children.flatMap((child): readonly (XmlElement | string)[] => {
      if (typeof child === 'string') return isTextUnknown ? [] : [child];
      const place = located.find((one) => one.element === child);
      return place === undefined || isUnknown(place) ? [] : [withoutUnknown(place, unknown)];
    }),
  };
}

/** The element as `standalone`, without what was left out of it as unknown: it will be read again, and strictly. */
export function asStored(
  at: LocatedElement,
  { unknown }: Pick<ReadingSession, 'unknown'>,
  without: readonly string[] = [],
): XmlElement {
  const element = unknown === undefined ? at.element : withoutUnknown(at, unknown);
  return standalone({ ...at, element }, without);
}

/** Keeps the unsupported parts that `reading` found, under the element's path. */
export function keepRest(reading: Reading, session: ReadingSession): void {
  const { keptAttributes, keptChildren, at } = reading;
  if (keptAttributes.length === 0 && keptChildren.length === 0) return;
  session.kept.push({
    path: at.path,
    attributes: keptAttributes,
    children: keptChildren.map((child) => asStored(child, session)),
  });
}

/** Prefixes that the element uses but does not declare. */
function unboundPrefixes(element: XmlElement, outer: ReadonlySet<string>): Set<string> {
  const names = element.attributes.map(({ name }) => name);
  const declared = new Set(outer);
  for (const name of names) {
    if (name.startsWith('xmlns:')) declared.add(name.slice(6));
  }
  const used = [element.name, ...names.filter((name) => !isNamespaceDeclaration(name))]
    .filter((name) => name.includes(':'))
    .map((name) => name.slice(0, name.indexOf(':')));
  const unbound = new Set(used.filter((prefix) => prefix !== 'xml' && !declared.has(prefix)));
  for (const child of element.children) {
    if (typeof child === 'string') continue;
    for (const prefix of unboundPrefixes(child, declared)) unbound.add(prefix);
  }
  return unbound;
}
