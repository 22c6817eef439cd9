/**
 * The parts of a network that can be changed by themselves, as in libvirt's virNetworkUpdate: the path of each, how its elements
 * are matched, and what may be done to them. Pure.
 */
import { parseIp } from '../../domain/interface/ip-address';
import { parseMac } from '../../domain/interface/mac-address';
import type { XmlElement } from '../../domain/xml/element';
import type { Vocabulary } from '../../domain/xml/vocabulary';
import { TslxcError } from '../../errors';
import type { NetworkSection, NetworkUpdateCommand } from './update-names';
import {
  dhcpHostVocabulary,
  dnsHostVocabulary,
  poolDeviceVocabulary,
  portgroupVocabulary,
  rangeVocabulary,
  srvVocabulary,
  txtVocabulary,
} from './vocabulary';

/** The existing elements of a part, and the element that the caller has passed. */
export interface Candidates {
  readonly network: string;
  readonly wanted: XmlElement;
  readonly present: readonly XmlElement[];
}

export interface Section {
  /** Names of the elements from the child of `<network>` down to those that are changed. */
  readonly path: readonly ['dns' | 'forward' | 'portgroup' | 'ip', ...string[]];
  /** The vocabulary of those elements. */
  readonly vocabulary: Vocabulary;
  /** Whether an existing element conflicts with an added one; also finds the element that `modify` replaces. */
  readonly clashes: (wanted: XmlElement, present: XmlElement) => boolean;
  /** Whether an existing element is the one that `delete` removes. */
  readonly isMeant: (wanted: XmlElement, present: XmlElement) => boolean;
  /** The message if elements can't be modified, only added and deleted; undefined if they can. */
  readonly unmodifiable?: string;
  readonly exists: (candidates: Candidates) => string;
  readonly missing: (candidates: Candidates, command: NetworkUpdateCommand) => string;
  /** The message if several elements match; if missing, the first match is used. */
  readonly several?: (candidates: Candidates) => string;
  /** Further checks of an element that is added or modified. @throws TslxcError OPERATION_INVALID. */
  readonly check?: (candidates: Candidates) => void;
}

function value(element: XmlElement, name: string): string | undefined {
  const text = element.attributes.find((attribute) => attribute.name === name)?.value;
  if (text === undefined) return undefined;
  // The same address may be written in several ways.
  return parseMac(text) ?? parseIp(text)?.address ?? text;
}

/** Whether both elements have the attribute, with the same value. */
function shares(a: XmlElement, b: XmlElement, name: string): boolean {
  const text = value(a, name);
  return text !== undefined && text === value(b, name);
}

/** Whether the first element has any of these attributes, and the second has all of those with the same values. */
function agrees(wanted: XmlElement, present: XmlElement, names: readonly string[]): boolean {
  const said = names.filter((name) => value(wanted, name) !== undefined);
  return said.length > 0 && said.every((name) => shares(wanted, present, name));
}

function shown(element: XmlElement, name: string): string {
  return value(element, name) ?? 'unknown';
}

const hostKeys = ['mac', 'id', 'name', 'ip'] as const;

function sharesHostKey(wanted: XmlElement, present: XmlElement): boolean {
  return hostKeys.some((name) => shares(wanted, present, name));
}

const dhcpHost: Section = {
  path: ['ip', 'dhcp', 'host'],
  vocabulary: dhcpHostVocabulary,
  clashes: sharesHostKey,
  isMeant: (wanted, present) => agrees(wanted, present, hostKeys),
  exists: ({ network, wanted }) =>
    `there is an existing dhcp host entry in network '${network}' that matches "<host mac='${shown(wanted, 'mac')}' name='${shown(wanted, 'name')}' ip='${shown(wanted, 'ip')}'/>"`,
  missing: ({ network, wanted }, command) =>
    command === 'modify'
      ? `couldn't locate an existing dhcp host entry with "mac='${shown(wanted, 'mac')}'" "name='${shown(wanted, 'name')}'" "ip='${shown(wanted, 'ip')}'" in network '${network}'`
      : `couldn't locate a matching dhcp host entry in network '${network}'`,
};

const dhcpRange: Section = {
  path: ['ip', 'dhcp', 'range'],
  vocabulary: rangeVocabulary,
  clashes: (wanted, present) => agrees(wanted, present, ['start', 'end']),
  isMeant: (wanted, present) => agrees(wanted, present, ['start', 'end']),
  unmodifiable: 'dhcp ranges cannot be modified, only added or deleted',
  exists: ({ network, wanted }) =>
    `there is an existing dhcp range entry in network '${network}' that matches "<range start='${shown(wanted, 'start')}' end='${shown(wanted, 'end')}'/>"`,
  missing: ({ network }) => `couldn't locate a matching dhcp range entry in network '${network}'`,
};

