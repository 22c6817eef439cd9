/** Documents about `<filesystem>`, `<disk>` and `<hostdev>`. */
import { domains, type CorpusDocument } from './document';

const data = "<source dir='@data@'/><target dir='/mnt'/>";
const disk = "<source dev='/dev/loop0'/><target dev='sda'/>";

const filesystems = domains('filesystem', 'devices', {
  mount: `<filesystem type='mount'>${data}</filesystem>`,
  'without-type': `<filesystem>${data}</filesystem>`,
  readonly: `<filesystem type='mount'>${data}<readonly/></filesystem>`,
  passthrough: `<filesystem type='mount' accessmode='passthrough'>${data}</filesystem>`,
  mapped: `<filesystem type='mount' accessmode='mapped'>${data}</filesystem>`,
  squash: `<filesystem type='mount' accessmode='squash'>${data}</filesystem>`,
  'trailing-slash':
    "<filesystem type='mount'><source dir='@data@/'/><target dir='/mnt/'/></filesystem>",
  'double-slash':
    "<filesystem type='mount'><source dir='@data@//x'/><target dir='/mnt'/></filesystem>",
  'target-made':
    "<filesystem type='mount'><source dir='@data@'/><target dir='/made/here'/></filesystem>",
  'target-twice': `<filesystem type='ram'><source usage='64'/><target dir='/mnt'/></filesystem><filesystem type='mount'>${data}</filesystem>`,
  'target-relative':
    "<filesystem type='mount'><source dir='@data@'/><target dir='mnt'/></filesystem>",
  'target-dots':
    "<filesystem type='mount'><source dir='@data@'/><target dir='/mnt/../mnt'/></filesystem>",
  'ram-zero': "<filesystem type='ram'><source usage='0'/><target dir='/mnt'/></filesystem>",
  'source-missing':
    "<filesystem type='mount'><source dir='/no/such/folder'/><target dir='/mnt'/></filesystem>",
  bind: "<filesystem type='bind'><source dir='/tmp'/><target dir='/mnt'/></filesystem>",
  ram: "<filesystem type='ram'><source usage='1024'/><target dir='/mnt'/></filesystem>",
  'ram-units':
    "<filesystem type='ram'><source usage='10' units='MiB'/><target dir='/mnt'/></filesystem>",
  'ram-without-usage': "<filesystem type='ram'><source/><target dir='/mnt'/></filesystem>",
  'ram-words': "<filesystem type='ram'><source usage='zz'/><target dir='/mnt'/></filesystem>",
  file: "<filesystem type='file'><source file='@image@'/><target dir='/mnt'/></filesystem>",
  'file-driver':
    "<filesystem type='file'><driver type='loop' format='raw'/><source file='@image@'/><target dir='/mnt'/></filesystem>",
  'file-readonly':
    "<filesystem type='file'><driver type='loop' format='raw'/><source file='@image@'/><target dir='/mnt'/><readonly/></filesystem>",
  'file-nbd':
    "<filesystem type='file'><driver type='nbd' format='qcow2'/><source file='@image@'/><target dir='/mnt'/></filesystem>",
  block: "<filesystem type='block'><source dev='/dev/no-such'/><target dir='/mnt'/></filesystem>",
  template: "<filesystem type='template'><source name='debian'/><target dir='/mnt'/></filesystem>",
  volume:
    "<filesystem type='volume'><source pool='p' volume='v'/><target dir='/mnt'/></filesystem>",
  quota: `<filesystem type='mount'>${data}<space_hard_limit unit='MiB'>10</space_hard_limit></filesystem>`,
  quotas: `<filesystem type='mount'><space_soft_limit>1024</space_soft_limit><space_hard_limit>2048</space_hard_limit>${data}</filesystem>`,
  driver: `<filesystem type='mount'><driver type='path' wrpolicy='immediate'/>${data}</filesystem>`,
  model: `<filesystem type='mount' model='virtio'>${data}</filesystem>`,
  multidevs: `<filesystem type='mount' multidevs='remap'>${data}</filesystem>`,
  fmode: `<filesystem type='mount' accessmode='mapped' fmode='644' dmode='755'>${data}</filesystem>`,
  address: `<filesystem type='mount'>${data}<address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/></filesystem>`,
  alias: `<filesystem type='mount'>${data}<alias name='ua-data'/></filesystem>`,
  order:
    "<filesystem type='mount'><readonly/><target dir='/b'/><source dir='@data@'/></filesystem><filesystem type='ram'><target dir='/a'/><source usage='64'/></filesystem>",
  'type-unknown': `<filesystem type='zz'>${data}</filesystem>`,
  'without-target': "<filesystem type='mount'><source dir='@data@'/></filesystem>",
  'without-source': "<filesystem type='mount'><target dir='/mnt'/></filesystem>",
  'format-unknown':
    "<filesystem type='file'><driver type='loop' format='zz'/><source file='@image@'/><target dir='/mnt'/></filesystem>",
  'label-of-source':
    "<filesystem type='mount'><source dir='@data@'><seclabel model='selinux' relabel='no'/></source><target dir='/mnt'/></filesystem>",
});

