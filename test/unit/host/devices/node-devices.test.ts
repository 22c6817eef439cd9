/** The devices of a host, on files as the kernel and udev have them: what each is called, what it is below, what is told of it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatNodeDevice } from '../../../../lib/driver/node-devices/format';
import type { DevicePlaces } from '../../../../lib/host/devices/device-tree';
import { adapterOf, readNodeDevices } from '../../../../lib/host/devices/node-devices';
import { parsePciConfiguration } from '../../../../lib/host/devices/pci-config';
import { pciNamesIn } from '../../../../lib/host/devices/pci-names';
import { fakeSysfs, type FakeDevice } from '../../../support/fake/host/fake-sysfs';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

const bridge: FakeDevice = {
  path: 'pci0000:00/0000:00:1c.0',
  subsystem: 'pci',
  uevent: { DRIVER: 'pcieport', PCI_CLASS: '60400' },
  files: { vendor: '0x8086', device: '0xa110', numa_node: -1 },
};

const card: FakeDevice = {
  path: `${bridge.path}/0000:03:00.0`,
  subsystem: 'pci',
  uevent: { PCI_CLASS: '20000' },
  files: { vendor: '0x8086', device: '0x1572', numa_node: 1, sriov_totalvfs: 8 },
  links: { virtfn0: `${bridge.path}/0000:03:02.0`, virtfn10: `${bridge.path}/0000:03:02.3` },
};

const functions: readonly FakeDevice[] = ['0000:03:02.0', '0000:03:02.3'].map((name) => ({
  path: `${bridge.path}/${name}`,
  subsystem: 'pci',
  files: { vendor: '0x8086', device: '0x154c' },
  links: { physfn: card.path },
}));

const port: FakeDevice = {
  path: `${card.path}/net/enp3s0`,
  subsystem: 'net',
  uevent: { INTERFACE: 'enp3s0', IFINDEX: 2 },
  files: { address: '52:54:00:00:00:01', operstate: 'up', speed: 10000 },
};

async function host(...devices: readonly FakeDevice[]): Promise<DevicePlaces> {
  return Promise.resolve(fakeSysfs(scratchDirectory(), devices));
}

async function xmlOf(places: DevicePlaces, name: string): Promise<string> {
  const found = (await readNodeDevices(places)).find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return formatNodeDevice(found);
}

test('each is called and placed as in libvirt, below the nearest that is listed', async () => {
  const virtio = `${bridge.path}/0000:04:00.0/virtio1`;
  const places = await host(
    bridge,
    card,
    port,
    { path: 'virtual/net/lo', subsystem: 'net', files: { address: '00:00:00:00:00:00' } },
    { path: 'virtual/net/br0', subsystem: 'net', uevent: { DEVTYPE: 'bridge' } },
    {
      path: 'virtual/block/loop0',
      subsystem: 'block',
      uevent: { DEVTYPE: 'disk', DEVNAME: 'loop0' },
    },
    {
      path: `${virtio}/block/vda`,
      subsystem: 'block',
      uevent: { DEVTYPE: 'disk', DEVNAME: 'vda', MAJOR: 254, MINOR: 0 },
      udev: ['b254:0', 'S:disk/by-id/virtio-9', 'E:ID_SERIAL=a-9'],
    },
    {
      path: 'virtual/block/odd',
      subsystem: 'block',
      uevent: { DEVTYPE: 'disk', DEVNAME: 'odd', MAJOR: 9, MINOR: 0 },
      udev: ['b9:0', 'E:ID_TYPE=enclosure'],
    },
    {
      path: `${virtio}/block/vda/vda1`,
      subsystem: 'block',
      uevent: { DEVTYPE: 'partition', DEVNAME: 'vda1' },
    },
  );
  const told = (await readNodeDevices(places)).map(({ name, parent, capabilities }) => [
    name,
    parent,
    ...capabilities,
  ]);
  expect(told).toEqual([
    ['computer', undefined, 'system'],
    ['pci_0000_00_1c_0', 'computer', 'pci'],
    ['pci_0000_03_00_0', 'pci_0000_00_1c_0', 'pci'],
    ['net_enp3s0_52_54_00_00_00_01', 'pci_0000_03_00_0', 'net'],
    ['block_vda_a_9', 'pci_0000_00_1c_0', 'storage'],
    ['net_lo_00_00_00_00_00_00', 'computer', 'net'],
  ]);
});

test('a card of PCI with virtual functions', async () => {
  const places = await host(bridge, card, ...functions);
  writeFileSync(
    places.pciNames,
    '# Vendors\n8086  Intel Corporation\n\t1572  Ethernet Controller X710\n\t\t8086 0001  Adapter\nffff  Other\n',
  );
  expect(await xmlOf(places, 'pci_0000_03_00_0')).toBe(`<device>
  <name>pci_0000_03_00_0</name>
  <path>/sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0</path>
  <parent>pci_0000_00_1c_0</parent>
  <capability type='pci'>
    <class>0x020000</class>
    <domain>0</domain>
    <bus>3</bus>
    <slot>0</slot>
    <function>0</function>
    <product id='0x1572'>Ethernet Controller X710</product>
    <vendor id='0x8086'>Intel Corporation</vendor>
    <capability type='virt_functions' maxCount='8'>
      <address domain='0x0000' bus='0x03' slot='0x02' function='0x0'/>
      <address domain='0x0000' bus='0x03' slot='0x02' function='0x3'/>
    </capability>
    <numa node='1'/>
  </capability>
</device>
`);
  expect(await xmlOf(places, 'pci_0000_03_02_3')).toContain(
    "<capability type='phys_function'>\n      <address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>",
  );
});

test('an interface has its link, and its speed while it is up', async () => {
  const places = await host(port, {
    path: 'virtual/net/down0',
    subsystem: 'net',
    uevent: { INTERFACE: 'down0', DEVTYPE: 'wlan' },
    files: { address: '02:00:00:00:00:02', operstate: 'down', speed: 100 },
  });
  expect(await xmlOf(places, 'net_enp3s0_52_54_00_00_00_01')).toContain(
    "<link speed='10000' state='up'/>\n    <capability type='80203'/>",
  );
  expect(await xmlOf(places, 'net_down0_02_00_00_00_00_02')).toContain(
    "<link state='down'/>\n    <capability type='80211'/>",
  );
});

test('of USB, what udev has found out comes before what the device says', async () => {
  const path = 'pci0000:00/usb1/1-4';
  const device: FakeDevice = {
    path,
    subsystem: 'usb',
    uevent: {
      DEVTYPE: 'usb_device',
      DEVNAME: 'bus/usb/001/004',
      BUSNUM: '001',
      DEVNUM: '004',
      MAJOR: 189,
      MINOR: 3,
      DRIVER: 'usb',
    },
    files: { idVendor: '046d', idProduct: 'c52b', manufacturer: 'Maker', product: 'Thing' },
  };
  const part: FakeDevice = {
    path: `${path}/1-4:1.0`,
    subsystem: 'usb',
    uevent: { DEVTYPE: 'usb_interface' },
    files: {
      bInterfaceNumber: '00',
      bInterfaceClass: '0e',
      bInterfaceSubClass: '01',
      bInterfaceProtocol: '10',
    },
  };
  const places = await host(device, part);
  expect(await xmlOf(places, 'usb_1_4')).toBe(`<device>
  <name>usb_1_4</name>
  <path>/sys/devices/${path}</path>
  <devnode type='dev'>/dev/bus/usb/001/004</devnode>
  <parent>computer</parent>
  <driver>
    <name>usb</name>
  </driver>
  <capability type='usb_device'>
    <bus>1</bus>
    <device>4</device>
    <product id='0xc52b'>Thing</product>
    <vendor id='0x046d'>Maker</vendor>
  </capability>
</device>
`);
  writeFileSync(
    join(places.udev, 'c189:3'),
    'E:ID_MODEL_FROM_DATABASE=Receiver\nE:ID_VENDOR_ID=0001\n',
  );
  const told = await xmlOf(places, 'usb_1_4');
  expect(told).toContain("<product id='0xc52b'>Receiver</product>");
  expect(told).toContain("<vendor id='0x0001'>Maker</vendor>");
  expect(await xmlOf(places, 'usb_1_4_1_0')).toContain(
    '<number>0</number>\n    <class>14</class>\n    <subclass>1</subclass>\n    <protocol>16</protocol>',
  );
});

test('of SCSI, an adapter of Fibre Channel, its target, a disk and a drive', async () => {
  const path = 'pci0000:00/host7';
  const adapter: FakeDevice = { path, subsystem: 'scsi', uevent: { DEVTYPE: 'scsi_host' } };
  const target = `${path}/rport-7:0-0/target7:0:0`;
  const places = await host(
    adapter,
    { path: 'pci0000:00/host8', subsystem: 'scsi', uevent: { DEVTYPE: 'scsi_host' } },
    { path: target, subsystem: 'scsi', uevent: { DEVTYPE: 'scsi_target' } },
    {
      path: `${target}/7:0:0:2`,
      subsystem: 'scsi',
      uevent: { DEVTYPE: 'scsi_device' },
      files: { type: 5 },
    },
    {
      path: `${target}/7:0:0:2/scsi_generic/sg4`,
      subsystem: 'scsi_generic',
      uevent: { DEVNAME: 'sg4', MAJOR: 21, MINOR: 4 },
    },
    {
      path: `${target}/7:0:0:2/block/sr0`,
      subsystem: 'block',
      uevent: { DEVTYPE: 'disk', DEVNAME: 'sr0', MAJOR: 11, MINOR: 0 },
      files: {
        size: 1000,
        removable: 1,
        'queue/logical_block_size': 2048,
        'device/model': 'DVD  ',
      },
      udev: ['b11:0', 'E:ID_TYPE=cd', 'E:ID_CDROM_MEDIA=1', 'E:ID_FS_LABEL=a & b', 'E:ID_SERIAL=s'],
    },
  );
  const ofClass = (name: string, files: Readonly<Record<string, string>>): void => {
    const folder = join(places.sysfs, 'class', name);
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries(files))
      writeFileSync(join(folder, file), `${text}\n`);
  };
  ofClass('scsi_host/host7', { unique_id: '3' });
  ofClass('scsi_host/host8', { unique_id: '9' });
  ofClass('fc_host/host7', {
    node_name: '0x20000000c9848141',
    port_name: '0x10000000c9848141',
    fabric_name: '0x0',
    vport_create: '',
    max_npiv_vports: '64',
    npiv_vports_inuse: '1',
  });
  ofClass('fc_remote_ports/rport-7:0-0', { port_name: '0x500a0981' });
  const capabilities = (await readNodeDevices(places)).map((one) => one.capabilities);
  expect(capabilities).toContainEqual(['scsi_host', 'fc_host', 'vports']);
  expect(capabilities).toContainEqual(['scsi_host']);
  expect(await xmlOf(places, 'scsi_host7')).toContain(`  <capability type='scsi_host'>
    <host>7</host>
    <unique_id>3</unique_id>
    <capability type='fc_host'>
      <wwnn>20000000c9848141</wwnn>
      <wwpn>10000000c9848141</wwpn>
      <fabric_wwn>0</fabric_wwn>
    </capability>
    <capability type='vport_ops'>
      <max_vports>64</max_vports>
      <vports>1</vports>
    </capability>
  </capability>
`);
  expect(await xmlOf(places, 'scsi_target7_0_0')).toContain('<rport>rport-7:0-0</rport>');
  expect(await xmlOf(places, 'scsi_7_0_0_2')).toContain('<lun>2</lun>\n    <type>cdrom</type>');
  expect(await xmlOf(places, 'scsi_generic_sg4')).toContain('<char>/dev/sg4</char>');
  expect(await xmlOf(places, 'block_sr0_s')).toContain(`    <drive_type>cdrom</drive_type>
    <model>DVD</model>
    <serial>s</serial>
    <capability type='removable'>
      <media_available>1</media_available>
      <media_size>2048000</media_size>
      <media_label>a &amp; b</media_label>
      <logical_block_size>2048</logical_block_size>
      <num_blocks>1000</num_blocks>
    </capability>
`);
  expect(adapterOf('20000000C9848141', '10000000c9848141', places)).toBe('scsi_host7');
  expect(adapterOf('20000000c9848141', '20000000c9848141', places)).toBeUndefined();
});

test('a graphics card has a type by its number', async () => {
  const render: FakeDevice = {
    path: 'pci0000:00/drm/renderD128',
    subsystem: 'drm',
    uevent: { DEVTYPE: 'drm_minor', DEVNAME: 'dri/renderD128', MAJOR: 226, MINOR: 128 },
    files: { 'version.txt': 'drm' },
  };
  const places = await host(render);
  writeFileSync(join(places.sysfs, 'class/drm/version'), 'drm 1.1.0\n');
  expect(await xmlOf(places, 'drm_renderD128')).toContain('<type>render</type>');
});

test('a device that has gone since the list was made is left out, and a host without any has itself', async () => {
  const places = await host(bridge, port);
  rmSync(join(places.sysfs, 'devices', port.path), { recursive: true });
  const names = (await readNodeDevices(places)).map(({ name }) => name);
  expect(names).toEqual(['computer', 'pci_0000_00_1c_0']);
  expect(await readNodeDevices(await host())).toHaveLength(1);
});

/** A configuration space, with these bytes at these offsets. */
function space(length: number, bytes: Readonly<Record<number, readonly number[]>>): Buffer {
  const buffer = Buffer.alloc(length);
  for (const [at, values] of Object.entries(bytes)) Buffer.from(values).copy(buffer, Number(at));
  return buffer;
}

