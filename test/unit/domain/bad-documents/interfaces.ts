/** Wrong network interfaces. The parsers of their parts have tests of their own. */
import { document } from '../parse-context';
import type { Row } from './row';

const linkAt = 'domain/devices/interface';
const hostdevAt = 'domain/devices/hostdev';

const link = (type: string, content: string): string =>
  document({ devices: `<interface type='${type}'>\n${content}</interface>` });
/** The content begins in line 10. */
const bridge = (content: string): string => link('bridge', `<source bridge='b'/>\n${content}`);
const lent = (content: string): string =>
  document({ devices: `<hostdev mode='capabilities' type='net'>\n${content}</hostdev>` });
const two = (first: string, second: string): string =>
  document({
    devices:
      `<interface type='bridge'><source bridge='b'/>${first}</interface>\n` +
      ` <interface type='bridge'><source bridge='b'/>${second}</interface>`,
  });
const sixteen = 'a'.repeat(16);

const sources: Row[] = [
  [
    'an interface of an unknown type',
    link('zz', ''),
    'XML_ERROR',
    `${linkAt}/@type 8:1`,
    "Invalid value for attribute 'type' in element 'interface': 'zz'",
  ],
  ...['network', 'bridge', 'direct'].map((type): Row => [
    `an interface of type ${type} without a source`,
    link(type, ''),
    'XML_ERROR',
    `${linkAt} 8:1`,
    `interface type='${type}' requires a 'source' element`,
  ]),
  ...(
    [
      ['network', 'network'],
      ['bridge', 'bridge'],
      ['direct', 'dev'],
    ] as const
  ).flatMap(([type, attribute]): Row[] =>
    ['<source/>', `<source ${attribute}=''/>`].map((source) => [
      `an interface of type ${type} with ${source}`,
      link(type, source),
      'XML_ERROR',
      `${linkAt}/source 9:1`,
      `Missing required attribute '${attribute}' in element 'source'`,
    ]),
  ),
  [
    'a direct interface in an unknown mode',
    link('direct', "<source dev='e' mode='zz'/>"),
    'XML_ERROR',
    `${linkAt}/source/@mode 9:1`,
    "Invalid value for attribute 'mode' in element 'source': 'zz'",
  ],
  [
    'a direct interface on what is no device',
    link('direct', `<source dev='${sixteen}'/>`),
    'XML_ERROR',
    `${linkAt}/source/@dev 9:1`,
    `'${sixteen}' has more than 15 bytes, and can't name a network interface`,
  ],
  [
    'a bridge with a slash',
    link('bridge', "<source bridge='a/b'/>"),
    'XML_ERROR',
    `${linkAt}/source/@bridge 9:1`,
    "'a/b' has a '/', and can't name a network interface",
  ],
  [
    "an address of the host's side on a bridge",
    link('bridge', "<source bridge='b'>\n<ip address='10.0.0.1'/></source>"),
    'CONFIG_UNSUPPORTED',
    `${linkAt}/source/ip 10:1`,
    "on interface of type 'bridge'. This is only supported on interfaces of type 'ethernet'",
  ],
  [
    "a route of the host's side on a direct interface",
    link('direct', "<source dev='e'>\n<route/></source>"),
    'CONFIG_UNSUPPORTED',
    `${linkAt}/source/route 10:1`,
    "on interface of type 'direct'. This is only supported on interfaces of type 'ethernet'",
  ],
  [
    "a wrong address of the host's side",
    link('ethernet', "<source>\n<ip address='zz'/></source>"),
    'XML_ERROR',
    `${linkAt}/source/ip/@address 10:1`,
    "Invalid address 'zz' in <ip>",
  ],
  [
    "a wrong route of the host's side",
    link('ethernet', "<source>\n<route address='0.0.0.0'/></source>"),
    'XML_ERROR',
    `${linkAt}/source/route 10:1`,
    'interface host IP: Missing required gateway attribute in route definition',
  ],
];

