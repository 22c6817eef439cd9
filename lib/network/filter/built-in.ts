/**
 * The filters that are there without being defined: those that `<filterref>` of an interface carries out
 * (`lib/domain/interface/port/filter.ts`), as libvirt's `<filter>` would say what they do. They can't be changed.
 */
import { createHash } from 'node:crypto';
import type { FilterName } from '../../domain/interface/definition';
import {
  chainPriorities,
  defaultRulePriority,
  type FilterEntry,
  type FilterRule,
  type NetworkFilterDefinition,
  type RuleProtocol,
} from './definition';

/** What a rule is about, and when its turn is. */
interface About {
  readonly priority?: number;
  readonly frame?: RuleProtocol;
}

function rule(
  action: FilterRule['action'],
  direction: FilterRule['direction'],
  { priority = defaultRulePriority, frame }: About = {},
): FilterRule {
  return { action, direction, priority, stateMatch: true, ...(frame && { protocol: frame }) };
}

function frame(name: string, attributes: RuleProtocol['attributes']): RuleProtocol {
  return { name, attributes };
}

function include(filter: FilterName): FilterEntry {
  return { filter, parameters: [] };
}

const dropRest = rule('drop', 'out', { priority: 1000 });
const dhcp = { srcipaddr: '0.0.0.0', protocol: 'udp', srcportstart: '68', dstportstart: '67' };

const contents: Readonly<
  Record<FilterName, { chain: string; priority?: number; entries: readonly FilterEntry[] }>
> = {
  'clean-traffic': {
    chain: 'root',
    entries: [
      include('no-mac-spoofing'),
      include('no-ip-spoofing'),
      rule('accept', 'inout', { priority: -650, frame: frame('mac', { protocolid: 'ipv4' }) }),
      include('no-arp-spoofing'),
      rule('accept', 'inout', { priority: -500, frame: frame('mac', { protocolid: 'arp' }) }),
      include('no-other-l2-traffic'),
    ],
  },
  'no-mac-spoofing': {
    chain: 'mac',
    entries: [rule('return', 'out', { frame: frame('mac', { srcmacaddr: '$MAC' }) }), dropRest],
  },
  'no-ip-spoofing': {
    chain: 'ipv4-ip',
    priority: -710,
    entries: [
      rule('return', 'out', { priority: 100, frame: frame('ip', dhcp) }),
      rule('return', 'out', { frame: frame('ip', { srcipaddr: '$IP' }) }),
      dropRest,
    ],
  },
  'no-arp-spoofing': {
    chain: 'root',
    entries: [include('no-arp-mac-spoofing'), include('no-arp-ip-spoofing')],
  },
  'no-arp-mac-spoofing': {
    chain: 'arp-mac',
    priority: -520,
    entries: [rule('return', 'out', { frame: frame('arp', { arpsrcmacaddr: '$MAC' }) }), dropRest],
  },
  'no-arp-ip-spoofing': {
    chain: 'arp-ip',
    priority: -510,
    entries: [rule('return', 'out', { frame: frame('arp', { arpsrcipaddr: '$IP' }) }), dropRest],
  },
  'no-mac-broadcast': {
    chain: 'ipv4',
    entries: [rule('drop', 'out', { frame: frame('mac', { dstmacaddr: 'ff:ff:ff:ff:ff:ff' }) })],
  },
  'no-other-l2-traffic': { chain: 'root', entries: [rule('drop', 'inout', { priority: 1000 })] },
};

/** By name. Their uuids are the same on every host. */
export const builtInFilters: ReadonlyMap<string, NetworkFilterDefinition> = new Map(
  Object.entries(contents)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { chain, priority, entries }]) => {
      const byChain = chainPriorities[chain] ?? 0;
      return [name, { name, uuid: uuidOf(name), chain, priority: priority ?? byChain, entries }];
    }),
);

/** RFC 9562, version 8: from the name. */
function uuidOf(name: string): string {
  const digits = createHash('sha256').update(`tslxc filter ${name}`).digest('hex');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`];
  return [...parts, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-');
}
