/** Storage pools and volumes as they are sent. */
import { structure, text } from '../../xdr/codec';
import type { ValueOf } from '../../xdr/codec';
import { uuid } from '../values';

export const storagePool = structure({ name: text, uuid });
export type WireStoragePool = ValueOf<typeof storagePool>;

/** A volume: the name of its pool, its own name, and its key. */
export const storageVolume = structure({ pool: text, name: text, key: text });
export type WireStorageVolume = ValueOf<typeof storageVolume>;
