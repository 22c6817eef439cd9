/** `<secret>`: read and printed as by libvirt. */
import { formatSecret, parseSecret } from '../../../../lib/domain/secret/secret';

const uuid = '0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f';
const context = { newUuid: () => '11111111-2222-4333-8444-555555555555' };
const printed = (xml: string): string => formatSecret(parseSecret(xml, context));

test.each([
  ['volume', 'volume', '/var/lib/mail.img'],
  ['ceph', 'name', 'ceph_example'],
  ['iscsi', 'target', 'libvirtiscsi'],
  ['tls', 'name', 'TLS_example'],
  ['vtpm', 'name', 'vTPM_example'],
])('one for %s is printed as it is read', (type, element, id) => {
  const xml = `<secret ephemeral='yes' private='no'>
  <uuid>${uuid}</uuid>
  <description>a &amp; b</description>
  <usage type='${type}'>
    <${element}>${id}</${element}>
  </usage>
</secret>
`;
  expect(printed(xml)).toBe(xml);
  expect(parseSecret(xml, context)).toMatchObject({
    ephemeral: true,
    private: false,
    usage: { type, id },
  });
});

test('what a text leaves out is filled in', () => {
  expect(printed('<secret/>')).toBe(
    "<secret ephemeral='no' private='no'>\n  <uuid>11111111-2222-4333-8444-555555555555</uuid>\n</secret>\n",
  );
  expect(printed("<secret><usage type='none'/></secret>")).not.toContain('usage');
});

test('what libvirt’s schema does not know is left out, or refused', () => {
  const xml = "<secret colour='red'><uuid>0A81f5b284037b23c8d621ccc2f80d6f</uuid><size/></secret>";
  const secret = parseSecret(xml, context);
  expect(secret.uuid).toBe(uuid);
  expect(secret.unknown?.map(({ path }) => path)).toEqual(['secret/@colour', 'secret/size']);
  expect(() => parseSecret(xml, { ...context, unknown: 'refused' })).toThrow(/colour|size/);
});

test.each([
  ['<network/>', 'XML_ERROR', 'unexpected root element <network>, expecting <secret>'],
  ["<secret private='maybe'/>", 'XML_ERROR', "invalid value of 'private'"],
  ['<secret><uuid>x</uuid></secret>', 'INTERNAL_ERROR', 'malformed uuid element'],
  ['<secret><usage/></secret>', 'XML_ERROR', 'unknown secret usage type'],
  ["<secret><usage type='x'/></secret>", 'CONFIG_UNSUPPORTED', 'unknown secret usage type x'],
  [
    "<secret><usage type='volume'><name>x</name></usage></secret>",
    'INTERNAL_ERROR',
    'volume usage specified, but <volume> is missing',
  ],
])('%s is refused', (xml, code, words) => {
  let error: unknown;
  try {
    parseSecret(xml, context);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) as string });
});
