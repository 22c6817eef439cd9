/**
 * Networks that may not be defined: each with its code, the element at fault, where it stands, and the words (libvirt's
 * own where libvirt refuses it too).
 */
import { TslxcError } from '../../../lib/errors';
import { addresses } from './bad-documents/addresses';
import { dhcp } from './bad-documents/dhcp';
import { forwarding } from './bad-documents/forward';
import { identities } from './bad-documents/identity';
import { links } from './bad-documents/links';
import { names } from './bad-documents/names';
import { parse } from './parse-context';

const rows = [...identities, ...forwarding, ...links, ...names, ...addresses, ...dhcp];

test('the table has at least 120 documents', () => {
  expect(new Set(rows.map(([title]) => title)).size).toBeGreaterThanOrEqual(120);
});

const titled = rows.map((row) => [row[0], row] as const);

test.each(titled)('%s is refused', (_title, [, xml, code, at, words]) => {
  const error = refusalOf(xml);
  const [path, position] = at.split(' ');
  expect(error.name).toBe('DefinitionError');
  expect({ code: error.code, at: `${error.element} ${error.line}:${error.column}` }).toEqual({
    code,
    at,
  });
  expect(error.message).toContain(words);
  const [line, column] = position?.split(':') ?? [];
  const place = ` (${path}, line ${line}, column ${column})`;
  // A text that is no XML is shown with a caret instead.
  const isShown = error.message.startsWith(`at line ${line}: `);
  expect(isShown || error.message.endsWith(place)).toBe(true);
});

function refusalOf(xml: string): TslxcError {
  try {
    parse(xml);
  } catch (error) {
    if (TslxcError.is(error)) return error;
    throw error;
  }
  throw new Error('the document was accepted');
}
