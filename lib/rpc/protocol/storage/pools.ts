/** Procedures about storage pools. */
import { int, list, text, uint, unsignedHyper } from '../../xdr/codec';
import { reads, writes } from '../procedure';
import { longestList, uuid } from '../values';
import { storagePool, storageVolume } from './values';

const onePool = { pool: storagePool } as const;
const number = { gives: { count: int } } as const;
const names = { takes: { most: int }, gives: { names: list(text, longestList) } } as const;

export const poolProcedures = {
  ConnectNumOfStoragePools: reads(71, number),
  ConnectListStoragePools: reads(72, names),
  ConnectNumOfDefinedStoragePools: reads(73, number),
  ConnectListDefinedStoragePools: reads(74, names),
  ConnectListAllStoragePools: reads(281, {
    takes: { needsResults: int, flags: uint },
    gives: { pools: list(storagePool, longestList), count: uint },
  }),
  StoragePoolCreateXML: writes(76, { takes: { xml: text, flags: uint }, gives: onePool }),
  StoragePoolDefineXML: writes(77, { takes: { xml: text, flags: uint }, gives: onePool }),
  StoragePoolCreate: writes(78, { takes: { ...onePool, flags: uint } }),
  StoragePoolBuild: writes(79, { takes: { ...onePool, flags: uint } }),
  StoragePoolDestroy: writes(80, { takes: onePool }),
  StoragePoolDelete: writes(81, { takes: { ...onePool, flags: uint } }),
  StoragePoolUndefine: writes(82, { takes: onePool }),
  StoragePoolRefresh: writes(83, { takes: { ...onePool, flags: uint } }),
  StoragePoolLookupByName: reads(84, { takes: { name: text }, gives: onePool }),
  StoragePoolLookupByUUID: reads(85, { takes: { uuid }, gives: onePool }),
  StoragePoolLookupByVolume: reads(86, { takes: { volume: storageVolume }, gives: onePool }),
  StoragePoolLookupByTargetPath: reads(391, { takes: { path: text }, gives: onePool }),
  StoragePoolGetInfo: reads(87, {
    takes: onePool,
    gives: {
      state: int,
      capacity: unsignedHyper,
      allocation: unsignedHyper,
      available: unsignedHyper,
    },
  }),
  StoragePoolGetXMLDesc: reads(88, { takes: { ...onePool, flags: uint }, gives: { xml: text } }),
  StoragePoolGetAutostart: reads(89, { takes: onePool, gives: { autostart: int } }),
  StoragePoolSetAutostart: writes(90, { takes: { ...onePool, autostart: int } }),
  StoragePoolIsActive: reads(154, { takes: onePool, gives: { active: int } }),
  StoragePoolIsPersistent: reads(155, { takes: onePool, gives: { persistent: int } }),
} as const;
