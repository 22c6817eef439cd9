/** Wrong roots, names and words of `<network>` itself. */
import { document } from '../parse-context';
import type { Row } from './row';

export const identities: Row[] = [
  ['an empty text', '', 'XML_DETAIL', '/ 1:1', 'Document is empty'],
  [
    'a document type',
    '<!DOCTYPE network><network/>',
    'XML_DETAIL',
    '/ 1:1',
    'DOCTYPE is not allowed',
  ],
  [
    'a domain',
    "<domain type='lxc'/>",
    'XML_ERROR',
    'domain 1:1',
    "expecting root element of 'network', not 'domain'",
  ],
  [
    'a network of another namespace',
    "<network xmlns='urn:x'/>",
    'XML_ERROR',
    'network 1:1',
    "expecting root element of 'network'",
  ],
  ['no name', '<network/>', 'NO_NAME', 'network 1:1', '<network> has no <name>'],
  ['an empty name', '<network><name/></network>', 'NO_NAME', 'network/name 1:10', 'has no <name>'],
  [
    'a name that leaves its folder',
    '<network><name>../x</name></network>',
    'XML_ERROR',
    'network/name 1:10',
    "name ../x cannot contain '/'",
  ],
  [
    'a name of two lines',
    '<network><name>a\nb</name></network>',
    'XML_ERROR',
    'network/name 1:10',
    "cannot contain '\\n'",
  ],
  [
    'a name that is a folder',
    '<network><name>..</name></network>',
    'XML_ERROR',
    'network/name 1:10',
    "name cannot be '..'",
  ],
  [
    'a name too long for a file',
    `<network><name>${'n'.repeat(231)}</name></network>`,
    'XML_ERROR',
    'network/name 1:10',
    'name is longer than 230 bytes',
  ],
  [
    'two names',
    document('<name>b</name>'),
    'XML_ERROR',
    'network/name 3:1',
    'element <name> appears more than once',
  ],
  [
    'a malformed uuid',
    document('<uuid>123</uuid>'),
    'INTERNAL_ERROR',
    'network/uuid 3:1',
    'malformed uuid element',
  ],
  [
    'a title of two lines',
    document('<title>a\nb</title>'),
    'XML_ERROR',
    'network/title 3:1',
    "Network title can't contain newlines",
  ],
  [
    'an ipv6 that is neither yes nor no',
    document('', " ipv6='on'"),
    'XML_ERROR',
    'network/@ipv6 1:1',
    "Invalid value for attribute 'ipv6' in element 'network': 'on'",
  ],
  [
    'a trust that is neither yes nor no',
    document('', " trustGuestRxFilters='1'"),
    'XML_ERROR',
    'network/@trustGuestRxFilters 1:1',
    "Invalid value for attribute 'trustGuestRxFilters'",
  ],
  [
    'an option without a value',
    document(
      "<d:options xmlns:d='http://libvirt.org/schemas/network/dnsmasq/1.0'>\n<d:option/></d:options>",
    ),
    'XML_ERROR',
    'network/d:options/d:option 4:1',
    'No dnsmasq options value specified',
  ],
  [
    'an option of two lines',
    document(
      "<d:options xmlns:d='http://libvirt.org/schemas/network/dnsmasq/1.0'>\n<d:option value='a&#10;b'/></d:options>",
    ),
    'XML_ERROR',
    'network/d:options/d:option/@value 4:1',
    "attribute 'value' of <d:option> has a control character",
  ],
];
