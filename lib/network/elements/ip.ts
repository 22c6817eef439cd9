/** `<ip>` of a network: an address of its bridge, and the services for its subnet. */
import {
  addressBits,
  broadcastAddress,
  defaultPrefix,
  isInterfaceAddress,
  networkAddress,
  parseIp,
  prefixOfNetmask,
  type Ip,
  formatIp as formatAddress,
} from '../../domain/interface/ip-address';
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import { childOf, readElement, type LocatedElement, type Reading } from '../../domain/xml/reading';
import { parseWholeNumber } from '../../domain/xml/whole-number';
import { present } from '../../present';
import { required, singleLine, yesNo, yesNoWord } from './attributes';
import type { NetworkIp } from '../definition/definition';
import { parseDhcp } from './dhcp';
import type { NetworkSession, Subnet } from './parse-session';
import { ipVocabulary, tftpVocabulary } from '../definition/vocabulary';
import { node, type PrintableElement } from '../../domain/xml/print';
import { formatLease } from './lease-time';

/** @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED or INTERNAL_ERROR, with libvirt's message. */
export function parseNetworkIp(at: LocatedElement, session: NetworkSession): NetworkIp {
  const { network } = session;
  const reading = readElement(at, ipVocabulary, session);
  const ip = parseOwnAddress(reading, network);
  const prefix = parsePrefix(reading, ip, network);
  const subnet: Subnet = { session, network, ip, prefix };
  checkOwnAddress(reading, subnet);
  const localPtr = yesNo(reading, 'localPtr');
  if (localPtr === true) checkReverseDomain(reading, subnet);
  const tftpRoot = parseTftp(childOf(reading, 'tftp'), subnet);
  const dhcp = parseDhcp(childOf(reading, 'dhcp'), subnet);
  if (dhcp !== undefined) checkServedPrefix(reading, subnet);
  return {
    family: ip.family,
    address: ip.address,
    prefix,
    written: writtenOf(reading, prefix),
    ...present({ localPtr, tftpRoot, dhcp }),
    position: at.position,
  };
}

/** The optional attributes as they are printed: the netmask and the prefix in canonical form, the family as written. */
function writtenOf({ attributes }: Reading, prefix: number): NonNullable<NetworkIp['written']> {
  const has = (name: string): boolean => attributes.has(name);
  return present({
    family: attributes.get('family'),
    netmask: has('netmask') ? netmaskOf(prefix) : undefined,
    prefix: has('prefix') ? String(prefix) : undefined,
  });
}

function parseOwnAddress(reading: Reading, network: string): Ip {
  const { attributes, at } = reading;
  const words = `Missing required address attribute in network '${network}'`;
  const text = required(reading, 'address', words);
  const location = attributeLocation(at, 'address');
  const ip = parseIp(text);
  if (ip === undefined) {
    throw definitionError(
      'XML_ERROR',
      `Invalid address '${text}' in network '${network}'`,
      location,
    );
  }
  const family = attributes.get('family');
  if (family !== undefined && family !== 'ipv4' && family !== 'ipv6') {
    const detail = `Unrecognized family '${family}' in network '${network}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'family'));
  }
  if (ip.family !== (family ?? 'ipv4')) {
    const detail =
      family === 'ipv6'
        ? `Family 'ipv6' specified for non-IPv6 address '${text}' in network '${network}'`
        : `${family ?? 'no'} family specified for non-IPv4 address '${text}' in network '${network}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, location);
  }
  return ip;
}

