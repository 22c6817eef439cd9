/** The known defects of libvirt 11.3's driver for containers, from which docs/libvirt-defects.md is generated. */
import { confinementDefects } from './libvirt-defects/confinement';
import type { LibvirtDefect } from './libvirt-defects/defect';
import { definitionDefects } from './libvirt-defects/definitions';
import { lifeDefects } from './libvirt-defects/life';
import { networkDefects } from './libvirt-defects/networks';
import { resourceDefects } from './libvirt-defects/resources';

/** By number. */
export const libvirtDefects: readonly LibvirtDefect[] = [
  ...lifeDefects,
  ...confinementDefects,
  ...resourceDefects,
  ...networkDefects,
  ...definitionDefects,
].sort((one, other) => one.number - other.number);
