/** The types of storage pools and the formats of volumes, by the names that libvirt gives them. */

/** The types that libvirt knows, in the order of its numbers. */
const knownTypes = [
  'dir',
  'fs',
  'netfs',
  'logical',
  'disk',
  'iscsi',
  'iscsi-direct',
  'scsi',
  'mpath',
  'rbd',
  'sheepdog',
  'gluster',
  'zfs',
  'vstorage',
] as const;

/** A type of pool that libvirt knows. */
export type KnownPoolType = (typeof knownTypes)[number];

/**
 * Where the volumes of a pool are. `dir`: files and folders in a folder of the host. `fs`: the same, in a file system that is mounted at
 * that folder while the pool is active. `logical`: block devices, the logical volumes of a volume group of LVM.
 */
export type StoragePoolType = 'dir' | 'fs' | 'logical';

/** The types of pools that tslxc has a driver for. */
export const poolTypes: readonly StoragePoolType[] = ['dir', 'fs', 'logical'];

/** All types that libvirt knows, whether tslxc has a driver for them or not. */
export const knownPoolTypes: readonly KnownPoolType[] = knownTypes;

/** Whether tslxc has a driver for the type. */
export function isCarriedOut(type: KnownPoolType): type is StoragePoolType {
  return poolTypes.some((one) => one === type);
}

/** libvirt's number of a type. */
export function numberOfType(type: KnownPoolType): number {
  return knownTypes.indexOf(type);
}

/** The file systems of pools of type fs, in the order in which libvirt lists them. `auto`: mount(8) finds out. */
export const poolFormats = [
  'auto',
  'ext2',
  'ext3',
  'ext4',
  'ufs',
  'iso9660',
  'udf',
  'gfs',
  'gfs2',
  'vfat',
  'hfs+',
  'xfs',
  'ocfs2',
  'vmfs',
] as const;

export type PoolFormat = (typeof poolFormats)[number];

/** What pools of type logical may be said to be; there is only LVM. */
export const groupFormats = ['unknown', 'lvm2'] as const;

export type GroupFormat = (typeof groupFormats)[number];

/** What a volume is: the format of the image in its file, `raw`, or `dir` for a folder. */
export type VolumeFormat =
  | 'none'
  | 'raw'
  | 'dir'
  | 'bochs'
  | 'cloop'
  | 'dmg'
  | 'iso'
  | 'vpc'
  | 'vdi'
  | 'fat'
  | 'vhd'
  | 'ploop'
  | 'cow'
  | 'qcow'
  | 'qcow2'
  | 'qed'
  | 'vmdk';

/** The formats of volumes that are files or folders, in the order in which libvirt lists them. */
export const volumeFormats: readonly VolumeFormat[] = [
  'none',
  'raw',
  'dir',
  'bochs',
  'cloop',
  'dmg',
  'iso',
  'vpc',
  'vdi',
  'fat',
  'vhd',
  'ploop',
  'cow',
  'qcow',
  'qcow2',
  'qed',
  'vmdk',
];

/** The formats that qemu-img makes. */
const madeByTool: readonly VolumeFormat[] = ['vpc', 'vdi', 'qcow', 'qcow2', 'qed', 'vmdk'];

/** Whether qemu-img makes, copies and resizes volumes of the format. */
export function isMadeByTool(format: VolumeFormat): boolean {
  return madeByTool.includes(format);
}

/** Whether the content of such a file is that of the disk, byte for byte. */
export function isPlain(format: VolumeFormat): boolean {
  return format === 'raw' || format === 'iso' || format === 'none';
}
