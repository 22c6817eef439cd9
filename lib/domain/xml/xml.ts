/**
 * Parses XML text to a tree of elements with their positions. The text comes from the user who defines a
 * domain, so a DOCTYPE or an external entity is never processed, and the limits below bound the work.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';

import type { Position, XmlElement } from './element';
import { parserWords } from './syntax/parser-words';
import type { SourceLocation } from './source-location';
import { syntaxError } from './syntax/syntax-error';
import { findIllegalCharacter } from './xml-characters';

const maxBytes = 10 * 1024 * 1024;
const maxDepth = 64;
const maxAttributes = 64;
// Takes about 0.5 s to parse; real domains have far fewer.
const maxElements = 100_000;

interface OpenElement {
  readonly element: Omit<XmlElement, 'children'>;
  readonly children: (XmlElement | string)[];
  /** Whether this element or one above it has `xml:space='preserve'`. */
  readonly preserved: boolean;
}

/**
 * Parses one document. White space between elements is dropped unless `xml:space='preserve'`; text in
 * mixed content is kept unchanged. A position is that of the `<` of a start tag.
 *
 * Comments and processing instructions are left out. What encoding the text declares makes no difference, as in libvirt: it is
 * characters already.
 *
 * @throws DefinitionError with code XML_DETAIL, in the form of libvirt's (`syntaxError`), when the text is not well-formed, has a
 * DOCTYPE, or exceeds 10 MiB, 100,000 elements, 64 levels or 64 attributes an element.
 */
export function parseXml(text: string): XmlElement {
  const start = { line: 1, column: 1 };
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes) {
    throw syntaxError('document is larger than 10 MiB', { path: '/', position: start });
  }
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  // saxes accepts half a surrogate pair, together with the character after it.
  const illegal = findIllegalCharacter(content);
  if (illegal !== undefined) {
    const location = { path: '/', position: locator(content)(illegal.offset) };
    throw syntaxError(`character ${illegal.shown} is not allowed`, location, content);
  }
  return new TreeBuilder(content).build();
}

