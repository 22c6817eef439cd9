/** Words of a network that libvirt's schema does not know: left out with a warning, or refused with all places. */
import { definedWithout } from '../../../lib/domain/warnings';
import { refuseUnknown } from '../../../lib/domain/xml/unsupported';
import { formatNetwork } from '../../../lib/network/definition/format';
import { parseNetwork } from '../../../lib/network/definition/parse';
import { refusalOf } from '../domain/element';
import { withoutPositions } from '../domain/parse-context';
import { context, document, parse } from './parse-context';

const dnsmasq = "xmlns:d='http://libvirt.org/schemas/network/dnsmasq/1.0'";
const ip = (content: string, more = '') =>
  document(`<ip address='10.0.0.1' prefix='24' ${more}>${content}</ip>`);
const dhcp = (content: string) => ip(`<dhcp>${content}</dhcp>`);
const dns = (content: string) => document(`<dns>${content}</dns>`);
const nat = (content: string, more = '') =>
  document(`<forward mode='nat' ${more}>${content}</forward><ip address='10.0.0.1' prefix='24'/>`);
const host = "mac='52:54:00:00:00:01' ip='10.0.0.9'";

const rows: readonly (readonly [xml: string, at: string, words: string])[] = [
  [document('', " id='1'"), 'network/@id 1:1', "attribute 'id' of <network>"],
  [document('  <devices/>'), 'network/devices 3:3', '<devices>'],
  [document('words'), 'network/text() 1:1', 'the text in <network>'],
  [document("<title lang='en'>a</title>"), 'network/title/@lang 3:1', "'lang'"],
  [document("<options><option value='x'/></options>"), 'network/options 3:1', '<options>'],
  [document("<q:a xmlns:q='urn:q'/>"), 'network/q:a 3:1', '<q:a>'],
  [document(`<d:options ${dnsmasq}>\n<d:x/></d:options>`), 'network/d:options/d:x 4:1', '<d:x>'],
  [document("<bridge colour='red'/>"), 'network/bridge/@colour 3:1', "'colour'"],
  [document("<mac address='52:54:00:00:00:01' x='1'/>"), 'network/mac/@x 3:1', "'x'"],
  [document("<mtu size='1400' x='1'/>"), 'network/mtu/@x 3:1', "'x'"],
  [document("<domain name='d' local='yes'/>"), 'network/domain/@local 3:1', "'local'"],
  [nat('', "natt='yes'"), 'network/forward/@natt 3:1', "'natt'"],
  [nat("<nat ipv7='yes'/>"), 'network/forward/nat/@ipv7 3:22', "'ipv7'"],
  [nat("<nat><port start='1' end='9' x='1'/></nat>"), 'network/forward/nat/port/@x 3:27', "'x'"],
  [
    nat("<nat><address start='10.9.0.1' end='10.9.0.2'><x/></address></nat>"),
    'network/forward/nat/address/x 3:68',
    '<x>',
  ],
  [nat("<interface dev='e' x='1'/>"), 'network/forward/interface/@x 3:22', "'x'"],
  [dns("<txt name='a' value='b' ttl='9'/>"), 'network/dns/txt/@ttl 3:6', "'ttl'"],
  [dns("<srv service='a' protocol='tcp' x='1'/>"), 'network/dns/srv/@x 3:6', "'x'"],
  [dns("<forwarder addr='9.9.9.9' port='53'/>"), 'network/dns/forwarder/@port 3:6', "'port'"],
  [
    dns("<host ip='10.0.0.9'><hostname>a</hostname><alias/></host>"),
    'network/dns/host/alias 3:48',
    '<alias>',
  ],
  [
    dns("<host ip='10.0.0.9'><hostname x='1'>a</hostname></host>"),
    'network/dns/host/hostname/@x 3:26',
    "'x'",
  ],
  [ip('', "gateway='10.0.0.2'"), 'network/ip/@gateway 3:1', "'gateway'"],
  [ip("<tftp root='/srv' x='1'/>"), 'network/ip/tftp/@x 3:37', "'x'"],
  [dhcp('<rang/>'), 'network/ip/dhcp/rang 3:43', '<rang>'],
  [dhcp("<range start='10.0.0.2' end='10.0.0.9' x='1'/>"), 'network/ip/dhcp/range/@x 3:43', "'x'"],
  [dhcp(`<host ${host} nam='web'/>`), 'network/ip/dhcp/host/@nam 3:43', "'nam'"],
  [
    dhcp(`<host ${host}><lease expiry='5' x='1'/></host>`),
    'network/ip/dhcp/host/lease/@x 3:87',
    "'x'",
  ],
  [dhcp("<bootp file='a' x='1'/>"), 'network/ip/dhcp/bootp/@x 3:43', "'x'"],
  [document("<port isolatd='yes'/>"), 'network/port/@isolatd 3:1', "'isolatd'"],
  [
    document("<portgroup name='g'><port isolated='yes'/></portgroup>"),
    'network/portgroup/port 3:21',
    '<port>',
  ],
  [
    document("<bandwidth><inbound average='1' ceil='2'/></bandwidth>"),
    'network/bandwidth/inbound/@ceil 3:12',
    "'ceil'",
  ],
  [
    document(
      "<ip address='10.0.0.1' prefix='24'/>\n<route address='10.9.0.0' prefix='16' gateway='10.0.0.9' x='1'/>",
    ),
    'network/route/@x 4:1',
    "'x'",
  ],
];

test.each(rows.map(([xml, at, words]) => [at, words, xml] as const))(
  '%s is left out, with a warning for %s, and refused in a stored text',
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

    // Nothing of it is stored.
    const stored = parse(formatNetwork(definition));
    expect(stored.unknown).toBeUndefined();
    expect(withoutPositions(stored)).toEqual(withoutPositions(known));

    // In a file of this version there is none.
    expect(() => parseNetwork(xml, { ...context, unknown: 'refused' })).toThrow(
      /XML error: (unknown (element|attribute)|unexpected text in) /,
    );
  },
);

test('all of them are refused at once, with their lines', () => {
  const { unknown = [] } = parse(
    document(
      "<bridge colour='red'/>\n<ip address='10.0.0.1' prefix='24'>\n<dhcp><rang/></dhcp></ip>",
    ),
  );
  expect(refusalOf(() => refuseUnknown(unknown))).toBe(
    [
      "XML_INVALID_SCHEMA at network/bridge/@colour 3:1: XML document failed to validate against schema: libvirt's schema does not know all of the definition:",
      "  attribute 'colour' of <bridge> is unknown (network/bridge/@colour, line 3, column 1)",
      '  <rang> is unknown (network/ip/dhcp/rang, line 5, column 7)',
    ].join('\n'),
  );
});

test('an element that appears twice is refused', () => {
  expect(() => parse(document('<name>m</name>'))).toThrow('appears more than once');
});
