/** `<host>` of `<dhcp>`: a client that always gets the same address and name. */
import { broadcastAddress, networkAddress, parseIp } from '../../domain/interface/ip-address';
import { isMulticastMac, parseMac } from '../../domain/interface/mac-address';
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import { childOf, readElement, type LocatedElement, type Reading } from '../../domain/xml/reading';
import { required } from './attributes';
import type { DhcpHost } from '../definition/definition';
import { isHostName } from './names';
import { parseLease } from './lease-time';
import type { Subnet } from './parse-session';
import { dhcpHostVocabulary } from '../definition/vocabulary';

/**
 * @throws DefinitionError XML_ERROR, with libvirt's message, for a host that does not identify a client; CONFIG_UNSUPPORTED
 * for an address outside the subnet, and for two hosts with the same address, mac, id or name.
 */
export function parseDhcpHosts(elements: readonly LocatedElement[], subnet: Subnet): DhcpHost[] {
  const seen: Seen = { mac: new Map(), id: new Map(), name: new Map(), ip: new Map() };
  return elements.map((at) => {
    const host = parseHost(at, subnet);
    checkUnique(at, host, seen);
    return host;
  });
}

function parseHost(at: LocatedElement, subnet: Subnet): DhcpHost {
  const { session, network, ip } = subnet;
  const reading = readElement(at, dhcpHostVocabulary, session);
  const mac = parseHostMac(reading, subnet);
  const id = parseClientId(reading, subnet);
  const name = parseHostName(reading, network);
  if (name === undefined && mac === undefined && id === undefined) {
    const [version, key] = ip.family === 'ipv6' ? ['IPv6', 'id'] : ['IPv4', 'mac'];
    const detail = `Static host definition in ${version} network '${network}' must have ${key} or name attribute`;
    throw definitionError('XML_ERROR', detail, at);
  }
  const address = parseHostAddress(reading, subnet);
  const lease = parseLease(childOf(reading, 'lease'), session);
  return {
    ...(mac === undefined ? {} : { mac }),
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ip: address,
    ...(lease === undefined ? {} : { lease }),
    position: at.position,
  };
}

function parseHostMac({ attributes, at }: Reading, { network, ip }: Subnet): string | undefined {
  const text = attributes.get('mac');
  if (text === undefined) return undefined;
  const fail = (detail: string) =>
    definitionError('XML_ERROR', detail, attributeLocation(at, 'mac'));
  if (ip.family === 'ipv6') {
    throw fail(
      `Invalid to specify MAC address '${text}' in network '${network}' IPv6 static host definition`,
    );
  }
  const mac = parseMac(text);
  if (mac === undefined) throw fail(`Cannot parse MAC address '${text}' in network '${network}'`);
  if (isMulticastMac(mac)) {
    throw fail(`expected unicast mac address, found multicast '${text}' in network '${network}'`);
  }
  return text;
}

/** A DUID: 2 bytes of type and the rest, at most 130 bytes (RFC 8415). */
function parseClientId({ attributes, at }: Reading, { network, ip }: Subnet): string | undefined {
  const text = attributes.get('id');
  if (text === undefined) return undefined;
  const fail = (detail: string) =>
    definitionError('XML_ERROR', detail, attributeLocation(at, 'id'));
  if (ip.family === 'ipv4') {
    throw fail(
      `Invalid to specify id '${text}' in network '${network}' IPv4 static host definition`,
    );
  }
  const wrong = /[^0-9a-f:]/i.exec(text)?.[0];
  if (wrong !== undefined) {
    throw fail(`Invalid character '${wrong}' in id '${text}' of network '${network}'`);
  }
  if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){2,129}$/i.test(text)) {
    throw fail(`id '${text}' of network '${network}' is not a DUID`);
  }
  return text;
}

/** A MAC address or a DUID in lower case, with two digits for each byte. */
export function canonicalBytes(text: string): string {
  const bytes = text.toLowerCase().split(':');
  return bytes.map((byte) => byte.padStart(2, '0')).join(':');
}

function parseHostName({ attributes, at }: Reading, network: string): string | undefined {
  const name = attributes.get('name');
  if (name === undefined || isHostName(name)) return name;
  const detail = `Cannot use host name '${name}' in network '${network}'`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'name'));
}

function parseHostAddress(reading: Reading, { network, ip, prefix }: Subnet): string {
  const words = `Missing IP address in static host definition for network '${network}'`;
  const text = required(reading, 'ip', words);
  const location = attributeLocation(reading.at, 'ip');
  const host = parseIp(text);
  if (host === undefined) {
    const detail = `Invalid IP address '${text}' in static host definition for network '${network}'`;
    throw definitionError('XML_ERROR', detail, location);
  }
  const fail = (what: string) =>
    definitionError(
      'CONFIG_UNSUPPORTED',
      `address '${host.address}' of a static host in network '${network}' ${what}`,
      location,
    );
  const [first, last] = [networkAddress(ip, prefix), broadcastAddress(ip, prefix)];
  const isInside =
    host.family === ip.family && first.value <= host.value && host.value <= last.value;
  if (!isInside) throw fail(`is not within ${ip.address}/${prefix}`);
  if (host.value === ip.value) throw fail("is the network's own");
  if (ip.family === 'ipv4' && prefix < 31) {
    if (host.value === first.value) throw fail('is the network address');
    if (host.value === last.value) throw fail('is the broadcast address');
  }
  return host.address;
}

/** Line numbers of the hosts so far, by each value that must be unique. */
type Seen = Readonly<Record<(typeof keys)[number], Map<string, number>>>;

const keys = ['mac', 'id', 'name', 'ip'] as const;

/** dnsmasq would refuse two hosts with one address, and would ignore one of two with the same name or mac. */
function checkUnique(at: LocatedElement, host: DhcpHost, seen: Seen): void {
  for (const key of keys) {
    const value = host[key];
    if (value === undefined) continue;
    const canonical = key === 'mac' || key === 'id' ? canonicalBytes(value) : value.toLowerCase();
    const line = seen[key].get(canonical);
    if (line !== undefined) {
      const detail = `static host of line ${line} has the ${key} '${value}' too`;
      throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, key));
    }
    seen[key].set(canonical, at.position.line);
  }
}
