/** `<portgroup>`, `<vlan>`, `<bandwidth>` and `<port>`: the settings of interfaces that come from their network. */
import { parseBandwidth } from '../../domain/interface/bandwidth';
import type { Bandwidth, VirtualPort, Vlan } from '../../domain/interface/definition';
import type { KeptPart } from '../../domain/xml/unsupported';
import type { XmlAttribute } from '../../domain/xml/element';
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import { asStored } from '../../domain/xml/raw';
import {
  childOf,
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
} from '../../domain/xml/reading';
import { parseVirtualPort } from '../../domain/interface/port/virtual-port';
import { parseVlan } from '../../domain/interface/port/vlan';
import { required, singleLine, yesNo, yesNoWord } from './attributes';
import type { Portgroup } from '../definition/definition';
import type { NetworkSession } from './parse-session';
import { portgroupVocabulary, portVocabulary } from '../definition/vocabulary';

/** @throws DefinitionError CONFIG_UNSUPPORTED, with libvirt's message, for two groups with the same name, and for two defaults. */
export function parsePortgroups(network: Reading, session: NetworkSession): Portgroup[] {
  const names = new Set<string>();
  let first: string | undefined;
  return childrenOf(network, 'portgroup').map((at) => {
    const group = parsePortgroup(at, session);
    const { name, isDefault } = group;
    if (names.has(name)) {
      const detail = `multiple <portgroup> elements with the same name (${name}) in network '${session.network}'`;
      throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'name'));
    }
    names.add(name);
    if (isDefault && first !== undefined) {
      const detail = `network '${session.network}' has multiple default <portgroup> elements (${first} and ${name}), but only one default is allowed`;
      throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'default'));
    }
    if (isDefault) first = name;
    return group;
  });
}

/** `<vlan>` and `<bandwidth>` of a network or a group. @throws as parseVlan and parseBandwidth. */
export function parseShape(
  reading: Reading,
  session: NetworkSession,
): { vlan?: Vlan; bandwidth?: Bandwidth } {
  const [vlanAt, bandwidthAt] = [childOf(reading, 'vlan'), childOf(reading, 'bandwidth')];
  const bandwidth = bandwidthAt && parseBandwidth(bandwidthAt, 'elsewhere', session);
  return {
    ...(vlanAt === undefined ? {} : { vlan: parseVlan(vlanAt, session) }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
  };
}

/** `<virtualport>` of a network or a group; a refused element is kept as written. */
export function parseSwitch(
  reading: Reading,
  session: NetworkSession,
): { virtualPort?: VirtualPort; refused: readonly LocatedElement[] } {
  const at = childOf(reading, 'virtualport');
  if (at === undefined) return { refused: [] };
  const own = { ...session, unsupported: [] };
  const virtualPort = parseVirtualPort(at, own);
  if (virtualPort !== undefined && own.unsupported.length === 0)
    return { virtualPort, refused: [] };
  session.unsupported.push(...own.unsupported);
  return { refused: [at] };
}

/** `<port isolated>`; undefined if it is missing. @throws DefinitionError XML_ERROR. */
export function parseIsolated(network: Reading, session: NetworkSession): boolean | undefined {
  const at = childOf(network, 'port');
  return at && yesNo(readElement(at, portVocabulary, session), 'isolated');
}

/** The parts of a network or a group that are kept as written: `trustGuestRxFilters`, and all that is unsupported. */
export function keepPort(
  reading: Reading,
  refused: readonly LocatedElement[],
  session: NetworkSession,
): KeptPart | undefined {
  const { at } = reading;
  const keptChildren = [...reading.keptChildren, ...refused];
  const attributes: XmlAttribute[] = [];
  const name = 'trustGuestRxFilters';
  const value = yesNoWord(yesNo(reading, name));
  if (value !== undefined) attributes.push({ name, value });
  if (attributes.length === 0 && keptChildren.length === 0) return undefined;
  const children = keptChildren.map((child) => asStored(child, session));
  return { path: at.path, attributes, children };
}

function parsePortgroup(at: LocatedElement, session: NetworkSession): Portgroup {
  const reading = readElement(at, portgroupVocabulary, session);
  const words = 'Missing required name attribute in portgroup';
  const name = singleLine(required(reading, 'name', words), reading, 'name');
  const { virtualPort, refused } = parseSwitch(reading, session);
  const kept = keepPort(reading, refused, session);
  return {
    name,
    // Any other word is libvirt's no.
    isDefault: reading.attributes.get('default')?.toLowerCase() === 'yes',
    ...parseShape(reading, session),
    ...(virtualPort === undefined ? {} : { virtualPort }),
    ...(kept === undefined ? {} : { kept }),
    position: at.position,
  };
}
