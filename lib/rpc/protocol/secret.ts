/** Procedures about secrets. */
import { int, list, opaque, structure, text, uint, type ValueOf } from '../xdr/codec';
import { reads, writes } from './procedure';
import { longestList, uuid } from './values';

/** The most bytes of a value. */
const longestValue = 65_536;

/** A secret: its uuid, and what it is for, by the number of the kind. */
const secret = structure({ uuid, usageType: int, usage: text });
export type WireSecret = ValueOf<typeof secret>;

const about = { secret } as const;
const found = { secret } as const;

export const secretProcedures = {
  ConnectNumOfSecrets: reads(139, { gives: { count: int } }),
  ConnectListSecrets: reads(140, {
    takes: { most: int },
    gives: { uuids: list(text, longestList) },
  }),
  SecretLookupByUUID: reads(141, { takes: { uuid }, gives: found }),
  SecretDefineXML: writes(142, { takes: { xml: text, flags: uint }, gives: found }),
  SecretGetXMLDesc: reads(143, { takes: { ...about, flags: uint }, gives: { xml: text } }),
  SecretSetValue: writes(144, { takes: { ...about, value: opaque(longestValue), flags: uint } }),
  SecretGetValue: writes(145, {
    takes: { ...about, flags: uint },
    gives: { value: opaque(longestValue) },
  }),
  SecretUndefine: writes(146, { takes: about }),
  SecretLookupByUsage: reads(147, { takes: { usageType: int, usage: text }, gives: found }),
  ConnectListAllSecrets: reads(287, {
    takes: { needsResults: int, flags: uint },
    gives: { secrets: list(secret, longestList), count: uint },
  }),
} as const;
