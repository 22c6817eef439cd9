/** Writes values for dnsmasq's configuration so that none can end its line, begin a comment, or be read as two values. Pure. */
import { DefinitionError } from '../../errors';
import type { Position } from '../../domain/xml/element';
import { definitionError } from '../../domain/xml/source-location';
import { printable } from '../../printable';

/** Characters with a special meaning to dnsmasq: separators, quotes, escapes, comments, wildcards. */
const special = /[\s,"#/\\*]|\p{Cc}/u;

/**
 * Returns a name, number or address unchanged, if it has none of these characters.
 *
 * @throws DefinitionError XML_ERROR with `element`.
 */
export function word(text: string, element: string, position?: Position): string {
  if (text !== '' && !special.test(text)) return text;
  throw untold(text, element, position);
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\u001b': '\\e',
};

/**
 * Any text, quoted if necessary.
 *
 * @throws DefinitionError XML_ERROR with `element` for control characters that dnsmasq can't escape.
 */
export function quoted(text: string, element: string): string {
  if (/^[\w./:=+@%-]+$/.test(text)) return text;
  const inside = text.replace(/["\\]|\p{Cc}/gu, (one) => escapes[one] ?? one);
  if (!/\p{Cc}/u.test(inside)) return `"${inside}"`;
  throw untold(text, element);
}

function untold(text: string, element: string, position?: Position): DefinitionError {
  const detail = `'${printable(text)}' cannot be passed to dnsmasq`;
  if (position !== undefined)
    return definitionError('XML_ERROR', detail, { path: element, position });
  return new DefinitionError('XML_ERROR', `${detail} (${element})`, { element });
}
