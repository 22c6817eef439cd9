/** Words that libvirt's schema does not know: left out with a warning, as libvirt does without one, or refused with all places. */
import { formatDomain } from '../../../lib/domain/format';
import { checkStartable } from '../../../lib/domain/validate';
import { definedWithout, startsWithout } from '../../../lib/domain/warnings';
import { refuseUnknown, type UnknownWord } from '../../../lib/domain/xml/unsupported';
import { refusalOf } from './element';
import { document, parse, withoutPositions } from './parse-context';

const filesystem = (source: string, target: string, more = '') =>
  document({
    devices: `<filesystem><source dir='/a' ${source}/><target dir='/b' ${target}/>${more}</filesystem>`,
  });
const hostdev = (type: string, source: string, more: string) =>
  document({
    devices: `<hostdev mode='capabilities' type='${type}'><source>${source}</source>${more}</hostdev>`,
  });
const link = (more: string) =>
  document({ devices: `<interface type='ethernet'>${more}</interface>` });
const limits = (parent: string) =>
  document({ elements: `<${parent}><bogus>1</bogus></${parent}>` });
const ids = (more: string) =>
  document({
    elements: `<idmap><uid start='0' target='1' count='1' ${more}/><gid start='0' target='1' count='1'/></idmap>`,
  });
const domain = (attributes: string) =>
  document({}).replace("<domain type='lxc'", `<domain type='lxc' ${attributes}`);

const rows: readonly (readonly [xml: string, at: string, words: string])[] = [
  [domain("foo='1'"), 'domain/@foo 1:1', "attribute 'foo' of <domain>"],
  [domain("__proto__='1'"), 'domain/@__proto__ 1:1', "attribute '__proto__' of <domain>"],
  [document({ elements: '  <foo/>' }), 'domain/foo 5:3', '<foo>'],
  [document({ elements: '<__proto__/>' }), 'domain/__proto__ 5:1', '<__proto__>'],
  [document({ elements: "<q:name xmlns:q='urn:q'/>" }), 'domain/q:name 5:1', '<q:name>'],
  [
    document({ elements: "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'/>" }),
    'domain/q:commandline 5:1',
    '<q:commandline>',
  ],
  [document({ elements: 'stray' }), 'domain/text() 1:1', 'the text in <domain>'],
  [document({ elements: '<title>a<b/></title>' }), 'domain/title/b 5:9', '<b>'],
  [document({ elements: "<vcpu cores='2'>1</vcpu>" }), 'domain/vcpu/@cores 5:1', "'cores'"],
  [document({ elements: "<features colour='red'/>" }), 'domain/features/@colour 5:1', "'colour'"],
  [document({ elements: "<clock zone='x'/>" }), 'domain/clock/@zone 5:1', "'zone'"],
  [document({ os: '<exit/>' }), 'domain/os/exit 4:43', '<exit>'],
  [document({ os: "<initenv name='a' b='c'>d</initenv>" }), 'domain/os/initenv/@b 4:43', "'b'"],
  [limits('memtune'), 'domain/memtune/bogus 5:10', '<bogus>'],
  [limits('cputune'), 'domain/cputune/bogus 5:10', '<bogus>'],
  [limits('blkiotune'), 'domain/blkiotune/bogus 5:12', '<bogus>'],
  [limits('numatune'), 'domain/numatune/bogus 5:11', '<bogus>'],
  [ids("shift='2'"), 'domain/idmap/uid/@shift 5:8', "'shift'"],
  [document({ devices: '<flux/>' }), 'domain/devices/flux 8:1', '<flux>'],
  [filesystem("mode='1'", ''), 'domain/devices/filesystem/source/@mode 8:13', "'mode'"],
  [filesystem('', "mode='1'"), 'domain/devices/filesystem/target/@mode 8:32', "'mode'"],
  [
    filesystem('', '', '<readonly>yes</readonly>'),
    'domain/devices/filesystem/readonly/text() 8:51',
    'the text in <readonly>',
  ],
  [
    document({ devices: '<console><colour/></console>' }),
    'domain/devices/console/colour 8:10',
    '<colour>',
  ],
  [hostdev('misc', '<char>/dev/x</char>', '<ip/>'), 'domain/devices/hostdev/ip 8:78', '<ip>'],
  [
    hostdev('storage', '<block>/dev/x</block><x/>', ''),
    'domain/devices/hostdev/source/x 8:74',
    '<x>',
  ],
  [hostdev('net', '<interface>e</interface>', '<x/>'), 'domain/devices/hostdev/x 8:82', '<x>'],
  [link('<colour/>'), 'domain/devices/interface/colour 8:28', '<colour>'],
  [link("<source network='n'/>"), 'domain/devices/interface/source/@network 8:28', "'network'"],
  [link("<vlan><tag id='7' x='1'/></vlan>"), 'domain/devices/interface/vlan/tag/@x 8:34', "'x'"],
  [link("<ip address='10.0.0.1' x='1'/>"), 'domain/devices/interface/ip/@x 8:28', "'x'"],
  [link("<mtu size='1500' x='1'/>"), 'domain/devices/interface/mtu/@x 8:28', "'x'"],
  [
    link("<bandwidth><inbound average='1' ceil='2'/></bandwidth>"),
    'domain/devices/interface/bandwidth/inbound/@ceil 8:39',
    "'ceil'",
  ],
];

