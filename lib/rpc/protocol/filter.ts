/** Procedures about filters for network traffic, and about the interfaces that they are in force for. */
import { int, list, structure, text, uint, type ValueOf } from '../xdr/codec';
import { reads, writes } from './procedure';
import { longestList, uuid } from './values';

const filter = structure({ name: text, uuid });
export type WireFilter = ValueOf<typeof filter>;

/** The name of an interface on the host, and that of its filter. */
const binding = structure({ port: text, filter: text });

const about = { filter } as const;
const found = { filter } as const;
const bound = { binding } as const;

export const filterProcedures = {
  NWFilterLookupByName: reads(175, { takes: { name: text }, gives: found }),
  NWFilterLookupByUUID: reads(176, { takes: { uuid }, gives: found }),
  NWFilterGetXMLDesc: reads(177, { takes: { ...about, flags: uint }, gives: { xml: text } }),
  ConnectNumOfNWFilters: reads(178, { gives: { count: int } }),
  ConnectListNWFilters: reads(179, {
    takes: { most: int },
    gives: { names: list(text, longestList) },
  }),
  NWFilterDefineXML: writes(180, { takes: { xml: text }, gives: found }),
  NWFilterUndefine: writes(181, { takes: about }),
  ConnectListAllNWFilters: reads(286, {
    takes: { needsResults: int, flags: uint },
    gives: { filters: list(filter, longestList), count: uint },
  }),
  NWFilterBindingLookupByPortDev: reads(397, { takes: { port: text }, gives: bound }),
  NWFilterBindingGetXMLDesc: reads(398, {
    takes: { ...bound, flags: uint },
    gives: { xml: text },
  }),
  ConnectListAllNWFilterBindings: reads(401, {
    takes: { needsResults: int, flags: uint },
    gives: { bindings: list(binding, longestList), count: uint },
  }),
  NWFilterDefineXMLFlags: writes(431, { takes: { xml: text, flags: uint }, gives: found }),
} as const;