function parsePrefix({ attributes, at }: Reading, ip: Ip, network: string): number {
  const [netmask, text] = [attributes.get('netmask'), attributes.get('prefix')];
  if (netmask !== undefined) {
    const location = attributeLocation(at, 'netmask');
    if (ip.family === 'ipv6') {
      const detail = `netmask not allowed for IPv6 address '${ip.address}' in network '${network}'`;
      throw definitionError('CONFIG_UNSUPPORTED', detail, location);
    }
    if (text !== undefined) {
      const detail = `Network '${network}' IP address cannot have both a prefix and a netmask`;
      throw definitionError('CONFIG_UNSUPPORTED', detail, location);
    }
    const prefix = prefixOfNetmask(netmask) ?? 0;
    if (prefix > 0) return prefix;
    throw definitionError(
      'XML_ERROR',
      `Invalid netmask '${netmask}' in network '${network}'`,
      location,
    );
  }
  const written = text === undefined ? undefined : parseWholeNumber(text, addressBits[ip.family]);
  const name = ip.family === 'ipv4' ? 'IPv4' : 'IPv6';
  if (text !== undefined && (written === undefined || written === 0)) {
    const detail = `Invalid ${name} prefix '${text}' in network '${network}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'prefix'));
  }
  const prefix = written ?? defaultPrefix(ip);
  if (prefix !== undefined) return prefix;
  const detail = `address '${ip.address}' in network '${network}' has no default prefix`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'address'));
}

/** Checks that an interface can have the address. libvirt does not check this. */
function checkOwnAddress({ at }: Reading, { network, ip, prefix }: Subnet): void {
  const location = attributeLocation(at, 'address');
  if (!isInterfaceAddress(ip)) {
    const detail = `address '${ip.address}' in network '${network}' can't be that of an interface`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, location);
  }
  if (ip.family === 'ipv6' || prefix > 30) return;
  const [first, last] = [networkAddress(ip, prefix), broadcastAddress(ip, prefix)];
  if (ip.value !== first.value && ip.value !== last.value) return;
  const what = ip.value === first.value ? 'network' : 'broadcast';
  const detail = `address '${ip.address}' in network '${network}' is the ${what} address of ${first.address}/${prefix}`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, location);
}

/** dnsmasq's own limit for --dhcp-range. */
const minServedPrefix = 64;

function checkServedPrefix({ at }: Reading, { network, ip, prefix }: Subnet): void {
  if (ip.family === 'ipv4' || prefix >= minServedPrefix) return;
  const detail = `DHCP for IPv6 needs a prefix of at least ${minServedPrefix}, and that of network '${network}' is ${prefix}`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'prefix'));
}

/** A reverse zone can only end where a DNS name has a dot: after each byte, or for IPv6 after each four bits. */
function checkReverseDomain({ at }: Reading, { network, ip, prefix }: Subnet): void {
  const step = ip.family === 'ipv4' ? 8 : 4;
  if (prefix % step === 0 && prefix < addressBits[ip.family]) return;
  const detail = `PTR domain for ${network} network with prefix ${prefix} cannot be automatically created`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'localPtr'));
}

function parseTftp(
  at: LocatedElement | undefined,
  { session, network, ip }: Subnet,
): string | undefined {
  if (at === undefined) return undefined;
  if (ip.family === 'ipv6') {
    const detail = `Unsupported <tftp> element in an IPv6 element in network '${network}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, at);
  }
  const reading = readElement(at, tftpVocabulary, session);
  const root = singleLine(required(reading, 'root'), reading, 'root');
  if (root.startsWith('/')) return root;
  const detail = `tftp root '${root}' in network '${network}' must be an absolute path`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'root'));
}

/** `<ip>` with its `<dhcp>`, in libvirt's order, and as in libvirt with a start and an end tag even if it is empty. */
export function formatIp(ip: NetworkIp): PrintableElement {
  const { address, written = {}, localPtr, tftpRoot, dhcp } = ip;
  const { family, netmask, prefix } = written;
  const attributes = { family, address, netmask, prefix, localPtr: yesNoWord(localPtr) };
  const element = node('ip', attributes, [
    ...(tftpRoot === undefined ? [] : [node('tftp', { root: tftpRoot })]),
    ...(dhcp === undefined ? [] : [formatDhcp(dhcp)]),
  ]);
  return { ...element, style: 'two tags' };
}

/** `255.255.255.0` for 24. */
function netmaskOf(prefix: number): string {
  const all = (1n << 32n) - 1n;
  return formatAddress('ipv4', (all << BigInt(32 - prefix)) & all);
}

function formatDhcp({ ranges, hosts, bootp }: NonNullable<NetworkIp['dhcp']>): PrintableElement {
  return node('dhcp', {}, [
    ...ranges.map(({ start, end, lease }) => node('range', { start, end }, formatLease(lease))),
    ...hosts.map(({ mac, id, name, ip, lease }) =>
      node('host', { mac, id, name, ip }, formatLease(lease)),
    ),
    ...(bootp === undefined ? [] : [node('bootp', { file: bootp.file, server: bootp.server })]),
  ]);
}
