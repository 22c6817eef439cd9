/**
 * Prints a tree of elements as XML text in libvirt's style: indented by two spaces, single quotes, self-closing tags for
 * empty elements. Parsing the text gives the same tree.
 */
import { TslxcError } from '../../errors';
import type { XmlAttribute } from './element';
import { findIllegalCharacter } from './xml-characters';

/** An element to print; every `XmlElement` is one. */
export interface PrintableElement {
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly (PrintableElement | string)[];
}

/** Attributes by name, in printing order; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | undefined>>;

/** Makes an element to print. */
export function node(
  name: string,
  attributes: Attributes = {},
  children: PrintableElement['children'] = [],
): PrintableElement {
  const written: XmlAttribute[] = [];
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined) written.push({ name: attribute, value });
  }
  return { name, attributes: written, children };
}

/**
 * The element as a document, ending with a newline.
 *
 * @throws TslxcError INVALID_ARG for a character that XML doesn't allow, such as U+0000.
 */
export function printXml(element: PrintableElement): string {
  const lines: string[] = [];
  printLines(element, '', lines);
  return `${lines.join('\n')}\n`;
}

function printLines(element: PrintableElement, indent: string, lines: string[]): void {
  const { name, children } = element;
  const isLayoutFree = children.length === 0 || children.some((child) => typeof child === 'string');
  if (isLayoutFree || isSpacePreserved(element)) {
    lines.push(indent + printInline(element));
    return;
  }
  lines.push(`${indent}<${name}${printAttributes(element)}>`);
  for (const child of children) {
    if (typeof child !== 'string') printLines(child, `${indent}  `, lines);
  }
  lines.push(`${indent}</${name}>`);
}

/** Next to text, white space is content, so none may be added. */
function printInline(element: PrintableElement): string {
  const { name, children } = element;
  const start = `<${name}${printAttributes(element)}`;
  if (children.length === 0) return `${start}/>`;
  const content = children.map((child) =>
    typeof child === 'string' ? escapeXml(child) : printInline(child),
  );
  return `${start}>${content.join('')}</${name}>`;
}

function isSpacePreserved({ attributes }: PrintableElement): boolean {
  return attributes.some(({ name, value }) => name === 'xml:space' && value === 'preserve');
}

function printAttributes({ attributes }: PrintableElement): string {
  return attributes
    .map(({ name, value }) => ` ${name}='${escapeXml(value).replace(/[\t\n]/g, reference)}'`)
    .join('');
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ["'", '&apos;'],
  ['"', '&quot;'],
]);

/** Also escapes quotes, as libvirt does, and a carriage return, which a parser would otherwise change to a newline. */
function escapeXml(text: string): string {
  const illegal = findIllegalCharacter(text);
  if (illegal !== undefined) {
    throw new TslxcError('INVALID_ARG', `XML can't hold the character ${illegal.shown}`);
  }
  return text.replace(/[&<>'"\r]/g, (special) => entities.get(special) ?? reference(special));
}

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
