/** Procedures about a connection and the host behind it. */
import { int, list, opaque, text, tuple, uint, unsignedHyper, structure } from '../xdr/codec';
import { opens, reads, writes } from './procedure';
import { maybeText, parameter } from './values';

const statistic = structure({ field: text, value: unsignedHyper });

export const connectProcedures = {
  AuthList: opens(66, { gives: { types: list(int, 20) } }),
  AuthPolkit: opens(70, { gives: { complete: int } }),
  ConnectOpen: opens(1, { takes: { name: maybeText, flags: uint } }),
  ConnectClose: opens(2),
  ConnectGetType: reads(3, { gives: { type: text } }),
  ConnectGetVersion: reads(4, { gives: { version: unsignedHyper } }),
  ConnectGetLibVersion: reads(157, { gives: { version: unsignedHyper } }),
  ConnectGetURI: reads(110, { gives: { uri: text } }),
  ConnectGetHostname: reads(59, { gives: { hostname: text } }),
  ConnectGetSysinfo: reads(203, { takes: { flags: uint }, gives: { sysinfo: text } }),
  ConnectGetCapabilities: reads(7, { gives: { capabilities: text } }),
  ConnectIsSecure: reads(149, { gives: { secure: int } }),
  ConnectSupportsFeature: opens(60, { takes: { feature: int }, gives: { supported: int } }),
  ConnectRegisterCloseCallback: reads(360),
  ConnectUnregisterCloseCallback: reads(361),
  ConnectSetIdentity: writes(419, { takes: { parameters: list(parameter, 20), flags: uint } }),
  NodeGetInfo: reads(6, {
    gives: {
      model: tuple(int, 32),
      memory: unsignedHyper,
      cpus: int,
      mhz: int,
      nodes: int,
      sockets: int,
      cores: int,
      threads: int,
    },
  }),
  NodeGetSecurityModel: reads(122, { gives: { model: list(int, 257), doi: list(int, 257) } }),
  NodeGetCPUStats: reads(227, {
    takes: { cpu: int, most: int, flags: uint },
    gives: { statistics: list(statistic, 16), count: int },
  }),
  NodeGetMemoryStats: reads(228, {
    takes: { most: int, cell: int, flags: uint },
    gives: { statistics: list(statistic, 16), count: int },
  }),
  NodeGetCellsFreeMemory: reads(101, {
    takes: { first: int, most: int },
    gives: { cells: list(unsignedHyper, 1024) },
  }),
  NodeGetFreeMemory: reads(102, { gives: { free: unsignedHyper } }),
  NodeGetCPUMap: reads(293, {
    takes: { needsMap: int, needsOnline: int, flags: uint },
    gives: { map: opaque(2048), online: uint, count: int },
  }),
  NodeGetMemoryParameters: reads(289, {
    takes: { most: int, flags: uint },
    gives: { parameters: list(parameter, 64), count: int },
  }),
  NodeSetMemoryParameters: writes(288, { takes: { parameters: list(parameter, 64), flags: uint } }),
  NodeGetFreePages: reads(340, {
    takes: { sizes: list(uint, 1024), firstCell: int, cells: uint, flags: uint },
    gives: { counts: list(unsignedHyper, 1024) },
  }),
  NodeAllocPages: writes(347, {
    takes: {
      sizes: list(uint, 1024),
      counts: list(unsignedHyper, 1024),
      firstCell: int,
      cells: uint,
      flags: uint,
    },
    gives: { count: int },
  }),
  NodeSuspendForDuration: writes(250, {
    takes: { target: uint, seconds: unsignedHyper, flags: uint },
  }),
} as const;
