/** The bus that libvirt derives from a disk's name. */
import type { DiskBus } from '../../definition';

const busOfPrefix: ReadonlyMap<string, DiskBus> = new Map([
  ['fd', 'fdc'],
  ['sd', 'scsi'],
  ['hd', 'ide'],
  ['vd', 'virtio'],
  ['xvd', 'xen'],
  ['ubd', 'uml'],
]);

/** Undefined if `name` is not the name of a disk. */
export function busOfDisk(name: string): DiskBus | undefined {
  const [, prefix = ''] = /^(fd|sd|hd|vd|xvd|ubd)[a-z]+\d*$/.exec(name) ?? [];
  return busOfPrefix.get(prefix);
}
