/** Which key of a DomainSpec an element of its XML is written from. Pure. */
import { pathOf } from '../../shape/misfit';
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

/** Where something is in the XML of a spec: the path of an element or attribute, and the line of its tag. */
export interface XmlPlace {
  readonly element: string;
  readonly line: number;
}

/** The path of the key that this part of the document is written from, such as `spec.mounts[0].target`. */
export function keyAt(document: PrintableElement, { element, line }: XmlPlace): string {
  const all = inDocumentOrder(document, []);
  // Every tag is at the beginning of its line, and no text has a `<`: the nth is that of the nth element.
  const index = tagLines(printXml(document)).indexOf(line);
  const { origin, inherited } = all[index] ?? { inherited: [] };
  const attribute = /\/@([^/]+)$/.exec(element)?.[1] ?? '';
  return pathOf('spec', origin?.attributes[attribute] ?? inherited);
}

interface Found {
  readonly origin?: OriginalElement['origin'];
  /** Its own key, or that of the nearest element above. */
  readonly inherited: KeyPath;
}

function inDocumentOrder({ origin, children }: OriginalElement, above: KeyPath): Found[] {
  const inherited = origin?.at ?? above;
  const inner = children.filter((child) => typeof child !== 'string');
  return [
    { inherited, ...(origin === undefined ? {} : { origin }) },
    ...inner.flatMap((child) => inDocumentOrder(child, inherited)),
  ];
}

/** The lines, from 1, on which the start tags are. */
function tagLines(xml: string): number[] {
  return xml.split('\n').flatMap((text, index) => (/^ *<(?!\/)/.test(text) ? [index + 1] : []));
}