class TreeBuilder {
  readonly #text: string;
  readonly #locate: (offset: number) => Position;
  readonly #open: OpenElement[] = [];
  // XML 1.1 allows control characters that could not be printed as XML 1.0.
  readonly #parser = new SaxesParser({
    xmlns: true,
    forceXMLVersion: true,
    defaultXMLVersion: '1.0',
  });
  #root: XmlElement | undefined;
  #closed: XmlElement | undefined;
  /** The start tag that is being read; `#attributes` is the number of its attributes so far. */
  #starting: SourceLocation = { path: '/', position: { line: 1, column: 1 } };
  #attributes = 0;
  #elements = 0;
  /** Offset after the last construct that was read; the next construct begins at the next `<`. */
  #consumed = 0;

  constructor(text: string) {
    this.#text = text;
    this.#locate = locator(text);
  }

  build(): XmlElement {
    this.#listen();
    this.#parser.write(this.#text).close();
    if (this.#root === undefined) throw this.#error('document has no root element', this.#here());
    return this.#root;
  }

  #listen(): void {
    const parser = this.#parser;
    parser.on('error', (error) => this.#refuseSyntax(error));
    parser.on('doctype', () => this.#refuseDoctype());
    for (const leftOut of ['xmldecl', 'comment', 'processinginstruction'] as const) {
      parser.on(leftOut, () => (this.#consumed = parser.position));
    }
    parser.on('opentagstart', ({ name }) => this.#startTag(name));
    parser.on('attribute', () => this.#countAttribute());
    parser.on('opentag', (tag) => this.#openTag(tag));
    parser.on('closetag', () => this.#closeTag());
    parser.on('text', (text) => this.#addText(text));
    parser.on('cdata', (text) => {
      this.#consumed = parser.position;
      this.#addText(text);
    });
  }

  /** The limits are checked before the rest of the tag is read. */
  #startTag(name: string): void {
    const offset = this.#text.lastIndexOf('<', this.#parser.position - 1);
    const path = [...this.#open.map(({ element }) => element.name), name].join('/');
    this.#starting = { path, position: this.#locate(offset) };
    this.#attributes = 0;
    this.#elements += 1;
    if (this.#elements > maxElements) {
      throw this.#error(`document has more than ${maxElements} elements`, this.#starting);
    }
    if (this.#open.length === maxDepth) {
      throw this.#error(`elements are nested deeper than ${maxDepth}`, this.#starting);
    }
  }

  #countAttribute(): void {
    this.#attributes += 1;
    if (this.#attributes > maxAttributes) {
      throw this.#error(`element has more than ${maxAttributes} attributes`, this.#starting);
    }
  }

  #openTag(tag: SaxesTagNS): void {
    this.#consumed = this.#parser.position;
    const element = {
      name: tag.name,
      namespace: tag.uri,
      attributes: Object.values(tag.attributes).map(({ name, value }) => ({ name, value })),
      position: this.#starting.position,
    };
    const space = element.attributes.find(({ name }) => name === 'xml:space')?.value;
    const preserved = space === undefined ? this.#open.at(-1)?.preserved : space === 'preserve';
    this.#open.push({ element, children: [], preserved: preserved ?? false });
  }

  #closeTag(): void {
    this.#consumed = this.#parser.position;
    const closed = this.#open.pop();
    if (closed === undefined) return;
    const element: XmlElement = {
      ...closed.element,
      children: closed.preserved ? closed.children : withoutBlanks(closed.children),
    };
    this.#closed = element;
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }

  #addText(text: string): void {
    const children = this.#open.at(-1)?.children;
    if (children === undefined || text === '') return;
    const last = children.at(-1);
    // saxes reports text in parts if it is interrupted by CDATA sections or comments.
    if (typeof last === 'string') children[children.length - 1] = last + text;
    else children.push(text);
  }

  #refuseDoctype(): never {
    const position = this.#locate(this.#text.indexOf('<', this.#consumed));
    throw this.#error('DOCTYPE is not allowed', { path: this.#path(), position });
  }

  #refuseSyntax(error: Error): never {
    const offset = this.#badReference();
    const position = offset === undefined ? this.#here().position : this.#locate(offset);
    throw this.#error(this.#wordsOf(error, offset), { path: this.#path(), position });
  }

  #wordsOf(error: Error, badReference: number | undefined): string {
    const detail = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    // saxes takes everything up to the next `;` as the entity's name, even the rest of the document.
    const isRunaway = badReference !== undefined && !detail.includes('entity');
    if (isRunaway) return 'disallowed character in entity name';
    const read = this.#text.slice(0, this.#parser.position);
    const open = this.#open.at(-1)?.element;
    return parserWords({
      ...{ detail, read, open, closed: this.#closed },
      hasRoot: this.#root !== undefined,
    });
  }

  #error(words: string, location: SourceLocation): Error {
    return syntaxError(words, location, this.#text);
  }

  /** Offset of the first `&` after the last construct that does not begin a well-formed reference. */
  #badReference(): number | undefined {
    const search = /<!|&(?!(?:amp|lt|gt|quot|apos|#[1-9]\d*|#x0*[1-9a-fA-F][\da-fA-F]*);)/g;
    search.lastIndex = this.#consumed;
    const match = search.exec(this.#text.slice(0, this.#parser.position));
    // In a comment or CDATA section an ampersand has no meaning.
    return match === null || match[0] === '<!' ? undefined : match.index;
  }

  #here(): SourceLocation {
    const { line, column } = this.#parser;
    return { path: this.#path(), position: { line, column: Math.max(column, 1) } };
  }

  #path(): string {
    return this.#open.map(({ element }) => element.name).join('/') || '/';
  }
}

/** White space between elements is layout. Next to other text, or alone in an element, it is content. */
function withoutBlanks(children: readonly (XmlElement | string)[]): (XmlElement | string)[] {
  const layout =
    children.some((child) => typeof child !== 'string') &&
    children.every((child) => typeof child !== 'string' || /^[ \t\n\r]*$/.test(child));
  return layout ? children.filter((child) => typeof child !== 'string') : [...children];
}

/** Converts increasing offsets to positions, in one pass over the text. Columns count code points. */
function locator(text: string): (offset: number) => Position {
  let line = 1;
  let column = 1;
  let at = 0;
  return (offset) => {
    while (at < offset) {
      const code = text.charCodeAt(at++);
      const isLineEnd = code === 0x0a || (code === 0x0d && text.charCodeAt(at) !== 0x0a);
      if (isLineEnd) {
        line += 1;
        column = 1;
      } else if (code < 0xdc00 || code > 0xdfff) {
        column += 1;
      }
    }
    return { line, column };
  };
}
