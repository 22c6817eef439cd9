/** lib/network/firewall/nft-verdict.ts: what is said of rules that nft has printed as JSON. */
import type { Need } from '../../../../lib/network/firewall/needs';
import type { NftChain, NftNode, NftRuleset } from '../../../../lib/network/firewall/nft';
import { droppingChains } from '../../../../lib/network/firewall/nft-verdict';

const dns: Need = {
  hook: 'input',
  family: 'ipv4',
  from: 'virbr0',
  protocol: 'udp',
  port: 53,
  state: 'new',
  what: 'DNS queries',
};

const leaving: Need = {
  hook: 'forward',
  family: 'ipv4',
  from: 'virbr0',
  sourceNetwork: '192.168.122.0/24',
  address: '192.168.122.2',
  state: 'new',
  what: 'packets that leave',
};

const match = (left: object, right: unknown, op = '=='): NftNode => ({
  match: { op, left, right },
});
const meta = (key: string): object => ({ meta: { key } });
const field = (protocol: string, name: string): object => ({ payload: { protocol, field: name } });
const state = { ct: { key: 'state' } };
const [accept, drop] = [{ accept: null }, { drop: null }];

/** Whether a chain with these rules, and others beside it, drops the need. */
function isDropped(
  need: Need,
  rules: readonly (readonly NftNode[])[],
  options: {
    readonly policy?: string;
    readonly family?: string;
    readonly chains?: Readonly<Record<string, readonly (readonly NftNode[])[]>>;
  } = {},
): boolean {
  const { policy = 'accept', family = 'inet', chains = {} } = options;
  const base: NftChain = {
    family,
    table: 't',
    name: 'base',
    type: 'filter',
    hook: need.hook,
    policy,
  };
  const rule = (chain: string) => (expr: readonly NftNode[]) => ({
    family,
    table: 't',
    chain,
    expr,
  });
  const ruleset: NftRuleset = {
    chains: [base],
    rules: [
      ...rules.map(rule('base')),
      ...Object.entries(chains).flatMap(([name, list]) => list.map(rule(name))),
    ],
  };
  return droppingChains(ruleset, need, () => false).length > 0;
}

const closed = { policy: 'drop' };

test('a policy drops what no rule accepts', () => {
  expect(isDropped(dns, [], closed)).toBe(true);
  expect(isDropped(dns, [])).toBe(false);
  expect(isDropped(dns, [[match(meta('iifname'), 'virbr0'), accept]], closed)).toBe(false);
  expect(isDropped(dns, [[match(meta('iifname'), 'eth0'), accept]], closed)).toBe(true);
});

test('tables of another family or hook have no say', () => {
  expect(isDropped(dns, [], { ...closed, family: 'ip6' })).toBe(false);
  expect(isDropped({ ...dns, family: 'ipv6' }, [], { ...closed, family: 'ip6' })).toBe(true);
  expect(isDropped(dns, [], { ...closed, family: 'bridge' })).toBe(false);
});

test.each<[string, object, unknown, string]>([
  ['its port', field('udp', 'dport'), 53, 'yes'],
  ['another port', field('udp', 'dport'), 67, 'no'],
  ['its port of tcp', field('tcp', 'dport'), 53, 'no'],
  ['its port of any protocol', field('th', 'dport'), { set: [53, 67] }, 'yes'],
  ['a range of ports', field('udp', 'dport'), { range: [1, 100] }, 'yes'],
  ['another range of ports', field('udp', 'dport'), { range: [100, 200] }, 'no'],
  ['its protocol', meta('l4proto'), { set: ['tcp', 'udp'] }, 'yes'],
  ['interfaces by the start of their names', meta('iifname'), 'virbr*', 'yes'],
  ['its family', meta('nfproto'), 'ipv4', 'yes'],
  ['the other family', meta('nfproto'), 'ipv6', 'no'],
  ['an address of the other family', field('ip6', 'saddr'), 'fe80::1', 'no'],
  ['packets of ICMP', field('icmp', 'type'), 'echo-request', 'no'],
  ['its state', state, ['established', 'new'], 'yes'],
  ['other states', state, { set: ['established', 'related'] }, 'no'],
  ['what has been translated', { ct: { key: 'status' } }, 'dnat', 'no'],
])('%s', (...[, left, right, answer]) => {
  // Certainly accepted, and certainly dropped, or neither.
  expect(isDropped(dns, [[match(left, right), accept]], closed)).toBe(answer !== 'yes');
  expect(isDropped(dns, [[match(left, right), drop]])).toBe(answer === 'yes');
});

