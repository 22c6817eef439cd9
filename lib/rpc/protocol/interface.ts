/** Procedures about the network interfaces of the host. */
import { int, list, structure, text, uint, type ValueOf } from '../xdr/codec';
import { reads } from './procedure';
import { longestList } from './values';

/** An interface, with its Ethernet address, which may be empty. */
const hostInterface = structure({ name: text, mac: text });
export type WireInterface = ValueOf<typeof hostInterface>;

const found = { interface: hostInterface } as const;
const number = { gives: { count: int } } as const;
const names = { takes: { most: int }, gives: { names: list(text, longestList) } } as const;

export const interfaceProcedures = {
  ConnectNumOfInterfaces: reads(126, number),
  ConnectListInterfaces: reads(127, names),
  InterfaceLookupByName: reads(128, { takes: { name: text }, gives: found }),
  InterfaceLookupByMACString: reads(129, { takes: { mac: text }, gives: found }),
  InterfaceGetXMLDesc: reads(130, { takes: { ...found, flags: uint }, gives: { xml: text } }),
  ConnectNumOfDefinedInterfaces: reads(137, number),
  ConnectListDefinedInterfaces: reads(138, names),
  InterfaceIsActive: reads(156, { takes: found, gives: { active: int } }),
  ConnectListAllInterfaces: reads(284, {
    takes: { needsResults: int, flags: uint },
    gives: { interfaces: list(hostInterface, longestList), count: uint },
  }),
} as const;
