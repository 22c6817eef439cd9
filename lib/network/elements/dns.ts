/** `<dns>` and `<domain>` of a network: the configuration of its name server. */
import { parseIp } from '../../domain/interface/ip-address';
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import {
  childOf,
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
} from '../../domain/xml/reading';
import { present } from '../../present';
import { required, singleLine, wholeNumber, yesNo, yesNoWord } from './attributes';
import type { NetworkDefinition, NetworkDns } from '../definition/definition';
import { isDnsName, isHostName } from './names';
import type { NetworkSession } from './parse-session';
import {
  dnsHostVocabulary,
  dnsVocabulary,
  domainNameVocabulary,
  forwarderVocabulary,
  srvVocabulary,
  txtVocabulary,
} from '../definition/vocabulary';
import { node, type PrintableElement } from '../../domain/xml/print';
import { textVocabulary } from '../../domain/xml/vocabulary';

type Srv = NetworkDns['srvs'][number];

/** @throws DefinitionError XML_ERROR, with libvirt's message. */
export function parseDns(network: Reading, session: NetworkSession): NetworkDns {
  const { network: name } = session;
  const at = childOf(network, 'dns');
  if (at === undefined) {
    return { forwarders: [], txts: [], hosts: [], srvs: [] };
  }
  const reading = readElement(at, dnsVocabulary, session);
  const enabled = yesNo(reading, 'enable');
  const [extra] = reading.children.values();
  if (enabled === false && extra?.[0] !== undefined) {
    throw definitionError('XML_ERROR', `Extra data in disabled network '${name}'`, extra[0]);
  }
  return {
    ...present({ enabled, forwardPlainNames: yesNo(reading, 'forwardPlainNames') }),
    forwarders: childrenOf(reading, 'forwarder').map((child) => parseForwarder(child, session)),
    txts: childrenOf(reading, 'txt').map((child) => parseTxt(child, session)),
    hosts: childrenOf(reading, 'host').map((child) => parseHost(child, session)),
    srvs: childrenOf(reading, 'srv').map((child) => parseSrv(child, session)),
  };
}

/** `<domain>`. @throws DefinitionError XML_ERROR. */
export function parseDomainName(
  network: Reading,
  session: NetworkSession,
): NetworkDefinition['domain'] {
  const at = childOf(network, 'domain');
  if (at === undefined) return undefined;
  const reading = readElement(at, domainNameVocabulary, session);
  const localOnly = yesNo(reading, 'localOnly');
  const register = yesNo(reading, 'register');
  if (register === true && localOnly !== true) {
    const detail = "register='yes' of <domain> requires localOnly='yes'";
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'register'));
  }
  if (!reading.attributes.has('name')) return undefined;
  required(reading, 'name');
  const name = dnsName(reading, 'name') ?? '';
  return { name, ...present({ localOnly, register }) };
}

