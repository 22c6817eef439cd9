/** The host itself, which is above all of its devices: what its firmware calls it. */
import { join } from 'node:path';
import { readHostUuid } from '../node/host-uuid';
import { readAttribute } from '../node/attribute';
import type { DevicePlaces } from './device-tree';
import { fact, type Fact } from './node-device';

/** libvirt's name of it as a device. */
export const machineName = 'computer';

export function machineFacts({ sysfs }: DevicePlaces): Fact[] {
  const text = (name: string): string | undefined =>
    readAttribute(join(sysfs, 'devices/virtual/dmi/id', name)) || undefined;
  return [
    ...fact('product', text('product_name')),
    {
      name: 'hardware',
      content: [
        ...fact('vendor', text('sys_vendor')),
        ...fact('version', text('product_version')),
        ...fact('serial', text('product_serial')),
        ...fact('uuid', readHostUuid()),
      ],
    },
    {
      name: 'firmware',
      content: [
        ...fact('vendor', text('bios_vendor')),
        ...fact('version', text('bios_version')),
        ...fact('release_date', text('bios_date')),
      ],
    },
  ];
}