test.each(rows.map(([xml, at, words]) => [at, words, xml] as const))(
  '%s is left out, with a warning for %s',
  (at, words, xml) => {
    const definition = parse(xml);
    const { unknown = [], ...known } = definition;
    expect(
      unknown.map(({ path, position }) => `${path} ${position.line}:${position.column}`),
    ).toEqual([at]);
    const [warning, ...others] = definedWithout(unknown);
    expect(others).toEqual([]);
    const [path, place = ''] = at.split(' ');
    const [line, column] = place.split(':').map(Number);
    expect(warning).toMatchObject({ detail: 'UnknownElement', element: path, line, column });
    expect(warning?.message).toContain(words);
    expect(warning?.message).toContain("left out: libvirt's schema does not know it");

    // Nothing of it is stored, and a definition that has not been stored warns of it at its start.
    const stored = parse(formatDomain(definition));
    expect(stored.unknown).toBeUndefined();
    if (!xml.includes('<vlan>')) checkStartable(definition);
    expect(startsWithout(definition).map(({ detail }) => detail)).toContain('UnknownElement');
    expect(withoutPositions(stored)).toEqual(withoutPositions(known));
  },
);

test('all of them are refused at once, with their lines', () => {
  const xml = document({ elements: '<foo/>', os: "<init2 x='1'/>", devices: '\n<flux/>' });
  const { unknown = [] } = parse(xml);
  expect(refusalOf(() => refuseUnknown(unknown))).toBe(
    [
      "XML_INVALID_SCHEMA at domain/os/init2 4:43: XML document failed to validate against schema: libvirt's schema does not know all of the definition:",
      '  <init2> is unknown (domain/os/init2, line 4, column 43)',
      '  <foo> is unknown (domain/foo, line 5, column 1)',
      '  <flux> is unknown (domain/devices/flux, line 9, column 1)',
    ].join('\n'),
  );
  expect(() => refuseUnknown([])).not.toThrow();
});

test('metadata without a namespace, or of one that is there already, is left out as libvirt does', () => {
  const definition = parse(
    document({
      elements: `<metadata x='1'>text<owner>me</owner><a xmlns='urn:u'>1</a>\n<b xmlns='urn:u'/></metadata>`,
    }),
  );
  const { unknown = [] } = definition;
  expect(definedWithout(unknown).map(({ message }) => message)).toEqual([
    expect.stringContaining("attribute 'x' of <metadata> is left out: libvirt's schema does"),
    expect.stringContaining("the text in <metadata> is left out: libvirt's schema does"),
    expect.stringContaining('<owner> is left out: it has no namespace'),
    expect.stringContaining("<b> is left out: another one has its namespace, 'urn:u'"),
  ]);
  expect(definition.metadata).toMatchObject([{ name: 'a', children: ['1'] }]);
  expect(parse(formatDomain(definition)).unknown).toBeUndefined();
});

test('what libvirt leaves out although its schema has it is no reason to refuse a definition', () => {
  const of = (more: string): readonly UnknownWord[] =>
    parse(document({ elements: `<metadata><owner>me</owner>${more}</metadata>` })).unknown ?? [];
  expect(() => refuseUnknown(of(''))).not.toThrow();
  expect(() => refuseUnknown(of('text'))).toThrow('the text in <metadata> is unknown');
});

test('an element that appears twice is refused, as a word in our own namespace is', () => {
  expect(() => parse(document({ elements: '<name>m</name>' }))).toThrow('appears more than once');
  const own =
    "<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:pidz/></t:container></metadata>";
  expect(() => parse(document({ elements: own }))).toThrow('unknown element <t:pidz>');
});
