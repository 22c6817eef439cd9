/** `<ip>` and `<route>` of an interface, and `<route>` of a network. */
import type { InterfaceAddress, InterfaceRoute } from './definition';
import { enumerated } from '../xml/enumerated';
import {
  addressBits,
  defaultPrefix,
  isInterfaceAddress,
  networkAddress,
  parseIp,
  prefixOfNetmask,
  type Ip,
  type IpFamily,
} from './ip-address';
import { attributeLocation, definitionError } from '../xml/source-location';
import { node, type PrintableElement } from '../xml/print';
import {
  readElement,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../xml/reading';
import { present } from '../../present';
import { vocabulary } from '../xml/vocabulary';
import { parseWholeNumber, wholeNumber } from '../xml/whole-number';

const families: readonly IpFamily[] = ['ipv4', 'ipv6'];

export const ipVocabulary = vocabulary({
  attributes: { address: 'supported', family: 'supported', prefix: 'supported', peer: 'supported' },
});

export const routeVocabulary = vocabulary({
  attributes: {
    family: 'supported',
    address: 'supported',
    netmask: 'supported',
    prefix: 'supported',
    gateway: 'supported',
    metric: 'supported',
  },
});

/** The kernel's maximum: a metric has 32 bits. */
const maxMetric = 2 ** 32 - 1;

/**
 * `<ip>`. The address decides the family; a `family` attribute must agree. As in libvirt, prefix 0 means the default.
 *
 * @throws DefinitionError XML_ERROR or INVALID_ARG, with libvirt's message if it has one.
 */
export function parseAddress(at: LocatedElement, session: ReadingSession): InterfaceAddress {
  const reading = readElement(at, ipVocabulary, session);
  const { attributes } = reading;
  const family = enumerated(reading, 'family', families);
  const text = attributes.get('address');
  if (text === undefined)
    throw definitionError('XML_ERROR', 'Missing required address in <ip>', at);
  const ip = parseIp(text);
  if (ip === undefined || ip.family !== (family ?? ip.family) || !isInterfaceAddress(ip)) {
    const detail = `Invalid address '${text}' in <ip>`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'address'));
  }
  const prefix = readPrefix(reading, ip.family);
  const peerText = attributes.get('peer');
  const peer = peerText === undefined ? undefined : parseIp(peerText);
  if (peerText !== undefined && peer?.family !== ip.family) {
    const detail = `Invalid peer '${peerText}' in <ip>`;
    throw definitionError('INVALID_ARG', detail, attributeLocation(at, 'peer'));
  }
  return {
    family: ip.family,
    address: ip.address,
    prefix: prefix ?? prefixOf(ip, at),
    ...(prefix === undefined ? {} : { written: { prefix: String(prefix) } }),
    ...(peer === undefined ? {} : { peer: peer.address }),
    position: at.position,
  };
}

export function formatAddress({
  family,
  address,
  written,
  peer,
}: InterfaceAddress): PrintableElement {
  return node('ip', { address, family, prefix: written?.prefix, peer });
}

/**
 * `<route>`. Default family: IPv4. Default prefix: 0 for the unspecified address, else by class or 64.
 *
 * @param owner - the owner of the route in libvirt's messages: `guest interface`, `interface host IP`,
 * `Domain hostdev device`, or the name of a network
 * @throws DefinitionError XML_ERROR, with libvirt's message.
 */
export function parseRoute(
  at: LocatedElement,
  owner: string,
  session: ReadingSession,
): InterfaceRoute {
  const reading = readElement(at, routeVocabulary, session);
  const fail = (detail: string, name?: string) =>
    definitionError(
      'XML_ERROR',
      `${owner}: ${detail}`,
      name === undefined ? at : attributeLocation(at, name),
    );
  const family = readRouteFamily(reading, fail);
  const network = readEnd(reading, { name: 'address', word: 'network', family }, fail);
  const gateway = readEnd(reading, { name: 'gateway', word: 'gateway', family }, fail);
  const written = readRoutePrefix(reading, family, fail);
  const prefix = written ?? (network.value === 0n ? 0 : prefixOf(network, at));
  if (networkAddress(network, prefix).value !== network.value) {
    const text = reading.attributes.get('address') ?? '';
    throw fail(`Address '${text}' in route definition is not a network address`, 'address');
  }
  const metric = readMetric(reading);
  return {
    family,
    address: network.address,
    prefix,
    ...writtenOf(reading, prefix),
    gateway: gateway.address,
    ...(metric === undefined ? {} : { metric }),
    position: at.position,
  };
}

