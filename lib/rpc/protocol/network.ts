/** Procedures about virtual networks, their leases and their ports. */
import { hyper, int, list, structure, text, uint } from '../xdr/codec';
import { reads, writes } from './procedure';
import { longestList, maybeText, network, networkPort, parameter, uuid } from './values';

const about = { network } as const;
const found = { network } as const;
const onePort = { port: networkPort } as const;

/** The most parameters of a port. */
const mostPortParameters = 16;

const lease = structure({
  bridge: text,
  expiry: hyper,
  type: int,
  mac: maybeText,
  iaid: maybeText,
  address: text,
  prefix: uint,
  hostname: maybeText,
  clientId: maybeText,
});

export const networkProcedures = {
  ConnectListAllNetworks: reads(283, {
    takes: { needsResults: int, flags: uint },
    gives: { networks: list(network, longestList), count: uint },
  }),
  ConnectNumOfNetworks: reads(52, { gives: { count: int } }),
  ConnectListNetworks: reads(38, {
    takes: { most: int },
    gives: { names: list(text, longestList) },
  }),
  ConnectNumOfDefinedNetworks: reads(50, { gives: { count: int } }),
  ConnectListDefinedNetworks: reads(36, {
    takes: { most: int },
    gives: { names: list(text, longestList) },
  }),
  NetworkLookupByName: reads(46, { takes: { name: text }, gives: found }),
  NetworkLookupByUUID: reads(47, { takes: { uuid }, gives: found }),
  NetworkDefineXML: writes(41, { takes: { xml: text }, gives: found }),
  NetworkDefineXMLFlags: writes(432, { takes: { xml: text, flags: uint }, gives: found }),
  NetworkCreateXML: writes(40, { takes: { xml: text }, gives: found }),
  NetworkCreateXMLFlags: writes(437, { takes: { xml: text, flags: uint }, gives: found }),
  NetworkCreate: writes(39, { takes: about }),
  NetworkDestroy: writes(42, { takes: about }),
  NetworkUndefine: writes(49, { takes: about }),
  NetworkUpdate: writes(291, {
    takes: { ...about, command: uint, section: uint, parentIndex: int, xml: text, flags: uint },
  }),
  NetworkGetXMLDesc: reads(43, { takes: { ...about, flags: uint }, gives: { xml: text } }),
  NetworkGetBridgeName: reads(45, { takes: about, gives: { name: text } }),
  NetworkGetAutostart: reads(44, { takes: about, gives: { autostart: int } }),
  NetworkSetAutostart: writes(48, { takes: { ...about, autostart: int } }),
  NetworkIsActive: reads(152, { takes: about, gives: { active: int } }),
  NetworkIsPersistent: reads(153, { takes: about, gives: { persistent: int } }),
  NetworkGetDHCPLeases: reads(341, {
    takes: { ...about, mac: maybeText, needsResults: int, flags: uint },
    gives: { leases: list(lease, 65_536), count: uint },
  }),
  NetworkGetMetadata: reads(445, {
    takes: { ...about, type: int, uri: maybeText, flags: uint },
    gives: { metadata: text },
  }),
  NetworkSetMetadata: writes(444, {
    takes: {
      ...about,
      type: int,
      metadata: maybeText,
      key: maybeText,
      uri: maybeText,
      flags: uint,
    },
  }),
  NetworkListAllPorts: reads(404, {
    takes: { ...about, needsResults: int, flags: uint },
    gives: { ports: list(networkPort, longestList), count: uint },
  }),
  NetworkPortLookupByUUID: reads(405, { takes: { ...about, uuid }, gives: onePort }),
  NetworkPortCreateXML: writes(406, {
    takes: { ...about, xml: text, flags: uint },
    gives: onePort,
  }),
  NetworkPortGetXMLDesc: reads(409, { takes: { ...onePort, flags: uint }, gives: { xml: text } }),
  NetworkPortGetParameters: reads(407, {
    takes: { ...onePort, most: int, flags: uint },
    gives: { parameters: list(parameter, mostPortParameters), count: int },
  }),
  NetworkPortSetParameters: writes(408, {
    takes: { ...onePort, parameters: list(parameter, mostPortParameters), flags: uint },
  }),
  NetworkPortDelete: writes(410, { takes: { ...onePort, flags: uint } }),
} as const;
