/** Documents about consoles and interfaces, and devices that a container has not. */
import { domains, type CorpusDocument } from './document';

const consoles = domains('console', 'console', {
  none: '',
  two: "<console type='pty'/><console type='pty'/>",
  'target-lxc': "<console type='pty'><target type='lxc' port='0'/></console>",
  'target-serial': "<console type='pty'><target type='serial' port='0'/></console>",
  'target-port': "<console type='pty'><target port='5'/></console>",
  'target-virtio': "<console type='pty'><target type='virtio'/></console>",
  tty: "<console type='pty' tty='/dev/pts/3'><source path='/dev/pts/3'/></console>",
  log: "<console type='pty'><log file='/run/parity-console.log' append='on'/></console>",
  alias: "<console type='pty'><alias name='console0'/></console>",
  file: "<console type='file'><source path='/tmp/parity-console'/></console>",
  'without-type': '<console/>',
  'type-unknown': "<console type='zz'/>",
  serial: "<serial type='pty'><target port='0'/></serial><console type='pty'/>",
  'serial-alone': "<serial type='pty'/>",
});

const on = (attributes: string, text: string): string =>
  `<interface ${attributes}>${text}</interface>`;
const network = "<source network='default'/>";
const nic = (text: string): string => on("type='network'", `${network}${text}`);
const bridge = (text: string): string => on("type='bridge'", `<source bridge='virbr0'/>${text}`);
const direct = (text: string, source = "dev='dummy0'"): string =>
  on("type='direct'", `<source ${source}/>${text}`);

const interfaces = domains('interface', 'devices', {
  network: nic(''),
  bridge: bridge(''),
  ethernet: on("type='ethernet'", ''),
  direct: direct(''),
  'direct-bridge': direct('', "dev='dummy0' mode='bridge'"),
  'direct-passthrough': direct('', "dev='dummy0' mode='passthrough'"),
  user: on("type='user'", ''),
  'without-type': '<interface/>',
  mac: nic("<mac address='52:54:00:12:34:56'/>"),
  'mac-upper-case': nic("<mac address='52:54:00:AB:CD:EF'/>"),
  'mac-short': nic("<mac address='52:54:0:a:b:c'/>"),
  'mac-zero': nic("<mac address='00:00:00:00:00:00'/>"),
  'mac-multicast': nic("<mac address='01:54:00:12:34:56'/>"),
  'mac-words': nic("<mac address='zz'/>"),
  'mac-type-static': nic("<mac address='52:54:00:12:34:57' type='static'/>"),
  'mac-check': nic("<mac address='52:54:00:12:34:57' check='no'/>"),
  model: nic("<model type='virtio'/>"),
  'model-e1000': nic("<model type='e1000'/>"),
  'target-vnet': nic("<target dev='vnet7'/>"),
  'target-own': nic("<target dev='parity0'/>"),
  'target-managed-no': on("type='ethernet'", "<target dev='parity0' managed='no'/>"),
  'target-managed-yes': on("type='ethernet'", "<target dev='parity0' managed='yes'/>"),
  'mac-twice': [1, 2].map(() => nic("<mac address='52:54:00:00:00:01'/>")).join(''),
  'target-managed-no-network': nic("<target dev='parity0' managed='no'/>"),
  guest: nic("<guest dev='lan0'/>"),
  'link-down': nic("<link state='down'/>"),
  'link-up': nic("<link state='up'/>"),
  'link-unknown': nic("<link state='zz'/>"),
  mtu: nic("<mtu size='1400'/>"),
  ip: bridge("<ip address='192.168.122.77' prefix='24'/>"),
  'ip-family': bridge("<ip address='192.168.122.77' family='ipv4' prefix='24'/>"),
  'ip-netmask': bridge("<ip address='192.168.122.77' netmask='255.255.255.0'/>"),
  'ip-without-prefix': bridge("<ip address='192.168.122.77'/>"),
  'ip-six': bridge("<ip address='fd00:122::77' family='ipv6' prefix='64'/>"),
  'ip-six-without-family': bridge("<ip address='FD00:122:0::78' prefix='64'/>"),
  'ip-peer': bridge("<ip address='192.168.122.77' prefix='24' peer='192.168.122.78'/>"),
  'ip-bad': bridge("<ip address='zz'/>"),
  'ip-bad-prefix': bridge("<ip address='10.0.0.1' prefix='77'/>"),
  route: bridge(
    "<ip address='192.168.122.77' prefix='24'/><route address='0.0.0.0' prefix='0' gateway='192.168.122.1'/>",
  ),
  'route-family': bridge(
    "<ip address='192.168.122.77' prefix='24'/><route family='ipv4' address='10.0.0.0' netmask='255.0.0.0' gateway='192.168.122.1' metric='2'/>",
  ),
  'route-class-c': bridge(
    "<ip address='192.168.122.77' prefix='24'/><route address='192.168.5.0' gateway='192.168.122.1'/>",
  ),
  'route-default': bridge(
    "<ip address='192.168.122.77' prefix='24'/><route address='0.0.0.0' gateway='192.168.122.1'/>",
  ),
  'route-without-prefix': bridge(
    "<ip address='192.168.122.77' prefix='24'/><route address='10.0.0.0' gateway='192.168.122.1'/>",
  ),
  bandwidth: bridge("<bandwidth><inbound average='1000' peak='5000' burst='1024'/></bandwidth>"),
  'bandwidth-both': bridge(
    "<bandwidth><outbound average='128'/><inbound average='1000'/></bandwidth>",
  ),
  'bandwidth-direct': direct("<bandwidth><inbound average='1000'/></bandwidth>"),
  vlan: bridge("<vlan><tag id='42'/></vlan>"),
  'vlan-trunk': bridge("<vlan trunk='yes'><tag id='42'/><tag id='43'/></vlan>"),
  'port-isolated': bridge("<port isolated='yes'/>"),
  virtualport: bridge("<virtualport type='openvswitch'/>"),
  'virtualport-parameters': bridge(
    "<virtualport type='openvswitch'><parameters interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'/></virtualport>",
  ),
  'virtualport-network': nic("<virtualport type='openvswitch'/>"),
  'virtualport-network-any': nic("<virtualport><parameters profileid='web'/></virtualport>"),
  'virtualport-bg': direct(
    "<virtualport type='802.1Qbg'><parameters managerid='11' typeid='1193047' typeidversion='2'/></virtualport>",
  ),
  filterref: nic("<filterref filter='clean-traffic'/>"),
  'filterref-parameters': nic(
    "<filterref filter='clean-traffic'><parameter name='IP' value='10.0.0.1'/></filterref>",
  ),
  script: on("type='ethernet'", "<script path='/etc/qemu-ifup'/>"),
  'trust-filters-yes': on(
    "type='direct' trustGuestRxFilters='yes'",
    "<source dev='dummy0' mode='bridge'/>",
  ),
  'trust-filters-no': on(
    "type='direct' trustGuestRxFilters='no'",
    "<source dev='dummy0' mode='bridge'/>",
  ),
  'trust-filters-network': on("type='network' trustGuestRxFilters='no'", network),
  driver: nic("<model type='virtio'/><driver name='vhost' queues='2'/>"),
  'driver-alone': nic("<driver name='vhost'/>"),
  boot: nic("<boot order='1'/>"),
  tune: nic('<tune><sndbuf>1600</sndbuf></tune>'),
  coalesce: nic("<coalesce><rx><frames max='7'/></rx></coalesce>"),
  backend: nic("<backend tap='/dev/net/tun'/>"),
  rom: nic("<rom bar='off'/>"),
  alias: nic("<alias name='net0'/>"),
  address: nic("<address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>"),
  portgroup: on("type='network'", "<source network='default' portgroup='fast'/>"),
  'network-missing': on("type='network'", "<source network='no-such-network'/>"),
  'without-source': on("type='network'", ''),
  'source-without-network': on("type='network'", '<source/>'),
  'source-ip': on(
    "type='ethernet'",
    "<source><ip address='10.1.0.1' prefix='24'/></source><ip address='10.1.0.2' prefix='24'/>",
  ),
  'source-ip-bridge': on(
    "type='bridge'",
    "<source bridge='virbr0'><ip address='10.1.0.1'/></source>",
  ),
  'children-order': on(
    "type='network'",
    "<mtu size='1400'/><link state='up'/><guest dev='lan0'/><model type='virtio'/><source network='default'/><mac address='52:54:00:12:34:58'/>",
  ),
  two: `${nic('')}${nic("<guest dev='lan1'/>")}`,
  vhostuser: on("type='vhostuser'", "<source type='unix' path='/tmp/x' mode='client'/>"),
  vdpa: on("type='vdpa'", "<source dev='/dev/vhost-vdpa-0'/>"),
  hostdev: on(
    "type='hostdev'",
    "<source><address type='pci' domain='0x0000' bus='0x00' slot='0x07' function='0x0'/></source>",
  ),
  null: on("type='null'", ''),
  mcast: on("type='mcast'", "<source address='230.0.0.1' port='5558'/>"),
});

