/** Procedures about the limits of domains, and how much they use. */
import { hyper, int, list, structure, text, uint, unsignedHyper } from '../xdr/codec';
import { reads, writes } from './procedure';
import { domain, longestList, maybeText, parameter } from './values';

const about = { domain } as const;
const few = list(parameter, 16);

/** How a client asks for parameters: at first for none, to learn how many there are. */
const asked = {
  takes: { ...about, most: int, flags: uint },
  gives: { parameters: few, count: int },
};

const address = structure({ type: int, address: text, prefix: uint });
const interfaceAddresses = structure({
  name: text,
  mac: maybeText,
  addresses: list(address, 2048),
});

export const tuningProcedures = {
  DomainGetMaxMemory: reads(17, { takes: about, gives: { memory: unsignedHyper } }),
  DomainSetMaxMemory: writes(30, { takes: { ...about, memory: unsignedHyper } }),
  DomainSetMemory: writes(31, { takes: { ...about, memory: unsignedHyper } }),
  DomainSetMemoryFlags: writes(204, { takes: { ...about, memory: unsignedHyper, flags: uint } }),
  DomainGetMemoryParameters: reads(198, asked),
  DomainSetMemoryParameters: writes(197, { takes: { ...about, parameters: few, flags: uint } }),
  DomainGetBlkioParameters: reads(206, asked),
  DomainSetBlkioParameters: writes(205, { takes: { ...about, parameters: few, flags: uint } }),
  DomainGetSchedulerType: reads(56, { takes: about, gives: { type: text, count: int } }),
  DomainGetSchedulerParameters: reads(57, {
    takes: { ...about, most: int },
    gives: { parameters: few },
  }),
  DomainGetSchedulerParametersFlags: reads(223, {
    takes: { ...about, most: int, flags: uint },
    gives: { parameters: few },
  }),
  DomainSetSchedulerParameters: writes(58, { takes: { ...about, parameters: few } }),
  DomainSetSchedulerParametersFlags: writes(219, {
    takes: { ...about, parameters: few, flags: uint },
  }),
  DomainGetNumaParameters: reads(255, asked),
  DomainSetNumaParameters: writes(254, { takes: { ...about, parameters: few, flags: uint } }),
  DomainGetInterfaceParameters: reads(257, {
    takes: { ...about, device: text, most: int, flags: uint },
    gives: { parameters: few, count: int },
  }),
  DomainSetInterfaceParameters: writes(256, {
    takes: { ...about, device: text, parameters: few, flags: uint },
  }),
  DomainBlockStats: reads(64, {
    takes: { ...about, path: text },
    gives: {
      reads: hyper,
      readBytes: hyper,
      writes: hyper,
      writtenBytes: hyper,
      errors: hyper,
    },
  }),
  DomainBlockStatsFlags: reads(243, {
    takes: { ...about, path: text, most: int, flags: uint },
    gives: { parameters: few, count: int },
  }),
  DomainInterfaceStats: reads(65, {
    takes: { ...about, device: text },
    gives: {
      rxBytes: hyper,
      rxPackets: hyper,
      rxErrors: hyper,
      rxDropped: hyper,
      txBytes: hyper,
      txPackets: hyper,
      txErrors: hyper,
      txDropped: hyper,
    },
  }),
  DomainMemoryStats: reads(159, {
    takes: { ...about, most: uint, flags: uint },
    gives: { statistics: list(structure({ tag: int, value: unsignedHyper }), 1024) },
  }),
  DomainGetCPUStats: reads(262, {
    takes: { ...about, perCpu: uint, first: int, cpus: uint, flags: uint },
    gives: { parameters: list(parameter, 2048), count: int },
  }),
  DomainInterfaceAddresses: reads(353, {
    takes: { ...about, source: uint, flags: uint },
    gives: { interfaces: list(interfaceAddresses, 2048) },
  }),
  ConnectGetAllDomainStats: reads(344, {
    takes: { domains: list(domain, longestList), groups: uint, flags: uint },
    gives: {
      records: list(structure({ domain, parameters: list(parameter, 262_144) }), longestList),
    },
  }),
} as const;
