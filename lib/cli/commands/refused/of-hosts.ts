/**
 * Verbs about a host that libvirt's drivers for containers and networks refuse: CPUs of virtual machines, and the objects of
 * other libvirt drivers: storage.
 */
import { refusedVerbs } from './refusal';
import type { Refusal } from './refusal';

/** Verbs that all fail in the same look-up. */
function lookedUp(refusal: Refusal, verbs: readonly string[]): Readonly<Record<string, Refusal>> {
  return Object.fromEntries(verbs.map((verb) => [verb, refusal]));
}

const refusals: Readonly<Record<string, Refusal>> = {
  'cpu-baseline': ['virConnectBaselineCPU', undefined, 'file'],
  'cpu-compare': ['virConnectCompareCPU', undefined, 'file'],
  'cpu-models': ['virConnectGetCPUModelNames', 'failed to get CPU model names', 'arch'],
  domcapabilities: ['virConnectGetDomainCapabilities', 'failed to get emulator capabilities'],
  'domxml-to-native': ['virConnectDomainXMLToNative', undefined, 'format'],
  'find-storage-pool-sources': [
    'virConnectFindStoragePoolSources',
    'Failed to find any %1 pool sources',
    'type',
  ],
  'find-storage-pool-sources-as': [
    'virConnectFindStoragePoolSources',
    'Failed to find any %1 pool sources',
    'type',
  ],
  'hypervisor-cpu-baseline': ['virConnectBaselineHypervisorCPU', undefined],
  'hypervisor-cpu-compare': ['virConnectCompareHypervisorCPU', undefined, 'file'],
  'hypervisor-cpu-models': [
    'virConnectGetDomainCapabilities',
    'failed to get hypervisor CPU model names',
  ],
  'iface-begin': ['virInterfaceChangeBegin', 'Failed to begin network config change transaction'],
  'iface-commit': [
    'virInterfaceChangeCommit',
    'Failed to commit network config change transaction',
  ],
  'iface-define': ['virInterfaceDefineXML', 'Failed to define interface from %1', 'file'],
  'iface-rollback': [
    'virInterfaceChangeRollback',
    'Failed to rollback network config change transaction',
  ],
  maxvcpus: ['virConnectGetMaxVcpus', undefined],
  'nodedev-create': ['virNodeDeviceCreateXML', 'Failed to create node device from %1', 'file'],
  'nodedev-define': ['virNodeDeviceDefineXML', "Failed to define node device from '%1'", 'file'],
  'nodedev-event': ['virConnectNodeDeviceEventRegisterAny', undefined],
  nodesevinfo: ['virNodeGetSEVInfo', 'Unable to get host SEV information'],
  'nwfilter-binding-create': [
    'virNWFilterBindingCreateXML',
    'Failed to create network filter from %1',
    'file',
  ],
  'pool-capabilities': [
    'virConnectGetStoragePoolCapabilities',
    'failed to get storage pool capabilities',
  ],
  'pool-create': ['virStoragePoolCreateXML', 'Failed to create pool from %1', 'file'],
  'pool-create-as': ['virStoragePoolCreateXML', 'Failed to create pool %1', 'name', 'type'],
  'pool-define': ['virStoragePoolDefineXML', 'Failed to define pool from %1', 'file'],
  'pool-define-as': ['virStoragePoolDefineXML', 'Failed to define pool %1', 'name', 'type'],
  'pool-event': ['virConnectStoragePoolEventRegisterAny', undefined],
  'pool-list': ['virConnectNumOfStoragePools', 'Failed to get the number of active pools '],
  'qemu-attach': ['virDomainQemuAttach', 'Failed to attach to pid %1', 'pid'],
  'qemu-monitor-event': ['virConnectDomainQemuMonitorEventRegister', undefined],
  restore: ['virDomainRestore', 'Failed to restore domain from %1', 'file'],
  'save-image-define': ['virDomainSaveImageDefineXML', 'Failed to update %1', 'file', 'xml'],
  'save-image-dumpxml': ['virDomainSaveImageGetXMLDesc', undefined, 'file'],
  'save-image-edit': ['virDomainSaveImageGetXMLDesc', undefined, 'file'],
  'secret-event': ['virConnectSecretEventRegisterAny', undefined],
  ...lookedUp(
    ['virStoragePoolLookupByName', "failed to get pool '%1'", 'pool'],
    [
      'pool-autostart',
      'pool-build',
      'pool-delete',
      'pool-destroy',
      'pool-dumpxml',
      'pool-edit',
      'pool-info',
      'pool-name',
      'pool-refresh',
      'pool-start',
      'pool-undefine',
      'pool-uuid',
      'vol-create',
      'vol-create-as',
      'vol-create-from',
      'vol-list',
    ],
  ),
  ...lookedUp(
    ['virStorageVolLookupByPath', "failed to get vol '%1', specifying --pool might help", 'vol'],
    [
      'vol-clone',
      'vol-delete',
      'vol-download',
      'vol-dumpxml',
      'vol-info',
      'vol-key',
      'vol-path',
      'vol-resize',
      'vol-upload',
      'vol-wipe',
    ],
  ),
  ...lookedUp(
    ['virStorageVolLookupByPath', "failed to get vol '%1'", 'vol'],
    ['vol-name', 'vol-pool'],
  ),
};

export const commands = refusedVerbs('host', refusals);
