/** Wrong `<forward>`, and what does not go with its mode. */
import { document } from '../parse-context';
import type { Row } from './row';

/** A subnet in line 3, and `forward` from line 4 on. */
const nat = (forward: string) => document(`<ip address='10.0.0.1' prefix='24'/>\n${forward}`);

const forwards: Row[] = [
  [
    'an unknown mode',
    nat("<forward mode='bridged'/>"),
    'CONFIG_UNSUPPORTED',
    'network/forward/@mode 4:1',
    "unknown forwarding type 'bridged'",
  ],
  [
    'nat without an address',
    document("<forward mode='nat'/>"),
    'XML_ERROR',
    'network/forward 3:1',
    "nat forwarding requested, but no IP address provided for network 'test'",
  ],
  [
    'a route without an address',
    document("<forward mode='route'/>"),
    'XML_ERROR',
    'network/forward 3:1',
    'route forwarding requested, but no IP address provided',
  ],
  [
    'a device of 16 bytes',
    nat("<forward dev='enp0s31f6.12345x'/>"),
    'XML_ERROR',
    'network/forward/@dev 4:1',
    'has more than 15 bytes',
  ],
  [
    'a device with a slash',
    nat("<forward dev='eth/0'/>"),
    'XML_ERROR',
    'network/forward/@dev 4:1',
    "'eth/0' has a '/', and can't name a network interface",
  ],
  [
    'a device with a quote',
    nat("<forward dev='eth&quot;0'/>"),
    'XML_ERROR',
    'network/forward/@dev 4:1',
    `'eth"0' has a '"'`,
  ],
  [
    'a device of a pool without a name',
    nat('<forward><interface/></forward>'),
    'XML_ERROR',
    'network/forward/interface 4:10',
    'Missing required dev attribute in <forward> <interface> element of network test',
  ],
  [
    'a device that is not the first of the pool',
    document("<forward mode='private' dev='a'><interface dev='b'/></forward>"),
    'XML_ERROR',
    'network/forward/interface/@dev 3:33',
    "<forward dev='a'> must match first <interface dev='b'/> in network test",
  ],
  [
    'a device twice',
    document("<forward mode='private'><interface dev='a'/>\n<interface dev='a'/></forward>"),
    'XML_ERROR',
    'network/forward/interface/@dev 4:1',
    "interface 'a' can only be listed once in network test",
  ],
  [
    'two devices to forward by',
    nat("<forward mode='nat'><interface dev='a'/><interface dev='b'/></forward>"),
    'XML_ERROR',
    'network/forward 4:1',
    "multiple forwarding interfaces specified for network 'test', only one is supported",
  ],
  [
    'an open network with a device',
    nat("<forward mode='open' dev='a'/>"),
    'XML_ERROR',
    'network/forward 4:1',
    "forward dev not allowed for network 'test' with forward mode='open'",
  ],
  [
    'an isolated network with a device',
    nat("<forward mode='none' dev='a'/>"),
    'XML_ERROR',
    'network/forward 4:1',
    "forward dev not allowed for network 'test' with forward mode='none'",
  ],
  [
    'a hostdev network with names of devices',
    document("<forward mode='hostdev'><interface dev='a'/></forward>"),
    'CONFIG_UNSUPPORTED',
    'network/forward/interface 3:25',
    'hostdev networks require all devices to be listed by PCI address',
  ],
  [
    'PCI addresses in another mode',
    document("<forward mode='bridge'><address type='pci'/></forward>"),
    'CONFIG_UNSUPPORTED',
    'network/forward/address 3:24',
    "This is only supported for networks with forward mode 'hostdev'",
  ],
  [
    'a physical function beside a device',
    document("<forward mode='bridge' dev='a'><pf dev='b'/></forward>"),
    'XML_ERROR',
    'network/forward/@dev 3:1',
    "the <forward> 'dev' attribute cannot be used when <address> or <pf> sub-elements are present",
  ],
  [
    'a physical function beside a pool',
    document("<forward mode='bridge'><interface dev='a'/><pf dev='b'/></forward>"),
    'CONFIG_UNSUPPORTED',
    'network/forward/pf 3:44',
    'are mutually exclusive',
  ],
  [
    'two physical functions',
    document("<forward mode='bridge'><pf dev='a'/><pf dev='b'/></forward>"),
    'XML_ERROR',
    'network/forward/pf 3:37',
    'Only one <pf> element is allowed in <forward> of network test',
  ],
  [
    'an unknown word for managed',
    document("<forward mode='hostdev' managed='maybe'/>"),
    'XML_ERROR',
    'network/forward/@managed 3:1',
    "Invalid value for attribute 'managed'",
  ],
];

