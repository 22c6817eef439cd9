/**
 * Verbs about a host that are refused: what libvirt's drivers have only for virtual machines, changes to the devices and network
 * interfaces of the host, and events of what announces none.
 */
import { refusedVerbs } from './refusal';
import type { Refusal } from './refusal';

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
  'pool-event': ['virConnectStoragePoolEventRegisterAny', undefined],
  'qemu-attach': ['virDomainQemuAttach', 'Failed to attach to pid %1', 'pid'],
  'qemu-monitor-event': ['virConnectDomainQemuMonitorEventRegister', undefined],
  restore: ['virDomainRestore', 'Failed to restore domain from %1', 'file'],
  'save-image-define': ['virDomainSaveImageDefineXML', 'Failed to update %1', 'file', 'xml'],
  'save-image-dumpxml': ['virDomainSaveImageGetXMLDesc', undefined, 'file'],
  'save-image-edit': ['virDomainSaveImageGetXMLDesc', undefined, 'file'],
  'secret-event': ['virConnectSecretEventRegisterAny', undefined],
};

export const commands = refusedVerbs('host', refusals);