const disks = domains('disk', 'devices', {
  block: `<disk type='block'>${disk}</disk>`,
  'driver-empty': `<disk type='block'><driver/>${disk}</disk>`,
  order: `<disk type='block'><source dev='/dev/loop1'/><target dev='sdb'/></disk><disk type='block'>${disk}</disk>`,
  'block-device': `<disk type='block' device='disk'>${disk}</disk>`,
  'block-driver': `<disk type='block'><driver name='qemu' type='raw' cache='none'/>${disk}</disk>`,
  'block-readonly': `<disk type='block'>${disk}<readonly/><shareable/></disk>`,
  'block-serial': `<disk type='block'>${disk}<serial>WD-1</serial></disk>`,
  'block-bus':
    "<disk type='block'><source dev='/dev/loop0'/><target dev='vda' bus='virtio'/></disk>",
  file: "<disk type='file'><source file='@image@'/><target dev='sda'/></disk>",
  'file-driver':
    "<disk type='file' device='disk'><driver name='loop' type='raw'/><source file='@image@'/><target dev='sda'/></disk>",
  'file-qcow2':
    "<disk type='file'><driver name='nbd' type='qcow2'/><source file='@image@'/><target dev='sda'/></disk>",
  'without-type': "<disk><source file='@image@'/><target dev='sda'/></disk>",
  cdrom: "<disk type='file' device='cdrom'><target dev='sdc'/></disk>",
  network:
    "<disk type='network'><source protocol='nbd' name='x'><host name='h' port='10809'/></source><target dev='sda'/></disk>",
  volume: "<disk type='volume'><source pool='p' volume='v'/><target dev='sda'/></disk>",
  'volume-driver':
    "<disk type='volume'><driver name='loop' type='raw'/><source pool='p' volume='v'/><target dev='sda'/><readonly/></disk>",
  'volume-half': "<disk type='volume'><source pool='p'/><target dev='sda'/></disk>",
  iotune: `<disk type='block'>${disk}<iotune><total_bytes_sec>1000000</total_bytes_sec></iotune></disk>`,
  boot: `<disk type='block'>${disk}<boot order='1'/></disk>`,
  transient: `<disk type='block'>${disk}<transient/></disk>`,
  'without-target': "<disk type='block'><source dev='/dev/loop0'/></disk>",
  'target-strange': "<disk type='block'><source dev='/dev/loop0'/><target dev='data'/></disk>",
});

const hostdev = (type: string, source: string): string =>
  `<hostdev mode='capabilities' type='${type}'><source>${source}</source></hostdev>`;

const hostDevices = domains('hostdev', 'devices', {
  misc: hostdev('misc', '<char>/dev/null</char>'),
  storage: hostdev('storage', '<block>/dev/loop0</block>'),
  net: hostdev('net', '<interface>dummy0</interface>'),
  'net-with-address':
    "<hostdev mode='capabilities' type='net'><source><interface>dummy0</interface></source><ip address='10.9.0.2' prefix='24'/></hostdev>",
  usb: "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0xbeef'/></source></hostdev>",
  'usb-address':
    "<hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source></hostdev>",
  'usb-managed':
    "<hostdev mode='subsystem' type='usb' managed='no'><source startupPolicy='optional'><vendor id='0x1234'/><product id='0xbeef'/></source></hostdev>",
  pci: "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0' bus='1' slot='2' function='0'/></source></hostdev>",
  'misc-missing-source': "<hostdev mode='capabilities' type='misc'/>",
  'misc-wrong-child': hostdev('misc', '<block>/dev/null</block>'),
  'missing-in-dev': hostdev('misc', '<char>/dev/no-such-device</char>'),
});

export const filesystemDocuments: readonly CorpusDocument[] = [
  ...filesystems,
  ...disks,
  ...hostDevices,
];
