/** Texts that are no XML, XML that is not read, and documents of another shape. */
import { line, type Row } from './row';

export const notWellFormed: Row[] = [
  ['an empty text', '', 'XML_DETAIL', '/ 1:1', 'Document is empty'],
  ['only blanks', '  \n ', 'XML_DETAIL', '/ 2:1', "Start tag expected, '<' not found"],
  ['no XML at all', 'hello', 'XML_DETAIL', '/ 1:5', "Start tag expected, '<' not found"],
  [
    'an unclosed element',
    '<domain>\n<name>',
    'XML_DETAIL',
    'domain/name 2:6',
    'Premature end of data in tag name line 2',
  ],
  [
    'a crossed end tag',
    '<domain><a></b></domain>',
    'XML_DETAIL',
    'domain 1:15',
    'Opening and ending tag mismatch: a line 1 and b',
  ],
  [
    'two roots',
    '<domain/><domain/>',
    'XML_DETAIL',
    '/ 1:17',
    'Extra content at the end of the document',
  ],
  ['an attribute twice', "<domain a='1' a='2'/>", 'XML_DETAIL', '/ 1:21', 'Attribute a redefined'],
  [
    'an attribute without quotes',
    '<domain type=lxc/>',
    'XML_DETAIL',
    '/ 1:14',
    `AttValue: " or ' expected`,
  ],
  [
    'a bare ampersand',
    '<domain>a & b</domain>',
    'XML_DETAIL',
    'domain 1:11',
    'disallowed character in entity name',
  ],
  [
    'an undefined entity',
    '<domain>&nbsp;</domain>',
    'XML_DETAIL',
    'domain 1:9',
    'undefined entity',
  ],
  [
    'an unbound prefix',
    '<domain><a:b/></domain>',
    'XML_DETAIL',
    'domain 1:14',
    'unbound namespace prefix: "a"',
  ],
  [
    'a NUL character',
    '<domain>\n  a\0</domain>',
    'XML_DETAIL',
    '/ 2:4',
    'character U+0000 is not allowed',
  ],
  [
    'a reference to NUL',
    '<domain>&#0;</domain>',
    'XML_DETAIL',
    'domain 1:9',
    'malformed character entity',
  ],
  [
    'a control character',
    '<domain>\u0001</domain>',
    'XML_DETAIL',
    '/ 1:9',
    'character U+0001 is not allowed',
  ],
  [
    'one of XML 1.1',
    '<?xml version="1.1"?><domain>&#1;</domain>',
    'XML_DETAIL',
    'domain 1:33',
    'malformed character entity',
  ],
  [
    'half a surrogate pair',
    '<domain>\ud800</domain>',
    'XML_DETAIL',
    '/ 1:9',
    'character U+D800 is not allowed',
  ],
];

export const refusedXml: Row[] = [
  [
    'a DOCTYPE',
    '<!-- x -->\n <!DOCTYPE domain><domain/>',
    'XML_DETAIL',
    '/ 2:2',
    'DOCTYPE is not allowed',
  ],
  [
    'a DOCTYPE with entities',
    '<!DOCTYPE d [<!ENTITY a "b"><!ENTITY x SYSTEM "file:///etc/shadow">]>\n<domain>&x;</domain>',
    'XML_DETAIL',
    '/ 1:1',
    'DOCTYPE is not allowed',
  ],
];

export const roots: Row[] = [
  [
    'another root',
    '\n<network/>',
    'XML_ERROR',
    'network 2:1',
    "expecting root element of 'domain', not 'network'",
  ],
  [
    'a root of another namespace',
    "<domain xmlns='urn:x' type='lxc'/>",
    'XML_ERROR',
    'domain 1:1',
    "expecting root element of 'domain'",
  ],
  [
    'no type',
    '<domain/>',
    'INTERNAL_ERROR',
    'domain 1:1',
    'internal error: missing domain type attribute',
  ],
  [
    'an unknown type',
    "<domain type='foo'/>",
    'CONFIG_UNSUPPORTED',
    'domain/@type 1:1',
    'unsupported configuration: invalid domain type foo',
  ],
  [
    "another hypervisor's type",
    "<domain type='kvm'/>",
    'INVALID_ARG',
    'domain/@type 1:1',
    'could not find capabilities for domaintype=kvm',
  ],
  [
    'two names',
    line('\n<name>m</name>'),
    'XML_ERROR',
    'domain/name 2:1',
    'element <name> appears more than once',
  ],
];
