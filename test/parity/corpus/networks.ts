/** Documents about networks. */
import type { CorpusDocument } from './document';

const ip = "<ip address='10.88.0.1' netmask='255.255.255.0'>";
const plain = `${ip}</ip>`;
const dhcp = (text: string): string => `${ip}<dhcp>${text}</dhcp></ip>`;
const range = "<range start='10.88.0.10' end='10.88.0.20'/>";
const nat = "<forward mode='nat'/>";

const texts: Readonly<Record<string, string>> = {
  'name-only': '',
  nat: `${nat}${plain}`,
  'nat-dev': `<forward mode='nat' dev='eth0'/>${plain}`,
  'nat-addresses': `<forward mode='nat'><nat><address start='1.2.3.4' end='1.2.3.10'/><port start='500' end='1000'/></nat></forward>${plain}`,
  'nat-six': `<forward mode='nat'><nat ipv6='yes'/></forward>${plain}`,
  route: `<forward mode='route'/>${plain}`,
  'route-dev': `<forward dev='eth1' mode='route'/>${plain}`,
  open: `<forward mode='open'/>${plain}`,
  'forward-without-mode': `<forward/>${plain}`,
  'forward-none': `<forward mode='none'/>${plain}`,
  bridge: "<forward mode='bridge'/><bridge name='br0'/>",
  'bridge-mac-table': "<forward mode='bridge'/><bridge name='br0' macTableManager='libvirt'/>",
  'bridge-forwarder':
    "<forward mode='bridge'/><bridge name='br0'/><dns><forwarder addr='192.0.2.1'/></dns>",
  'direct-port': "<forward mode='private'><interface dev='eth0'/></forward><port isolated='yes'/>",
  'direct-vlan':
    "<forward mode='bridge'><interface dev='eth0'/></forward><vlan><tag id='4'/></vlan>",
  'address-twice': `${plain}<ip address='10.88.0.1' prefix='16'/>`,
  'metadata-without-namespace': `<metadata><owner>me</owner><a:a xmlns:a='urn:a'>1</a:a></metadata>${plain}`,
  'direct-bridge': "<forward mode='bridge'><interface dev='eth0'/></forward>",
  'direct-private': "<forward mode='private' dev='eth0'/>",
  vepa: "<forward mode='vepa'><interface dev='eth0'/><interface dev='eth1'/></forward>",
  passthrough: "<forward mode='passthrough'><pf dev='eth3'/></forward>",
  hostdev: "<forward mode='hostdev' managed='yes'><pf dev='eth3'/></forward>",
  'bridge-name': `<bridge name='virbr9'/>${plain}`,
  'bridge-stp': `<bridge name='virbr9' stp='off' delay='4'/>${plain}`,
  'mac-table-kernel': `<bridge name='virbr9' macTableManager='kernel'/>${plain}`,
  'mac-table-libvirt': `<bridge name='virbr9' macTableManager='libvirt'/>${plain}`,
  zone: `<bridge name='virbr9' zone='public'/>${plain}`,
  mac: `<mac address='52:54:00:aa:bb:cc'/>${plain}`,
  'mac-zero': `<mac address='00:00:00:00:00:00'/>${plain}`,
  mtu: `<mtu size='9000'/>${plain}`,
  domain: `<domain name='lab.example'/>${plain}`,
  'domain-local': `<domain name='lab.example' localOnly='yes'/>${plain}`,
  'domain-not-local': `<domain name='lab.example' localOnly='no'/>${plain}`,
  prefix: "<ip address='10.88.0.1' prefix='24'/>",
  'without-prefix': "<ip address='10.88.0.1'/>",
  family: "<ip family='ipv4' address='10.88.0.1' prefix='24'/>",
  six: "<ip family='ipv6' address='fd00:88::1' prefix='64'/>",
  'local-pointer': "<ip address='10.88.0.1' prefix='24' localPtr='yes'/>",
  'range-six': `<ip family='ipv6' address='fd00:88::1' prefix='64'><dhcp><range start='fd00:88::100' end='fd00:88::1ff'/></dhcp></ip>`,
  'host-six':
    "<ip family='ipv6' address='fd00:88::1' prefix='64'><dhcp><host id='0:4:7e:7d:f0:7d:a8:bc:c5:d2:13:32:11:ed:16:ea:84:63' name='a' ip='fd00:88::20'/></dhcp></ip>",
  'host-six-id-upper':
    "<ip family='ipv6' address='fd00:88::1' prefix='64'><dhcp><host id='00:03:00:01:52:54:00:AA:BB:CC' ip='fd00:88::21'/></dhcp></ip>",
  range: dhcp(range),
  'range-two': dhcp(`${range}<range start='10.88.0.30' end='10.88.0.40'/>`),
  'range-lease': dhcp(
    "<range start='10.88.0.10' end='10.88.0.20'><lease expiry='2' unit='hours'/></range>",
  ),
  'range-lease-seconds': dhcp(
    "<range start='10.88.0.10' end='10.88.0.20'><lease expiry='3600' unit='seconds'/></range>",
  ),
  'range-lease-minutes': dhcp(
    "<range start='10.88.0.10' end='10.88.0.20'><lease expiry='60' unit='minutes'/></range>",
  ),
  'range-lease-default-unit': dhcp(
    "<range start='10.88.0.10' end='10.88.0.20'><lease expiry='90'/></range>",
  ),
  'range-lease-none': dhcp(
    "<range start='10.88.0.10' end='10.88.0.20'><lease expiry='0'/></range>",
  ),
  'host-lease': dhcp(
    `${range}<host mac='52:54:00:00:00:01' ip='10.88.0.5'><lease expiry='1' unit='hours'/></host>`,
  ),
  host: dhcp(`${range}<host mac='52:54:00:00:00:01' name='a' ip='10.88.0.5'/>`),
  'host-mac-upper': dhcp(`<host mac='52:54:00:00:AB:01' ip='10.88.0.5'/>`),
  'host-name-only': dhcp(`<host name='a' ip='10.88.0.5'/>`),
  bootp: dhcp(`${range}<bootp file='pxelinux.0' server='10.88.0.1'/>`),
  tftp: `${ip}<tftp root='/srv/tftp'/></ip>`,
  'dns-off': `<dns enable='no'/>${plain}`,
  'dns-on': `<dns enable='yes'/>${plain}`,
  'dns-forwarder': `<dns><forwarder addr='8.8.8.8'/><forwarder domain='example.com' addr='8.8.4.4'/></dns>${plain}`,
  'dns-forward-plain-yes': `<dns forwardPlainNames='yes'/>${plain}`,
  'dns-forward-plain-no': `<dns forwardPlainNames='no'/>${plain}`,
  'dns-host': `<dns><host ip='10.88.0.2'><hostname>a</hostname><hostname>b</hostname></host></dns>${plain}`,
  'dns-txt': `<dns><txt name='x.example' value='v'/></dns>${plain}`,
  'dns-srv': `<dns><srv service='ldap' protocol='tcp' domain='d' target='t' port='389' priority='1' weight='2'/></dns>${plain}`,
  'dns-empty': `<dns/>${plain}`,
  bandwidth: `${nat}<bandwidth><inbound average='1000' peak='5000' burst='5120'/><outbound average='128'/></bandwidth>${plain}`,
  portgroup: `${nat}${plain}<portgroup name='fast' default='yes'><bandwidth><inbound average='1000'/></bandwidth></portgroup>`,
  'portgroup-vlan':
    "<forward mode='bridge'/><bridge name='ovs0'/><virtualport type='openvswitch'/><portgroup name='v'><vlan><tag id='9'/></vlan></portgroup>",
  vlan: "<forward mode='bridge'/><bridge name='ovs0'/><virtualport type='openvswitch'/><vlan trunk='yes'><tag id='1'/><tag id='2' nativeMode='untagged'/></vlan>",
  'route-static': `${plain}<route address='192.168.77.0' prefix='24' gateway='10.88.0.2'/>`,
  'route-family': `${plain}<route family='ipv4' address='192.168.77.0' netmask='255.255.255.0' gateway='10.88.0.2' metric='3'/>`,
  'port-isolated': `${plain}<port isolated='yes'/>`,
  'trust-filters': `<forward mode='nat'/>${plain}`,
  metadata: `<metadata><a:a xmlns:a='urn:a'>x</a:a></metadata>${plain}`,
  description: `<title>Lab</title><description>For tests</description>${plain}`,
  unknown: `<bogus/>${plain}`,
  'unknown-attribute': `<bridge name='virbr9' bogus='1'/>${plain}`,
  'unknown-inside': dhcp(`${range}<bogus/>`),
  'forward-unknown': `<forward mode='zz'/>${plain}`,
  'ip-words': "<ip address='zz'/>",
  'range-outside': dhcp("<range start='10.99.0.10' end='10.99.0.20'/>"),
  'range-backwards': dhcp("<range start='10.88.0.20' end='10.88.0.10'/>"),
  'bridge-with-ip': `<forward mode='bridge'/><bridge name='br0'/>${plain}`,
};

const whole = (name: string, text: string, attributes = ''): CorpusDocument => ({
  name: `network-${name}`,
  kind: 'network',
  xml: `<network${attributes}>\n  <name>@name@</name>\n  ${text}\n</network>\n`,
});

export const networkDocuments: readonly CorpusDocument[] = [
  ...Object.entries(texts).map(([name, text]) => whole(name, text)),
  whole('six-without-address', plain, " ipv6='yes'"),
  whole('trust-filters-yes', plain, " trustGuestRxFilters='yes'"),
  whole('trust-filters-no', plain, " trustGuestRxFilters='no'"),
  whole(
    'dnsmasq-options',
    `${plain}<dnsmasq:options><dnsmasq:option value='log-queries'/></dnsmasq:options>`,
    " xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'",
  ),
];
