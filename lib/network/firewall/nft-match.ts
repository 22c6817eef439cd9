/**
 * Whether a packet that a network needs matches an nftables rule. There are three answers, since a rule may test a property that
 * is not known of the packet, or that this code does not understand.
 */
import { networkAddress, parseIp } from '../../domain/interface/ip-address';
import type { Need } from './needs';
import type { NftNode } from './nft';

export type Match = 'yes' | 'no' | 'maybe';

/** A value of the packet; undefined if it is not known, null if such packets don't have it. */
type Value = string | number | undefined | null;

export function bothMatch(one: Match, other: Match): Match {
  if (one === 'no' || other === 'no') return 'no';
  return one === 'yes' && other === 'yes' ? 'yes' : 'maybe';
}

/** `{ op, left, right }` of a match statement. */
export function matchExpression({ op, left, right }: NftNode, need: Need): Match {
  const answer = matchValue(left as NftNode, right, need);
  if (op === '==' || op === 'in') return answer;
  if (op !== '!=') return answer === 'no' ? 'no' : 'maybe';
  if (answer === 'maybe') return 'maybe';
  // A rule that tests a field that the packet doesn't have never matches the packet.
  if (valueOf(left as NftNode, need) === null) return 'no';
  return answer === 'yes' ? 'no' : 'yes';
}

/** Whether the packet's value is `right`, or one of its values. */
export function matchValue(left: NftNode, right: unknown, need: Need): Match {
  const value = valueOf(left, need);
  if (value === null) return 'no';
  if (value === undefined) return isOtherDevice(left, right, need) ? 'no' : 'maybe';
  return compare(value, right);
}

/** An unknown interface is neither `lo` nor the bridge. */
function isOtherDevice(left: NftNode, right: unknown, need: Need): boolean {
  const { key } = (left['meta'] ?? {}) as { key?: string };
  if (key === undefined || !deviceKeys.has(key)) return false;
  return right === 'lo' || right === need.from || right === need.to;
}

const deviceKeys: ReadonlySet<string> = new Set(['iif', 'iifname', 'oif', 'oifname']);

function valueOf(left: NftNode, need: Need): Value {
  const { meta, payload, ct } = left as Partial<Record<'meta' | 'payload' | 'ct', NftNode>>;
  if (meta !== undefined) return metaValue(String(meta['key']), need);
  if (payload !== undefined) {
    return payloadValue(String(payload['protocol']), String(payload['field']), need);
  }
  if (ct?.['key'] === 'state') return need.state;
  // A new connection has not been translated yet.
  if (ct?.['key'] === 'status' && need.state === 'new') return '';
  return undefined;
}

function metaValue(key: string, need: Need): Value {
  switch (key) {
    case 'iif':
    case 'iifname':
      return need.from;
    case 'oif':
    case 'oifname':
      return need.to;
    case 'l4proto':
      return need.protocol;
    case 'nfproto':
      return need.family;
    case 'protocol':
      return need.family === 'ipv4' ? 'ip' : 'ip6';
    default:
      return undefined;
  }
}

function payloadValue(protocol: string, field: string, need: Need): Value {
  switch (protocol) {
    case 'ip':
    case 'ip6':
      if ((protocol === 'ip') !== (need.family === 'ipv4')) return null;
      if (field === 'saddr') return need.sourceNetwork === undefined ? undefined : need.address;
      if (field === 'daddr')
        return need.destinationNetwork === undefined ? undefined : need.address;
      return field === 'protocol' || field === 'nexthdr' ? need.protocol : undefined;
    case 'icmp':
      return need.family === 'ipv6' || need.protocol !== undefined ? null : undefined;
    case 'tcp':
    case 'udp':
    case 'icmpv6':
      if (need.protocol !== undefined && need.protocol !== protocol) return null;
      return field === 'dport' && need.protocol !== undefined ? need.port : undefined;
    case 'th':
      if (need.protocol === 'icmpv6') return null;
      return field === 'dport' ? need.port : undefined;
    default:
      return undefined;
  }
}

function compare(value: string | number, right: unknown): Match {
  if (Array.isArray(right)) return anyOf(right.map((one) => compare(value, one)));
  if (typeof right === 'string') return compareText(String(value), right);
  if (typeof right === 'number')
    return typeof value === 'number' ? (value === right ? 'yes' : 'no') : 'maybe';
  if (typeof right !== 'object' || right === null) return 'maybe';
  const { set, prefix, range, elem } = right as Record<
    'set' | 'prefix' | 'range' | 'elem',
    unknown
  >;
  if (Array.isArray(set)) return anyOf(set.map((one) => compare(value, one)));
  if (elem !== undefined) return compare(value, (elem as { val: unknown }).val);
  if (prefix !== undefined) return inPrefix(String(value), prefix as { addr: string; len: number });
  if (Array.isArray(range)) return inRange(value, range as [unknown, unknown]);
  return 'maybe';
}

function anyOf(answers: readonly Match[]): Match {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('maybe') ? 'maybe' : 'no';
}

/** Other names of nft for `icmpv6`. */
const synonyms: Readonly<Record<string, string>> = { 'ipv6-icmp': 'icmpv6' };

function compareText(value: string, right: string): Match {
  // A named set, whose contents are not known.
  if (right.startsWith('@')) return 'maybe';
  if (right.endsWith('*')) return value.startsWith(right.slice(0, -1)) ? 'yes' : 'no';
  return value === (synonyms[right] ?? right) ? 'yes' : 'no';
}

function inPrefix(value: string, { addr, len }: { addr: string; len: number }): Match {
  const [ip, network] = [parseIp(value), parseIp(addr)];
  if (ip === undefined || network === undefined) return 'maybe';
  return ip.family === network.family && networkAddress(ip, len).value === network.value
    ? 'yes'
    : 'no';
}

function inRange(value: string | number, [low, high]: [unknown, unknown]): Match {
  if (typeof value === 'number' && typeof low === 'number' && typeof high === 'number') {
    return low <= value && value <= high ? 'yes' : 'no';
  }
  const [ip, first, last] = [value, low, high].map((one) => parseIp(String(one)));
  if (ip === undefined || first === undefined || last === undefined) return 'maybe';
  return ip.family === first.family && first.value <= ip.value && ip.value <= last.value
    ? 'yes'
    : 'no';
}
