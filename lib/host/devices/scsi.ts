/** What is told of SCSI: of a host adapter, of a target, of a device, and of the file by which a device is given orders. */
import { basename, dirname } from 'node:path';
import type { SysfsDevice } from './device-tree';
import { fact, within, type DeviceCapability, type Fact } from './node-device';

/** The kernel's numbers of types; others have no word in libvirt. */
const types: Readonly<Record<number, string>> = {
  0: 'disk',
  1: 'tape',
  3: 'processor',
  4: 'worm',
  5: 'cdrom',
  6: 'scanner',
  7: 'mod',
  8: 'changer',
  12: 'raid',
  13: 'enclosure',
};

/** A host adapter; one of Fibre Channel is more, and so is one that can make virtual ports. */
export function scsiHostCapabilities(
  device: SysfsDevice,
): readonly [DeviceCapability, ...DeviceCapability[]] {
  const { sysname } = device;
  const isFibreChannel = device.elsewhere(`class/fc_host/${sysname}`).exists;
  return [
    'scsi_host',
    ...(isFibreChannel ? (['fc_host'] as const) : []),
    ...(portMaker(device) === undefined ? [] : (['vports'] as const)),
  ];
}

/** The names by which a host adapter of Fibre Channel is known in its network; undefined for any other. */
export function worldWideNames(
  device: SysfsDevice,
): { readonly node: string; readonly port: string } | undefined {
  const adapter = device.elsewhere(`class/fc_host/${device.sysname}`);
  const [node, port] = ['node_name', 'port_name'].map((name) => worldWideName(adapter, name));
  return node === undefined || port === undefined ? undefined : { node, port };
}

export function scsiHostFacts(device: SysfsDevice): Fact[] {
  const { sysname } = device;
  const ofClass = device.elsewhere(`class/scsi_host/${sysname}`);
  const adapter = device.elsewhere(`class/fc_host/${sysname}`);
  const maker = portMaker(device);
  const names = adapter.exists
    ? [
        within('fc_host', [
          ...fact('wwnn', worldWideName(adapter, 'node_name')),
          ...fact('wwpn', worldWideName(adapter, 'port_name')),
          ...fact('fabric_wwn', worldWideName(adapter, 'fabric_name')),
        ]),
      ]
    : [];
  const ports =
    maker === undefined
      ? []
      : [
          within('vport_ops', [
            ...fact('max_vports', maker.number('max_npiv_vports') ?? 0),
            ...fact('vports', maker.number('npiv_vports_inuse') ?? 0),
          ]),
        ];
  return [
    ...fact('host', Number(sysname.slice('host'.length))),
    ...fact('unique_id', ofClass.number('unique_id')),
    ...names,
    ...ports,
  ];
}

export function scsiTargetFacts(device: SysfsDevice): Fact[] {
  const remote = basename(dirname(device.path));
  const port = device.elsewhere(`class/fc_remote_ports/${remote}`);
  const ofPort = port.exists
    ? [
        within('fc_remote_port', [
          ...fact('rport', remote),
          ...fact('wwpn', port.text('port_name')),
        ]),
      ]
    : [];
  return [...fact('target', device.sysname), ...ofPort];
}

/** Its name is its address: host, bus, target and unit. */
export function scsiDeviceFacts(device: SysfsDevice): Fact[] {
  const [host, bus, target, lun] = device.sysname.split(':').map(Number);
  const type = device.number('type');
  return [
    ...fact('host', host),
    ...fact('bus', bus),
    ...fact('target', target),
    ...fact('lun', lun),
    ...fact('type', type === undefined ? undefined : types[type]),
  ];
}

/** The folder of the adapter that has the file by which virtual ports are made; older drivers have it elsewhere. */
function portMaker(device: SysfsDevice): SysfsDevice | undefined {
  const places = ['fc_host', 'scsi_host'].map((name) =>
    device.elsewhere(`class/${name}/${device.sysname}`),
  );
  return places.find((place) => place.exists && place.names().includes('vport_create'));
}

/** Without the `0x` that the kernel puts before it. */
function worldWideName(adapter: SysfsDevice, name: string): string | undefined {
  return adapter.text(name)?.replace(/^0x/, '');
}
