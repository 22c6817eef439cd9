/**
 * What libvirt 11.3 lets a read-only connection call, by name, and written down here on purpose: its functions that do not begin with
 * a check for it (`virCheckReadOnlyGoto` in src/libvirt-*.c), and the two by which a client authenticates. The tables of the product
 * are compared with this list, so a row that lets a reader do more, or less, is found.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Procedures that the daemon answers. */
export const servedToReaders = words(`
  AuthList AuthPolkit ConnectClose ConnectDomainEventCallbackDeregisterAny ConnectDomainEventCallbackRegisterAny
  ConnectDomainEventDeregister ConnectDomainEventDeregisterAny ConnectDomainEventRegister
  ConnectDomainEventRegisterAny ConnectGetAllDomainStats ConnectGetCapabilities ConnectGetHostname
  ConnectGetLibVersion ConnectGetSysinfo ConnectGetType ConnectGetURI ConnectGetVersion ConnectIsSecure
  ConnectListAllDomains ConnectListAllInterfaces ConnectListAllNWFilterBindings ConnectListAllNWFilters
  ConnectListAllNetworks ConnectListAllNodeDevices ConnectListAllSecrets ConnectListAllStoragePools
  ConnectListDefinedDomains ConnectListDefinedInterfaces ConnectListDefinedNetworks
  ConnectListDefinedStoragePools ConnectListDomains ConnectListInterfaces ConnectListNWFilters
  ConnectListNetworks ConnectListSecrets ConnectListStoragePools ConnectNetworkEventDeregisterAny
  ConnectNetworkEventRegisterAny ConnectNumOfDefinedDomains ConnectNumOfDefinedInterfaces
  ConnectNumOfDefinedNetworks ConnectNumOfDefinedStoragePools ConnectNumOfDomains ConnectNumOfInterfaces
  ConnectNumOfNWFilters ConnectNumOfNetworks ConnectNumOfSecrets ConnectNumOfStoragePools ConnectOpen
  ConnectRegisterCloseCallback ConnectSupportsFeature ConnectUnregisterCloseCallback DomainBlockStats
  DomainBlockStatsFlags DomainGetAutostart DomainGetBlkioParameters DomainGetCPUStats DomainGetInfo
  DomainGetInterfaceParameters DomainGetMaxMemory DomainGetMemoryParameters DomainGetMetadata
  DomainGetNumaParameters DomainGetOSType DomainGetSchedulerParameters DomainGetSchedulerParametersFlags
  DomainGetSchedulerType DomainGetSecurityLabel DomainGetState DomainGetXMLDesc DomainHasManagedSaveImage
  DomainInterfaceAddresses DomainInterfaceStats DomainIsActive DomainIsPersistent DomainIsUpdated
  DomainLookupByID DomainLookupByName DomainLookupByUUID DomainMemoryStats InterfaceGetXMLDesc
  InterfaceIsActive InterfaceLookupByMACString InterfaceLookupByName NWFilterBindingGetXMLDesc
  NWFilterBindingLookupByPortDev NWFilterGetXMLDesc NWFilterLookupByName NWFilterLookupByUUID
  NetworkGetAutostart NetworkGetBridgeName NetworkGetDHCPLeases NetworkGetMetadata NetworkGetXMLDesc
  NetworkIsActive NetworkIsPersistent NetworkListAllPorts NetworkLookupByName NetworkLookupByUUID
  NetworkPortGetParameters NetworkPortGetXMLDesc NetworkPortLookupByUUID NodeDeviceGetAutostart
  NodeDeviceGetParent NodeDeviceGetXMLDesc NodeDeviceIsActive NodeDeviceIsPersistent NodeDeviceListCaps
  NodeDeviceLookupByName NodeDeviceLookupSCSIHostByWWN NodeDeviceNumOfCaps NodeGetCPUMap NodeGetCPUStats
  NodeGetCellsFreeMemory NodeGetFreeMemory NodeGetFreePages NodeGetInfo NodeGetMemoryParameters
  NodeGetMemoryStats NodeGetSecurityModel NodeListDevices NodeNumOfDevices SecretGetXMLDesc SecretLookupByUUID
  SecretLookupByUsage StoragePoolGetAutostart StoragePoolGetInfo StoragePoolGetXMLDesc StoragePoolIsActive
  StoragePoolIsPersistent StoragePoolListAllVolumes StoragePoolListVolumes StoragePoolLookupByName
  StoragePoolLookupByTargetPath StoragePoolLookupByUUID StoragePoolLookupByVolume StoragePoolNumOfVolumes
  StorageVolGetInfo StorageVolGetInfoFlags StorageVolGetPath StorageVolGetXMLDesc StorageVolLookupByKey
  StorageVolLookupByName StorageVolLookupByPath
`);

/** Procedures of other drivers, to which the daemon answers that they are not supported. */
export const absentForReaders = words(`
  ConnectBaselineCPU ConnectCompareCPU ConnectGetCPUModelNames ConnectGetMaxVcpus
  ConnectGetStoragePoolCapabilities ConnectNodeDeviceEventDeregisterAny ConnectNodeDeviceEventRegisterAny
  ConnectSecretEventDeregisterAny ConnectSecretEventRegisterAny ConnectStoragePoolEventDeregisterAny
  ConnectStoragePoolEventRegisterAny DomainBackupGetXMLDesc DomainCheckpointGetParent
  DomainCheckpointGetXMLDesc DomainCheckpointListAllChildren DomainCheckpointLookupByName
  DomainGetAutostartOnce DomainGetBlockInfo DomainGetBlockIoTune DomainGetBlockJobInfo DomainGetControlInfo
  DomainGetDiskErrors DomainGetEmulatorPinInfo DomainGetIOThreadInfo DomainGetJobInfo DomainGetJobStats
  DomainGetMaxVcpus DomainGetMessages DomainGetPerfEvents DomainGetSecurityLabelList DomainGetVcpuPinInfo
  DomainGetVcpus DomainHasCurrentSnapshot DomainListAllCheckpoints DomainListAllSnapshots
  DomainManagedSaveGetXMLDesc DomainMigrateGetCompressionCache DomainMigrateGetMaxDowntime
  DomainSnapshotCurrent DomainSnapshotGetParent DomainSnapshotGetXMLDesc DomainSnapshotHasMetadata
  DomainSnapshotIsCurrent DomainSnapshotListAllChildren DomainSnapshotListChildrenNames DomainSnapshotListNames
  DomainSnapshotLookupByName DomainSnapshotNum DomainSnapshotNumChildren
`);

/**
 * The two that libvirt forgets to check, and that are refused here all the same: each changes something, and libvirt's own rules for
 * polkit (`@acl` in remote_protocol.x) ask for the permission to write.
 */
export const refusedBeyondLibvirt = ['ConnectSetIdentity', 'DomainDelThrottleGroup'] as const;