const nats: Row[] = [
  [
    'a nat in another mode',
    nat("<forward mode='route'><nat/></forward>"),
    'XML_ERROR',
    'network/forward/nat 4:23',
    "The <nat> element can only be used when <forward> 'mode' is 'nat' in network test",
  ],
  [
    'two nats',
    nat('<forward><nat/><nat/></forward>'),
    'XML_ERROR',
    'network/forward/nat 4:16',
    'element <nat> appears more than once',
  ],
  [
    'source addresses without an end',
    nat("<forward><nat><address start='1.2.3.4'/></nat></forward>"),
    'XML_ERROR',
    'network/forward/nat/address 4:15',
    "missing 'end' attribute in <address> element in <nat> in <forward> in network test",
  ],
  [
    'source addresses that are none',
    nat("<forward><nat><address start='1.2.3' end='1.2.3.4'/></nat></forward>"),
    'XML_ERROR',
    'network/forward/nat/address/@start 4:15',
    "Bad ipv4 start address '1.2.3' in <nat> in <forward> in network 'test'",
  ],
  [
    'source addresses of IPv6',
    nat("<forward><nat><address start='1.2.3.4' end='fd00::1'/></nat></forward>"),
    'XML_ERROR',
    'network/forward/nat/address/@end 4:15',
    "Bad ipv4 end address 'fd00::1'",
  ],
  [
    'source addresses from the end to the start',
    nat("<forward><nat><address start='1.2.3.5' end='1.2.3.4'/></nat></forward>"),
    'INTERNAL_ERROR',
    'network/forward/nat/address 4:15',
    'range 1.2.3.5 - 1.2.3.4 is reversed',
  ],
  [
    'too many source addresses',
    nat("<forward><nat><address start='1.2.3.4' end='1.3.3.4'/></nat></forward>"),
    'INTERNAL_ERROR',
    'network/forward/nat/address 4:15',
    'range 1.2.3.4 - 1.3.3.4 is too large (> 65535)',
  ],
  [
    'source ports without an end',
    nat("<forward><nat><port start='1'/></nat></forward>"),
    'XML_ERROR',
    'network/forward/nat/port 4:15',
    "Missing required attribute 'end' in element 'port'",
  ],
  [
    'a source port of 0',
    nat("<forward><nat><port start='0' end='9'/></nat></forward>"),
    'XML_ERROR',
    'network/forward/nat/port/@start 4:15',
    "Invalid value for attribute 'start' in element 'port': '0'",
  ],
  [
    'source ports from the end to the start',
    nat("<forward><nat><port start='9' end='8'/></nat></forward>"),
    'XML_ERROR',
    'network/forward/nat/port/@end 4:15',
    'Expected a whole number from 9 to 65535',
  ],
];

/** In mode private in line 3, from line 4 on. */
const pool = (elements: string) => document(`<forward mode='private' dev='eth1'/>\n${elements}`);