type Written = NonNullable<InterfaceRoute['written']>;

/** The optional attributes as written, except that a prefix is printed as a number. */
function writtenOf({ attributes }: Reading, prefix: number): { written?: Written } {
  const written = present({
    family: attributes.get('family'),
    netmask: attributes.get('netmask'),
    prefix: attributes.has('prefix') ? String(prefix) : undefined,
  });
  return Object.keys(written).length === 0 ? {} : { written };
}

export function formatRoute(route: InterfaceRoute): PrintableElement {
  const { address, written = {}, gateway, metric } = route;
  return node('route', {
    family: written.family,
    address,
    netmask: written.netmask,
    prefix: written.prefix,
    gateway,
    metric: metric === undefined ? undefined : String(metric),
  });
}

type Fail = (detail: string, name?: string) => Error;

function readRouteFamily({ attributes }: Reading, fail: Fail): IpFamily {
  const text = attributes.get('family') ?? 'ipv4';
  const family = families.find((known) => known === text);
  if (family !== undefined) return family;
  throw fail(`Unrecognized family '${text}' in route definition`, 'family');
}

/** The address of the network or of the gateway. */
function readEnd(
  { attributes }: Reading,
  end: { readonly name: string; readonly word: string; readonly family: IpFamily },
  fail: Fail,
): Ip {
  const { name, word, family } = end;
  const text = attributes.get(name);
  if (text === undefined) {
    throw fail(`Missing required ${name} attribute in route definition`);
  }
  const ip = parseIp(text);
  if (ip === undefined || (name === 'gateway' && !isInterfaceAddress(ip))) {
    throw fail(`Bad ${word} address '${text}' in route definition`, name);
  }
  if (ip.family === family) return ip;
  const what = name === 'gateway' ? 'gateway address' : 'address';
  const wanted = family === 'ipv4' ? 'IPv4' : 'IPv6';
  const says = attributes.has('family')
    ? `${wanted} family specified for non-${wanted} ${what}`
    : `No family specified for non-IPv4 ${what}`;
  throw fail(`${says} '${text}' in route definition`, name);
}

/** The prefix from `prefix` or from `netmask`. */
function readRoutePrefix(reading: Reading, family: IpFamily, fail: Fail): number | undefined {
  const { attributes } = reading;
  const netmask = attributes.get('netmask');
  if (netmask !== undefined && attributes.has('prefix')) {
    throw fail('Route definition cannot have both a prefix and a netmask', 'netmask');
  }
  if (netmask !== undefined) {
    const prefix = family === 'ipv4' ? prefixOfNetmask(netmask) : undefined;
    if (prefix !== undefined) return prefix;
    throw fail(
      family === 'ipv4'
        ? `Bad netmask address '${netmask}' in route definition`
        : `Specifying netmask invalid for IPv6 address in route definition`,
      'netmask',
    );
  }
  const prefix = wholeNumber(reading, 'prefix', Number.MAX_SAFE_INTEGER);
  const max = addressBits[family];
  if (prefix === undefined || prefix <= max) return prefix;
  throw fail(
    `Invalid prefix ${prefix} specified in route definition, must be 0 - ${max}`,
    'prefix',
  );
}

function readMetric(reading: Reading): number | undefined {
  const metric = wholeNumber(reading, 'metric', maxMetric);
  if (metric !== 0) return metric;
  const detail = "Invalid value for attribute 'metric' in element 'route': Zero is not permitted";
  throw definitionError('XML_ERROR', detail, attributeLocation(reading.at, 'metric'));
}

/** The prefix of an `<ip>`; undefined if it has none. */
function readPrefix({ attributes, at }: Reading, family: IpFamily): number | undefined {
  const text = attributes.get('prefix');
  if (text === undefined) return undefined;
  const prefix = parseWholeNumber(text, addressBits[family]);
  if (prefix === undefined) {
    const detail = `Invalid prefix value '${text}' in <ip>`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'prefix'));
  }
  return prefix === 0 ? undefined : prefix;
}

function prefixOf(ip: Ip, at: LocatedElement): number {
  const prefix = defaultPrefix(ip);
  if (prefix !== undefined) return prefix;
  const detail = `'${ip.address}' has no default prefix`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'address'));
}
