/** `<networkport>`: the port of a virtual network that one interface is plugged into. Parsed and formatted as libvirt does. */
import type { Bandwidth, Vlan } from '../../domain/interface/definition';
import { formatBandwidth, parseBandwidth } from '../../domain/interface/bandwidth';
import { parseMac } from '../../domain/interface/mac-address';
import { formatVlan, parseVlan } from '../../domain/interface/port/vlan';
import { node, printXml, type PrintableElement } from '../../domain/xml/print';
import {
  childOf,
  locateRoot,
  readElement,
  readText,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../../domain/xml/reading';
import {
  attributeLocation,
  definitionError,
  inDocumentOrder,
} from '../../domain/xml/source-location';
import { refuseUnsupported, type UnknownWord } from '../../domain/xml/unsupported';
import { textVocabulary, vocabulary } from '../../domain/xml/vocabulary';
import { parseXml } from '../../domain/xml/xml';
import { present } from '../../present';
import { yesNo } from '../elements/attributes';
import { noSwitch } from './vocabulary';

/** What an interface is plugged into. */
export type Plug =
  | { readonly type: 'network' | 'bridge'; readonly bridge: string }
  | { readonly type: 'direct'; readonly device: string; readonly mode: string };

export interface PortDefinition {
  readonly uuid: string;
  readonly owner: { readonly name: string; readonly uuid: string };
  readonly mac: string;
  /** The port group. */
  readonly group?: string;
  readonly bandwidth?: Bandwidth;
  readonly vlan?: Vlan;
  readonly isolated?: boolean;
  /** Chosen by the network. It is only printed: a document may leave it out, and it is not parsed. */
  readonly plug?: Plug;
}

/** A port that a document requests. */
export interface WantedPort extends PortDefinition {
  /** Words that libvirt's schema does not know, which were left out. */
  readonly unknown?: readonly UnknownWord[];
}

const portVocabulary = vocabulary({
  children: {
    uuid: 'one',
    owner: 'one',
    group: 'one',
    mac: 'one',
    virtualport: noSwitch,
    bandwidth: 'one',
    vlan: 'one',
    port: 'one',
    rxfilters: 'output',
    plug: 'output',
  },
});

const ownerVocabulary = vocabulary({ children: { name: 'one', uuid: 'one' } });
const macVocabulary = vocabulary({ attributes: { address: 'supported' } });
const isolationVocabulary = vocabulary({ attributes: { isolated: 'supported' } });

interface PortParseContext {
  readonly newUuid: () => string;
  /** Where words that the schema does not know are noted. */
  readonly unknown?: UnknownWord[];
}

/**
 * As in libvirt, a word that its schema does not know is left out.
 *
 * @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED or INTERNAL_ERROR, with `element`, `line` and `column`.
 */
export function parseNetworkPort(
  xml: string,
  { newUuid, unknown = [] }: PortParseContext,
): WantedPort {
  const root = locateRoot(parseXml(xml));
  if (root.element.name !== 'networkport' || root.element.namespace !== '') {
    const detail = `expecting root element of 'networkport', not '${root.element.name}'`;
    throw definitionError('XML_ERROR', detail, root);
  }
  const session: ReadingSession = { unsupported: [], kept: [], unknown };
  const reading = readElement(root, portVocabulary, session);
  refuseUnsupported(session.unsupported);
  const [bandwidthAt, vlanAt] = [childOf(reading, 'bandwidth'), childOf(reading, 'vlan')];
  const isolationAt = childOf(reading, 'port');
  const optional = {
    group: readText(childOf(reading, 'group'), session),
    bandwidth: bandwidthAt && parseBandwidth(bandwidthAt, 'on a network', session),
    vlan: vlanAt && parseVlan(vlanAt, session),
    isolated:
      isolationAt && yesNo(readElement(isolationAt, isolationVocabulary, session), 'isolated'),
  };
  const uuidAt = childOf(reading, 'uuid');
  const definition = {
    uuid: uuidAt === undefined ? newUuid() : uuidOf(uuidAt, session),
    owner: parseOwner(reading, session),
    mac: parsePortMac(reading, session),
    ...present(optional),
  };
  return unknown.length === 0 ? definition : { ...definition, unknown: inDocumentOrder(unknown) };
}

function parseOwner(port: Reading, session: ReadingSession): PortDefinition['owner'] {
  const at = childOf(port, 'owner');
  const owner = at === undefined ? undefined : readElement(at, ownerVocabulary, session);
  const nameAt = owner && childOf(owner, 'name');
  const name = readText(nameAt, session);
  if (name === undefined) {
    throw definitionError('XML_ERROR', 'network port has no owner name', nameAt ?? at ?? port.at);
  }
  const uuidAt = owner && childOf(owner, 'uuid');
  if (uuidAt === undefined) {
    throw definitionError('XML_ERROR', 'network port has no owner UUID', at ?? port.at);
  }
  return { name, uuid: uuidOf(uuidAt, session) };
}

function parsePortMac(port: Reading, session: ReadingSession): string {
  const at = childOf(port, 'mac');
  if (at === undefined) throw definitionError('XML_ERROR', 'network port has no mac', port.at);
  const text = readElement(at, macVocabulary, session).attributes.get('address') ?? '';
  const mac = parseMac(text);
  if (mac !== undefined) return mac;
  const detail = `unable to parse MAC '${text}'`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'address'));
}

function uuidOf(at: LocatedElement, session: ReadingSession): string {
  const text = readElement(at, textVocabulary, session).text.trim().toLowerCase();
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw definitionError('INTERNAL_ERROR', `unable to parse UUID '${text}'`, at);
}

/** The XML of a port, ending with a newline. */
export function formatNetworkPort(port: PortDefinition): string {
  const { uuid, owner, mac, group, bandwidth, vlan, isolated, plug } = port;
  return printXml(
    node('networkport', {}, [
      node('uuid', {}, [uuid]),
      node('owner', {}, [node('name', {}, [owner.name]), node('uuid', {}, [owner.uuid])]),
      ...(group === undefined ? [] : [node('group', {}, [group])]),
      node('mac', { address: mac }),
      ...(bandwidth === undefined ? [] : [formatBandwidth(bandwidth)]),
      ...(vlan === undefined ? [] : [formatVlan(vlan)]),
      ...(isolated === undefined ? [] : [node('port', { isolated: isolated ? 'yes' : 'no' })]),
      ...(plug === undefined ? [] : [formatPlug(plug)]),
    ]),
  );
}

function formatPlug(plug: Plug): PrintableElement {
  if (plug.type !== 'direct') return node('plug', { type: plug.type, bridge: plug.bridge });
  return node('plug', { type: plug.type, dev: plug.device, mode: plug.mode });
}