const others = domains('device', 'devices', {
  controller: "<controller type='usb' index='0' model='none'/>",
  'controller-pci': "<controller type='pci' index='0' model='pci-root'/>",
  channel: "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
  'channel-pty': "<channel type='pty'><target type='virtio' name='x'/></channel>",
  input: "<input type='mouse' bus='ps2'/>",
  'input-tablet': "<input type='tablet' bus='usb'/>",
  graphics: "<graphics type='vnc' port='-1' autoport='yes'/>",
  video: "<video><model type='cirrus'/></video>",
  sound: "<sound model='ich6'/>",
  watchdog: "<watchdog model='i6300esb' action='reset'/>",
  memballoon: "<memballoon model='none'/>",
  'memballoon-virtio': "<memballoon model='virtio'/>",
  rng: "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
  panic: "<panic model='isa'/>",
  tpm: "<tpm model='tpm-tis'><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>",
  vsock: "<vsock model='virtio'><cid auto='no' address='3'/></vsock>",
  hub: "<hub type='usb'/>",
  'redirdev-with-controller':
    "<controller type='usb' index='0' model='ehci'/><redirdev bus='usb' type='pty'/>",
  'graphics-with-video':
    "<graphics type='vnc' port='-1' autoport='yes'/><video><model type='vga' vram='16384' heads='1' primary='yes'/></video>",
  redirdev: "<redirdev bus='usb' type='pty'/>",
  parallel: "<parallel type='pty'/>",
  smartcard: "<smartcard mode='host'/>",
  shmem: "<shmem name='shared'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
  iommu: "<iommu model='intel'/>",
  lease:
    "<lease><lockspace>s</lockspace><key>k</key><target path='/tmp/lease' offset='1024'/></lease>",
  memory: "<memory model='dimm'><target><size>1024</size><node>0</node></target></memory>",
  nvram: "<nvram><address type='spapr-vio' reg='0x3000'/></nvram>",
  unknown: '<bogus/>',
});

export const deviceDocuments: readonly CorpusDocument[] = [...consoles, ...interfaces, ...others];