const words: Row[] = [
  [
    'two sources of an interface',
    bridge("<source bridge='b'/>"),
    'XML_ERROR',
    `${linkAt}/source 10:1`,
    'element <source> appears more than once',
  ],
  [
    'an Ethernet address that is none',
    bridge("<mac address='zz'/>"),
    'XML_ERROR',
    `${linkAt}/mac/@address 10:1`,
    "unable to parse mac address 'zz'",
  ],
  [
    'an Ethernet address of many',
    bridge("<mac address='01:00:5e:00:00:01'/>"),
    'XML_ERROR',
    `${linkAt}/mac/@address 10:1`,
    "expected unicast mac address, found multicast '01:00:5e:00:00:01'",
  ],
  [
    'an mtu that is no number',
    bridge("<mtu size='zz'/>"),
    'XML_ERROR',
    `${linkAt}/mtu/@size 10:1`,
    'malformed mtu size',
  ],
  ...[67, 65536].map((size): Row => [
    `an mtu of ${size}`,
    bridge(`<mtu size='${size}'/>`),
    'XML_ERROR',
    `${linkAt}/mtu/@size 10:1`,
    `mtu size ${size} is not between 68 and 65535`,
  ]),
  [
    'a link in an unknown state',
    bridge("<link state='zz'/>"),
    'CONFIG_UNSUPPORTED',
    `${linkAt}/link/@state 10:1`,
    "unknown interface link state 'zz'",
  ],
  [
    'a model with a blank',
    bridge("<model type='a b'/>"),
    'INVALID_ARG',
    `${linkAt}/model/@type 10:1`,
    'Model name contains invalid characters',
  ],
  [
    'a target of 16 bytes',
    bridge(`<target dev='${sixteen}'/>`),
    'XML_ERROR',
    `${linkAt}/target/@dev 10:1`,
    `'${sixteen}' has more than 15 bytes`,
  ],
  [
    'a guest device with a blank',
    bridge("<guest dev='eth 0'/>"),
    'XML_ERROR',
    `${linkAt}/guest/@dev 10:1`,
    "'eth 0' has a blank",
  ],
  [
    'a guest device without a name',
    bridge("<guest dev=''/>"),
    'XML_ERROR',
    `${linkAt}/guest/@dev 10:1`,
    "'' is empty",
  ],
  [
    'a target that leaves the number to the kernel',
    bridge("<target dev='web%d'/>"),
    'XML_ERROR',
    `${linkAt}/target/@dev 10:1`,
    "'web%d' has a '%'",
  ],
  [
    'a guest device with the name of the loopback interface',
    bridge("<guest dev='lo'/>"),
    'XML_ERROR',
    `${linkAt}/guest/@dev 10:1`,
    "'lo' is the name of the loopback interface",
  ],
  [
    'an address that can not be read',
    bridge("<ip address='zz'/>"),
    'XML_ERROR',
    `${linkAt}/ip/@address 10:1`,
    "Invalid address 'zz' in <ip>",
  ],
  [
    'a prefix that is too long',
    bridge("<ip address='10.0.0.2' prefix='77'/>"),
    'XML_ERROR',
    `${linkAt}/ip/@prefix 10:1`,
    "Invalid prefix value '77' in <ip>",
  ],
  [
    'a route without a gateway',
    bridge("<route address='0.0.0.0'/>"),
    'XML_ERROR',
    `${linkAt}/route 10:1`,
    'guest interface: Missing required gateway attribute in route definition',
  ],
  ['a vlan without a tag', bridge('<vlan/>'), 'XML_ERROR', `${linkAt}/vlan 10:1`, 'missing tag id'],
  [
    'a floor on a bridge',
    bridge("<bandwidth>\n<inbound floor='1'/></bandwidth>"),
    'CONFIG_UNSUPPORTED',
    `${linkAt}/bandwidth/inbound/@floor 11:1`,
    'floor attribute is not supported for this config',
  ],
  [
    'an isolation that is neither yes nor no',
    bridge("<port isolated='zz'/>"),
    'XML_ERROR',
    `${linkAt}/port/@isolated 10:1`,
    "Invalid value for attribute 'isolated' in element 'port': 'zz'",
  ],
  ...['direct', 'ethernet'].map((type): Row => [
    `an isolated port of type ${type}`,
    link(type, `${type === 'direct' ? "<source dev='e'/>" : ''}<port isolated='yes'/>`),
    'CONFIG_UNSUPPORTED',
    `${linkAt}/port/@isolated 9:${type === 'direct' ? 18 : 1}`,
    `<port isolated='yes'/> is not supported for network interfaces with type='${type}'`,
  ]),
];

