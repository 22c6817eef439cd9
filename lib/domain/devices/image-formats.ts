/** The formats of images that libvirt knows, for disks and for filesystems: those that qemu-nbd reads are carried out. */
import { refused } from '../xml/vocabulary';

const unreadable = refused('qemu-nbd does not read images of this format');

export const imageFormats = {
  raw: 'supported',
  dir: unreadable,
  bochs: 'supported',
  cloop: 'supported',
  dmg: 'supported',
  iso: unreadable,
  vpc: 'supported',
  vdi: 'supported',
  fat: unreadable,
  vhd: unreadable,
  ploop: unreadable,
  cow: unreadable,
  qcow: 'supported',
  qcow2: 'supported',
  qed: 'supported',
  vmdk: 'supported',
} as const;
