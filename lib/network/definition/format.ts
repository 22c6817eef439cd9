/**
 * Formats a NetworkDefinition as XML, in libvirt's element order and style. Parsing the result gives the same definition,
 * and formatting that gives the same text.
 */
import { formatBandwidth } from '../../domain/interface/bandwidth';
import type { KeptPart } from '../../domain/xml/unsupported';
import { formatRoute } from '../../domain/interface/addresses';
import { node, printXml, type Attributes, type PrintableElement } from '../../domain/xml/print';
import { formatVirtualPort } from '../../domain/interface/port/virtual-port';
import { formatVlan } from '../../domain/interface/port/vlan';
import { dnsmasqNamespace, type Vocabulary } from '../../domain/xml/vocabulary';
import {
  type DnsmasqOption,
  hasOwnBridge,
  type Forward,
  type NetworkDefinition,
  type Portgroup,
} from './definition';
import { formatDns } from '../elements/dns';
import { yesNoWord } from '../elements/attributes';
import { formatIp } from '../elements/ip';
import {
  bridgeVocabulary,
  forwardVocabulary,
  networkVocabulary,
  portgroupVocabulary,
} from './vocabulary';

/** What a running network adds to the XML of its definition. */
export interface LiveNetwork {
  /** Name of its bridge, which the definition may lack. */
  readonly bridge?: string;
  /** Number of interfaces that are connected to it. */
  readonly connections: number;
}

type Children = Map<string, readonly PrintableElement[]>;

/**
 * The text of a definition, ending with a newline; without `live` it is the inactive XML.
 *
 * @throws TslxcError INVALID_ARG for a character that XML doesn't allow.
 */
export function formatNetwork(definition: NetworkDefinition, live?: LiveNetwork): string {
  const { name, uuid, title, description, metadata, mtu, mac, ipv6 } = definition;
  const { vlan, bandwidth, isolated, dnsmasqOptions } = definition;
  const isolatedWord = isolated === false ? 'no' : 'yes';
  const port = isolated === undefined ? undefined : { isolated: isolatedWord };
  const supported: Children = new Map([
    ['name', [node('name', {}, [name])]],
    ['uuid', [node('uuid', {}, [uuid])]],
    ['title', optional(title, (text) => node('title', {}, [text]))],
    ['description', optional(description, (text) => node('description', {}, [text]))],
    [
      'metadata',
      metadata.length === 0 ? [] : [{ ...node('metadata', {}, metadata), style: 'foreign' }],
    ],
    ['forward', formatForward(definition, live)],
    ['bridge', formatBridge(definition, live)],
    ['mtu', optional(mtu, (size) => node('mtu', { size: String(size) }))],
    ['mac', optional(mac, (address) => node('mac', { address }))],
    ['domain', formatDomainName(definition)],
    ['dns', formatDns(definition.dns)],
    ['vlan', optional(vlan, formatVlan)],
    ['bandwidth', optional(bandwidth, formatBandwidth)],
    ['port', optional(port, (attributes) => node('port', attributes))],
    ['ip', definition.ips.map(formatIp)],
    ['route', definition.routes.map(formatRoute)],
    ['virtualport', optional(definition.virtualPort, formatVirtualPort)],
    ['portgroup', definition.portgroups.map(formatPortgroup)],
    ['dnsmasq:options', formatDnsmasqOptions(dnsmasqOptions)],
  ]);
  const attributes = {
    'xmlns:dnsmasq': dnsmasqOptions.length === 0 ? undefined : dnsmasqNamespace,
    connections:
      live === undefined || live.connections === 0 ? undefined : String(live.connections),
    ipv6: ipv6 ? 'yes' : undefined,
  };
  const kept = keptOf('network', definition);
  return printXml(withKept('network', attributes, { supported, order: networkVocabulary, kept }));
}