const pools: Row[] = (
  [
    [
      'a bridge name in a pool',
      "<bridge name='br0'/>",
      'XML_ERROR',
      'bridge/@name',
      'bridge name not allowed in private mode',
    ],
    [
      'spanning tree in a pool',
      "<bridge stp='on'/>",
      'XML_ERROR',
      'bridge/@stp',
      'bridge delay/stp/zone options only allowed in route, nat, and isolated mode, not in private',
    ],
    [
      'a delay in a pool',
      "<bridge delay='0'/>",
      'XML_ERROR',
      'bridge/@delay',
      'bridge delay/stp/zone options only allowed',
    ],
    [
      'a table manager in a pool',
      "<bridge macTableManager='kernel'/>",
      'XML_ERROR',
      'bridge/@macTableManager',
      'bridge macTableManager setting not allowed in private mode',
    ],
    [
      'an mtu in a pool',
      "<mtu size='1500'/>",
      'XML_ERROR',
      'mtu',
      'mtu size only allowed in open, route, nat, and isolated mode, not in private',
    ],
    [
      'a mac in a pool',
      "<mac address='52:54:00:00:00:01'/>",
      'CONFIG_UNSUPPORTED',
      'mac',
      "Unsupported <mac> element in network test with forward mode='private'",
    ],
    [
      'an address in a pool',
      "<ip address='10.0.0.1'/>",
      'CONFIG_UNSUPPORTED',
      'ip',
      "Unsupported <ip> element in network test with forward mode='private'",
    ],
    [
      'a route in a pool',
      "<route address='10.0.0.0' prefix='8' gateway='10.0.0.1'/>",
      'CONFIG_UNSUPPORTED',
      'route',
      'Unsupported <route> element',
    ],
    [
      'a domain in a pool',
      "<domain name='x'/>",
      'CONFIG_UNSUPPORTED',
      'domain',
      'Unsupported <domain> element',
    ],
    [
      'names in a pool',
      "<dns><txt name='a' value='b'/></dns>",
      'CONFIG_UNSUPPORTED',
      'dns',
      'Unsupported <dns> element',
    ],
    [
      'shaping of a pool',
      "<bandwidth><inbound average='1'/></bandwidth>",
      'CONFIG_UNSUPPORTED',
      'bandwidth',
      'Unsupported network-wide <bandwidth> element',
    ],
    [
      'shaping of a group of a pool',
      "<portgroup name='g'>\n<bandwidth><inbound average='1'/></bandwidth></portgroup>",
      'CONFIG_UNSUPPORTED',
      'portgroup/bandwidth',
      "Unsupported <bandwidth> element in network 'test' in portgroup 'g'",
    ],
    [
      'a tag in a pool',
      "<vlan><tag id='1'/></vlan>",
      'CONFIG_UNSUPPORTED',
      'vlan',
      "<vlan> element specified for network test, whose type doesn't support vlan configuration",
    ],
  ] as const
).map(([title, elements, code, at, words]) => [
  title,
  pool(elements),
  code,
  `network/${at} ${at.startsWith('portgroup/') ? 5 : 4}:1`,
  words,
]);

const bridges: Row[] = [
  [
    'a bridge and a device',
    document("<forward mode='bridge' dev='eth1'/>\n<bridge name='br0'/>"),
    'XML_ERROR',
    'network/bridge/@name 4:1',
    'can specify a bridge name or a forward dev, but not both',
  ],
  [
    'a bridge and a physical function',
    document("<forward mode='bridge'><pf dev='eth1'/></forward>\n<bridge name='br0'/>"),
    'XML_ERROR',
    'network/bridge/@name 4:1',
    'can specify a bridge name or a forward dev, but not both',
  ],
  [
    'a physical function without a name',
    document("<forward mode='bridge'>\n<pf/></forward>"),
    'XML_ERROR',
    'network/forward/pf 4:1',
    "Missing required dev attribute in <pf> element of network 'test'",
  ],
  [
    "spanning tree of another's bridge",
    document("<forward mode='bridge'/>\n<bridge name='br0' stp='on'/>"),
    'XML_ERROR',
    'network/bridge/@stp 4:1',
    'not in bridge',
  ],
  [
    'a tag in a group of a network with a bridge of its own',
    document("<portgroup name='g'>\n<vlan><tag id='1'/></vlan></portgroup>"),
    'CONFIG_UNSUPPORTED',
    'network/portgroup/vlan 4:1',
    "whose type doesn't support vlan configuration",
  ],
];

export const forwarding: Row[] = [...forwards, ...nats, ...pools, ...bridges];
