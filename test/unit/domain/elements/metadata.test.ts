/** lib/domain/elements/metadata.ts: one element of `<metadata>`, in the namespace of its URI, as libvirt has it. */
import { formatDomain } from '../../../../lib/domain/format';
import { metadataOf, withMetadata } from '../../../../lib/domain/elements/metadata';
import { parseDomain } from '../../../../lib/domain/parse';
import type { DomainDefinition } from '../../../../lib/domain/definition';
import { domainXml } from '../../../support/domain/domain-xml';

const context = {
  arch: 'x86_64',
  emulator: '/monitor',
  newUuid: () => '11111111-1111-4111-8111-111111111111',
  newMac: () => '52:54:00:00:00:01',
  portId: () => '11111111-1111-8111-8111-111111111112',
};
const parse = (xml: string): DomainDefinition => parseDomain(xml, context);
const plain = parse(domainXml());

function stored(uri: string, content: { key: string; xml: string }): DomainDefinition {
  return parse(formatDomain(withMetadata(plain, uri, content)));
}

test.each([
  ["<a at='1'><b>x</b></a>", '<k:a xmlns:k="urn:x" at="1">', "<a at='1'>\n  <b>x</b>\n</a>"],
  ['<a/>', '<k:a xmlns:k="urn:x"/>', '<a/>'],
  ["<z:a xmlns:z='urn:x'/>", '<z:a xmlns:z="urn:x"/>', '<a/>'],
  ["<a xmlns='urn:x'><b/></a>", '<a xmlns="urn:x">', '<a>\n  <b/>\n</a>'],
  ["<a><c xmlns='urn:y'/></a>", '<k:a xmlns:k="urn:x">', "<a>\n  <c xmlns='urn:y'/>\n</a>"],
  [
    '<a>one <b>two</b></a>',
    '<k:a xmlns:k="urn:x">one <k:b>two</k:b></k:a>',
    '<a>one <b>two</b></a>',
  ],
])('%s is kept in its namespace, and read without it', (xml, written, read) => {
  const definition = stored('urn:x', { key: 'k', xml });
  expect(formatDomain(definition)).toContain(`    ${written}`);
  expect(metadataOf(definition, 'urn:x')).toBe(read);
  expect(metadataOf(definition, 'urn:y')).toBeUndefined();
  // What was read can be set again.
  const again = stored('urn:x', { key: 'k', xml: read });
  expect(metadataOf(again, 'urn:x')).toBe(read);
});

test('an attribute with a prefix of the namespace keeps its declaration', () => {
  const definition = stored('urn:x', { key: 'k', xml: "<k:a xmlns:k='urn:x' k:at='1'/>" });
  expect(metadataOf(definition, 'urn:x')).toBe("<a xmlns:k='urn:x' k:at='1'/>");
});

test('each namespace has one element, and others stay', () => {
  const two = withMetadata(stored('urn:x', { key: 'k', xml: '<a/>' }), 'urn:y', {
    key: 'k',
    xml: '<b/>',
  });
  const replaced = withMetadata(two, 'urn:x', { key: 'l', xml: '<c/>' });
  expect(metadataOf(replaced, 'urn:x')).toBe('<c/>');
  expect(metadataOf(replaced, 'urn:y')).toBe('<b/>');
  expect(metadataOf(withMetadata(replaced, 'urn:x', undefined), 'urn:x')).toBeUndefined();
  expect(parse(formatDomain(replaced)).metadata).toHaveLength(2);
});

test.each([
  ['', { key: 'k', xml: '<a/>' }, 'INVALID_ARG'],
  ['urn:x', { key: '1k', xml: '<a/>' }, 'XML_ERROR'],
  ['urn:x', { key: 'k:l', xml: '<a/>' }, 'XML_ERROR'],
  ['urn:x', { key: 'xmlns', xml: '<a/>' }, 'XML_ERROR'],
  ['urn:x', { key: 'k', xml: "<a xmlns='urn:y'/>" }, 'XML_ERROR'],
  ['urn:x', { key: 'k', xml: "<a xmlns:k='urn:y'/>" }, 'XML_ERROR'],
  ['urn:x', { key: 'k', xml: '<a' }, 'XML_DETAIL'],
  ['urn:x', { key: 'k', xml: '<a/><b/>' }, 'XML_DETAIL'],
  ['urn:x', { key: 'k', xml: 'text' }, 'XML_DETAIL'],
])('%j with %j is refused', (uri, content, code) => {
  expect(() => withMetadata(plain, uri, content)).toThrow(
    expect.objectContaining({ code }) as Error,
  );
});
