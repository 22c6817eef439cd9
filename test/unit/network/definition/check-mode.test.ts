/** Networks that may be defined and not started. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { TslxcError } from '../../../../lib/errors';
import { checkNetworkStartable } from '../../../../lib/network/definition/check-mode';
import { dnsmasqNamespace } from '../../../../lib/domain/xml/vocabulary';
import { formatNetwork } from '../../../../lib/network/definition/format';
import { document, parse } from '../parse-context';

/** The golden network of that name. */
function golden(name: string): string {
  return readFileSync(join(__dirname, `../../../golden/network/${name}.xml`), 'utf8');
}

const address = "<ip address='10.0.0.1' prefix='24'/>";

const refused: readonly (readonly [title: string, xml: string, at: string, words: string])[] = [
  [
    'PCI devices',
    golden('later-hostdev'),
    'network/forward/@mode 4:3',
    "forward mode 'hostdev' is not supported: PCI devices can't be given to containers",
  ],
  [
    'who binds PCI devices, where there are none',
    document(`<forward mode='nat' managed='yes'/>${address}`),
    'network/forward/@managed 3:1',
    "managed='yes' of <forward> is not carried out by this version",
  ],
  [
    'functions of a card',
    golden('later-physical-function'),
    'network/forward/pf 5:5',
    '<pf> is not carried out by this version',
  ],
  [
    'tags of a device that is passed through',
    document("<forward mode='passthrough' dev='eth1'/>\n<vlan><tag id='5'/></vlan>"),
    'network/vlan 4:1',
    '<vlan> of devices that are passed through is not carried out by this version',
  ],
  [
    'tags of a group of such devices',
    document(
      "<forward mode='passthrough' dev='eth1'/>\n<portgroup name='g'>\n<vlan><tag id='5'/></vlan></portgroup>",
    ),
    'network/portgroup/vlan 5:1',
    '<vlan> of devices that are passed through is not carried out by this version',
  ],
  [
    'tags of interfaces on a device',
    document("<forward mode='bridge' dev='eth1'/>\n<vlan><tag id='5'/></vlan>"),
    'network/vlan 4:1',
    '<vlan> of interfaces on a device of the host is not carried out by this version',
  ],
  [
    'tags of a group of interfaces on a device',
    document(
      "<forward mode='bridge' dev='eth1'/>\n<portgroup name='g'>\n<vlan><tag id='5'/></vlan></portgroup>",
    ),
    'network/portgroup/vlan 5:1',
    '<vlan> of interfaces on a device of the host is not carried out by this version',
  ],
  [
    'isolated interfaces on a device',
    document("<forward mode='private' dev='eth1'/>\n<port isolated='yes'/>"),
    'network/port 4:1',
    'interfaces on a device of the host can only be isolated by the mode of their network',
  ],
  [
    'an address twice',
    document(
      "<ip family='ipv6' address='fd00::1'/>\n<ip family='ipv6' address='FD00:0::1' prefix='96'/>",
    ),
    'network/ip/@address 4:1',
    "address 'fd00::1' is that of line 3 too",
  ],
  [
    'filters of the guest',
    golden('later-openvswitch'),
    'network/@trustGuestRxFilters 1:1',
    "trustGuestRxFilters='yes' of <network> is not carried out by this version",
  ],
  [
    'another switch',
    document("<forward mode='bridge'/><bridge name='b'/>\n<virtualport type='midonet'/>"),
    'network/virtualport/@type 4:1',
    "type='midonet' of <virtualport> is not carried out by this version",
  ],
  [
    'another switch in a group',
    document("<portgroup name='g'>\n<virtualport type='802.1Qbh'/></portgroup>"),
    'network/portgroup/virtualport/@type 4:1',
    "type='802.1Qbh' of <virtualport> is not carried out by this version",
  ],
  [
    'an address of no interface',
    document(`<mac address='0:0:0:0:0:0'/>${address}`),
    'network/mac/@address 3:1',
    "the bridge of network 'test' can't have the address 00:00:00:00:00:00: without <mac> it gets one that is made up",
  ],
  [
    'a zone of firewalld',
    document("<bridge zone='home'/>"),
    'network/bridge/@zone 3:1',
    "attribute 'zone' of <bridge> is not carried out by this version",
  ],
  [
    "a table of addresses that is not the kernel's",
    document("<bridge macTableManager='libvirt'/>"),
    'network/bridge/@macTableManager 3:1',
    "macTableManager='libvirt' of <bridge> is not carried out by this version",
  ],
  [
    'a domain that the host resolves',
    document(`<domain name='x' localOnly='yes' register='yes'/>`),
    'network/domain/@register 3:1',
    "register='yes' of <domain> is not carried out by this version",
  ],
  [
    'a bridge that has no name',
    document("\n<forward mode='bridge'/>"),
    'network/forward 4:1',
    "network 'test' with forward mode='bridge' needs a <bridge name> or an <interface dev>",
  ],
  [
    'a pool without a device',
    document("<forward mode='vepa'/>"),
    'network/forward 3:1',
    "network 'test' with forward mode='vepa' needs <interface dev>",
  ],
];

test.each(refused)('%s may be defined, and not started', (...[, xml, at, words]) => {
  const definition = parse(xml);
  const error = refusalOf(() => checkNetworkStartable(definition));
  expect(error.code).toBe('CONFIG_UNSUPPORTED');
  expect(`${error.element} ${error.line}:${error.column}`).toBe(at);
  expect(error.message).toContain(words);
});

test('lines for a name server that a network does not have are kept, and told of', () => {
  const xml = `<network xmlns:dnsmasq='${dnsmasqNamespace}'><name>n</name>
<forward mode='bridge'/><bridge name='b'/>
<dns><forwarder addr='192.0.2.1'/></dns>
<dnsmasq:options><dnsmasq:option value='foo=bar'/></dnsmasq:options></network>`;
  const definition = parse(xml);
  checkNetworkStartable(definition);
  const why = 'the network has no name server of its own';
  expect(definition.unsupported).toMatchObject([
    { path: 'network/dns', start: 'goes on', why },
    { path: 'network/dnsmasq:options', start: 'goes on', why },
  ]);
  const printed = formatNetwork(definition);
  expect(printed).toContain("<forwarder addr='192.0.2.1'/>");
  expect(printed).toContain("<dnsmasq:option value='foo=bar'/>");
});

test('what no device isolates need not be refused', () => {
  const definition = parse(document("<forward mode='private' dev='e'/><port isolated='no'/>"));
  expect(definition.unsupported).toEqual([]);
});

test('what stands first is named first', () => {
  const xml = document(
    `<bridge macTableManager='libvirt'/>\n<forward mode='nat' managed='no'/>${address}`,
  );
  const error = refusalOf(() => checkNetworkStartable(parse(xml)));
  expect(error.element).toBe('network/bridge/@macTableManager');
});

test.each(['default', 'ipv6-only', 'office-vlans', 'passthrough-pool', 'untidy', 'name-only'])(
  'all of %s is carried out',
  (name) => {
    const definition = parse(golden(name));
    expect(definition.unsupported).toEqual([]);
    checkNetworkStartable(definition);
  },
);

function refusalOf(check: () => void): TslxcError {
  try {
    check();
  } catch (error) {
    if (TslxcError.is(error)) return error;
    throw error;
  }
  throw new Error('the network was accepted');
}
