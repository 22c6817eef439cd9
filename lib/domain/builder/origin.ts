/** Which key of a DomainSpec an element of its XML is written from. Pure. */
import { printXml, type PrintableElement } from '../xml/print';

/** Names and indices from the outside: `['mounts', 0, 'target']`. */
export type KeyPath = readonly (string | number)[];

/** An element that is written from a key, and those of its attributes that are written from others. */
interface OriginalElement extends PrintableElement {
  readonly origin?: {
    readonly at: KeyPath;
    readonly attributes: Readonly<Record<string, KeyPath>>;
  };
}

/** The element, with the key that it is written from. What is in it is from the same key, unless it has its own. */
export function from(
  at: KeyPath,
  element: PrintableElement,
  attributes: Readonly<Record<string, KeyPath>> = {},
): PrintableElement {
  const original: OriginalElement = { ...element, origin: { at, attributes } };
  return original;
}

/** Below a key: one for each of these names, which are those of attributes as well. */
export function keysBelow(
  at: KeyPath,
  ...names: readonly string[]
): Readonly<Record<string, KeyPath>> {
  return Object.fromEntries(names.map((name) => [name, [...at, name]]));
}

/** Where something is in the XML of a spec. */
export interface XmlPlace {
  /** The path of an element or attribute. */
  readonly element: string;
  /** The line of its tag; undefined where it is not known, and the first element of that path is meant. */
  readonly line?: number | undefined;
}

/** The key that this part of the document is written from, such as `mounts[0].target`; empty for what is from none. */
export function keyAt(document: PrintableElement, { element, line }: XmlPlace): KeyPath {
  const all = inDocumentOrder(document, { path: '', key: [] });
  const [, path = element, attribute = ''] = /^(.*)\/@([^/]+)$/.exec(element) ?? [];
  const found = foundAt(
    all,
    path,
    line === undefined ? 0 : tagLines(printXml(document)).indexOf(line),
  );
  return found?.origin?.attributes[attribute] ?? found?.inherited ?? [];
}

/** The first of that path in the element of that index; the element itself if there is none: some errors have the line of the one above. */
function foundAt(all: readonly Found[], path: string, index: number): Found | undefined {
  const outer = all[index];
  if (outer === undefined) return undefined;
  const behind = all.slice(index + 1);
  const next = behind.findIndex((one) => !one.path.startsWith(`${outer.path}/`));
  const inside = next === -1 ? behind : behind.slice(0, next);
  return [outer, ...inside].find((one) => one.path === path) ?? outer;
}

interface Found {
  readonly path: string;
  readonly origin?: OriginalElement['origin'];
  /** Its own key, or that of the nearest element above. */
  readonly inherited: KeyPath;
}

function inDocumentOrder(
  { name, origin, children }: OriginalElement,
  above: { readonly path: string; readonly key: KeyPath },
): Found[] {
  const path = above.path === '' ? name : `${above.path}/${name}`;
  const inherited = origin?.at ?? above.key;
  const inner = children.filter((child) => typeof child !== 'string');
  return [
    { path, inherited, ...(origin === undefined ? {} : { origin }) },
    ...inner.flatMap((child) => inDocumentOrder(child, { path, key: inherited })),
  ];
}

/** The lines, from 1, on which the start tags are: each is at the beginning of its line, and no text has a `<`. */
function tagLines(xml: string): number[] {
  return xml.split('\n').flatMap((text, index) => (/^ *<(?!\/)/.test(text) ? [index + 1] : []));
}
