/** Procedures about domains: which there are, how they are defined, started and ended. */
import { hyper, int, list, text, uint, unsignedHyper } from '../xdr/codec';
import { reads, writes } from './procedure';
import { domain, longestList, maybeText, uuid } from './values';

const about = { domain } as const;
const found = { domain } as const;

export const domainProcedures = {
  ConnectListAllDomains: reads(273, {
    takes: { needsResults: int, flags: uint },
    gives: { domains: list(domain, longestList), count: uint },
  }),
  ConnectListDomains: reads(37, { takes: { most: int }, gives: { ids: list(int, longestList) } }),
  ConnectNumOfDomains: reads(51, { gives: { count: int } }),
  ConnectListDefinedDomains: reads(21, {
    takes: { most: int },
    gives: { names: list(text, longestList) },
  }),
  ConnectNumOfDefinedDomains: reads(25, { gives: { count: int } }),
  DomainLookupByID: reads(22, { takes: { id: int }, gives: found }),
  DomainLookupByName: reads(23, { takes: { name: text }, gives: found }),
  DomainLookupByUUID: reads(24, { takes: { uuid }, gives: found }),
  DomainDefineXML: writes(11, { takes: { xml: text }, gives: found }),
  DomainDefineXMLFlags: writes(350, { takes: { xml: text, flags: uint }, gives: found }),
  DomainCreateXML: writes(10, { takes: { xml: text, flags: uint }, gives: found }),
  DomainCreate: writes(9, { takes: about }),
  DomainCreateWithFlags: writes(196, { takes: { ...about, flags: uint }, gives: found }),
  // These two come with descriptors.
  DomainCreateXMLWithFiles: writes(309, { takes: { xml: text, flags: uint }, gives: found }),
  DomainCreateWithFiles: writes(310, { takes: { ...about, flags: uint }, gives: found }),
  DomainUndefine: writes(35, { takes: about }),
  DomainUndefineFlags: writes(231, { takes: { ...about, flags: uint } }),
  DomainDestroy: writes(12, { takes: about }),
  DomainDestroyFlags: writes(234, { takes: { ...about, flags: uint } }),
  DomainShutdown: writes(33, { takes: about }),
  DomainShutdownFlags: writes(258, { takes: { ...about, flags: uint } }),
  DomainReboot: writes(27, { takes: { ...about, flags: uint } }),
  DomainSuspend: writes(34, { takes: about }),
  DomainResume: writes(28, { takes: about }),
  DomainSendProcessSignal: writes(295, {
    takes: { ...about, pid: hyper, signal: uint, flags: uint },
  }),
  DomainRename: writes(358, {
    takes: { ...about, name: maybeText, flags: uint },
    gives: { code: int },
  }),
  DomainGetState: reads(212, {
    takes: { ...about, flags: uint },
    gives: { state: int, reason: int },
  }),
  DomainGetInfo: reads(16, {
    takes: about,
    gives: {
      state: uint,
      maxMemory: unsignedHyper,
      memory: unsignedHyper,
      cpus: uint,
      cpuTime: unsignedHyper,
    },
  }),
  DomainGetXMLDesc: reads(14, { takes: { ...about, flags: uint }, gives: { xml: text } }),
  DomainGetOSType: reads(19, { takes: about, gives: { type: text } }),
  DomainIsActive: reads(150, { takes: about, gives: { active: int } }),
  DomainIsPersistent: reads(151, { takes: about, gives: { persistent: int } }),
  DomainIsUpdated: reads(202, { takes: about, gives: { updated: int } }),
  DomainGetAutostart: reads(15, { takes: about, gives: { autostart: int } }),
  DomainSetAutostart: writes(29, { takes: { ...about, autostart: int } }),
  DomainHasManagedSaveImage: reads(183, {
    takes: { ...about, flags: uint },
    gives: { result: int },
  }),
  DomainGetSecurityLabel: reads(121, {
    takes: about,
    gives: { label: list(int, 4097), enforcing: int },
  }),
  DomainGetMetadata: reads(265, {
    takes: { ...about, type: int, uri: maybeText, flags: uint },
    gives: { metadata: text },
  }),
  DomainSetMetadata: writes(264, {
    takes: {
      ...about,
      type: int,
      metadata: maybeText,
      key: maybeText,
      uri: maybeText,
      flags: uint,
    },
  }),
  DomainGetHostname: writes(277, { takes: { ...about, flags: uint }, gives: { hostname: text } }),
  DomainAttachDevice: writes(8, { takes: { ...about, xml: text } }),
  DomainAttachDeviceFlags: writes(160, { takes: { ...about, xml: text, flags: uint } }),
  DomainDetachDevice: writes(13, { takes: { ...about, xml: text } }),
  DomainDetachDeviceFlags: writes(161, { takes: { ...about, xml: text, flags: uint } }),
  DomainUpdateDeviceFlags: writes(174, { takes: { ...about, xml: text, flags: uint } }),
  ConnectDomainXMLFromNative: writes(135, {
    takes: { format: text, configuration: text, flags: uint },
    gives: { xml: text },
  }),
} as const;
