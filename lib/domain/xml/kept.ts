/** Printing an element together with its parts that are kept as written. */
import type { XmlAttribute } from './element';
import { node, type PrintableElement } from './print';
import { wordOf } from './reading';
import type { KeptPart } from './unsupported';
import type { Vocabulary } from './vocabulary';

/**
 * The element at `path` with its kept parts and those of its children. Its attributes and children are in the order of the
 * vocabulary; within a child, kept parts come last.
 */
export function withKept(
  element: PrintableElement,
  kept: readonly KeptPart[] | undefined,
  { path, vocabulary }: { readonly path: string; readonly vocabulary: Vocabulary },
): PrintableElement {
  if (kept === undefined) return element;
  const own = kept.filter((part) => part.path === path);
  const ofChildren = kept.filter((part) => part.path.startsWith(`${path}/`));
  const children = [...element.children, ...own.flatMap((part) => part.children)];
  const attributes = [...element.attributes, ...own.flatMap((part) => part.attributes)];
  return {
    name: element.name,
    attributes: inOrder(attributes, ({ name }) => name, [...vocabulary.attributes.keys()]),
    children: inOrder(withParts(children, ofChildren), nameOf, [...vocabulary.children.keys()]),
  };
}

/** The children, each with its kept parts. A child that is missing is made. */
function withParts(
  children: readonly (PrintableElement | string)[],
  parts: readonly KeptPart[],
): (PrintableElement | string)[] {
  const all = [...children];
  for (const { path, attributes, children: below } of parts) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const index = all.findIndex((child) => typeof child !== 'string' && child.name === name);
    const found = all[index];
    const child = found === undefined || typeof found === 'string' ? node(name) : found;
    const filled = {
      name,
      attributes: [...child.attributes, ...attributes],
      children: [...child.children, ...below],
    };
    if (index < 0) all.push(filled);
    else all[index] = filled;
  }
  return all;
}

function nameOf(child: PrintableElement | string): string {
  if (typeof child === 'string') return '';
  return 'namespace' in child ? (wordOf(child as Parameters<typeof wordOf>[0]) ?? '') : child.name;
}

/** Stable sort in the order of `words`; items that are not among them come last. */
function inOrder<T extends XmlAttribute | PrintableElement | string>(
  items: readonly T[],
  nameOfItem: (item: T) => string,
  words: readonly string[],
): T[] {
  const rank = (item: T): number => {
    const found = words.indexOf(nameOfItem(item));
    return found < 0 ? words.length : found;
  };
  return [...items].sort((a, b) => rank(a) - rank(b));
}