function parseForwarder(
  at: LocatedElement,
  session: NetworkSession,
): { readonly address?: string; readonly domain?: string } {
  const { network } = session;
  const reading = readElement(at, forwarderVocabulary, session);
  const text = reading.attributes.get('addr');
  const address = text === undefined ? undefined : parseIp(text)?.address;
  if (text !== undefined && address === undefined) {
    const detail = `Invalid forwarder IP address '${text}' in network '${network}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'addr'));
  }
  const domain = dnsName(reading, 'domain');
  if (address === undefined && domain === undefined) {
    const detail = 'Invalid forwarder element, must contain at least one of addr or domain';
    throw definitionError('XML_ERROR', detail, at);
  }
  return {
    ...(address === undefined ? {} : { address }),
    ...(domain === undefined ? {} : { domain }),
  };
}

function parseTxt(at: LocatedElement, session: NetworkSession): { name: string; value: string } {
  const { network } = session;
  const reading = readElement(at, txtVocabulary, session);
  const missing = 'missing required name attribute in DNS TXT record of network';
  const name = required(reading, 'name', `${missing} ${network}`);
  if (!isDnsName(name)) {
    const detail = `prohibited character in DNS TXT record name '${name}' of network ${network}`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'name'));
  }
  const value = reading.attributes.get('value');
  if (value === undefined) {
    const detail = `missing required value attribute in DNS TXT record named '${name}' of network ${network}`;
    throw definitionError('XML_ERROR', detail, at);
  }
  return { name, value: singleLine(value, reading, 'value') };
}

function parseHost(
  at: LocatedElement,
  session: NetworkSession,
): { ip: string; names: readonly string[] } {
  const reading = readElement(at, dnsHostVocabulary, session);
  const record = `in network '${session.network}' DNS HOST record`;
  const text = required(reading, 'ip', `Missing IP address ${record}`);
  const ip = parseIp(text);
  if (ip === undefined) {
    throw definitionError('XML_ERROR', `Invalid IP address ${record}`, attributeLocation(at, 'ip'));
  }
  const elements = childrenOf(reading, 'hostname');
  if (elements.length === 0) throw definitionError('XML_ERROR', `Missing hostname ${record}`, at);
  const names = elements.map((element) => {
    const name = readElement(element, textVocabulary, session).text.trim();
    if (name === '') throw definitionError('XML_ERROR', `Missing hostname ${record}`, element);
    if (!isHostName(name)) {
      throw definitionError('XML_ERROR', `Invalid hostname '${name}' ${record}`, element);
    }
    return name;
  });
  return { ip: ip.address, names };
}

/** A label of a DNS name has at most 63 bytes, of which the first is the underscore before the service. */
const maxService = 62;

function parseSrv(at: LocatedElement, session: NetworkSession): Srv {
  const { network } = session;
  const reading = readElement(at, srvVocabulary, session);
  const of = `of network '${network}'`;
  const missing = 'missing required service attribute in DNS SRV record';
  const service = required(reading, 'service', `${missing} ${of}`);
  if (service.length > maxService) {
    const detail = `service attribute '${service}' in network '${network}' is too long, limit is ${maxService} bytes`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'service'));
  }
  if (!/^[A-Za-z0-9_+/*-]+$/.test(service)) {
    const detail = `invalid character in service attribute '${service}' in DNS SRV record ${of}`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'service'));
  }
  const words = `missing required protocol attribute in DNS SRV record '${service}' ${of}`;
  const protocol = required(reading, 'protocol', words);
  if (!/^[A-Za-z0-9+/-]+$/.test(protocol)) {
    const detail = `invalid character in protocol attribute '${protocol}' in DNS SRV record ${of}`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'protocol'));
  }
  const domain = dnsName(reading, 'domain');
  const target = srvTarget(reading);
  return {
    service,
    protocol,
    ...(domain === undefined ? {} : { domain }),
    ...(target === undefined ? {} : { target }),
    ...parseTargetNumbers(reading, network),
  };
}

/** Port, priority and weight of a target. A priority or weight of 0 is the default, which libvirt does not print. */
function parseTargetNumbers(
  reading: Reading,
  network: string,
): Pick<Srv, 'port' | 'priority' | 'weight'> {
  const numbers: Partial<Record<'port' | 'priority' | 'weight', number>> = {};
  for (const name of ['port', 'priority', 'weight'] as const) {
    const value = wholeNumber(reading, name, [name === 'port' ? 1 : 0, 65535]);
    if (value === undefined) continue;
    if (!reading.attributes.has('target')) {
      const service = reading.attributes.get('service') ?? '';
      const detail = `DNS SRV ${name} attribute not permitted without target for service '${service}' in network '${network}'`;
      throw definitionError('XML_ERROR', detail, attributeLocation(reading.at, name));
    }
    if (value > 0) numbers[name] = value;
  }
  return numbers;
}

/** A name, which may end with a dot. A dot alone means that the service is not offered (RFC 2782). */
function srvTarget(reading: Reading): string | undefined {
  const text = reading.attributes.get('target');
  if (text === '.' || (text?.endsWith('.') && isDnsName(text.slice(0, -1)))) return text;
  return dnsName(reading, 'target');
}

/** An attribute with a DNS name; undefined if it is missing. */
function dnsName({ attributes, at }: Reading, name: string): string | undefined {
  const text = attributes.get(name);
  if (text === undefined || isDnsName(text)) return text;
  const detail = `Invalid value for attribute '${name}' in element '${at.element.name}': '${text}' is not a domain name`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, name));
}

/** `<dns>`, in libvirt's order; empty if nothing differs from the defaults. */
export function formatDns(dns: NetworkDns): readonly PrintableElement[] {
  const { enabled, forwardPlainNames, forwarders, txts, srvs, hosts } = dns;
  const records = [
    ...forwarders.map(({ domain, address }) => node('forwarder', { domain, addr: address })),
    ...txts.map(({ name, value }) => node('txt', { name, value })),
    ...srvs.map(formatSrv),
    ...hosts.map(({ ip, names }) =>
      node(
        'host',
        { ip },
        names.map((name) => node('hostname', {}, [name])),
      ),
    ),
  ];
  const attributes = {
    enable: yesNoWord(enabled),
    forwardPlainNames: yesNoWord(forwardPlainNames),
  };
  const element = node('dns', attributes, records);
  return element.attributes.length + records.length === 0 ? [] : [element];
}

function formatSrv(srv: NetworkDns['srvs'][number]): PrintableElement {
  const { service, protocol, domain, target, port, priority, weight } = srv;
  const text = (value: number | undefined) => (value === undefined ? undefined : String(value));
  return node('srv', {
    service,
    protocol,
    domain,
    target,
    port: text(port),
    priority: text(priority),
    weight: text(weight),
  });
}
