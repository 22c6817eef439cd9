/** `<dhcp>`: the addresses that clients get. */
import { parseIp } from '../../domain/interface/ip-address';
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import { childOf, childrenOf, readElement, type LocatedElement } from '../../domain/xml/reading';
import { required, singleLine } from './attributes';
import type { NetworkIp } from '../definition/definition';
import { parseDhcpHosts } from './dhcp-hosts';
import { parseDhcpRanges } from './dhcp-ranges';
import type { Subnet } from './parse-session';
import { bootpVocabulary, dhcpVocabulary } from '../definition/vocabulary';

type Dhcp = NonNullable<NetworkIp['dhcp']>;

/** Undefined if it is missing or empty. @throws DefinitionError. */
export function parseDhcp(at: LocatedElement | undefined, subnet: Subnet): NetworkIp['dhcp'] {
  if (at === undefined) return undefined;
  const reading = readElement(at, dhcpVocabulary, subnet.session);
  const ranges = parseDhcpRanges(childrenOf(reading, 'range'), subnet);
  const hosts = parseDhcpHosts(childrenOf(reading, 'host'), subnet);
  const bootp = parseBootp(childOf(reading, 'bootp'), subnet);
  if (ranges.length === 0 && hosts.length === 0 && bootp === undefined) return undefined;
  return { ranges, hosts, ...(bootp === undefined ? {} : { bootp }) };
}

/** The file that a diskless machine boots from. */
function parseBootp(
  at: LocatedElement | undefined,
  { session, network, ip }: Subnet,
): Dhcp['bootp'] {
  if (at === undefined) return undefined;
  if (ip.family === 'ipv6') {
    const detail = `Unsupported <bootp> element in an IPv6 element in network '${network}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, at);
  }
  const reading = readElement(at, bootpVocabulary, session);
  const file = singleLine(required(reading, 'file'), reading, 'file');
  const text = reading.attributes.get('server');
  if (text === undefined) return { file };
  const server = parseIp(text);
  if (server?.family === 'ipv4') return { file, server: server.address };
  const detail = `Invalid bootp server address '${text}' in network '${network}'`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'server'));
}
