/** Documents that are only defined: what was found by drawing (drawn.test.ts). Each shows one difference, or what was one. */
import { domainDocument, domains, type CorpusDocument } from './document';

const ip = "<ip address='10.88.0.1' netmask='255.255.255.0'>";
const source = "<source dir='@data@'/>";

const networks: Readonly<Record<string, string>> = {
  'dhcp-twice': `${ip}<dhcp/><dhcp/></ip>`,
  'pf-and-interface': "<forward mode='vepa'><interface dev='eth0'/><pf dev='eth3'/></forward>",
  'device-with-plus': `<forward mode='nat' dev='+1'/>${ip}</ip>`,
  'ranges-overlap': `${ip}<dhcp><range start='10.88.0.10' end='10.88.0.20'/><range start='10.88.0.10' end='10.88.0.20'/></dhcp></ip>`,
  'client-id-of-ipv4': `${ip}<dhcp><host id='00:03:00:01:52:54:00:AA:BB:CC' name='a' ip='10.88.0.5'/></dhcp></ip>`,
  'tftp-relative': `${ip}<tftp root='1'/></ip>`,
  'domain-with-blank': `<domain name=' 5 '/>${ip}</ip>`,
  'netmask-zero': "<ip address='10.88.0.1' netmask='0'/>",
  'managed-in-another-mode': "<forward mode='vepa' managed='yes'><interface dev='eth0'/></forward>",
  'lease-without-expiry': `${ip}<dhcp><range start='10.88.0.10' end='10.88.0.20'><lease/></range></dhcp></ip>`,
  'domain-without-name': `<domain localOnly='yes'/>${ip}</ip>`,
  'portgroup-default-odd': `${ip}</ip><portgroup name='p' default='-1'/><portgroup name='q' default='YES'/>`,
  'stp-odd': `<bridge name='virbr9' stp='zz'/>${ip}</ip>`,
  'mac-empty': `<mac/>${ip}</ip>`,
  'open-without-ip': "<forward mode='open'/>",
  'mode-empty': `<forward mode=''/>${ip}</ip>`,
};

export const foundDocuments: readonly CorpusDocument[] = [
  ...domains('found', 'domain', {
    'devices-twice': '<devices/>',
    'seclabel-unknown-attribute': "<seclabel type='none' unheard='of'/>",
    'clock-without-timezone': "<clock offset='timezone'/>",
    'weight-too-large': '<blkiotune><weight>18446744073709551616</weight></blkiotune>',
    'vcpu-empty': '<vcpu/>',
    'text-of-children': '<description>a<b>c</b>d</description>',
  }),
  ...domains('found', 'head', {
    'name-twice': '<name>@name@</name><name>other</name><memory>131072</memory>',
    'name-with-tab': '<name>&#9;@name@</name><memory>131072</memory>',
    'name-with-child': '<name>@name@<b>c</b></name><memory>131072</memory>',
    'memory-with-child': '<name>@name@</name><memory>131<b>072</b></memory>',
  }),
  ...domains('found', 'features', {
    'capability-with-text':
      "<capabilities policy='default'><chown state='off'>A</chown></capabilities>",
    'feature-twice': '<apic/><apic/>',
  }),
  ...domains('found', 'os', {
    'argument-with-cdata': '<initarg>a<![CDATA[b]]></initarg>',
    'environment-with-a-quote': '<initenv name="A">b&quot;c</initenv>',
  }),
  ...domains('found', 'devices', {
    'vdpa-without-source': "<interface type='vdpa'><mac address='52:54:00:00:00:01'/></interface>",
    'source-of-another-type': `<filesystem><source dir='@data@' dev='/dev/sda'/><target dir='/a'/></filesystem>`,
    'volume-with-folder': `<filesystem type='volume'>${source}<target dir='/a'/></filesystem>`,
    'target-empty': `<filesystem>${source}<target dir=''/></filesystem>`,
    'unknown-in-a-template':
      "<filesystem type='template'><source name='t'/><target dir='/a' unheard='of'/></filesystem>",
    'text-among-elements':
      "<interface type='hostdev'><mac address='52:54:00:00:00:01'/><source>a<address type='pci' domain='0x0000' bus='0x00' slot='0x07' function='0x0'/></source></interface>",
  }),
  ...domains('found', 'console', {
    'console-file-without-path': "<console type='file'/>",
  }),
  {
    name: 'found-type-none',
    kind: 'domain',
    xml: domainDocument({}).replace("type='lxc'", "type='none'"),
  },
  ...Object.entries(networks).map(([name, text]): CorpusDocument => ({
    name: `found-network-${name}`,
    kind: 'network',
    xml: `<network>\n  <name>@name@</name>\n  ${text}\n</network>\n`,
  })),
];