function formatForward(
  definition: NetworkDefinition,
  live: LiveNetwork | undefined,
): readonly PrintableElement[] {
  const { mode, devices, nat } = definition.forward;
  const kept = keptOf('network/forward', definition);
  // Mode none means the same as no element, which is printed only if it has parts that must not be lost.
  if (mode === 'none' && kept === nothingKept) return [];
  const supported: Children = new Map([
    ['nat', mode === 'nat' ? formatNat(live === undefined ? nat : livingNat(nat)) : []],
    ['interface', devices.map((dev) => node('interface', { dev }))],
  ]);
  const attributes = { dev: devices[0], mode };
  return [withKept('forward', attributes, { supported, order: forwardVocabulary, kept })];
}

/** As in libvirt, live XML also shows the default ports. */
function livingNat(nat: Forward['nat']): Forward['nat'] {
  return { ipv6: false, ports: { start: 1024, end: 65535 }, ...nat };
}

function formatNat(nat: Forward['nat']): readonly PrintableElement[] {
  if (nat === undefined) return [];
  const { ipv6, addresses, ports } = nat;
  const range = (name: string, ends: { start: string | number; end: string | number }) =>
    node(name, { start: String(ends.start), end: String(ends.end) });
  return [
    node('nat', { ipv6: ipv6 ? 'yes' : undefined }, [
      ...optional(addresses, (ends) => range('address', ends)),
      ...optional(ports, (ends) => range('port', ends)),
    ]),
  ];
}

function formatBridge(
  definition: NetworkDefinition,
  live: LiveNetwork | undefined,
): readonly PrintableElement[] {
  const isOwn = hasOwnBridge(definition);
  const { stp, delay, name = isOwn ? live?.bridge : undefined } = definition.bridge;
  const own = { stp: stp ? 'on' : 'off', delay: String(delay) };
  const kept = keptOf('network/bridge', definition);
  if (!isOwn && name === undefined && kept.attributes.length === 0) return [];
  const attributes = { name, ...(isOwn ? own : {}) };
  return [withKept('bridge', attributes, { order: bridgeVocabulary, kept })];
}

function formatDomainName({ domain }: NetworkDefinition): readonly PrintableElement[] {
  return optional(domain, ({ name, localOnly, register }) =>
    node('domain', {
      name,
      localOnly: yesNoWord(localOnly),
      register: yesNoWord(register),
    }),
  );
}

function formatPortgroup(group: Portgroup): PrintableElement {
  const { name, isDefault, vlan, bandwidth, kept = nothingKept } = group;
  const supported: Children = new Map([
    ['vlan', optional(vlan, formatVlan)],
    ['virtualport', optional(group.virtualPort, formatVirtualPort)],
    ['bandwidth', optional(bandwidth, formatBandwidth)],
  ]);
  const attributes = { name, default: isDefault ? 'yes' : undefined };
  return withKept('portgroup', attributes, { supported, order: portgroupVocabulary, kept });
}

function formatDnsmasqOptions(options: readonly DnsmasqOption[]): readonly PrintableElement[] {
  if (options.length === 0) return [];
  const elements = options.map(({ value }) => node('dnsmasq:option', { value }));
  return [node('dnsmasq:options', {}, elements)];
}

/** An element with the parts of it that were kept as written, all in the vocabulary's order. */
function withKept(
  name: string,
  attributes: Attributes,
  content: { readonly supported?: Children; readonly order: Vocabulary; readonly kept: KeptPart },
): PrintableElement {
  const { supported, order, kept } = content;
  const children = [...order.children.keys()].flatMap((word) => [
    ...(supported?.get(word) ?? []),
    ...kept.children.filter((child) => child.name === word),
  ]);
  const element = node(name, attributes, children);
  const words = [...order.attributes.keys()];
  const all = [...element.attributes, ...kept.attributes];
  return {
    ...element,
    attributes: all.sort((a, b) => words.indexOf(a.name) - words.indexOf(b.name)),
  };
}

const nothingKept: KeptPart = { path: '', attributes: [], children: [] };

function keptOf(path: string, { kept = [] }: NetworkDefinition): KeptPart {
  return kept.find((part) => part.path === path) ?? nothingKept;
}

function optional<T>(
  value: T | undefined,
  print: (value: T) => PrintableElement,
): readonly PrintableElement[] {
  return value === undefined ? [] : [print(value)];
}
