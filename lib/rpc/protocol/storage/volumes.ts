/** Procedures about the volumes of storage pools. */
import { int, list, text, uint, unsignedHyper } from '../../xdr/codec';
import { reads, writes } from '../procedure';
import { longestList } from '../values';
import { storagePool, storageVolume } from './values';

const onePool = { pool: storagePool } as const;
const oneVolume = { volume: storageVolume } as const;
const volumeInfo = { type: int, capacity: unsignedHyper, allocation: unsignedHyper } as const;
const extent = { ...oneVolume, offset: unsignedHyper, length: unsignedHyper, flags: uint } as const;

export const volumeProcedures = {
  StoragePoolNumOfVolumes: reads(91, { takes: onePool, gives: { count: int } }),
  StoragePoolListVolumes: reads(92, {
    takes: { ...onePool, most: int },
    gives: { names: list(text, longestList) },
  }),
  StoragePoolListAllVolumes: reads(282, {
    takes: { ...onePool, needsResults: int, flags: uint },
    gives: { volumes: list(storageVolume, longestList), count: uint },
  }),
  StorageVolCreateXML: writes(93, {
    takes: { ...onePool, xml: text, flags: uint },
    gives: oneVolume,
  }),
  StorageVolCreateXMLFrom: writes(125, {
    takes: { ...onePool, xml: text, from: storageVolume, flags: uint },
    gives: oneVolume,
  }),
  StorageVolDelete: writes(94, { takes: { ...oneVolume, flags: uint } }),
  StorageVolWipe: writes(165, { takes: { ...oneVolume, flags: uint } }),
  StorageVolWipePattern: writes(259, { takes: { ...oneVolume, algorithm: uint, flags: uint } }),
  StorageVolResize: writes(260, {
    takes: { ...oneVolume, capacity: unsignedHyper, flags: uint },
  }),
  StorageVolUpload: writes(208, { takes: extent }),
  StorageVolDownload: writes(209, { takes: extent }),
  StorageVolLookupByName: reads(95, { takes: { ...onePool, name: text }, gives: oneVolume }),
  StorageVolLookupByKey: reads(96, { takes: { key: text }, gives: oneVolume }),
  StorageVolLookupByPath: reads(97, { takes: { path: text }, gives: oneVolume }),
  StorageVolGetInfo: reads(98, { takes: oneVolume, gives: volumeInfo }),
  StorageVolGetInfoFlags: reads(378, { takes: { ...oneVolume, flags: uint }, gives: volumeInfo }),
  StorageVolGetXMLDesc: reads(99, { takes: { ...oneVolume, flags: uint }, gives: { xml: text } }),
  StorageVolGetPath: reads(100, { takes: oneVolume, gives: { path: text } }),
} as const;