const conflicts: Row[] = [
  [
    'two interfaces with one Ethernet address',
    two("<mac address='52:54:00:00:00:0a'/>", "<mac address='52:54:0:0:0:A'/>"),
    'XML_ERROR',
    `${linkAt} 9:2`,
    "mac address '52:54:00:00:00:0a' is also that of the interface in line 8, column 1",
  ],
  [
    'two interfaces with one target',
    two("<target dev='web0'/>", "<target dev='web0'/>"),
    'XML_ERROR',
    `${linkAt} 9:2`,
    "target dev 'web0' is also that of the interface in line 8, column 1",
  ],
  [
    'two interfaces with one name inside',
    two("<guest dev='eth0'/>", "<guest dev='eth0'/>"),
    'XML_ERROR',
    `${linkAt} 9:2`,
    "guest dev 'eth0' is also that of the interface in line 8, column 1",
  ],
  [
    'an interface with the name of a lent one',
    document({
      devices:
        "<hostdev mode='capabilities' type='net'><source><interface>eth1</interface></source></hostdev>\n" +
        "<interface type='ethernet'><guest dev='eth1'/></interface>",
    }),
    'XML_ERROR',
    `${linkAt} 9:1`,
    "guest dev 'eth1' is also that of the interface in line 8, column 1",
  ],
  [
    'an interface that is lent twice',
    document({
      devices:
        "<hostdev mode='capabilities' type='net'><source><interface>eth1</interface></source></hostdev>\n" +
        "<hostdev mode='capabilities' type='net'><source><interface>eth1</interface></source></hostdev>",
    }),
    'XML_ERROR',
    `${hostdevAt} 9:1`,
    "guest dev 'eth1' is also that of the interface in line 8, column 1",
  ],
];

const lentOnes: Row[] = [
  [
    'a lent interface without a source',
    lent(''),
    'XML_ERROR',
    `${hostdevAt} 8:1`,
    'Missing <source> element in hostdev device',
  ],
  [
    'a lent interface without its name',
    lent('<source/>'),
    'XML_ERROR',
    `${hostdevAt}/source 9:1`,
    'Missing <interface> element in hostdev net device',
  ],
  [
    'a lent interface with an empty name',
    lent('<source>\n<interface/></source>'),
    'XML_ERROR',
    `${hostdevAt}/source/interface 10:1`,
    'Missing <interface> element in hostdev net device',
  ],
  [
    'a lent interface with a blank around its name',
    lent('<source>\n<interface> eth1</interface></source>'),
    'XML_ERROR',
    `${hostdevAt}/source/interface 10:1`,
    "' eth1' has a blank",
  ],
  [
    "the host's loopback interface",
    lent('<source>\n<interface>lo</interface></source>'),
    'XML_ERROR',
    `${hostdevAt}/source/interface 10:1`,
    "'lo' is the host's loopback interface and stays there",
  ],
  [
    'a lent interface with a wrong address',
    lent("<source><interface>e</interface></source>\n<ip address='zz'/>"),
    'XML_ERROR',
    `${hostdevAt}/ip/@address 10:1`,
    "Invalid address 'zz' in <ip>",
  ],
  [
    'a lent interface with a wrong route',
    lent("<source><interface>e</interface></source>\n<route address='0.0.0.0'/>"),
    'XML_ERROR',
    `${hostdevAt}/route 10:1`,
    'Domain hostdev device: Missing required gateway attribute in route definition',
  ],
];

export const interfaces: Row[] = [...sources, ...words, ...conflicts, ...lentOnes];
