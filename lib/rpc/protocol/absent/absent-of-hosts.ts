/**
 * Procedures of libvirt's remote protocol that neither its driver for containers nor that for networks supports: those of other
 * drivers. Each is answered with the same error as by libvirt, for which the name of the function (here without `vir`) is enough.
 */
import type { AbsentGroup } from './absent-group';

export const absentOfHosts: readonly AbsentGroup[] = [
  {
    origin: 'storage',
    reads: {
      368: 'ConnectStoragePoolEventRegisterAny',
      369: 'ConnectStoragePoolEventDeregisterAny',
      403: 'ConnectGetStoragePoolCapabilities',
    },
    writes: {
      75: 'ConnectFindStoragePoolSources',
    },
  },
  {
    origin: 'nodeDevice',
    reads: {
      374: 'ConnectNodeDeviceEventRegisterAny',
      375: 'ConnectNodeDeviceEventDeregisterAny',
    },
    writes: {
      118: 'NodeDeviceDettach',
      119: 'NodeDeviceReAttach',
      120: 'NodeDeviceReset',
      123: 'NodeDeviceCreateXML',
      124: 'NodeDeviceDestroy',
      301: 'NodeDeviceDetachFlags',
      428: 'NodeDeviceDefineXML',
      429: 'NodeDeviceUndefine',
      430: 'NodeDeviceCreate',
      434: 'NodeDeviceSetAutostart',
      447: 'NodeDeviceUpdate',
    },
  },
  {
    origin: 'interface',
    reads: {},
    writes: {
      131: 'InterfaceDefineXML',
      132: 'InterfaceUndefine',
      133: 'InterfaceCreate',
      134: 'InterfaceDestroy',
      220: 'InterfaceChangeBegin',
      221: 'InterfaceChangeCommit',
      222: 'InterfaceChangeRollback',
    },
  },
  {
    origin: 'secret',
    reads: {
      380: 'ConnectSecretEventRegisterAny',
      381: 'ConnectSecretEventDeregisterAny',
    },
    writes: {},
  },
  {
    origin: 'filter',
    reads: {},
    writes: {
      399: 'NWFilterBindingCreateXML',
      400: 'NWFilterBindingDelete',
    },
  },
];
