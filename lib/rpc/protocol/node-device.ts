/** Procedures about the devices of the host. */
import { int, list, structure, text, uint } from '../xdr/codec';
import { reads } from './procedure';
import { longestList, maybeText } from './values';

/** A device is known by its name. */
const device = structure({ name: text });
const found = { device } as const;
const about = { name: text } as const;

/** As many has a device at most. */
const mostCapabilities = 65_536;

export const nodeDeviceProcedures = {
  NodeNumOfDevices: reads(111, {
    takes: { capability: maybeText, flags: uint },
    gives: { count: int },
  }),
  NodeListDevices: reads(112, {
    takes: { capability: maybeText, most: int, flags: uint },
    gives: { names: list(text, longestList) },
  }),
  NodeDeviceLookupByName: reads(113, { takes: { name: text }, gives: found }),
  NodeDeviceGetXMLDesc: reads(114, { takes: { ...about, flags: uint }, gives: { xml: text } }),
  NodeDeviceGetParent: reads(115, { takes: about, gives: { parent: maybeText } }),
  NodeDeviceNumOfCaps: reads(116, { takes: about, gives: { count: int } }),
  NodeDeviceListCaps: reads(117, {
    takes: { ...about, most: int },
    gives: { names: list(text, mostCapabilities) },
  }),
  ConnectListAllNodeDevices: reads(285, {
    takes: { needsResults: int, flags: uint },
    gives: { devices: list(device, longestList), count: uint },
  }),
  NodeDeviceLookupSCSIHostByWWN: reads(297, {
    takes: { wwnn: text, wwpn: text, flags: uint },
    gives: found,
  }),
  NodeDeviceGetAutostart: reads(433, { takes: about, gives: { autostart: int } }),
  NodeDeviceIsPersistent: reads(435, { takes: about, gives: { persistent: int } }),
  NodeDeviceIsActive: reads(436, { takes: about, gives: { active: int } }),
} as const;
