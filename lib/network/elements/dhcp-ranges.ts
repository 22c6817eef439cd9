/** `<range>` of `<dhcp>`: addresses for any client. */
import {
  broadcastAddress,
  networkAddress,
  parseIp,
  type Ip,
} from '../../domain/interface/ip-address';
import {
  attributeLocation,
  comparePositions,
  definitionError,
  type SourceLocation,
} from '../../domain/xml/source-location';
import { childOf, readElement, type LocatedElement, type Reading } from '../../domain/xml/reading';
import { required } from './attributes';
import type { DhcpRange } from '../definition/definition';
import { parseLease } from './lease-time';
import type { Subnet } from './parse-session';
import { rangeVocabulary } from '../definition/vocabulary';

interface Ends {
  readonly start: Ip;
  readonly end: Ip;
}

/**
 * @throws DefinitionError INTERNAL_ERROR, with libvirt's message, for a range that is reversed, too large or not in the
 * subnet; CONFIG_UNSUPPORTED for ranges that overlap; XML_ERROR for text that is not an address.
 */
export function parseDhcpRanges(elements: readonly LocatedElement[], subnet: Subnet): DhcpRange[] {
  const read: (Ends & SourceLocation)[] = [];
  const ranges = elements.map((at) => {
    const reading = readElement(at, rangeVocabulary, subnet.session);
    const ends = {
      start: readEnd(reading, 'start', subnet),
      end: readEnd(reading, 'end', subnet),
    };
    checkRange(at, ends, subnet);
    read.push({ ...ends, path: at.path, position: at.position });
    const lease = parseLease(childOf(reading, 'lease'), subnet.session);
    return {
      start: ends.start.address,
      end: ends.end.address,
      ...(lease === undefined ? {} : { lease }),
      position: at.position,
    };
  });
  checkOverlaps(read, subnet);
  return ranges;
}

function checkOverlaps(ranges: readonly (Ends & SourceLocation)[], { network }: Subnet): void {
  const sorted = [...ranges].sort((a, b) => (a.start.value < b.start.value ? -1 : 1));
  let [highest] = sorted;
  for (const range of sorted.slice(1)) {
    if (highest !== undefined && range.start.value <= highest.end.value) {
      const [first, second] = [highest, range].sort((a, b) =>
        comparePositions(a.position, b.position),
      ) as [Ends & SourceLocation, Ends & SourceLocation];
      const detail = `${describe(second)} in network '${network}' overlaps ${describe(first)} of line ${first.position.line}`;
      throw definitionError('CONFIG_UNSUPPORTED', detail, second);
    }
    highest = range;
  }
}

function readEnd(reading: Reading, name: 'start' | 'end', { network, ip }: Subnet): Ip {
  const words = `Missing '${name}' attribute in dhcp range for network '${network}'`;
  const text = required(reading, name, words);
  const end = parseIp(text);
  const location = attributeLocation(reading.at, name);
  if (end === undefined) {
    const detail = `Invalid ${name} address '${text}' in dhcp range for network '${network}'`;
    throw definitionError('XML_ERROR', detail, location);
  }
  if (end.family === ip.family) return end;
  const detail = `mismatch of address family in dhcp range for network ${ip.address}: ${end.address}`;
  throw definitionError('INTERNAL_ERROR', detail, location);
}

function checkRange(at: LocatedElement, ends: Ends, { ip, prefix }: Subnet): void {
  const { start, end } = ends;
  const fail = (what: string) => definitionError('INTERNAL_ERROR', what, at);
  const [first, last] = [networkAddress(ip, prefix), broadcastAddress(ip, prefix)];
  const isInside = ({ value }: Ip) => first.value <= value && value <= last.value;
  const of = `${ip.address}/${prefix}`;
  const range = describe(ends);
  if (!isInside(start) || !isInside(end)) {
    throw fail(`${range} is not entirely within network ${of}`);
  }
  if (start.value > end.value) throw fail(`${range} is reversed`);
  if (ip.family === 'ipv4' && prefix < 31) {
    if (start.value === first.value) {
      throw fail(`start of ${range} in network ${of} is the network address`);
    }
    if (end.value === last.value) {
      throw fail(`end of ${range} in network ${of} is the broadcast address`);
    }
  }
  // As in libvirt, all bytes but the last two must be the same.
  if (start.value >> 16n !== end.value >> 16n) throw fail(`${range} is too large (> 65535)`);
}

function describe({ start, end }: Ends): string {
  return `range ${start.address} - ${end.address}`;
}