const forwardInterface: Section = {
  path: ['forward', 'interface'],
  vocabulary: poolDeviceVocabulary,
  clashes: (wanted, present) => shares(wanted, present, 'dev'),
  isMeant: (wanted, present) => shares(wanted, present, 'dev'),
  unmodifiable: 'forward interface entries cannot be modified, only added or deleted',
  exists: ({ network, wanted }) =>
    `there is an existing interface entry in network '${network}' that matches "<interface dev='${shown(wanted, 'dev')}'>"`,
  missing: ({ network, wanted }) =>
    `couldn't find an interface entry in network '${network}' matching <interface dev='${shown(wanted, 'dev')}'>`,
};

const portgroup: Section = {
  path: ['portgroup'],
  vocabulary: portgroupVocabulary,
  clashes: (wanted, present) => shares(wanted, present, 'name'),
  isMeant: (wanted, present) => shares(wanted, present, 'name'),
  exists: ({ network, wanted }) =>
    `there is an existing portgroup entry in network '${network}' that matches "<portgroup name='${shown(wanted, 'name')}'>"`,
  missing: ({ network, wanted }) =>
    `couldn't find a portgroup entry in network '${network}' matching <portgroup name='${shown(wanted, 'name')}'>`,
  check: ({ network, wanted, present }) => {
    const isDefault = (one: XmlElement): boolean => value(one, 'default') === 'yes';
    const other = present.find((one) => isDefault(one) && !shares(wanted, one, 'name'));
    if (other === undefined || !isDefault(wanted)) return;
    const detail = `a different portgroup entry in network '${network}' is already set as the default. Only one default is allowed.`;
    throw new TslxcError('OPERATION_INVALID', detail);
  },
};

function hostNames({ children }: XmlElement): string[] {
  return children.flatMap((child) =>
    typeof child !== 'string' && child.name === 'hostname'
      ? [
          child.children
            .filter((part) => typeof part === 'string')
            .join('')
            .trim(),
        ]
      : [],
  );
}

function sharesHost(wanted: XmlElement, present: XmlElement): boolean {
  const names = hostNames(present);
  return shares(wanted, present, 'ip') || hostNames(wanted).some((name) => names.includes(name));
}

const dnsHost: Section = {
  path: ['dns', 'host'],
  vocabulary: dnsHostVocabulary,
  clashes: sharesHost,
  isMeant: sharesHost,
  exists: ({ network }) =>
    `there is already at least one DNS HOST record with a matching field in network ${network}`,
  missing: ({ network }) => `couldn't locate a matching DNS HOST record in network ${network}`,
  several: ({ network }) => `multiple matching DNS HOST records were found in network ${network}`,
};

const dnsTxt: Section = {
  path: ['dns', 'txt'],
  vocabulary: txtVocabulary,
  clashes: (wanted, present) => shares(wanted, present, 'name'),
  isMeant: (wanted, present) => shares(wanted, present, 'name'),
  exists: ({ network, wanted }) =>
    `there is already a DNS TXT record with name '${shown(wanted, 'name')}' in network ${network}`,
  missing: ({ network }) => `couldn't locate a matching DNS TXT record in network ${network}`,
};

const srvKeys = ['service', 'protocol', 'domain', 'target', 'port', 'priority', 'weight'] as const;

const dnsSrv: Section = {
  path: ['dns', 'srv'],
  vocabulary: srvVocabulary,
  clashes: (wanted, present) => agrees(wanted, present, srvKeys),
  isMeant: (wanted, present) => agrees(wanted, present, srvKeys),
  unmodifiable: 'DNS SRV records cannot be modified, only added or deleted',
  exists: ({ network }) =>
    `there is already at least one DNS SRV record matching all specified fields in network ${network}`,
  missing: ({ network }) => `couldn't locate a matching DNS SRV record in network ${network}`,
  several: ({ network }) =>
    `multiple DNS SRV records matching all specified fields were found in network ${network}`,
};

/** Undefined for a part that libvirt knows, but that can't be changed by itself. */
export const sections: Readonly<Record<NetworkSection, Section | undefined>> = {
  bridge: undefined,
  domain: undefined,
  ip: undefined,
  'ip-dhcp-host': dhcpHost,
  'ip-dhcp-range': dhcpRange,
  forward: undefined,
  'forward-interface': forwardInterface,
  'forward-pf': undefined,
  portgroup,
  'dns-host': dnsHost,
  'dns-txt': dnsTxt,
  'dns-srv': dnsSrv,
};
