/**
 * Elements that are kept as written: made independent of the document that they come from, so that
 * they can be printed elsewhere. Nothing here may change their meaning.
 */
import type { XmlAttribute, XmlElement } from './element';
import {
  isNamespaceDeclaration,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from './reading';

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

/** Keeps the unsupported parts that `reading` found, under the element's path. */
export function keepRest(reading: Reading, session: ReadingSession): void {
  const { keptAttributes, keptChildren, at } = reading;
  if (keptAttributes.length === 0 && keptChildren.length === 0) return;
  session.kept.push({
    path: at.path,
    attributes: keptAttributes,
    children: keptChildren.map((child) => standalone(child)),
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
