/** Lists of objects that only other drivers of libvirt have: here they are always empty. */
import { int, list, text, uint } from '../xdr/codec';
import { reads } from './procedure';

const number = { gives: { count: int } } as const;
const names = { takes: { most: int }, gives: { names: list(text, 0) } } as const;
const all = {
  takes: { needsResults: int, flags: uint },
  gives: { found: list(text, 0), count: uint },
} as const;

export const emptyLists = {
  ConnectNumOfStoragePools: reads(71, number),
  ConnectListStoragePools: reads(72, names),
  ConnectNumOfDefinedStoragePools: reads(73, number),
  ConnectListDefinedStoragePools: reads(74, names),
  ConnectListAllStoragePools: reads(281, all),
} as const;
