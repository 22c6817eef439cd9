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
  /**
   * `two tags`: a start tag, and an end tag on its own line, even without children. `foreign`: the content belongs to other
   * programs, and is printed as libvirt prints it by libxml2: with double quotes, and only the necessary escapes. `spaced`:
   * an empty line after the start tag, and after each child.
   */
  readonly style?: 'two tags' | 'foreign' | 'spaced';
}

/** Attributes by name, in printing order; undefined attributes are left out. */
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
  printLines(element, { indent: '', quotes: own }, lines);
  return `${lines.join('\n')}\n`;
}

/** How attributes and text are written. */
interface Quotes {
  readonly mark: "'" | '"';
  readonly inAttributes: RegExp;
  readonly inTexts: RegExp;
}

const own: Quotes = { mark: "'", inAttributes: /[&<>'"\r\t\n]/g, inTexts: /[&<>'"\r]/g };
const foreign: Quotes = { mark: '"', inAttributes: /[&<>"\r\t\n]/g, inTexts: /[&<>\r]/g };

interface Place {
  readonly indent: string;
  readonly quotes: Quotes;
}

function printLines(element: PrintableElement, place: Place, lines: string[]): void {
  const { indent, quotes } = place;
  const { name, children, style } = element;
  const isEmpty = children.length === 0 && style !== 'two tags';
  const isLayoutFree = isEmpty || children.some((child) => typeof child === 'string');
  if (isLayoutFree || isSpacePreserved(element)) {
    lines.push(indent + printInline(element, quotes));
    return;
  }
  const gap = style === 'spaced' ? [''] : [];
  lines.push(`${indent}<${name}${printAttributes(element, quotes)}>`, ...gap);
  const inner = { indent: `${indent}  `, quotes: style === 'foreign' ? foreign : quotes };
  for (const child of children) {
    if (typeof child === 'string') continue;
    printLines(child, inner, lines);
    lines.push(...gap);
  }
  lines.push(`${indent}</${name}>`);
}

/** Next to text, white space is content, so none may be added. */
function printInline(element: PrintableElement, quotes: Quotes): string {
  const { name, children } = element;
  const start = `<${name}${printAttributes(element, quotes)}`;
  if (children.length === 0) return `${start}/>`;
  const content = children.map((child) =>
    typeof child === 'string' ? escapeXml(child, quotes.inTexts) : printInline(child, quotes),
  );
  return `${start}>${content.join('')}</${name}>`;
}

function isSpacePreserved({ attributes }: PrintableElement): boolean {
  return attributes.some(({ name, value }) => name === 'xml:space' && value === 'preserve');
}

function printAttributes({ attributes }: PrintableElement, quotes: Quotes): string {
  const { mark, inAttributes } = quotes;
  return attributes
    .map(({ name, value }) => ` ${name}=${mark}${escapeXml(value, inAttributes)}${mark}`)
    .join('');
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ["'", '&apos;'],
  ['"', '&quot;'],
]);

/** A carriage return, which a parser would otherwise change to a newline, is among the special characters. */
function escapeXml(text: string, special: RegExp): string {
  const illegal = findIllegalCharacter(text);
  if (illegal !== undefined) {
    throw new TslxcError('INVALID_ARG', `XML can't hold the character ${illegal.shown}`);
  }
  return text.replace(special, (character) => entities.get(character) ?? reference(character));
}

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
