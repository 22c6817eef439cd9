/**
 * Documents that may not be defined: each with its code, the element at fault, where it stands, and
 * the words (libvirt's own where libvirt refuses it too). T18.
 */
import { TslxcError } from '../../../lib/errors';
import { confinement } from './bad-documents/confinement';
import { identities, namespaces, resources, systems } from './bad-documents/contents';
import { devices } from './bad-documents/devices';
import { hostDevices } from './bad-documents/host-devices';
import { idMaps } from './bad-documents/id-maps';
import { interfaces } from './bad-documents/interfaces';
import { seclabels } from './bad-documents/seclabels';
import { notWellFormed, refusedXml, roots } from './bad-documents/syntax';
import { tuning } from './bad-documents/tuning';
import { document, parse } from './parse-context';

const rows = [
  ...notWellFormed,
  ...refusedXml,
  ...roots,
  ...identities,
  ...resources,
  ...systems,
  ...namespaces,
  ...confinement,
  ...devices,
  ...hostDevices,
  ...idMaps,
  ...interfaces,
  ...tuning,
  ...seclabels,
];

test('the table has at least 50 documents', () => {
  expect(new Set(rows.map(([title]) => title)).size).toBeGreaterThanOrEqual(50);
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

test('a message quotes the beginning of what is long', () => {
  const { message } = refusalOf(
    document({ elements: `<vcpu cpuset='${'z'.repeat(1e6)}'>1</vcpu>` }),
  );
  expect(message.length).toBeLessThan(600);
  expect(message.endsWith('z… (domain/vcpu/@cpuset, line 5, column 1)')).toBe(true);
});
