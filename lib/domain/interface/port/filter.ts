/**
 * `<filterref>` of an interface: which of libvirt's predefined filters applies to what its container sends. The filters that keep
 * a container from using addresses that are not its own are carried out; a table says what each of them checks.
 */
import type { FilterName, FilterReference } from '../definition';
import { parseIp } from '../ip-address';
import { attributeLocation, definitionError } from '../../xml/source-location';
import { node, type PrintableElement } from '../../xml/print';
import {
  childrenOf,
  readElement,
  type LocatedElement,
  type ReadingSession,
} from '../../xml/reading';
import { ignored, refused, vocabulary } from '../../xml/vocabulary';

/** The checks of a filter. Each is a few rules: see `lib/container/interfaces/tables/filter-rules.ts`. */
export type FilterCheck =
  /** The source address of a frame is the interface's. */
  | 'mac'
  /** Only IPv4 and ARP are sent and received. */
  | 'protocol'
  /** The source address of an IPv4 packet is an address of the interface. */
  | 'ip'
  /** The sender of an ARP packet has the interface's Ethernet address (`arp-mac`), or one of its IPv4 addresses (`arp-ip`). */
  | 'arp-mac'
  | 'arp-ip'
  /** No IPv4 packet is sent to the Ethernet broadcast address. */
  | 'broadcast';

export const filterChecks: Readonly<Record<FilterName, readonly FilterCheck[]>> = {
  'clean-traffic': ['mac', 'protocol', 'ip', 'arp-mac', 'arp-ip'],
  'no-mac-spoofing': ['mac'],
  'no-ip-spoofing': ['ip'],
  'no-arp-spoofing': ['arp-mac', 'arp-ip'],
  'no-arp-mac-spoofing': ['arp-mac'],
  'no-arp-ip-spoofing': ['arp-ip'],
  'no-mac-broadcast': ['broadcast'],
  'no-other-l2-traffic': ['protocol'],
};

export const filterNames = Object.keys(filterChecks) as readonly FilterName[];

export const filterVocabulary = vocabulary({
  attributes: {
    filter: { values: Object.fromEntries(filterNames.map((name) => [name, 'supported'])) },
  },
  children: { parameter: 'many' },
});

export const otherFilter = refused('its rules would not hold: only those against spoofing do');

const ownAddress = refused('the address that is checked is the interface’s own');

export const filterParameterVocabulary = vocabulary({
  attributes: {
    name: { values: { IP: 'supported', CTRL_IP_LEARNING: 'supported', MAC: ownAddress } },
    value: 'supported',
  },
});

export const otherParameter = ignored('no filter that is carried out has it');

/** Whether the filter needs to know the IPv4 addresses of the interface. */
export function needsAddresses({ filter }: Pick<FilterReference, 'filter'>): boolean {
  return filterChecks[filter].some((check) => check === 'ip' || check === 'arp-ip');
}

/** Undefined for a filter that is not carried out, which is noted in the session. @throws DefinitionError XML_ERROR. */
export function parseFilter(
  at: LocatedElement,
  session: ReadingSession,
): FilterReference | undefined {
  const reading = readElement(at, filterVocabulary, session);
  const text = reading.attributes.get('filter');
  if (text === undefined) {
    throw definitionError('XML_ERROR', "<filterref> has no attribute 'filter'", at);
  }
  const parameters = childrenOf(reading, 'parameter').map((one) => parseParameter(one, session));
  const filter = filterNames.find((name) => name === text);
  if (filter === undefined) {
    session.unsupported.push({ ...placeOf(at, 'filter'), ...otherFilter, value: text });
    return undefined;
  }
  return { filter, parameters, position: at.position };
}

export function formatFilter({ filter, parameters }: FilterReference): PrintableElement {
  const children = parameters.map(({ name, value }) => node('parameter', { name, value }));
  return node('filterref', { filter }, children);
}

/** The message about a parameter that keeps the filter from being set up; undefined if there is none. */
export function filterFault({ parameters }: FilterReference): string | undefined {
  for (const { name, value } of parameters) {
    if (name === 'IP' && parseIp(value)?.family !== 'ipv4') {
      return `the parameter IP of <filterref> is an IPv4 address, and not '${value}'`;
    }
    if (name === 'CTRL_IP_LEARNING' && !learnings.some((one) => one === value.toLowerCase())) {
      return `the parameter CTRL_IP_LEARNING of <filterref> is any, dhcp or none, and not '${value}'`;
    }
  }
  return undefined;
}

const learnings = ['any', 'dhcp', 'none'] as const;

/** How an unknown address is learned. libvirt's default, `any`, takes the first address that the container uses. */
export function learningOf({ parameters }: FilterReference): (typeof learnings)[number] {
  const given = parameters.find(({ name }) => name === 'CTRL_IP_LEARNING')?.value.toLowerCase();
  return learnings.find((one) => one === given) ?? 'any';
}

function parseParameter(
  at: LocatedElement,
  session: ReadingSession,
): FilterReference['parameters'][number] {
  const { attributes } = readElement(at, filterParameterVocabulary, session);
  const [name, value] = [attributes.get('name'), attributes.get('value')];
  if (name === undefined || value === undefined) {
    throw definitionError('XML_ERROR', '<parameter> of <filterref> needs a name and a value', at);
  }
  if (!['IP', 'CTRL_IP_LEARNING', 'MAC'].includes(name)) {
    session.unsupported.push({ ...placeOf(at, 'name'), ...otherParameter, value: name });
  }
  return { name, value };
}

function placeOf(at: LocatedElement, attribute: string) {
  const { path, position } = attributeLocation(at, attribute);
  return { path, position };
}
