/** One element as a document, for the parsers of parts; its path is its own name. */
import type { PrintableElement } from '../../../lib/domain/xml/print';
import { printXml } from '../../../lib/domain/xml/print';
import {
  locateRoot,
  type LocatedElement,
  type ReadingSession,
} from '../../../lib/domain/xml/reading';
import { parseXml } from '../../../lib/domain/xml/xml';
import { TslxcError } from '../../../lib/errors';

/** For reading a part of which every known word is carried out: an unknown one is refused. */
export function refusing(): ReadingSession {
  return { unsupported: [], kept: [] };
}

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