/** A list of capabilities: power management at 0x40, then PCI Express at 0x50. */
const express = {
  0x06: [0x10],
  0x0e: [0x81],
  0x34: [0x40],
  0x40: [0x01, 0x50],
  0x50: [0x10, 0x00, 0x42],
  0x5c: [0x43, 0x5c, 0x01, 0x02, 0x11],
  0x62: [0x42, 0x10],
};

test('the configuration of a device of PCI Express', () => {
  expect(parsePciConfiguration(space(256, express))).toEqual({
    header: 'pci-bridge',
    express: { link: { can: { port: 2, speed: '8', width: 4 }, is: { speed: '5', width: 4 } } },
  });
  expect(parsePciConfiguration(space(256, { ...express, 0x50: [0x10, 0x00, 0x92] }))).toEqual({
    header: 'pci-bridge',
    express: {},
  });
});

test('of a configuration that is cut off or without end, what there is', () => {
  expect(parsePciConfiguration(space(64, express))).toEqual({ header: 'pci-bridge' });
  expect(parsePciConfiguration(space(256, { ...express, 0x40: [0x01, 0x40] }))).toEqual({
    header: 'pci-bridge',
  });
  expect(parsePciConfiguration(Buffer.alloc(0))).toEqual({ header: 'endpoint' });
  expect(parsePciConfiguration(space(64, { 0x0e: [0x05] }))).toEqual({ header: 'unknown' });
});

test('names of PCI are those of the vendor’s own products', () => {
  const text = '1af4  Red Hat\n\t1042  Block\n\t\t1af4 1100  Machine\n\n1af5  Other\n\t1043  Net\n';
  const ids = (vendor: number, product: number) => pciNamesIn(text, { vendor, product });
  expect(ids(0x1af4, 0x1042)).toEqual({ vendor: 'Red Hat', product: 'Block' });
  expect(ids(0x1af4, 0x1043)).toEqual({ vendor: 'Red Hat' });
  expect(ids(0x1af4, 0x1af4)).toEqual({ vendor: 'Red Hat' });
  expect(ids(0x1af6, 0x1042)).toEqual({});
});
