/** Definitions of domains: stored, shown, changed, annotated. */
import type { Domain } from '../../../driver/domain';
import type { DeviceOptions } from '../../../driver/types';
import { TslxcError } from '../../../errors';
import type { domainProcedures } from '../../protocol/domain';
import type { WireDomain } from '../../protocol/values';
import { done } from '../base/call';
import type { Call, Handlers } from '../base/call';
import { bothAffects, checkFlags, hasFlag, whichOf } from '../base/flags';
import { wireDomain, withDomain } from '../base/identities';
import { readAnnotation, writeAnnotation } from '../base/annotations';
import { characters } from '../base/characters';
import { WireError } from '../base/wire-error';
import { does } from './life';

type Names =
  | 'DomainDefineXML'
  | 'DomainDefineXMLFlags'
  | 'DomainUndefine'
  | 'DomainUndefineFlags'
  | 'DomainRename'
  | 'DomainGetXMLDesc'
  | 'DomainGetOSType'
  | 'DomainGetAutostart'
  | 'DomainSetAutostart'
  | 'DomainGetSecurityLabel'
  | 'DomainGetMetadata'
  | 'DomainSetMetadata'
  | 'DomainGetHostname'
  | 'DomainAttachDevice'
  | 'DomainAttachDeviceFlags'
  | 'DomainDetachDevice'
  | 'DomainDetachDeviceFlags'
  | 'DomainUpdateDeviceFlags'
  | 'ConnectDomainXMLFromNative';

const defineFlags = { validate: 1 } as const;
const xmlFlags = { secure: 1, inactive: 2, updateCpu: 4, migratable: 8 } as const;
/** Where the name of a host comes from: its lease. */
const hostnameFlags = { lease: 1 } as const;

const allXmlFlags = xmlFlags.secure | xmlFlags.inactive | xmlFlags.updateCpu | xmlFlags.migratable;

export const definitionHandlers: Handlers<Pick<typeof domainProcedures, Names>> = {
  DomainDefineXML: (call, { xml }) => define(call, xml, 0),
  DomainDefineXMLFlags: (call, { xml, flags }) => {
    checkFlags(flags, defineFlags.validate, 'lxcDomainDefineXMLFlags');
    return define(call, xml, flags);
  },
  DomainUndefine: (call, { domain }) => does(call, domain, (one) => one.undefine()),
  DomainUndefineFlags: (call, { domain, flags }) => {
    checkFlags(flags, 0, 'lxcDomainUndefineFlags');
    return does(call, domain, (one) => one.undefine());
  },
  DomainRename: (call, { domain, name, flags }) => {
    checkFlags(flags, 0, 'virDomainRename');
    if (name === undefined) throw new TslxcError('INVALID_ARG', 'new_name must not be NULL');
    return withDomain(call, domain, async (one) => {
      await one.rename(name);
      return { code: 0 };
    });
  },
  DomainGetXMLDesc: (call, { domain, flags }) => {
    checkFlags(flags, allXmlFlags, 'lxcDomainGetXMLDesc');
    if (call.client.access === 'read-only' && hasFlag(flags, xmlFlags.secure)) {
      throw new WireError('OPERATION_DENIED', 'virDomainGetXMLDesc with secure flag', 'domain');
    }
    // As virsh edit asks: also for the text of a definition that can't be read, which it is there to mend.
    if (flags === (xmlFlags.secure | xmlFlags.inactive)) {
      return withDomain(call, domain, async (one) => ({ xml: await one.editableXml() }));
    }
    const which = hasFlag(flags, xmlFlags.inactive) ? ({ which: 'inactive' } as const) : {};
    return withDomain(call, domain, async (one) => ({ xml: await one.xml(which) }));
  },
  DomainGetOSType: (call, { domain }) =>
    withDomain(call, domain, async (one) => {
      await one.state();
      return { type: 'exe' };
    }),
  DomainGetAutostart: (call, { domain }) =>
    withDomain(call, domain, async (one) => ({ autostart: Number((await one.info()).autostart) })),
  DomainSetAutostart: (call, { domain, autostart }) =>
    does(call, domain, (one) => one.setAutostart(autostart === 0 ? 'off' : 'on')),
  DomainGetSecurityLabel: (call, { domain }) =>
    withDomain(call, domain, async (one) => {
      const { label, enforcing } = (await one.securityLabel()) ?? { label: '', enforcing: false };
      return { label: characters(label), enforcing: Number(enforcing) };
    }),
  DomainGetMetadata: (call, { domain, flags, ...what }) => {
    checkFlags(flags, bothAffects, 'virDomainObjGetMetadata');
    return withDomain(call, domain, async (one) => ({
      metadata: await readAnnotation(one, {
        ...what,
        ...whichOf(flags),
        missing: 'NO_DOMAIN_METADATA',
      }),
    }));
  },
  DomainSetMetadata: (call, { domain, flags, ...what }) => {
    checkFlags(flags, bothAffects, 'lxcDomainSetMetadata');
    return does(call, domain, (one) => writeAnnotation(one, { ...what, ...whichOf(flags) }));
  },
  DomainGetHostname: (call, { domain, flags }) => {
    checkFlags(flags, hostnameFlags.lease, 'lxcDomainGetHostname');
    return withDomain(call, domain, async (one) => ({ hostname: await one.hostname() }));
  },
  DomainAttachDevice: (call, { domain, xml }) =>
    does(call, domain, (one) => one.attachDevice(xml, { which: 'live' })),
  DomainAttachDeviceFlags: (call, { domain, xml, flags }) =>
    device(call, domain, {
      flags,
      driverFunction: 'lxcDomainAttachDeviceFlags',
      act: (one, options) => one.attachDevice(xml, options),
    }),
  DomainDetachDevice: (call, { domain, xml }) =>
    does(call, domain, (one) => one.detachDevice(xml, { which: 'live' })),
  DomainDetachDeviceFlags: (call, { domain, xml, flags }) =>
    device(call, domain, {
      flags,
      driverFunction: 'lxcDomainDetachDeviceFlags',
      act: (one, options) => one.detachDevice(xml, options),
    }),
  DomainUpdateDeviceFlags: (call, { domain, xml, flags }) =>
    device(call, domain, {
      flags,
      driverFunction: 'lxcDomainUpdateDeviceFlags',
      act: (one, options) => one.updateDevice(xml, options),
    }),
  ConnectDomainXMLFromNative: async ({ client }, { format, configuration, flags }) => {
    checkFlags(flags, 0, 'lxcConnectDomainXMLFromNative');
    const { xml } = await client.connection().domainXmlFromNative(format, { text: configuration });
    return { xml };
  },
};

async function define(
  { client }: Call,
  xml: string,
  flags: number,
): Promise<{ domain: WireDomain }> {
  const validate = hasFlag(flags, defineFlags.validate) ? { validate: true } : {};
  return { domain: wireDomain(await client.connection().defineDomain(xml, validate)) };
}

interface DeviceChange {
  readonly flags: number;
  /** Of libvirt's, for the refusal of a flag that it does not know. */
  readonly driverFunction: string;
  readonly act: (domain: Domain, options: DeviceOptions) => Promise<void>;
}

function device(
  call: Call,
  domain: WireDomain,
  { flags, driverFunction, act }: DeviceChange,
): Promise<typeof done> {
  checkFlags(flags, bothAffects, driverFunction);
  return does(call, domain, (one) => act(one, whichOf(flags)));
}