test('what is the opposite of a match', () => {
  const notTcp = match(meta('l4proto'), 'tcp', '!=');
  expect(isDropped(dns, [[notTcp, drop]])).toBe(true);
  // A rule about ports of tcp isn't one about udp.
  expect(isDropped(dns, [[match(field('tcp', 'dport'), 22, '!='), drop]])).toBe(false);
});

test('the network of a packet that leaves is known, where it goes is not', () => {
  const from = (right: unknown) => [match(field('ip', 'saddr'), right), accept];
  expect(isDropped(leaving, [from({ prefix: { addr: '192.168.0.0', len: 16 } })], closed)).toBe(
    false,
  );
  expect(isDropped(leaving, [from({ prefix: { addr: '10.0.0.0', len: 8 } })], closed)).toBe(true);
  expect(isDropped(leaving, [from({ range: ['192.168.122.1', '192.168.122.9'] })], closed)).toBe(
    false,
  );
  expect(isDropped(leaving, [[match(meta('oifname'), 'eth0'), accept]], closed)).toBe(false);
  expect(isDropped(leaving, [[match(meta('oifname'), 'eth0'), drop]])).toBe(false);
  // Whatever it leaves by, it is neither of these.
  expect(isDropped(leaving, [[match(meta('oifname'), 'lo'), accept]], closed)).toBe(true);
  expect(isDropped(leaving, [[match(meta('oifname'), 'virbr0'), accept]], closed)).toBe(true);
});

test('chains are followed: jump comes back, goto does not', () => {
  const chains = { allow: [[match(meta('iifname'), 'virbr0'), accept]], nothing: [] };
  expect(isDropped(dns, [[{ jump: { target: 'allow' } }], [drop]], { chains })).toBe(false);
  expect(isDropped(dns, [[{ jump: { target: 'nothing' } }], [drop]], { chains })).toBe(true);
  expect(isDropped(dns, [[{ goto: { target: 'nothing' } }], [drop]], { chains })).toBe(false);
  const back = { chains: { back: [[{ return: null }], [accept]] } };
  expect(isDropped(dns, [[{ jump: { target: 'back' } }], [drop]], back)).toBe(true);
});

test('verdict maps', () => {
  const map = (data: unknown): NftNode => ({ vmap: { key: state, data } });
  const set = [
    ['established', accept],
    ['new', drop],
  ];
  expect(isDropped(dns, [[map({ set })]])).toBe(true);
  expect(isDropped(dns, [[map({ set: set.slice(0, 1) })]], closed)).toBe(true);
  expect(isDropped(dns, [[map('@named')]], closed)).toBe(false);
});

test('only what is certain counts', () => {
  const unknown = { somethingNew: {} };
  expect(isDropped(dns, [[unknown, accept]], closed)).toBe(false);
  expect(isDropped(dns, [[unknown, drop]])).toBe(false);
  expect(isDropped(dns, [[{ limit: { rate: 5 } }, accept]], closed)).toBe(false);
  expect(isDropped(dns, [[match(meta('iifname'), '@lan'), accept]], closed)).toBe(false);
  // It may have left before.
  expect(isDropped(dns, [[unknown, { return: null }], [drop]])).toBe(false);
  // Neither asks nor decides.
  expect(isDropped(dns, [[{ counter: {} }, { log: {} }, drop]])).toBe(true);
});
