/** One element as a document, for the parsers of parts; its path is its own name. */
import type { PrintableElement } from '../../../lib/domain/xml/print';
import { printXml } from '../../../lib/domain/xml/print';
import { locateRoot, type LocatedElement } from '../../../lib/domain/xml/reading';
import { parseXml } from '../../../lib/domain/xml/xml';
import { TslxcError } from '../../../lib/errors';

export function element(xml: string): LocatedElement {
  return locateRoot(parseXml(xml));
}

/** Without layout, so that it stands in one line. */
export function printed(printable: PrintableElement): string {
  return printXml(printable).replace(/\n */g, '');
}

/** What `read` throws, as one text with its place: `XML_ERROR at ip/@address 1:1: XML error: …`. */
export function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!TslxcError.is(error)) throw error;
    return `${error.code} at ${error.element} ${error.line}:${error.column}: ${error.message}`;
  }
  throw new Error('it was accepted');
}
